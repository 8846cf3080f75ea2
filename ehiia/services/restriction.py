"""Restricting an assessment to the people who take part: to everyone else it does not exist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Permission
from ehiia.services import hiding, moves, partner_links, people, reviewers
from ehiia.services.one_by_one import each
from ehiia.services.sight import see
from ehiia.services.transaction import Invalid, note_on, read, transaction
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
        hiding.hide(session, assessment)
        reviewers.end_all(session, assessment, now=now)
        partner_links.end_all(session, assessment, now=now)
        moves.touch(assessment, now)
        note_on(
            session,
            assessment,
            "restricted",
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


def lift_restrictions(*, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Lift the restrictions whose day has come, each in a transaction of its own; returns how many.

    Raises SomeFailed after all others are lifted.
    """
    session = read()
    ids = session.scalars(select(Assessment.id).where(day_has_come(now)).order_by(Assessment.id)).all()
    session.rollback()
    return each(
        ids,
        partial(_lift_one, now=now),
        called=lambda one: f"assessment {one}",
        verb="lifted",
        go_on=go_on,
    )


def day_has_come(now: datetime) -> ColumnElement[bool]:
    """Return the predicate of assessments whose restriction ends on today's London date, or ended."""
    return and_(Assessment.restricted.is_(True), Assessment.restricted_until_on <= day_of(now))


def _lift_one(assessment_id: int, *, now: datetime) -> int:
    with transaction() as session:
        assessment = session.scalar(
            select(Assessment)
            .where(Assessment.id == assessment_id, day_has_come(now))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if assessment is None:
            return 0
        _lift(session, assessment, by=None, now=now)
    return 1


def _lift(session: Session, assessment: Assessment, *, by: int | None, now: datetime) -> None:
    assessment.restricted, assessment.restricted_until_on = False, None
    moves.touch(assessment, now)
    note_on(
        session,
        assessment,
        "restriction_lifted",
        by=by,
        at=now,
    )
