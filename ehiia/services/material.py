"""Whether an approval is stale: what stands today beside what was signed, by one comparison."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from ehiia.domain import material
from ehiia.domain.material import Material
from ehiia.domain.outcomes import APPROVALS
from ehiia.domain.review_dates import DECIDED
from ehiia.domain.triggers import CHANGED
from ehiia.domain.vocabulary import Gate, ReviewOutcome, ReviewState
from ehiia.domain.workflow import LIVE
from ehiia.services import freezing
from ehiia.services.transaction import read
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import DecisionRow, RecordRow, Review, SnapshotRow
from ehiia.store.reviews import approval_stale

__all__ = ["Stale", "stale", "to_settle"]


@dataclass(frozen=True)
class Stale:
    """An approval of something that was changed since."""

    record_id: int
    """Key of the first record of the decision; a correction of it raises nothing again."""
    record_ref: str
    version_no: int
    """Number of the version that was signed."""
    sections: tuple[Material, ...]
    seen: str
    """Stands for just these changes, on the page of whoever says that it is still right."""
    review_id: int = 0
    """Key of the review that found earlier changes right, or 0."""

    @property
    def words(self) -> tuple[str, ...]:
        """What changed, by the names of the sections."""
        return tuple(section.label for section in self.sections)

    @property
    def key(self) -> str:
        """Another one for each record, review of it and set of sections that changed: it is raised once."""
        since = f":review{self.review_id}" if self.review_id else ""
        return f"{CHANGED}:{self.record_id}{since}:{','.join(self.sections)}"


def stale(assessment: Assessment, *, now: datetime, session: Session | None = None) -> Stale | None:
    """Return what changed since the newest approval, or None where nothing did or nothing was approved.

    A version that was begun and given up leaves its answers behind
    that nobody approved, and that do not count: what is in force is the record.
    What a later review looked at and kept is settled; the record stays what was signed.
    """
    session = session or read()
    any_record, any_decision = aliased(RecordRow), aliased(DecisionRow)
    first = (
        select(func.min(any_record.id))
        .join(any_decision, any_decision.id == any_record.decision_id)
        .where(any_decision.snapshot_id == DecisionRow.snapshot_id)
        .correlate(DecisionRow)
    )
    found = session.execute(
        select(
            first.scalar_subquery().label("first_id"),
            RecordRow.ref,
            DecisionRow.outcome,
            DecisionRow.decided_at,
            SnapshotRow.version_no,
            SnapshotRow.sections,
        )
        .join(DecisionRow, DecisionRow.id == RecordRow.decision_id)
        .join(SnapshotRow, SnapshotRow.id == DecisionRow.snapshot_id)
        .where(RecordRow.assessment_id == assessment.id)
        .order_by(RecordRow.edition.desc())
        .limit(1)
    ).one_or_none()
    if found is None or found.outcome not in APPROVALS:
        return None
    newer = assessment.version_no > found.version_no
    if assessment.stage not in (LIVE if newer else DECIDED):
        return None
    snapshot = freezing.snapshot_of(session, assessment, now=now)
    live = freezing.material_digests(session, assessment, snapshot)
    if not material.changed(found.sections, live):
        return None
    review_id, reviewed = _kept(session, assessment, found.version_no, since=found.decided_at)
    sections = material.changed(found.sections, live, reviewed)
    if not sections:
        return None
    return Stale(
        found.first_id, found.ref, found.version_no, sections, material.seen(sections, live), review_id
    )


def to_settle(assessment: Assessment, *, sent: bool, now: datetime) -> Stale | None:
    """Return what whoever ends a review is shown to settle: as ``stale``, once a job has found a change.

    ``sent``: the form was sent, and what is there now is compared. Comparing reads the whole assessment, so a
    page that is only opened waits for the daily job; ``finishing.finish`` compares whatever was shown.
    """
    found = select(Assessment.id).where(Assessment.id == assessment.id, approval_stale())
    return stale(assessment, now=now) if sent or read().scalar(found) else None


def _kept(
    session: Session, assessment: Assessment, version_no: int, *, since: datetime
) -> tuple[int, dict[str, str] | None]:
    """Return the newest review that kept this version, with the fingerprints of what it looked at."""
    row = session.execute(
        select(Review.id, SnapshotRow.sections)
        .join(SnapshotRow, SnapshotRow.assessment_id == Review.assessment_id)
        .where(
            Review.assessment_id == assessment.id,
            Review.outcome == ReviewOutcome.KEEP,
            Review.state == ReviewState.DONE,
            Review.ended_at > since,
            SnapshotRow.version_no == version_no,
            SnapshotRow.gate == Gate.REVIEWED,
            SnapshotRow.frozen_at == Review.ended_at,
        )
        .order_by(Review.id.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else (0, None)
