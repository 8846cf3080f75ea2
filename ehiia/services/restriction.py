"""Restricting an assessment to the people who take part: to everyone else it does not exist."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Permission
from ehiia.services import moves, notices, people, reviewers
from ehiia.services.sight import see
from ehiia.services.transaction import Invalid, note, transaction
from ehiia.store.assessments import Assessment


def restrict(ref: str, *, reason: str, until_on: date | None, by: int, now: datetime) -> None:
    """Restrict it to the people who take part: to everyone else it does not exist."""
    if not reason.strip():
        raise Invalid(reason="Enter why it is restricted; people who take part can read this")
    if until_on is not None and until_on <= day_of(now):
        raise Invalid(until_on="The day on which the restriction ends must be in the future")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.RESTRICT, actor=actor, session=session, lock=True).assessment
        before = assessment.restricted, assessment.restricted_reason, assessment.restricted_until_on
        if before == (True, reason.strip(), until_on):
            return  # the form was sent twice
        assessment.restricted, assessment.restricted_reason = True, reason.strip()
        assessment.restricted_until_on = until_on
        notices.hide(session, assessment)
        reviewers.end_all(session, assessment, now=now)
        moves.touch(assessment, now)
        note(
            session,
            "restricted",
            organisation_id=assessment.organisation_id,
            subject=f"assessment:{assessment.id}",
            by=by,
            at=now,
            reason=reason.strip(),
            until=str(until_on or ""),
        )


def lift_restriction(ref: str, *, by: int, now: datetime) -> None:
    """Let everybody in the organisation see it again."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.RESTRICT, actor=actor, session=session, lock=True).assessment
        if assessment.restricted:
            _lift(session, assessment, by=by, now=now)


def lift_restrictions(*, now: datetime) -> int:
    """Lift the restrictions whose day has come; returns how many."""
    with transaction() as session:
        due = session.scalars(
            select(Assessment)
            .where(Assessment.restricted.is_(True), Assessment.restricted_until_on <= day_of(now))
            .with_for_update()
        ).all()
        for assessment in due:
            _lift(session, assessment, by=None, now=now)
    return len(due)


def _lift(session: Session, assessment: Assessment, *, by: int | None, now: datetime) -> None:
    assessment.restricted, assessment.restricted_until_on = False, None
    moves.touch(assessment, now)
    note(
        session,
        "restriction_lifted",
        organisation_id=assessment.organisation_id,
        subject=f"assessment:{assessment.id}",
        by=by,
        at=now,
    )
