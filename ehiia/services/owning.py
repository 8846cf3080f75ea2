"""Whoever owns something of an assessment can see it, for as long as they own something."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.domain.vocabulary import GapState, Part
from ehiia.services import team
from ehiia.store.answers import MitigationRow
from ehiia.store.library import GapRow


def name_owner(session: Session, assessment_id: int, person_id: int, *, by: int, now: datetime) -> None:
    """Let the owner of an action or evidence gap see the assessment, in the caller's transaction."""
    team.take_part(session, assessment_id, person_id, Part.OWNER, by=by, now=now)


def drop_owner(session: Session, assessment_id: int, person_id: int | None, *, now: datetime) -> None:
    """End the part of a person who owns no action and no evidence gap of the assessment any more."""
    if person_id is None:
        return
    action = session.scalar(
        select(MitigationRow.id)
        .where(
            MitigationRow.assessment_id == assessment_id,
            MitigationRow.owner_id == person_id,
            MitigationRow.taken_out_at.is_(None),
        )
        .limit(1)
    )
    gap = session.scalar(
        select(GapRow.id)
        .where(
            GapRow.assessment_id == assessment_id,
            GapRow.owner_id == person_id,
            GapRow.taken_out_at.is_(None),
            GapRow.state != GapState.CLOSED,
        )
        .limit(1)
    )
    if action is None and gap is None:
        team.leave(session, assessment_id, person_id, Part.OWNER, now=now)
