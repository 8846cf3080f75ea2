"""Postponing a review: asked for with a reason, approved by somebody else, and counted.

Until it is approved the old date counts, and overdue keeps counting. A sooner
day needs nobody's approval.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from ehiia.clock import day_of
from ehiia.domain.review_dates import DECIDED, Asked, DateMove
from ehiia.domain.vocabulary import Part, Permission, ReviewTrigger
from ehiia.services import people, reviews
from ehiia.services.sight import Seen, see
from ehiia.services.telling import authors, equality_leads, tell
from ehiia.services.transaction import (
    Invalid,
    NotAllowed,
    NotFound,
    Refused,
    Stale,
    note_on,
    read,
    transaction,
)
from ehiia.store.assessments import Participant
from ehiia.store.decisions import Review, ReviewDateChange
from ehiia.store.people import Person
from ehiia.store.reviews import ReviewPostponement

__all__ = ["Request", "answer", "ask", "may_answer", "one_of", "requests_of", "take_back"]

LONGEST = 1000
OWN = "You asked for it, so somebody else approves it: the accountable director or an equality lead."


@dataclass(frozen=True)
class Request:
    """A request to postpone a review, as it is shown."""

    id: int
    from_on: date
    to_on: date
    reason: str
    asked_by: int
    asked_by_name: str
    asked_at: datetime
    state: Asked
    answer: str
    answered_by_name: str
    answered_at: datetime | None


def requests_of(review_id: int, *, session: Session | None = None) -> list[Request]:
    """Return what was asked of a review, oldest first: one query."""
    answerer = aliased(Person)
    rows = (session or read()).execute(
        select(ReviewPostponement, Person.name, answerer.name)
        .join(Person, Person.id == ReviewPostponement.asked_by)
        .outerjoin(answerer, answerer.id == ReviewPostponement.answered_by)
        .where(ReviewPostponement.review_id == review_id)
        .order_by(ReviewPostponement.id)
    )
    return [
        Request(
            id=row.id,
            from_on=row.from_on,
            to_on=row.to_on,
            reason=row.reason,
            asked_by=row.asked_by,
            asked_by_name=name,
            asked_at=row.asked_at,
            state=row.state,
            answer=row.answer,
            answered_by_name=by or "",
            answered_at=row.answered_at,
        )
        for row, name, by in rows
    ]


def one_of(assessment_id: int, request_id: int) -> Request:
    """Return a request by its id. Raises NotFound where the assessment has none like that."""
    review_id = read().scalar(
        select(ReviewPostponement.review_id)
        .join(Review, Review.id == ReviewPostponement.review_id)
        .where(ReviewPostponement.id == request_id, Review.assessment_id == assessment_id)
    )
    found = [one for one in requests_of(review_id or 0) if one.id == request_id]
    if not found:
        raise NotFound
    return found[0]


def may_answer(seen: Seen, request: Request) -> str:
    """Return "" where the person may answer a request, or the sentence that says why not."""
    ruling = seen.may(Permission.POSTPONE)
    if not ruling:
        return ruling.reason
    return OWN if request.asked_by == seen.actor.person_id else ""


def ask(ref: str, *, to_on: date | None, reason: str, revision: int, by: int, now: datetime) -> bool:
    """Give the review a sooner day at once, or ask that it be postponed; True where it moved at once.

    By whoever may review it. ``revision``: of the review on the page. Raises Invalid by field, Stale where
    it was moved meanwhile, Refused where none is planned or another request still waits.
    """
    reason = reason.strip()
    errors = {}
    if not reason:
        errors["reason"] = "Enter why the review is moved; it is kept in the history"
    elif len(reason) > LONGEST:
        errors["reason"] = f"This must be {LONGEST:,} characters or fewer"
    if to_on is None:
        errors["to_on"] = "Enter the new date"
    elif to_on <= day_of(now):
        errors["to_on"] = "The new date must be in the future"
    if errors or to_on is None:
        raise Invalid(**errors)
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.REVIEW, actor=actor, session=session, lock=True).assessment
        row = reviews.open_review(session, assessment)
        if row is None or assessment.stage not in DECIDED:
            raise Refused("No review is planned.")
        waiting = _waiting(session, row)
        if waiting and (waiting.to_on, waiting.reason, waiting.asked_by) == (to_on, reason, by):
            return False  # the form was sent twice
        if row.due_on == to_on and _last_move(session, row) == (to_on, reason, by):
            return True
        if row.revision != revision:
            raise Stale
        if row.due_on == to_on:
            raise Invalid(to_on="This is the date it is planned for already")
        if to_on < row.due_on:
            trigger = ReviewTrigger.MOVED if row.trigger is ReviewTrigger.PLANNED else None
            reviews.move_date(
                session,
                assessment,
                row,
                kind=DateMove.SOONER,
                to_on=to_on,
                reason=reason,
                by=by,
                now=now,
                trigger=trigger,
            )
            return True
        if waiting:
            raise Refused("Somebody has asked for another date already. It has to be answered first.")
        asked = ReviewPostponement(
            review_id=row.id, from_on=row.due_on, to_on=to_on, reason=reason, asked_by=by, asked_at=now
        )
        session.add(asked)
        session.flush()
        note_on(
            session,
            assessment,
            "postponing_asked",
            by=by,
            at=now,
            from_on=row.due_on.isoformat(),
            to_on=to_on.isoformat(),
            reason=reason,
        )
        directors = set(
            session.scalars(
                select(Participant.person_id).where(
                    Participant.assessment_id == assessment.id,
                    Participant.part == Part.DIRECTOR,
                    Participant.ended_at.is_(None),
                )
            )
        )
        tell(
            session,
            assessment,
            "postponing_asked",
            directors | equality_leads(session, assessment, now),
            by=by,
            now=now,
            due_on=to_on,
            comment=reason,
            path=f"/a/{ref}/review/date/{asked.id}",
        )
    return False


def _waiting(session: Session, row: Review) -> ReviewPostponement | None:
    return session.scalar(
        select(ReviewPostponement)
        .where(ReviewPostponement.review_id == row.id, ReviewPostponement.state == Asked.WAITING)
        .limit(1)
    )


def _last_move(session: Session, row: Review) -> tuple[date, str, int] | None:
    last = session.scalar(
        select(ReviewDateChange)
        .where(ReviewDateChange.review_id == row.id)
        .order_by(ReviewDateChange.id.desc())
        .limit(1)
    )
    return (last.to_on, last.reason, last.by) if last else None


def answer(ref: str, request_id: int, *, approve: bool, words: str, by: int, now: datetime) -> None:
    """Approve or decline that a review is postponed, as somebody who did not ask for it.

    Raises Invalid (``words``) where it is declined without a reason, NotAllowed, Refused where it was
    answered or has become needless meanwhile, or its day has passed.
    """
    words = words.strip()
    if not approve and not words:
        raise Invalid(words="Enter why it is not postponed; whoever asked will read it")
    if len(words) > LONGEST:
        raise Invalid(words=f"This must be {LONGEST:,} characters or fewer")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.POSTPONE, actor=actor, session=session, lock=True).assessment
        row, asked = _of(session, assessment.id, request_id)
        wanted = Asked.APPROVED if approve else Asked.DECLINED
        if (asked.state, asked.answer, asked.answered_by) == (wanted, words, by):
            return  # the form was sent twice
        if asked.asked_by == by:
            raise NotAllowed(OWN)
        if asked.state is not Asked.WAITING:
            raise Refused(f"This request is not open any more: {asked.state.label.lower()}.")
        if approve and asked.to_on <= day_of(now):
            raise Refused("The day that was asked for has come. Decline it, and let a new one be asked for.")
        asked.state, asked.answer, asked.answered_by, asked.answered_at = wanted, words, by, now
        session.flush()
        if approve:
            reviews.move_date(
                session,
                assessment,
                row,
                kind=DateMove.POSTPONED,
                to_on=asked.to_on,
                reason=asked.reason,
                by=asked.asked_by,
                now=now,
                trigger=ReviewTrigger.MOVED if row.trigger is ReviewTrigger.PLANNED else None,
            )
        note_on(
            session,
            assessment,
            "postponing_approved" if approve else "postponing_declined",
            by=by,
            at=now,
            to_on=asked.to_on.isoformat(),
            reason=words,
        )
        tell(
            session,
            assessment,
            "postponing_approved" if approve else "postponing_declined",
            authors(session, assessment.id) | {asked.asked_by},
            by=by,
            now=now,
            due_on=row.due_on,
            comment=words,
            path=f"/a/{ref}/review",
        )


def take_back(ref: str, request_id: int, *, by: int, now: datetime) -> None:
    """Take back what one asked for oneself, while nobody has answered it."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.READ, actor=actor, session=session, lock=True).assessment
        _, asked = _of(session, assessment.id, request_id)
        if asked.asked_by != by:
            raise NotAllowed("Only whoever asked for another date takes it back.")
        if asked.state is not Asked.WAITING:
            return
        asked.state, asked.answered_by, asked.answered_at = Asked.ENDED, by, now
        note_on(
            session,
            assessment,
            "postponing_taken_back",
            by=by,
            at=now,
            to_on=asked.to_on.isoformat(),
        )


def _of(session: Session, assessment_id: int, request_id: int) -> tuple[Review, ReviewPostponement]:
    found = session.execute(
        select(Review, ReviewPostponement)
        .join(ReviewPostponement, ReviewPostponement.review_id == Review.id)
        .where(Review.assessment_id == assessment_id, ReviewPostponement.id == request_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]
