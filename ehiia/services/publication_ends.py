"""What becomes of a publication before the decision when the version waits no longer: decided, or taken back.

What is out and was decided stays, and says so, until the record takes its place. What is not out yet, or is
only prepared, is given up. What is out of a version that nobody decides any more is withdrawn.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import publishing as rules
from ehiia.domain.publishing import PublicationState, paper_ref
from ehiia.domain.vocabulary import Stage
from ehiia.services.transaction import note_on
from ehiia.store import publications
from ehiia.store.assessments import Assessment

__all__ = ["left"]

WAITS = frozenset({Stage.READY, Stage.PAUSED})
"""Stages in which a version for decision still waits, or may again."""
TAKEN_BACK = "This version is no longer for decision: it was taken back to be changed, or given up."
DECIDED = "It was decided before this was out."


def left(
    session: Session, assessment: Assessment, origin: Stage, *, decided: bool, by: int, now: datetime
) -> None:
    """End what is published before the decision, after a move from ``origin`` in the caller's transaction."""
    if origin not in WAITS or assessment.stage in WAITS:
        return
    for row in publications.waiting(session, assessment.id, assessment.version_no):
        row.revision += 1
        state = rules.ended_as(row.state, PublicationState.WITHDRAWN, row.not_before_on, today=day_of(now))
        if decided:
            row.decided_at = now
            if state is PublicationState.WITHDRAWN:
                continue
        row.state = state
        row.ended_by, row.ended_at = by, now
        row.ended_reason = DECIDED if decided else TAKEN_BACK
        note_on(
            session,
            assessment,
            "publication_ended",
            by=by,
            at=now,
            named="",
            record=paper_ref(assessment.ref, assessment.version_no),
            state=row.state.label,
            reason=row.ended_reason,
        )
