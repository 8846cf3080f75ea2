"""Reviews: planned by rule when a decision is made, moved with a reason, carried out, armed again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import holidays
from ehiia.domain.review_dates import DECIDED, Asked, DateMove, slipped
from ehiia.domain.schedule import ReviewDate, ReviewIntervals, brought_forward, review_date
from ehiia.domain.triggers import Raised
from ehiia.domain.vocabulary import (
    Band,
    ReviewState,
    ReviewTrigger,
)
from ehiia.services import moves, organisations
from ehiia.services.transaction import note_on, read
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import Review, ReviewDateChange
from ehiia.store.organisations import Organisation
from ehiia.store.people import Person
from ehiia.store.reviews import RaisedTrigger, ReviewPostponement

__all__ = [
    "Moved",
    "Review",
    "bring_forward",
    "cancel_open",
    "end_requests",
    "end_triggers",
    "in_words",
    "move_date",
    "moves_of",
    "open_review",
    "plan_for",
    "plan_review",
    "reviews_of",
    "sooner",
    "times_postponed",
]


def plan_for(
    session: Session,
    assessment: Assessment,
    organisation: Organisation,
    *,
    decided_at: datetime,
    worst: Band | None = None,
) -> ReviewDate:
    """Work out the review date from the worst rating left, the organisation's intervals and go-live.

    ``worst``: the band that a review has just found, in place of the one that stands in the assessment.
    """
    settings = organisations.settings_of(organisation)
    return review_date(
        worst or assessment.worst_left or Band.NONE,
        decided_on=day_of(decided_at),
        go_live_on=assessment.actual_go_live_on or assessment.expected_go_live_on,
        intervals=ReviewIntervals(
            very_high=settings.review_months_high,
            high=settings.review_months_high,
            medium=settings.review_months_medium,
            low=settings.review_months_low,
            none=settings.review_months_low,
            project=settings.review_months_project,
            closure=settings.review_months_closure,
        ),
        holidays=holidays.bank_holidays(),
        kind=assessment.kind,
    )


def in_words(plan: ReviewDate) -> str:
    """Return why a review is due on its day, a reason on each line with the id of its rule."""
    return "\n".join(f"{reason.text} ({reason.rule})" for reason in plan.reasons)


def plan_review(
    session: Session,
    assessment: Assessment,
    plan: ReviewDate,
    *,
    trigger: ReviewTrigger = ReviewTrigger.PLANNED,
    now: datetime,
) -> Review:
    """Plan a review in the caller's transaction; an open one is cancelled first: only one is planned."""
    cancel_open(session, assessment, now=now)
    row = Review(
        organisation_id=assessment.organisation_id,
        assessment_id=assessment.id,
        due_on=plan.due_on,
        trigger=trigger,
        reasons=in_words(plan),
        made_at=now,
    )
    session.add(row)
    assessment.review_due_on = plan.due_on
    session.flush()
    note_on(
        session,
        assessment,
        "review_planned",
        by=None,
        at=now,
        due_on=plan.due_on.isoformat(),
        reasons=[f"{reason.rule}: {reason.text}" for reason in plan.reasons],
    )
    return row


def cancel_open(session: Session, assessment: Assessment, *, now: datetime) -> None:
    """Cancel what is planned, in the caller's transaction."""
    for row in session.scalars(
        select(Review).where(Review.assessment_id == assessment.id, Review.state == ReviewState.PLANNED)
    ):
        row.state, row.ended_at = ReviewState.CANCELLED, now
        end_requests(session, row, now=now)
    assessment.review_due_on = None
    end_triggers(session, assessment, now=now)
    session.flush()


def end_triggers(session: Session, assessment: Assessment, *, now: datetime) -> None:
    """End the early triggers that wait, in the caller's transaction: a review or a decision settled them."""
    session.execute(
        update(RaisedTrigger)
        .where(RaisedTrigger.assessment_id == assessment.id, RaisedTrigger.state == Raised.OPEN)
        .values(state=Raised.ENDED, answered_at=now)
    )


def open_review(session: Session, assessment: Assessment) -> Review | None:
    """Return the review that is planned, or None."""
    return session.scalar(
        select(Review)
        .where(Review.assessment_id == assessment.id, Review.state == ReviewState.PLANNED)
        .order_by(Review.id.desc())
        .limit(1)
    )


