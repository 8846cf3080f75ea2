"""What somebody writes: the assessments in which they take part, and pages that were given to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select

from ehiia.domain.access import ENDED, WRITERS, Actor
from ehiia.domain.schedule import in_full
from ehiia.domain.vocabulary import Part, RoutePart, Stage
from ehiia.services import assigning, planning
from ehiia.services.transaction import read
from ehiia.services.waiting.items import LIMIT, Item
from ehiia.store.assessments import Assessment, Participant, RouteStep

WRITE = "Write your pages"


@dataclass(frozen=True)
class Mine:
    """An assessment in which the person takes part."""

    ref: str
    title: str
    stage: Stage
    answered: int
    asked: int
    review_due_on: date | None
    decides_on: date | None
    parts: frozenset[Part]
    submit_by: date | None = None
    """By when it must be sent on to make its meeting, while it has not been."""


def mine(actor: Actor, today: date) -> list[Mine]:
    rows = read().execute(
        select(Assessment, Participant.part, RouteStep.meeting_on)
        .join(Participant, Participant.assessment_id == Assessment.id)
        .outerjoin(
            RouteStep,
            and_(RouteStep.assessment_id == Assessment.id, RouteStep.part == RoutePart.DECIDES),
        )
        .where(
            Participant.person_id == actor.person_id,
            Participant.ended_at.is_(None),
            Assessment.stage.not_in(ENDED),
        )
        .order_by(Assessment.updated_at.desc(), Assessment.id.desc())
        .limit(LIMIT * 2)
    )
    found: dict[int, tuple[Assessment, date | None, set[Part]]] = {}
    for assessment, part, meeting_on in rows:
        found.setdefault(assessment.id, (assessment, meeting_on, set()))[2].add(part)
    plans = planning.plans_of([one for one, _, _ in found.values()], today=today)
    return [
        Mine(
            one.ref,
            one.title,
            one.stage,
            one.answered_count,
            one.asked_count,
            one.review_due_on,
            meeting_on,
            frozenset(parts),
            None if plans[one.id].submitted else plans[one.id].submit_by,
        )
        for one, meeting_on, parts in found.values()
    ]


def by_part(one: Mine) -> Iterator[Item]:
    by = one.submit_by or one.decides_on
    makes = f" Submit it by then to make {in_full(one.decides_on)}." if by and one.decides_on else ""
    if one.stage is Stage.SENT_BACK and one.parts & WRITERS:
        yield Item("Answer the comments", one.ref, one.title, "It was sent back.", by)
    elif one.stage in {Stage.SCREENING, Stage.WRITING} and one.parts & WRITERS:
        how_far = f"{one.answered} of {one.asked} answered."
        why = "The first questions are open." if one.stage is Stage.SCREENING else how_far
        yield Item("Carry on", one.ref, one.title, why + makes, by, now=False)
    elif one.stage is Stage.WITH_DIRECTOR and Part.DIRECTOR in one.parts:
        yield Item("Read and agree", one.ref, one.title, "It waits for you as director.", one.decides_on)
    elif one.stage is Stage.CHECKING and Part.CHECKER in one.parts:
        yield Item("Check", one.ref, one.title, "You are its external checker.", one.decides_on)
    elif one.stage is Stage.IN_FORCE and one.review_due_on and Part.AUTHOR in one.parts:
        yield Item("Review", one.ref, one.title, "Say what really happened.", one.review_due_on, now=False)


def given(actor: Actor) -> Iterator[Item]:
    """Yield the pages that were given to the person and are not finished."""
    for part in assigning.parts_of(actor):
        count = "1 page is" if len(part.pages) == 1 else f"{len(part.pages)} pages are"
        named = ", ".join(part.pages[:4]) + (" and more" if len(part.pages) > 4 else "")
        yield Item(WRITE, part.ref, part.title, f"{count} yours: {named}.", part.due_on, now=False)
