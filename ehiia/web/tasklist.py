"""The task list of an assessment: its pages under their headings, how far each is, and who writes it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ehiia import clock
from ehiia.domain import scoring
from ehiia.domain.completeness import SectionState, State
from ehiia.domain.paper import ENGAGEMENT
from ehiia.domain.vocabulary import LegalStatus, YesNoUnknown
from ehiia.services.assigning import Assigned, PageKey
from ehiia.services.overview import Assessment, Whole
from ehiia.web import present
from ehiia.web.pages import url_of
from ehiia.web.present import Tag


@dataclass(frozen=True)
class Task:
    """A line of the task list."""

    title: str
    href: str
    hint: str | Markup
    state: Tag


@dataclass(frozen=True)
class TaskGroup:
    """A heading of the task list with its lines."""

    title: str
    done: int
    tasks: tuple[Task, ...]


STATES = {
    State.NOT_STARTED: Tag("Not started", "grey"),
    State.STARTED: Tag("Started", "blue"),
    State.MISSING: Tag("Missing answer", "orange"),
    State.ANSWERED: Tag("Answered"),
}


def task_groups(
    assessment: Assessment, whole: Whole, given: dict[PageKey, Assigned], *, only: int = 0
) -> list[TaskGroup]:
    """Return the pages under their headings; ``only``: of those given to this person."""
    found: dict[str, list[SectionState]] = {}
    for state in whole.review.states:
        has = given.get((state.section_id, state.subject))
        if only and (has is None or has.person_id != only):
            continue
        found.setdefault(state.part, []).append(state)
    return [
        TaskGroup(
            part,
            sum(state.state is State.ANSWERED for state in states),
            tuple(
                Task(
                    state.title,
                    url_of(assessment.ref, state),
                    _with_person(_hint(state, whole), given.get((state.section_id, state.subject))),
                    STATES[state.state],
                )
                for state in states
            ),
        )
        for part, states in found.items()
    ]


def _with_person(hint: str | Markup, one: Assigned | None) -> str | Markup:
    """Add who writes the page, by when: "Amina Hassan, by Friday 27 November 2026"."""
    if one is None:
        return hint
    if one.done_at is not None:
        who = f"{one.name} says it is finished"
    elif one.overdue(clock.today()):
        who = f"{one.name}, {present.due(one.due_on, clock.today())}"
    else:
        who = f"{one.name}, by {present.full_date(one.due_on)}"
    return Markup("{}. {}").format(hint, who) if hint else who


def _hint(state: SectionState, whole: Whole) -> str | Markup:
    if state.subject:
        return _group_hint(state, whole)
    if state.section_id == "evidence" and whole.answers.evidence:
        return present.count(len(whole.answers.evidence), "source")
    if state.section_id == ENGAGEMENT and whole.answers.engagements:
        waiting = sum(entry.fed_back_on is None for entry in whole.answers.engagements)
        listed = present.count(len(whole.answers.engagements), "entry", "entries") + " in the log"
        return listed + (f", {waiting} not heard back yet" if waiting else "")
    if state.section_id == "mitigations":
        actions = scoring.standing(whole.answers.mitigations)
        without = sum(not action.owner for action in actions)
        if actions:
            return f"{len(actions)} promised" + (f", {without} without an owner" if without else "")
    if state.state is State.STARTED:
        return f"{state.answered} of {state.asked} answered"
    return ""


def _group_hint(state: SectionState, whole: Whole) -> str | Markup:
    group = next(group for group in whole.answers.groups if group.code == state.subject)
    if group.first_aim_only and state.state is State.NOT_STARTED:
        return "One question only: the first aim of the equality duty"
    if group.affected is YesNoUnknown.NO:
        return "Not affected differently" + (", with reason" if group.not_affected_reason else "")
    mine = {impact.dimension: impact for impact in whole.answers.impacts if impact.subject == group.code}
    if group.affected is None:
        return "" if group.legal_status is LegalStatus.PROTECTED else group.legal_status.label
    said = [
        f"{dimension.label}: {impact.direction.label.lower()}"
        if (impact := mine.get(dimension)) and impact.direction
        else f"{dimension.label} still to answer"
        for dimension in scoring.dimensions(group)
    ]
    return "; ".join(said)