def move_date(
    session: Session,
    assessment: Assessment,
    row: Review,
    *,
    kind: DateMove,
    to_on: date,
    reason: str,
    by: int,
    now: datetime,
    trigger: ReviewTrigger | None = None,
) -> None:
    """Move a planned review to another day in the caller's transaction. Every change is kept and shown.

    A request to postpone it that still waits has become needless. ``trigger``: why it is planned now.
    """
    session.add(
        ReviewDateChange(
            review_id=row.id, kind=kind.value, from_on=row.due_on, to_on=to_on, reason=reason, by=by, at=now
        )
    )
    note_on(
        session,
        assessment,
        "review_brought_forward" if kind is DateMove.FORWARD else "review_moved",
        by=by,
        at=now,
        from_on=row.due_on.isoformat(),
        to_on=to_on.isoformat(),
        reason=reason,
    )
    row.due_on, row.revision = to_on, row.revision + 1
    row.trigger = trigger or row.trigger
    assessment.review_due_on = to_on
    end_requests(session, row, now=now)
    moves.touch(assessment, now)
    session.flush()


def end_requests(session: Session, row: Review, *, now: datetime) -> None:
    """End what was asked of a review and not answered, in the caller's transaction."""
    session.execute(
        update(ReviewPostponement)
        .where(ReviewPostponement.review_id == row.id, ReviewPostponement.state == Asked.WAITING)
        .values(state=Asked.ENDED, answered_at=now)
    )


def bring_forward(
    session: Session, assessment: Assessment, *, why: str, by: int, now: datetime
) -> date | None:
    """Bring the planned review forward in the caller's transaction (rule REV-11); returns its date.

    Called when an action was found not to work. A review that is due sooner anyway stays.
    """
    if assessment.stage not in DECIDED:
        return None
    row = open_review(session, assessment)
    wanted = brought_forward(
        row.due_on if row else None, today=day_of(now), holidays=holidays.bank_holidays()
    )
    if row is not None and row.due_on == wanted:
        return wanted
    sooner(
        session,
        assessment,
        to_on=wanted,
        why=f"{why} (REV-11)",
        trigger=ReviewTrigger.NOT_WORKING,
        by=by,
        now=now,
    )
    return wanted


def sooner(
    session: Session,
    assessment: Assessment,
    *,
    to_on: date,
    why: str,
    trigger: ReviewTrigger,
    by: int,
    now: datetime,
) -> None:
    """Bring the planned review forward to a day, or plan one, in the caller's transaction."""
    row = open_review(session, assessment)
    if row is not None:
        move_date(
            session,
            assessment,
            row,
            kind=DateMove.FORWARD,
            to_on=to_on,
            reason=why,
            by=by,
            now=now,
            trigger=trigger,
        )
        return
    session.add(
        Review(
            organisation_id=assessment.organisation_id,
            assessment_id=assessment.id,
            due_on=to_on,
            trigger=trigger,
            reasons=why,
            made_at=now,
        )
    )
    assessment.review_due_on = to_on
    session.flush()
    note_on(
        session,
        assessment,
        "review_brought_forward",
        by=by,
        at=now,
        to_on=to_on.isoformat(),
        reason=why,
    )


@dataclass(frozen=True)
class Moved:
    """A change of a review's date. ``kind``: value of ``DateMove``, "" before there were any."""

    kind: str
    from_on: date
    to_on: date
    reason: str
    by: str
    at: datetime

    @property
    def why(self) -> str:
        """Say in words what kind of change it was."""
        return DateMove(self.kind).label if self.kind else "Moved"


def times_postponed(moved: Iterable[Moved]) -> int:
    """Count how often a review slipped: was postponed by people."""
    return slipped((one.kind, one.from_on, one.to_on) for one in moved)


def reviews_of(assessment_id: int) -> list[Review]:
    """Return the reviews of an assessment, newest first."""
    return list(
        read().scalars(select(Review).where(Review.assessment_id == assessment_id).order_by(Review.id.desc()))
    )


def moves_of(review_id: int, *, session: Session | None = None) -> list[Moved]:
    """Return how often a review was moved, oldest first."""
    rows = (session or read()).execute(
        select(ReviewDateChange, Person.name)
        .join(Person, Person.id == ReviewDateChange.by)
        .where(ReviewDateChange.review_id == review_id)
        .order_by(ReviewDateChange.id)
    )
    return [Moved(row.kind, row.from_on, row.to_on, row.reason, name, row.at) for row, name in rows]
