"""Decision records that were made: found by reference, code or digest, listed, and how far each is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import aliased

from ehiia.domain import codes
from ehiia.domain.access import Actor
from ehiia.domain.decision import DecisionRecord
from ehiia.domain.standing import Standing, standing_of
from ehiia.domain.vocabulary import Outcome, Permission, SealState, Stage
from ehiia.domain.workflow import LIVE
from ehiia.services import (
    freezing,
    signatories,
)
from ehiia.services.sight import see
from ehiia.services.signatories import Signature
from ehiia.services.transaction import NotFound, read
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import (
    DecisionRow,
    RecordFile,
    RecordRow,
)
from ehiia.store.organisations import Organisation
from ehiia.store.reviews import found_changed
from ehiia.store.signatures import RecordSignatory, RecordSignature
from ehiia.store.visible import known_in

__all__ = [
    "KeptRecord",
    "Listed",
    "RecordRow",
    "find_record",
    "records_of",
    "register",
    "see_record",
]


@dataclass(frozen=True)
class KeptRecord:
    """A record with its files and how it stands today."""

    row: RecordRow
    record: DecisionRecord
    assessment: Assessment
    organisation: Organisation
    files: tuple[RecordFile, ...]
    superseded_by: str
    """Reference of the newer record, or ""."""
    decided_by: int
    signatures: tuple[Signature, ...] = ()
    """Those expected beside the decision-maker's, in order."""
    corrected: bool = False
    """Whether the newer record corrects this one and is of the same decision."""

    @property
    def state(self) -> SealState:
        """How far the signed file is."""
        given = sum(one.signed_at is not None for one in self.signatures)
        return _state(len(self.files), given, sum(one.awaited for one in self.signatures))

    @property
    def standing(self) -> Standing:
        """How it stands today."""
        return standing_of(self.assessment.stage, superseded=bool(self.superseded_by))

    @property
    def newer_version(self) -> int:
        """Number of the newer version that is being written; 0 where there is none or it was decided."""
        newer = self.assessment.version_no > self.record.snapshot.version
        going_on = not self.superseded_by and self.assessment.stage in LIVE | {Stage.PAUSED}
        return self.assessment.version_no if newer and going_on else 0


def find_record(*, ref: str = "", code: str = "", sha256: str = "") -> KeptRecord:
    """Find a record by reference, by its twelve-character code, or by the digest of a file or of its JSON.

    Raises NotFound. Whether the person may see it is for the caller to ask.
    """
    session = read()
    query = (
        select(RecordRow, Assessment, Organisation, DecisionRow)
        .join(DecisionRow, DecisionRow.id == RecordRow.decision_id)
        .join(Assessment, Assessment.id == RecordRow.assessment_id)
        .join(Organisation, Organisation.id == RecordRow.organisation_id)
    )
    if ref:
        query = query.where(RecordRow.ref == ref)
    elif code:
        query = query.where(RecordRow.code == codes.tidy(code))
    else:
        from_file = session.scalar(select(RecordFile.record_id).where(RecordFile.sha256 == sha256))
        query = query.where(RecordRow.id == from_file if from_file else RecordRow.sha256 == sha256)
    found = session.execute(query.limit(1)).one_or_none()
    if found is None:
        raise NotFound
    row, assessment, organisation, decision = found
    files = session.scalars(
        select(RecordFile).where(RecordFile.record_id == row.id).order_by(RecordFile.step)
    ).all()
    newer = session.execute(
        select(RecordRow.ref, DecisionRow.snapshot_id)
        .join(DecisionRow, DecisionRow.id == RecordRow.decision_id)
        .where(RecordRow.supersedes_id == row.id)
        .limit(1)
    ).one_or_none()
    return KeptRecord(
        row,
        freezing.thaw_record(row.text),
        assessment,
        organisation,
        tuple(files),
        newer.ref if newer else "",
        decision.decided_by,
        signatories.of_record(row.id, session=session),
        corrected=newer is not None and newer.snapshot_id == decision.snapshot_id,
    )


def records_of(assessment_id: int) -> list[RecordRow]:
    """Return the records of an assessment, newest first."""
    return list(
        read().scalars(
            select(RecordRow)
            .where(RecordRow.assessment_id == assessment_id)
            .order_by(RecordRow.edition.desc())
        )
    )


PAGE = 25


@dataclass(frozen=True)
class Listed:
    """A record in the list."""

    id: int
    ref: str
    title: str
    assessment_ref: str
    outcome: Outcome
    decided_at: datetime
    state: SealState
    replaced: bool
    stale: bool
    """What it approved was found to be changed since."""


def register(actor: Actor, organisation_id: int, *, before: int = 0) -> tuple[tuple[Listed, ...], int]:
    """Return a page of the records the person knows of, newest first, and the key of the next page (or 0)."""
    files = (
        select(func.count())
        .where(RecordFile.record_id == RecordRow.id)
        .correlate(RecordRow)
        .scalar_subquery()
    )
    given, awaited = _signed_and_awaited()
    newer = aliased(RecordRow)
    query = (
        select(
            RecordRow,
            Assessment.title,
            Assessment.ref,
            DecisionRow.outcome,
            newer.id,
            found_changed(RecordRow.assessment_id, since=DecisionRow.decided_at),
            files,
            given,
            awaited,
        )
        .join(Assessment, Assessment.id == RecordRow.assessment_id)
        .join(DecisionRow, DecisionRow.id == RecordRow.decision_id)
        .outerjoin(newer, newer.supersedes_id == RecordRow.id)
        .where(
            RecordRow.organisation_id == organisation_id,
            known_in(organisation_id, actor.person_id, holds_post=bool(actor.roles.get(organisation_id))),
        )
        .order_by(RecordRow.id.desc())
        .limit(PAGE + 1)
    )
    if before:
        query = query.where(RecordRow.id < before)
    rows = [
        Listed(
            row.id,
            row.ref,
            title,
            ref,
            outcome,
            row.made_at,
            _state(*far),
            replaced=newer_id is not None,
            stale=newer_id is None and changed,
        )
        for row, title, ref, outcome, newer_id, changed, *far in read().execute(query)
    ]
    return tuple(rows[:PAGE]), rows[PAGE - 1].id if len(rows) > PAGE else 0


def _signed_and_awaited() -> tuple[ScalarSelect[int], ScalarSelect[int]]:
    """Return how many further signatures of a record were given, and how many are awaited."""
    act = (RecordSignature.record_id == RecordSignatory.record_id) & (
        RecordSignature.position == RecordSignatory.position
    )
    count = (
        select(func.count())
        .select_from(RecordSignatory)
        .outerjoin(RecordSignature, act)
        .where(RecordSignatory.record_id == RecordRow.id)
        .correlate(RecordRow)
    )
    given = count.where(RecordSignature.signed.is_(True))
    return given.scalar_subquery(), count.where(RecordSignature.record_id.is_(None)).scalar_subquery()


def _state(steps: int, given: int, awaited: int) -> SealState:
    """Say how far a file is: with so many steps, and further signatures given and awaited."""
    if steps < 2:
        return (SealState.WAITING, SealState.SEALED)[steps]
    if awaited:
        return SealState.AWAITED
    return SealState.SIGNED if steps >= 2 + given else SealState.SEALED


def see_record(record_ref: str, *, actor: Actor) -> KeptRecord:
    """Return a record to somebody who may read its assessment. Raises NotFound."""
    kept = find_record(ref=record_ref)
    see(kept.assessment.ref, Permission.READ, actor=actor)
    return kept
