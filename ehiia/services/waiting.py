"""What waits for a person, by when: computed from the rows in a handful of queries, stored nowhere.

Something that is late is overdue; what is due within a week, or waits for
nobody else, belongs to this week; the rest comes later.
Long because everything that can wait for somebody stands in one list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, exists, func, or_, select

from ehiia.clock import day_of
from ehiia.content.holidays import bank_holidays
from ehiia.domain.access import ENDED, QUIET, WRITERS, Actor
from ehiia.domain.mitigating import Acceptance
from ehiia.domain.schedule import add_working_days, in_full
from ehiia.domain.vocabulary import Attested, Part, Role, RoutePart, Stage
from ehiia.services import (
    advice,
    assigning,
    audits,
    commitments,
    date_history,
    ending_history,
    organisations,
    planning,
    quality,
)
from ehiia.services.promises import OPEN_CLAIMS
from ehiia.services.transaction import read
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Move, Participant, RouteStep
from ehiia.store.decisions import AttestationRow, MeetingEntry
from ehiia.store.organisations import Body
from ehiia.store.visible import known_in, taking_part

SOON = timedelta(days=7)
LIMIT = 100
"""So many of a kind are listed at most; the register and the lists of actions and reviews have them all."""
ENTER = "Enter what the meeting decided"
ADVISE = "Give early advice"
KEPT = "Say whether it was kept"
WRITE = "Write your pages"
ACCEPT = "Accept or decline"
ENDING = "Answer for the body that decided"
DATE = "Answer about another date"
VERDICT = "Find out whether it was done and works"


@dataclass(frozen=True)
class Item:
    """Something to do. ``mitigation`` is the reference of an action, "" where it is about the assessment."""

    do: str
    """What to do, as a verb: "Carry on", "Check"."""
    ref: str
    title: str
    why: str
    due_on: date | None = None
    mitigation: str = ""
    now: bool = True
    """Whether the person can do it at once, date or not."""


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


@dataclass(frozen=True)
class Meeting:
    """A meeting ahead, with what is on its agenda."""

    on: date
    body: str
    ref: str
    title: str


@dataclass(frozen=True)
class Waiting:
    """Everything that waits for somebody, and what they take part in."""

    overdue: tuple[Item, ...]
    this_week: tuple[Item, ...]
    later: tuple[Item, ...]
    mine: tuple[Mine, ...]
    meetings: tuple[Meeting, ...]

    @property
    def next(self) -> Item | None:
        """The one thing to do next, or None where nothing waits."""
        return next(iter(self.overdue + self.this_week + self.later), None)


def waiting_for(actor: Actor, organisation_id: int, today: date) -> Waiting:
    """Return what waits for this person: wherever they take part, and by their posts in the organisation."""
    mine = _mine(actor, today)
    items = [
        *(item for one in mine for item in _by_part(one)),
        *_papers(actor, today),
        *_to_check(actor, organisation_id, today),
        *_to_advise(actor, organisation_id),
        *_given(actor),
        *_actions(actor),
        *_dates(actor, organisation_id),
        *_endings(actor, organisation_id),
        *_commitments(actor),
        *_verdicts(actor, organisation_id),
    ]
    items.sort(key=lambda item: (item.due_on or date.max, item.ref, item.do))
    overdue, this_week, later = [], [], []
    for item in items:
        if item.due_on is not None and item.due_on < today:
            overdue.append(item)
        elif item.now if item.due_on is None else item.due_on <= today + SOON:
            this_week.append(item)
        else:
            later.append(item)
    this_week.sort(key=lambda item: item.due_on or today + SOON)
    return Waiting(
        tuple(overdue), tuple(this_week), tuple(later), tuple(mine), tuple(_meetings(actor, today))
    )


# -- by the person's part ---------------------------------------------------------------------


def _mine(actor: Actor, today: date) -> list[Mine]:
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


def _by_part(one: Mine) -> Iterator[Item]:
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
    elif one.stage is Stage.IN_FORCE and one.review_due_on and one.parts & {Part.AUTHOR, Part.DIRECTOR}:
        yield Item("Review", one.ref, one.title, "Say what really happened.", one.review_due_on, now=False)


# -- by the body that decides -----------------------------------------------------------------


def _papers(actor: Actor, today: date) -> Iterator[Item]:
    """Yield what the person decides, confirms or enters; restricted ones only where they take part."""
    has_read = exists().where(
        AttestationRow.assessment_id == Assessment.id,
        AttestationRow.person_id == actor.person_id,
        AttestationRow.what == Attested.READ,
    )
    rows = read().execute(
        select(
            Assessment.ref,
            Assessment.title,
            RouteStep.meeting_on,
            Body,
            exists().where(MeetingEntry.assessment_id == Assessment.id, MeetingEntry.ended_at.is_(None)),
            has_read,
            exists().where(
                Participant.assessment_id == Assessment.id,
                Participant.person_id == actor.person_id,
                Participant.part == Part.SECRETARY,
                Participant.ended_at.is_(None),
            ),
        )
        .select_from(Assessment)
        .join(RouteStep, RouteStep.assessment_id == Assessment.id)
        .join(Body, Body.id == RouteStep.body_id)
        .where(
            RouteStep.part == RoutePart.DECIDES,
            Assessment.stage == Stage.READY,
            Assessment.organisation_id.in_(set(actor.roles)),
            or_(
                Assessment.id.in_(taking_part(actor.person_id)),
                and_(
                    Assessment.restricted.is_(False),
                    or_(Body.chair_id == actor.person_id, Body.secretary_id == actor.person_id),
                ),
            ),
        )
        .limit(LIMIT)
    )
    for ref, title, on, body, entered, seen, invited in rows:
        if body.chair_id == actor.person_id:
            if not body.committee:
                yield Item("Read and decide", ref, title, f"You decide: {body.name}.", on)
            elif entered:
                yield Item("Confirm the decision", ref, title, f"{body.name}: its decision is entered.", on)
            elif not seen:
                yield Item("Read the paper", ref, title, f"You chair {body.name}.", on)
        elif (body.secretary_id == actor.person_id or invited) and not entered:
            yield Item(
                ENTER, ref, title, f"{body.name}, as its secretary.", on, now=on is None or on <= today
            )


def _given(actor: Actor) -> Iterator[Item]:
    """Yield the pages that were given to the person and are not finished."""
    for part in assigning.parts_of(actor):
        count = "1 page is" if len(part.pages) == 1 else f"{len(part.pages)} pages are"
        named = ", ".join(part.pages[:4]) + (" and more" if len(part.pages) > 4 else "")
        yield Item(WRITE, part.ref, part.title, f"{count} yours: {named}.", part.due_on, now=False)


# -- by post ------------------------------------------------------------------------------------


def _to_check(actor: Actor, organisation_id: int, today: date) -> Iterator[Item]:
    """Yield what waits for an equality lead who wrote nothing in it, with the clock of the check."""
    if not actor.has(organisation_id, Role.EQUALITY_LEAD):
        return
    wrote = exists().where(
        Participant.assessment_id == Assessment.id,
        Participant.person_id == actor.person_id,
        or_(
            Participant.wrote_at.is_not(None),
            and_(Participant.part.in_(WRITERS), Participant.ended_at.is_(None)),
        ),
    )
    proposed_at = (
        select(func.max(Move.at))
        .where(Move.assessment_id == Assessment.id, Move.to_stage == Stage.NOT_NEEDED_TO_CONFIRM)
        .correlate(Assessment)
        .scalar_subquery()
    )
    rows = (
        read()
        .execute(
            select(Assessment, proposed_at)
            .where(
                known_in(organisation_id, actor.person_id, holds_post=True),
                Assessment.stage.in_((Stage.CHECKING, Stage.NOT_NEEDED_TO_CONFIRM)),
                ~wrote,
            )
            .order_by(Assessment.id)
            .limit(LIMIT)
        )
        .all()
    )
    if not rows:
        return
    days = organisations.settings_of(organisations.get(organisation_id)).check_working_days
    clocks = quality.clocks_of([one for one, _ in rows], turnaround=days, today=today)
    for one, proposed in rows:
        if one.stage is Stage.CHECKING:
            do, why = "Check", "Section by section, then pass it or send it back."
            running = clocks.get(one.id)
        else:
            do, why, running = "Confirm or refuse", "No full assessment is said to be needed.", None
        began = day_of(proposed or one.updated_at)
        due_on = running.due_on if running else add_working_days(began, days, bank_holidays())
        yield Item(do, one.ref, one.title, why, due_on)


def _to_advise(actor: Actor, organisation_id: int) -> Iterator[Item]:
    if actor.has(organisation_id, Role.EQUALITY_LEAD):
        for one in advice.waiting(actor, organisation_id, limit=LIMIT):
            if not one.own:
                yield Item(ADVISE, one.ref, one.title, f"{one.asked_by} asks; nothing is blocked.", now=False)


def _short(what: str) -> str:
    return what if len(what) <= 90 else what[:90].rsplit(" ", 1)[0] + "…"


def _actions(actor: Actor) -> Iterator[Item]:
    rows = read().execute(
        select(
            MitigationRow.ref,
            MitigationRow.what,
            MitigationRow.due_on,
            MitigationRow.acceptance,
            Assessment.ref,
            Assessment.title,
        )
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .where(
            MitigationRow.owner_id == actor.person_id,
            MitigationRow.taken_out_at.is_(None),
            MitigationRow.claim.in_(OPEN_CLAIMS),
            Assessment.stage.not_in(QUIET),
        )
        .order_by(MitigationRow.due_on)
        .limit(LIMIT)
    )
    for ref, what, due_on, acceptance, assessment_ref, title in rows:
        why = f"Mitigating action that you own, for {title}."
        do = ACCEPT if acceptance is Acceptance.WAITING else "Say how it is going"
        yield Item(do, assessment_ref, _short(what), why, due_on, mitigation=ref, now=False)


def _dates(actor: Actor, organisation_id: int) -> Iterator[Item]:
    if not actor.has(organisation_id, Role.EQUALITY_LEAD, Role.DIRECTOR):
        return
    for ref, assessment_ref, what, to_on in date_history.waiting(actor, organisation_id, limit=LIMIT):
        why = f"Mitigating action that would move to {in_full(to_on)}."
        yield Item(DATE, assessment_ref, _short(what), why, mitigation=ref)


def _endings(actor: Actor, organisation_id: int) -> Iterator[Item]:
    if not actor.has(organisation_id, Role.DECISION_MAKER):
        return
    for ref, assessment_ref, what, kind in ending_history.waiting(actor, organisation_id, limit=LIMIT):
        why = f"Your decision relied on it. Asked: {kind.label.lower()}."
        yield Item(ENDING, assessment_ref, _short(what), why, mitigation=ref)


def _commitments(actor: Actor) -> Iterator[Item]:
    for row, ref, title in commitments.mine(actor, limit=LIMIT):
        why = f"Commitment that you own, for {title}."
        yield Item(KEPT, ref, _short(row.what), why, row.due_on, now=False)


def _verdicts(actor: Actor, organisation_id: int) -> Iterator[Item]:
    if not actor.has(organisation_id, Role.AUDITOR):
        return
    for one in audits.waiting_for_verdict(actor, organisation_id, limit=LIMIT):
        if one.may:
            yield Item(
                VERDICT,
                one.assessment_ref,
                _short(one.mitigation.what),
                f"{one.owner or 'Its owner'} says it is done.",
                mitigation=one.mitigation.ref,
            )


def _meetings(actor: Actor, today: date, limit: int = 5) -> list[Meeting]:
    rows = read().execute(
        select(RouteStep.meeting_on, Body.name, Assessment.ref, Assessment.title)
        .join(Assessment, Assessment.id == RouteStep.assessment_id)
        .join(Body, Body.id == RouteStep.body_id)
        .where(
            RouteStep.organisation_id.in_(set(actor.roles)),
            RouteStep.meeting_on >= today,
            Assessment.stage.not_in(QUIET | {Stage.IN_FORCE}),
            or_(
                Assessment.id.in_(taking_part(actor.person_id)),
                and_(
                    Assessment.restricted.is_(False),
                    or_(Body.chair_id == actor.person_id, Body.secretary_id == actor.person_id),
                ),
            ),
        )
        .order_by(RouteStep.meeting_on, RouteStep.id)
        .limit(limit)
    )
    return [Meeting(on, body, ref, title) for on, body, ref, title in rows if on is not None]
