"""Stopping the work: pausing, taking up again, withdrawing, closing, and giving up a new version."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Permission, Stage
from ehiia.domain.workflow import DECIDED
from ehiia.services import moves, organisations, people, reviews
from ehiia.services.sight import see
from ehiia.services.submission import end_checks
from ehiia.services.transaction import NotFound, Refused, read, transaction
from ehiia.store.assessments import Assessment, Move
from ehiia.store.decisions import MeetingEntry

__all__ = ["STOPS", "redoes_what_is_in_force", "stop"]

STOPS = frozenset({"pause", "resume", "withdraw", "close", "give_up_version"})
"""The moves of this kind."""


def stop(ref: str, name: str, *, reason: str = "", by: int, now: datetime) -> None:
    """Make one of these moves, with a reason. Raises NotFound, Refused, Invalid (field ``reason``).

    Where a new version of what is in force is given up, its decision and its review stand as before. What was
    written stays, and the next version begins with it.
    """
    if name not in STOPS:
        raise NotFound
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.STOP_WORK, actor=actor, session=session, lock=True).assessment
        redone = redoes_what_is_in_force(assessment, session=session)
        if name == "withdraw" and redone:
            raise Refused(
                "What was decided before is in force. Give up the new version first, "
                "then withdraw or close it."
            )
        if name == "give_up_version" and not redone:
            raise Refused("There is no decision in force that this version could give way to.")
        back = assessment.stage_before_pause if name == "resume" else None
        moves.move(session, assessment, name, by=by, now=now, reason=reason, to=back)
        if name in ("withdraw", "close"):
            reviews.cancel_open(session, assessment, now=now)
        if name == "give_up_version":
            _stand_as_before(session, assessment, now)


def redoes_what_is_in_force(assessment: Assessment, *, session: Session | None = None) -> bool:
    """Say whether a new version is in hand while the decision on an earlier one stands.

    Not after an urgent decision: there the whole assessment is owed.
    """
    if assessment.version_no == 1 or assessment.full_due_on is not None:
        return False
    decided = (session or read()).scalar(
        select(Move)
        .where(Move.assessment_id == assessment.id, Move.move == "decide")
        .order_by(Move.id.desc())
        .limit(1)
    )
    if decided is None and assessment.earlier:  # decided before this system, without a move
        return assessment.stage is not Stage.IN_FORCE
    return (
        decided is not None
        and decided.to_stage in DECIDED
        and decided.version_no < assessment.version_no
        and assessment.stage is not Stage.IN_FORCE
    )


def _stand_as_before(session: Session, assessment: Assessment, now: datetime) -> None:
    """End what waited for the version that was given up; a review is planned where none is."""
    assessment.stage_before_pause = None
    end_checks(session, assessment, now=now)
    session.execute(
        update(MeetingEntry)
        .where(MeetingEntry.assessment_id == assessment.id, MeetingEntry.ended_at.is_(None))
        .values(ended_at=now)
    )
    if reviews.open_review(session, assessment) is None:
        organisation = organisations.get(assessment.organisation_id, session=session)
        plan = reviews.plan_for(session, assessment, organisation, decided_at=now)
        reviews.plan_review(session, assessment, plan, now=now)
