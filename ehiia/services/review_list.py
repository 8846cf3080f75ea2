"""The register of reviews: what is planned, soonest first; how often it slipped and what is asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from ehiia.domain import schedule
from ehiia.domain.access import Actor
from ehiia.domain.review_dates import DECIDED, Asked, DateMove
from ehiia.domain.triggers import Raised
from ehiia.domain.vocabulary import Part, ProposalKind, ReviewState, ReviewTrigger, Word
from ehiia.services.transaction import read
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.decisions import Review, ReviewDateChange
from ehiia.store.people import Person
from ehiia.store.reviews import RaisedTrigger, ReviewPostponement
from ehiia.store.visible import known_in

__all__ = ["Due", "Planned", "ReviewFilter", "register"]

PAGE = 50


class Due(Word):
    """When a review is due, as the register is filtered: overdue by so many days, or soon."""

    OVERDUE = "overdue", "Overdue"
    LATE_14 = "late_14", "Overdue by 1 to 14 days"
    LATE_28 = "late_28", "Overdue by 15 to 28 days"
    LATER = "late_more", "Overdue by more than 28 days"
    MONTH = "month", "Due within 30 days"


_DAYS: dict[Due, tuple[int | None, int | None]] = {
    Due.OVERDUE: (None, -1),
    Due.LATE_14: (-14, -1),
    Due.LATE_28: (-28, -15),
    Due.LATER: (None, -29),
    Due.MONTH: (0, 30),
}
"""From and to, in days from today."""


@dataclass(frozen=True)
class ReviewFilter:
    """What to show. ``mine``: only of assessments that the person writes or directs."""

    due: Due | None = None
    kind: ProposalKind | None = None
    mine: bool = False
    asked: bool = False
    """Only where another date was asked for, or an early trigger raised, and nobody has answered."""


@dataclass(frozen=True)
class Planned:
    """A review in the list."""

    id: int
    ref: str
    title: str
    due_on: date
    trigger: ReviewTrigger
    kind: ProposalKind
    author: str
    days_overdue: int
    postponed: int
    """How often it was put off."""
    asked: bool
    """Whether another date was asked for and nobody has answered."""
    raised: bool
    """Whether an early trigger waits for the equality lead."""


_SLIPPED = (
    select(func.count())
    .select_from(ReviewDateChange)
    .where(
        ReviewDateChange.review_id == Review.id,
        ReviewDateChange.kind.in_(("", DateMove.POSTPONED.value)),
        ReviewDateChange.to_on > ReviewDateChange.from_on,
    )
    .correlate(Review)
    .scalar_subquery()
)
_ASKED = (
    select(ReviewPostponement.id)
    .where(ReviewPostponement.review_id == Review.id, ReviewPostponement.state == Asked.WAITING)
    .correlate(Review)
    .exists()
)
_RAISED = (
    select(RaisedTrigger.id)
    .where(RaisedTrigger.assessment_id == Review.assessment_id, RaisedTrigger.state == Raised.OPEN)
    .correlate(Review)
    .exists()
)


def register(
    actor: Actor,
    organisation_id: int,
    wanted: ReviewFilter = ReviewFilter(),
    *,
    today: date,
    after: str = "",
) -> tuple[tuple[Planned, ...], str]:
    """Return a page of the reviews that are planned, soonest first, and the key of the next page (or "").

    Only of assessments that are in force: what is paused or has ended waits for nobody. One query.
    """
    author = (
        select(Person.name)
        .join(Participant, Participant.person_id == Person.id)
        .where(
            Participant.assessment_id == Assessment.id,
            Participant.part == Part.AUTHOR,
            Participant.ended_at.is_(None),
        )
        .order_by(Person.id)
        .limit(1)
        .correlate(Assessment)
        .scalar_subquery()
    )
    query = (
        select(
            Review,
            Assessment.ref,
            Assessment.title,
            Assessment.kind,
            author.label("author"),
            _SLIPPED.label("slipped"),
            _ASKED.label("asked"),
            _RAISED.label("raised"),
        )
        .join(Assessment, Assessment.id == Review.assessment_id)
        .where(
            Review.organisation_id == organisation_id,
            Review.state == ReviewState.PLANNED,
            Assessment.stage.in_(DECIDED),
            known_in(organisation_id, actor.person_id, holds_post=bool(actor.roles.get(organisation_id))),
            *_wanted(wanted, actor, today),
        )
        .order_by(Review.due_on, Review.id)
        .limit(PAGE + 1)
    )
    key = _key(after)
    if key is not None:
        query = query.where(or_(Review.due_on > key[0], and_(Review.due_on == key[0], Review.id > key[1])))
    rows = [
        Planned(
            id=row.id,
            ref=ref,
            title=title,
            due_on=row.due_on,
            trigger=row.trigger,
            kind=kind,
            author=name or "",
            days_overdue=schedule.overdue(row.due_on, today),
            postponed=slipped,
            asked=bool(asked),
            raised=bool(raised),
        )
        for row, ref, title, kind, name, slipped, asked, raised in read().execute(query)
    ]
    shown = tuple(rows[:PAGE])
    return shown, f"{shown[-1].due_on.isoformat()}.{shown[-1].id}" if len(rows) > PAGE else ""


def _key(after: str) -> tuple[date, int] | None:
    day, _, last = after.partition(".")
    if not (last.isascii() and last.isdigit() and len(last) < 19):
        return None
    try:
        return date.fromisoformat(day), int(last)
    except ValueError:
        return None


def _wanted(wanted: ReviewFilter, actor: Actor, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.due is not None:
        first, last = _DAYS[wanted.due]
        if first is not None:
            conditions.append(Review.due_on >= today + timedelta(days=first))
        if last is not None:
            conditions.append(Review.due_on <= today + timedelta(days=last))
    if wanted.kind is not None:
        conditions.append(Assessment.kind == wanted.kind)
    if wanted.asked:
        conditions.append(or_(_ASKED, _RAISED))
    if wanted.mine:
        conditions.append(
            Assessment.id.in_(
                select(Participant.assessment_id).where(
                    Participant.person_id == actor.person_id,
                    Participant.part.in_([Part.AUTHOR, Part.DIRECTOR]),
                    Participant.ended_at.is_(None),
                )
            )
        )
    return conditions
