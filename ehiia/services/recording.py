"""The decision record: frozen from the snapshot and the decision, found by reference, code or digest.

Long because making a record and finding it again speak of the same rows.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.domain import codes
from ehiia.domain.access import Actor
from ehiia.domain.decision import Attestation, Check, DecisionRecord, ReviewPlan
from ehiia.domain.frozen import Answered, Snapshot
from ehiia.domain.questions import Depth
from ehiia.domain.standing import Standing, standing, standing_of
from ehiia.domain.vocabulary import Attested, Outcome, Permission, Reauthentication, SealState, Stage
from ehiia.domain.workflow import LIVE
from ehiia.services import (
    checks,
    decided,
    freezing,
    frozen_check,
    happened,
    installation,
    organisations,
    people,
    reviews,
    signatories,
    urgency,
    work,
)
from ehiia.services.answered import question_set_of
from ehiia.services.sight import see
from ehiia.services.signatories import Signature
from ehiia.services.transaction import NotFound, Refused, note_on, read
from ehiia.store import history
from ehiia.store.assessments import Assessment, AssessmentVersion
from ehiia.store.decisions import (
    AttestationRow,
    DecisionRow,
    MeetingEntry,
    QualityCheck,
    RecordFile,
    RecordRow,
    SectionCheck,
    SnapshotRow,
)
from ehiia.store.meetings import PackReading, PaperPackRow, SignedMinute
from ehiia.store.organisations import Body, Organisation
from ehiia.store.people import Person
from ehiia.store.reviews import found_changed
from ehiia.store.signatures import RecordSignatory, RecordSignature
from ehiia.store.visible import known_in

__all__ = [
    "KeptRecord",
    "Listed",
    "RecordRow",
    "find_record",
    "keep",
    "late_note",
    "make_record",
    "new_code",
    "records_of",
    "register",
    "see_record",
]

SEAL_WORK = "seal"
IN_RECORD = (
    Attested.DECLARED,
    Attested.AGREED,
    Attested.PASSED,
    Attested.READ,
    Attested.ENTERED,
    Attested.DECIDED,
    Attested.CONFIRMED,
)


def make_record(
    session: Session,
    assessment: Assessment,
    *,
    decision: DecisionRow,
    snapshot: Snapshot,
    snapshot_row: SnapshotRow,
    body: Body,
    role: str,
    in_force: bool,
    now: datetime,
) -> RecordRow:
    """Freeze the record of a decision in the caller's transaction and leave the work of sealing it."""
    organisation = organisations.get(assessment.organisation_id, session=session)
    before = session.scalar(
        select(RecordRow)
        .where(RecordRow.assessment_id == assessment.id)
        .order_by(RecordRow.edition.desc())
        .limit(1)
    )
    edition = before.edition + 1 if before else 1
    rapid = assessment.depth == Depth.RAPID
    plan = None
    if in_force and rapid:
        plan = urgency.whole_due_for(session, assessment, decided_at=now)
    elif in_force:
        plan = reviews.plan_for(session, assessment, organisation, decided_at=now)
    record = DecisionRecord(
        reference=f"{assessment.ref}-D{edition}",
        code=new_code(),
        edition=edition,
        supersedes=before.ref if before else "",
        snapshot=snapshot,
        snapshot_sha256=snapshot_row.sha256,
        check=_check(session, assessment, snapshot),
        decision=decided.frozen(session, decision, snapshot, body, role, snapshot_row.version_no),
        attestations=_attestations(session, assessment, snapshot_row),
        duties=tuple(
            f"{duty.title} ({duty.law}). {' '.join(duty.explanation)}"
            for duty in load.in_force(load.duties(), day_of(now))
            if duty.applies(assessment.kind)
        ),
        review=ReviewPlan(plan.due_on if plan else None, plan.reasons if plan else ()),
        history_sequence=(head := history.head(session, assessment.organisation_id)).seq,
        history_sha256=head.hash,
        demonstration=installation.config().demonstration,
        status=standing(assessment.stage, decision.outcome),
        history=happened.in_version(session, assessment, snapshot_row.version_no),
    )
    row = keep(session, assessment, record, decision=decision, before=before, by=decision.decided_by, now=now)
    if plan and not rapid:
        reviews.plan_review(session, assessment, plan, now=now)
    return row


def new_code() -> str:
    """Return a code for a new record, twelve random characters, by which it is found again."""
    return "".join(secrets.choice(codes.LETTERS) for _ in range(codes.LENGTH))


def keep(
    session: Session,
    assessment: Assessment,
    record: DecisionRecord,
    *,
    decision: DecisionRow,
    before: RecordRow | None,
    by: int,
    now: datetime,
) -> RecordRow:
    """Keep a frozen record in the caller's transaction and leave the work of sealing it.

    ``before``: the record whose place it takes.
    """
    row = RecordRow(
        organisation_id=assessment.organisation_id,
        assessment_id=assessment.id,
        decision_id=decision.id,
        ref=record.reference,
        code=record.code,
        edition=record.edition,
        text=record.canonical(),
        sha256=record.digest(),
        history_seq=record.history_sequence,
        history_sha256=record.history_sha256,
        supersedes_id=before.id if before else None,
        made_at=now,
    )
    session.add(row)
    session.flush()
    note_on(
        session,
        assessment,
        "record_made",
        by=by,
        at=now,
        record=row.ref,
        sha256=row.sha256,
    )
    work.enqueue(session, kind=SEAL_WORK, subject_id=row.id, dedupe_key=f"{SEAL_WORK}:{row.id}", now=now)
    return row


