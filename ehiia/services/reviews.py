"""Reviews: planned by rule when a decision is made, moved with a reason, carried out, armed again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import holidays
from ehiia.domain.access import Actor
from ehiia.domain.schedule import ReviewDate, ReviewIntervals, brought_forward, review_date
from ehiia.domain.vocabulary import (
    Band,
    Gate,
    Part,
    Permission,
    ReviewOutcome,
    ReviewState,
    ReviewTrigger,
    Stage,
)
from ehiia.services import freezing, moves, organisations, people
from ehiia.services.sight import see
from ehiia.services.transaction import Invalid, NotFound, Refused, Stale, note, read, transaction
from ehiia.services.versions import begin_version
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.decisions import Review, ReviewDateChange
from ehiia.store.organisations import Organisation
from ehiia.store.people import Person
from ehiia.store.visible import known_in

__all__ = [
    "Moved",
    "Planned",
    "Review",
    "bring_forward",
    "cancel_open",
    "carry_out",
    "change_date",
    "moves_of",
    "open_review",
    "plan_for",
    "plan_review",
    "register",
    "reviews_of",
]

PAGE = 50


def plan_for(
    session: Session, assessment: Assessment, organisation: Organisation, *, decided_at: datetime
) -> ReviewDate:
    """Work out the review date from the worst rating left, the organisation's intervals and go-live."""
    settings = organisations.settings_of(organisation)
    return review_date(
        assessment.worst_left or Band.NONE,
        decided_on=day_of(decided_at),
        go_live_on=assessment.actual_go_live_on or assessment.expected_go_live_on,
        intervals=ReviewIntervals(
            very_high=settings.review_months_high,
            high=settings.review_months_high,
            medium=settings.review_months_medium,
            low=settings.review_months_low,
            none=settings.review_months_low,
        ),
        holidays=holidays.bank_holidays(),
    )


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
        reasons="\n".join(f"{reason.text} ({reason.rule})" for reason in plan.reasons),
        made_at=now,
    )
    session.add(row)
    assessment.review_due_on = plan.due_on
    session.flush()
    note(
        session,
        "review_planned",
        organisation_id=assessment.organisation_id,
        subject=f"assessment:{assessment.id}",
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
    assessment.review_due_on = None
    session.flush()


def open_review(session: Session, assessment: Assessment) -> Review | None:
    """Return the review that is planned, or None."""
    return session.scalar(
        select(Review)
        .where(Review.assessment_id == assessment.id, Review.state == ReviewState.PLANNED)
        .order_by(Review.id.desc())
        .limit(1)
    )


def change_date(ref: str, *, to_on: date, reason: str, revision: int, by: int, now: datetime) -> None:
    """Move the review to another day, with a reason. Every change is kept and shown."""
    errors = {}
    if not reason.strip():
        errors["reason"] = "Enter why the review is moved; it is kept in the history"
    if to_on <= day_of(now):
        errors["to_on"] = "The new date must be in the future"
    if errors:
        raise Invalid(**errors)
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.REVIEW, actor=actor, session=session, lock=True).assessment
        row = open_review(session, assessment)
        if row is None:
            raise Refused("No review is planned.")
        last = session.scalar(
            select(ReviewDateChange)
            .where(ReviewDateChange.review_id == row.id)
            .order_by(ReviewDateChange.id.desc())
            .limit(1)
        )
        if last is not None and (row.due_on, last.to_on, last.reason, last.by) == (
            to_on,
            to_on,
            reason.strip(),
            by,
        ):
            return  # the form was sent twice
        if row.revision != revision:
            raise Stale
        if row.due_on == to_on:
            raise Invalid(to_on="This is the date it is planned for already")
        session.add(
            ReviewDateChange(
                review_id=row.id, from_on=row.due_on, to_on=to_on, reason=reason.strip(), by=by, at=now
            )
        )
        note(
            session,
            "review_moved",
            organisation_id=assessment.organisation_id,
            subject=f"assessment:{assessment.id}",
            by=by,
            at=now,
            from_on=row.due_on.isoformat(),
            to_on=to_on.isoformat(),
            reason=reason.strip(),
        )
        row.due_on, row.revision = to_on, row.revision + 1
        if row.trigger is ReviewTrigger.PLANNED:
            row.trigger = ReviewTrigger.MOVED
        assessment.review_due_on = to_on
        moves.touch(assessment, now)


def bring_forward(
    session: Session, assessment: Assessment, *, why: str, by: int, now: datetime
) -> date | None:
    """Bring the planned review forward in the caller's transaction (rule REV-11); returns its date.

    Called when an action was found not to work. A review that is due sooner anyway stays.
    """
    if assessment.stage not in {Stage.IN_FORCE, Stage.AWAITING_SIGNATURES}:
        return None
    row = open_review(session, assessment)
    wanted = brought_forward(
        row.due_on if row else None, today=day_of(now), holidays=holidays.bank_holidays()
    )
    if row is not None and row.due_on == wanted:
        return wanted
    if row is None:
        row = Review(
            organisation_id=assessment.organisation_id,
            assessment_id=assessment.id,
            due_on=wanted,
            trigger=ReviewTrigger.NOT_WORKING,
            reasons=f"{why} (REV-11)",
            made_at=now,
        )
        session.add(row)
    else:
        session.add(
            ReviewDateChange(
                review_id=row.id, from_on=row.due_on, to_on=wanted, reason=f"{why} (REV-11)", by=by, at=now
            )
        )
        row.due_on, row.trigger, row.revision = wanted, ReviewTrigger.NOT_WORKING, row.revision + 1
    assessment.review_due_on = wanted
    session.flush()
    note(
        session,
        "review_brought_forward",
        organisation_id=assessment.organisation_id,
        subject=f"assessment:{assessment.id}",
        by=by,
        at=now,
        to_on=wanted.isoformat(),
        reason=why,
    )
    return wanted


