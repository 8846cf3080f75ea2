"""The decision record: frozen from the snapshot and the decision, kept, and left to be sealed."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.domain import codes
from ehiia.domain.decision import Attestation, Check, DecisionRecord, ReviewPlan
from ehiia.domain.frozen import Answered, Snapshot
from ehiia.domain.questions import Depth
from ehiia.domain.standing import standing
from ehiia.domain.vocabulary import Attested, Reauthentication
from ehiia.services import (
    checks,
    decided,
    frozen_check,
    happened,
    installation,
    organisations,
    people,
    reviews,
    urgency,
    work,
)
from ehiia.services.answered import question_set_of
from ehiia.services.transaction import Refused, note_on
from ehiia.store import history
from ehiia.store.assessments import Assessment, AssessmentVersion
from ehiia.store.decisions import (
    AttestationRow,
    DecisionRow,
    MeetingEntry,
    QualityCheck,
    RecordRow,
    SectionCheck,
    SnapshotRow,
)
from ehiia.store.meetings import PackReading, PaperPackRow, SignedMinute
from ehiia.store.organisations import Body
from ehiia.store.people import Person

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
        check=check_of(session, assessment, snapshot),
        decision=decided.frozen(session, decision, snapshot, body, role, snapshot_row.version_no),
        attestations=attestations_of(session, assessment, snapshot_row),
        duties=duties_of(assessment, day_of(now)),
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


def duties_of(assessment: Assessment, on: date) -> tuple[str, ...]:
    """Return the plain explanation of the duties that whoever decides is shown on a day."""
    return tuple(duty.in_full for duty in load.in_force(load.duties(), on) if duty.applies(assessment.kind))


def check_of(session: Session, assessment: Assessment, snapshot: Snapshot) -> Check:
    """Return the check that passed the version in hand. Raises Refused where none did."""
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


def attestations_of(
    session: Session, assessment: Assessment, snapshot: SnapshotRow
) -> tuple[Attestation, ...]:
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
