"""Versions of an assessment: each is begun for a reason and pinned to the questions it began with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from ehiia.store.assessments import Assessment, AssessmentVersion


def begin_version(session: Session, assessment: Assessment, *, reason: str, by: int, now: datetime) -> None:
    """Begin the next version in the caller's transaction: answers stay and may be changed again."""
    before = session.get(AssessmentVersion, (assessment.id, assessment.version_no))
    assessment.version_no += 1
    session.add(
        AssessmentVersion(
            assessment_id=assessment.id,
            number=assessment.version_no,
            question_set_version=assessment.question_set_version,
            reference_data=before.reference_data if before else "",
            reason=reason[:300],
            begun_by=by,
            begun_at=now,
        )
    )
    session.flush()
