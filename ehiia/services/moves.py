"""The one function that changes the stage of an assessment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from ehiia.domain import workflow
from ehiia.domain.vocabulary import Stage
from ehiia.domain.workflow import Refused
from ehiia.services import publication_ends
from ehiia.services.transaction import Invalid, note_on
from ehiia.store.assessments import Assessment, Move


def move(
    session: Session,
    assessment: Assessment,
    name: str,
    *,
    by: int,
    now: datetime,
    reason: str = "",
    to: Stage | None = None,
) -> Stage:
    """Make a move in the caller's transaction: stage, move row and history row together.

    ``to`` is needed where the table leaves it open. Raises Refused where the table does not allow the
    move from here, Invalid (field ``reason``) where a reason is asked and none was given.
    """
    if assessment.practice:
        workflow.practise(name)
    step = workflow.find(name, assessment.stage)
    reason = reason.strip()
    if step.needs_reason and not reason:
        raise Invalid(reason="Enter the reason; it is kept in the history")
    target = step.to or to
    if target is None:
        raise Refused("It is not known where this step leads.")
    origin = assessment.stage
    if name == "pause":
        assessment.stage_before_pause = origin
    elif name == "resume":
        assessment.stage_before_pause = None
    assessment.stage = target
    touch(assessment, now)
    publication_ends.left(session, assessment, origin, decided=name == "decide", by=by, now=now)
    session.add(
        Move(
            assessment_id=assessment.id,
            version_no=assessment.version_no,
            from_stage=origin,
            move=name,
            to_stage=target,
            by=by,
            at=now,
            reason=reason,
        )
    )
    note_on(
        session,
        assessment,
        f"move_{name}",
        by=by,
        at=now,
        reason=reason,
        origin=origin.value,
        target=target.value,
        version=assessment.version_no,
    )
    return target


def touch(assessment: Assessment, now: datetime) -> None:
    """Say that the assessment changed: it moves to the top of the register."""
    assessment.updated_at = now
    assessment.revision += 1