def carry_out(
    ref: str, *, outcome: ReviewOutcome, happened: str, revision: int, by: int, now: datetime
) -> None:
    """Carry out the review: keep (the next is planned), update (a new version is begun) or close."""
    if not happened.strip():
        raise Invalid(happened="Say what really happened to the people concerned, and how you know")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.REVIEW, actor=actor, session=session, lock=True).assessment
        if assessment.stage is not Stage.IN_FORCE:
            raise Refused(f"It cannot be reviewed while it is “{assessment.stage.label}”.")
        row = open_review(session, assessment)
        if row is None:
            raise NotFound
        if row.revision != revision:
            raise Stale
        row.state, row.outcome, row.happened = ReviewState.DONE, outcome, happened.strip()
        row.ended_by, row.ended_at, row.revision = by, now, row.revision + 1
        assessment.review_due_on = None
        session.flush()
        freezing.freeze(session, assessment, Gate.REVIEWED, by=by, now=now)
        note(
            session,
            "reviewed",
            organisation_id=assessment.organisation_id,
            subject=f"assessment:{assessment.id}",
            by=by,
            at=now,
            outcome=outcome.label,
        )
        moves.touch(assessment, now)
        if outcome is ReviewOutcome.KEEP:
            organisation = organisations.get(assessment.organisation_id, session=session)
            plan = plan_for(session, assessment, organisation, decided_at=now)  # counts from this review
            plan_review(session, assessment, plan, now=now)
        elif outcome is ReviewOutcome.CLOSE:
            moves.move(session, assessment, "close", by=by, now=now, reason=f"Reviewed: {happened.strip()}")
        else:
            moves.move(
                session, assessment, "begin_update", by=by, now=now, reason=f"Reviewed: {happened.strip()}"
            )
            begin_version(session, assessment, reason="Updated after a review", by=by, now=now, renew=True)


@dataclass(frozen=True)
class Moved:
    """A change of a review's date."""

    from_on: date
    to_on: date
    reason: str
    by: str
    at: datetime


def reviews_of(assessment_id: int) -> list[Review]:
    """Return the reviews of an assessment, newest first."""
    return list(
        read().scalars(select(Review).where(Review.assessment_id == assessment_id).order_by(Review.id.desc()))
    )


def moves_of(review_id: int) -> list[Moved]:
    """Return how often a review was moved, oldest first."""
    rows = read().execute(
        select(ReviewDateChange, Person.name)
        .join(Person, Person.id == ReviewDateChange.by)
        .where(ReviewDateChange.review_id == review_id)
        .order_by(ReviewDateChange.id)
    )
    return [Moved(row.from_on, row.to_on, row.reason, name, row.at) for row, name in rows]


@dataclass(frozen=True)
class Planned:
    """A review in the list."""

    id: int
    ref: str
    title: str
    due_on: date
    trigger: ReviewTrigger
    author: str


def register(actor: Actor, organisation_id: int, *, after: str = "") -> tuple[tuple[Planned, ...], str]:
    """Return a page of the reviews that are planned, soonest first, and the key of the next page (or "").

    Only of assessments that are in force: what is paused or has ended waits for nobody.
    """
    query = (
        select(Review, Assessment.ref, Assessment.title, Person.name)
        .join(Assessment, Assessment.id == Review.assessment_id)
        .outerjoin(
            Participant,
            (Participant.assessment_id == Assessment.id)
            & (Participant.part == Part.AUTHOR)
            & Participant.ended_at.is_(None),
        )
        .outerjoin(Person, Person.id == Participant.person_id)
        .where(
            Review.organisation_id == organisation_id,
            Review.state == ReviewState.PLANNED,
            Assessment.stage.in_([Stage.IN_FORCE, Stage.AWAITING_SIGNATURES]),
            known_in(organisation_id, actor.person_id, holds_post=bool(actor.roles.get(organisation_id))),
        )
        .order_by(Review.due_on, Review.id)
        .limit(PAGE + 1)
    )
    day, _, last = after.partition(".")
    try:
        key = (date.fromisoformat(day), int(last)) if last.isascii() and last.isdigit() else None
    except ValueError:
        key = None
    if key is not None:
        query = query.where(or_(Review.due_on > key[0], and_(Review.due_on == key[0], Review.id > key[1])))
    rows = [
        Planned(row.id, ref, title, row.due_on, row.trigger, name or "")
        for row, ref, title, name in read().execute(query)
    ]
    shown = tuple(rows[:PAGE])
    return shown, f"{shown[-1].due_on.isoformat()}.{shown[-1].id}" if len(rows) > PAGE else ""
