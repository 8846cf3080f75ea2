"""What can be published of an assessment: its newest record, or the version that waits for its decision.

The latter is a record without a decision: the frozen version, the check that passed it, and what led there.
It is worked out anew each time from what cannot change; only its editions for the public are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.decision import UNDECIDED, DecisionRecord, ReviewPlan
from ehiia.domain.publishing import paper_ref
from ehiia.domain.vocabulary import Stage
from ehiia.services import checks, freezing, happened, installation, recording
from ehiia.services.transaction import NotFound
from ehiia.store import publications
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import RecordRow, SnapshotRow
from ehiia.store.publications import Publication

__all__ = ["Publishable", "of_assessment", "ref_of"]


@dataclass(frozen=True)
class Publishable:
    """What is published, whole: nothing is left out of it yet."""

    assessment_id: int
    ref: str
    """Of the record, "EHIIA-2026-014-D1"; of a version that waits, "EHIIA-2026-014-V1"."""
    whole: DecisionRecord
    sha256: str
    """Of the canonical text of the record, or of the version that waits."""
    made_at: datetime
    """When it was decided, or the check was passed (UTC)."""
    record_id: int | None = None
    snapshot_id: int | None = None
    """One of the two is set: which it is."""

    @property
    def decided(self) -> bool:
        """Whether it is the record of a decision, and not what waits for one."""
        return self.record_id is not None

    def is_of(self, row: Publication) -> bool:
        """Say whether a publication is of this."""
        return (row.record_id, row.snapshot_id) == (self.record_id, self.snapshot_id)


def of_assessment(session: Session, assessment: Assessment) -> Publishable:
    """Return what is to be published next. Raises NotFound where there is nothing yet.

    A record comes first until it has been agreed how that is published, or that it is not; then a later
    version that waits for its decision.
    """
    record = session.scalar(
        select(RecordRow)
        .where(RecordRow.assessment_id == assessment.id)
        .order_by(RecordRow.edition.desc())
        .limit(1)
    )
    if record is None or publications.settled(session, record):
        waits = checks.version_for_decision(session, assessment) if assessment.stage is Stage.READY else None
        if waits is not None:
            return _waiting(session, assessment, waits)
    if record is None:
        raise NotFound
    return Publishable(
        assessment_id=assessment.id,
        ref=record.ref,
        whole=freezing.thaw_record(record.text),
        sha256=record.sha256,
        made_at=record.made_at,
        record_id=record.id,
    )


def ref_of(session: Session, assessment: Assessment, row: Publication) -> str:
    """Return how that is called which a publication is of."""
    if row.record_id is not None:
        return session.scalars(select(RecordRow.ref).where(RecordRow.id == row.record_id)).one()
    version = select(SnapshotRow.version_no).where(SnapshotRow.id == row.snapshot_id)
    return paper_ref(assessment.ref, session.scalars(version).one())


def _waiting(session: Session, assessment: Assessment, row: SnapshotRow) -> Publishable:
    snapshot, until = freezing.thaw_snapshot(row.text), row.frozen_at
    check = recording.check_of(session, assessment, snapshot)
    ref = paper_ref(assessment.ref, row.version_no)
    whole = DecisionRecord(
        reference=ref,
        code="",
        edition=0,
        supersedes="",
        snapshot=snapshot,
        snapshot_sha256=row.sha256,
        check=replace(check, comments=()),  # they go on until it is decided
        decision=None,
        attestations=tuple(
            one for one in recording.attestations_of(session, assessment, row) if one.at <= until
        ),
        duties=recording.duties_of(assessment, day_of(until)),
        review=ReviewPlan(None, ()),
        history_sequence=0,
        history_sha256="",
        demonstration=installation.config().demonstration,
        status=UNDECIDED,
        history=tuple(
            one for one in happened.in_version(session, assessment, row.version_no) if one.at <= until
        ),
    )
    return Publishable(assessment.id, ref, whole, row.sha256, until, snapshot_id=row.id)
