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
from ehiia.domain.workflow import LIVE
from ehiia.services import freezing
from ehiia.services.transaction import read
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import DecisionRow, RecordRow, SnapshotRow

__all__ = ["Stale", "stale"]


@dataclass(frozen=True)
class Stale:
    """An approval of something that was changed since."""

    record_id: int
    """Key of the first record of the decision; a correction of it raises nothing again."""
    record_ref: str
    version_no: int
    """Number of the version that was signed."""
    sections: tuple[Material, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What changed, by the names of the sections."""
        return tuple(section.label for section in self.sections)

    @property
    def key(self) -> str:
        """Another one for each record and each set of sections that changed, by which it is raised once."""
        return f"{CHANGED}:{self.record_id}:{','.join(self.sections)}"


def stale(assessment: Assessment, *, now: datetime, session: Session | None = None) -> Stale | None:
    """Return what changed since the newest approval, or None where nothing did or nothing was approved.

    A version that was begun and given up leaves its answers behind
    that nobody approved, and that do not count: what is in force is the record.
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
    sections = material.changed(found.sections, freezing.material_digests(session, assessment, snapshot))
    return Stale(found.first_id, found.ref, found.version_no, sections) if sections else None