def late_note(meeting_on: date) -> str:
    """Return what a record says of a check that passed after the meeting (rule CHK-01)."""
    day = f"{meeting_on.day} {meeting_on:%B %Y}"
    return f"The check passed after the meeting of {day}. This is recorded and cannot be taken back."


def _check(session: Session, assessment: Assessment, snapshot: Snapshot) -> Check:
    row = checks.passed_check(session, assessment)
    if row is None or row.checked_by is None:
        raise Refused("No check of this version has passed.")
    name = people.names({row.checked_by}, session=session)[row.checked_by]
    notes = session.scalars(
        select(SectionCheck).where(SectionCheck.check_id == row.id, SectionCheck.note != "")
    ).all()
    titles = _titles(assessment, snapshot)
    # late for ever: an earlier check of this version counts too, though the pass was undone since
    late = session.scalar(
        select(QualityCheck)
        .where(
            QualityCheck.assessment_id == assessment.id,
            QualityCheck.version_no == assessment.version_no,
            QualityCheck.late.is_(True),
        )
        .order_by(QualityCheck.id.desc())
        .limit(1)
    )
    note = late_note(late.meeting_on) if late and late.meeting_on else ""
    if not note and assessment.decided_before_on is not None:
        note = "It was decided before the assessment began. This is recorded and cannot be taken back."
    return Check(
        checked_by=name,
        passed_at=row.ended_at or row.begun_at,
        late=late is not None or assessment.decided_before_on is not None,
        late_note=note,
        reservations=row.message,
        sections=tuple(
            Answered(one.section, titles.get(one.section, one.section), (one.note,)) for one in notes
        ),
        scores=frozen_check.scores_of(session, row),
        explained=frozen_check.explained_of(session, assessment, today=day_of(row.ended_at or row.begun_at)),
        comments=frozen_check.comments_of(assessment, titles),
    )


def _titles(assessment: Assessment, snapshot: Snapshot) -> dict[str, str]:
    """Return the titles of the pages of a version by their keys."""
    titles = {}
    for section in question_set_of(assessment).sections:
        titles[section.id] = section.title
        titles |= {f"{section.id}:{group.code}": group.label for group in snapshot.groups}
    return titles


def _attestations(session: Session, assessment: Assessment, snapshot: SnapshotRow) -> tuple[Attestation, ...]:
    """Return who put their name to what on the way to this version, in order of time.

    Of an act that was done again, as after a version was sent back, the last one stands.
    """
    rows = session.execute(
        select(AttestationRow, Person.name, SnapshotRow.version_no, PaperPackRow)
        .join(Person, Person.id == AttestationRow.person_id)
        .outerjoin(PackReading, PackReading.attestation_id == AttestationRow.id)
        .outerjoin(PaperPackRow, PaperPackRow.id == PackReading.pack_id)
        .outerjoin(SnapshotRow, SnapshotRow.id == AttestationRow.snapshot_id)
        .where(AttestationRow.assessment_id == assessment.id, AttestationRow.what.in_(IN_RECORD))
        .order_by(AttestationRow.id)
    )
    begun = session.scalar(
        select(AssessmentVersion.begun_at).where(
            AssessmentVersion.assessment_id == assessment.id, AssessmentVersion.number == snapshot.version_no
        )
    )
    last: dict[tuple[Attested, int], Attestation] = {}
    for row, name, version_no, pack in rows:
        if row.what is Attested.AGREED:
            belongs = begun is None or row.at >= begun
        elif row.what is Attested.DECLARED:
            belongs = version_no == snapshot.version_no
        else:
            belongs = row.snapshot_id == snapshot.id
        if belongs:
            last.pop((row.what, row.person_id), None)
            last[row.what, row.person_id] = Attestation(
                row.what.label, name, row.role, row.at, _how(session, row, pack)
            )
    return tuple(last.values())


def _how(session: Session, row: AttestationRow, pack: PaperPackRow | None) -> str:
    """Return how somebody put their name to it: by signing in again, in a paper pack, by a signed minute."""
    if pack is not None:
        day = f"{pack.meeting_on.day} {pack.meeting_on:%B %Y}"
        return f"in the paper pack of {day} (pack {pack.number}, SHA-256 {pack.sha256})"
    if row.method is Reauthentication.MINUTE:
        minute = session.execute(
            select(SignedMinute, Person.name)
            .join(MeetingEntry, MeetingEntry.id == SignedMinute.entry_id)
            .join(Person, Person.id == SignedMinute.by)
            .where(MeetingEntry.assessment_id == row.assessment_id)
            .order_by(SignedMinute.at.desc())
            .limit(1)
        ).one_or_none()
        if minute is not None:
            kept, name = minute
            return f"{row.method.label}, uploaded by {name} (SHA-256 {kept.file_sha256})"
    return row.method.label if row.method else ""


# -- finding them again ------------------------------------------------------------------------------


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
