"""Go-live after the decision: it went live, or will on another day than was said. Its review goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.review_dates import DECIDED, DateMove, go_live_moved
from ehiia.domain.vocabulary import Permission
from ehiia.services import moves, organisations, people, reviews
from ehiia.services.sight import see
from ehiia.services.telling import authors, tell
from ehiia.services.transaction import Invalid, Refused, Stale, note_on, read, transaction
from ehiia.store.people import Person
from ehiia.store.reviews import GoLiveChange

__all__ = ["Said", "said_of", "say"]

LONGEST = 1000


@dataclass(frozen=True)
class Said:
    """What somebody said of go-live after the decision."""

    id: int
    started: bool
    from_on: date | None
    to_on: date
    reason: str
    by: str
    at: datetime


def said_of(assessment_id: int) -> list[Said]:
    """Return what was said of go-live since the decision, oldest first."""
    rows = read().execute(
        select(GoLiveChange, Person.name)
        .join(Person, Person.id == GoLiveChange.by)
        .where(GoLiveChange.assessment_id == assessment_id)
        .order_by(GoLiveChange.id)
    )
    return [Said(r.id, r.started, r.from_on, r.to_on, r.reason, name, r.at) for r, name in rows]


def say(
    ref: str, *, started: bool, on: date | None, reason: str, seen_id: int, by: int, now: datetime
) -> str:
    """Say that it went live on a day, or is expected to on another; returns what that does to the review.

    By whoever may review it. ``seen_id``: id of the newest that was said, as on the page, 0 where nothing
    was. A reason is asked wherever a day that was known changes. Raises Invalid by field, Stale where
    somebody else said something meanwhile, Refused where no decision stands.
    """
    reason, today = reason.strip(), day_of(now)
    errors = {}
    if on is None:
        errors["on"] = "Enter the day"
    elif started and on > today:
        errors["on"] = "The day on which it went live cannot be in the future"
    elif not started and on <= today:
        errors["on"] = "The day on which it is expected to go live must be in the future"
    if len(reason) > LONGEST:
        errors["reason"] = f"This must be {LONGEST:,} characters or fewer"
    with transaction() as session:
        actor = people.actor_of(by, today=today, session=session)
        assessment = see(ref, Permission.REVIEW, actor=actor, session=session, lock=True).assessment
        if assessment.stage not in DECIDED:
            raise Refused(f"Go-live cannot be changed here while it is “{assessment.stage.label}”.")
        before = assessment.actual_go_live_on or assessment.expected_go_live_on
        if on is not None and before is not None and before != on and not reason:
            errors["reason"] = "Enter why it is another day; it is kept in the history"
        if errors or on is None:
            raise Invalid(**errors)
        last = _last(session, assessment.id)
        if last and (last.started, last.to_on, last.reason, last.by) == (started, on, reason, by):
            return ""  # the form was sent twice
        if (last.id if last else 0) != seen_id:
            raise Stale
        session.add(
            GoLiveChange(
                assessment_id=assessment.id,
                started=started,
                from_on=before,
                to_on=on,
                reason=reason,
                by=by,
                at=now,
            )
        )
        if started:
            assessment.actual_go_live_on = on
        else:
            assessment.actual_go_live_on, assessment.expected_go_live_on = None, on
        note_on(
            session,
            assessment,
            "went_live" if started else "go_live_expected",
            by=by,
            at=now,
            on=on.isoformat(),
            reason=reason,
        )
        moves.touch(assessment, now)
        row = reviews.open_review(session, assessment)
        if row is None:
            return ""
        why = go_live_moved(before, on, started=started, trigger=row.trigger, due_on=row.due_on)
        if why.rule != "REV-13":
            return why.text
        organisation = organisations.get(assessment.organisation_id, session=session)
        plan = reviews.plan_for(session, assessment, organisation, decided_at=row.made_at)
        row.reasons = reviews.in_words(plan)
        if plan.due_on == row.due_on:
            return "The review stays on its day."
        words = f"{why.text} ({why.rule})"
        reviews.move_date(
            session,
            assessment,
            row,
            kind=DateMove.GO_LIVE,
            to_on=plan.due_on,
            reason=words,
            by=by,
            now=now,
        )
        told = authors(session, assessment.id)
        told |= {assessment.director_id} if assessment.director_id else set()
        tell(
            session,
            assessment,
            "review_moved",
            told,
            by=by,
            now=now,
            due_on=plan.due_on,
            comment=reason,
            path=f"/a/{ref}/review",
        )
        return why.text


def _last(session: Session, assessment_id: int) -> GoLiveChange | None:
    return session.scalar(
        select(GoLiveChange)
        .where(GoLiveChange.assessment_id == assessment_id)
        .order_by(GoLiveChange.id.desc())
        .limit(1)
    )
