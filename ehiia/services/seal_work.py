"""The work of sealing a record: its files and their rows.

Apart from ``sealing`` because it loads ReportLab, pyHanko and cryptography. Each step writes one
file that is never overwritten and one insert-only row. A file whose row was lost in a crash is taken
over only if it verifies as this record's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.pdf.structure import Signatory
from ehiia.documents.signing import seal
from ehiia.domain.decision import DecisionRecord, digest
from ehiia.domain.vocabulary import FileStep
from ehiia.services import closing, freezing, installation, organisations, signatories
from ehiia.services.key_work import Times, keys_of
from ehiia.services.sealing import signed_files, storage_key
from ehiia.services.signatories import Signature
from ehiia.services.transaction import NotFound, note, transaction
from ehiia.store.decisions import RecordFile, RecordRow

DECIDER = "Signatory1"
"""Name of the signature field of the decision-maker."""


VERBS = {
    FileStep.SEAL: "sealed",
    FileStep.SIGNATURE: "signed",
    FileStep.CLOSING: "closed_file",
    FileStep.RENEWAL: "renewed_file",
}
"""What the history says of a step."""


# -- the steps ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Step:
    """A step of the file: what it is; of a signature, in whose name and why."""

    kind: FileStep
    signatory: Signatory | None = None
    reason: str = ""


def seal_record(record_id: int, *, now: datetime) -> None:
    """Do what is left of sealing, signing and closing a record; doing it twice changes nothing.

    ``now`` is the true moment: it is the signing time in the file.
    """
    with transaction() as session:  # committed before any file rests on them: a crash must not take them back
        kept = session.get(RecordRow, record_id)
        if kept is None:
            raise NotFound
        keys_of(session, organisations.get(kept.organisation_id, session=session), now=now)
    while _next_step(record_id, now):
        pass


def _next_step(record_id: int, now: datetime) -> bool:
    """Do the first step that is not done, in a transaction of its own; say whether there was one."""
    with transaction() as session:
        row = session.scalar(select(RecordRow).where(RecordRow.id == record_id).with_for_update())
        if row is None:
            raise NotFound
        done = session.scalar(select(func.count()).where(RecordFile.record_id == record_id)) or 0
        record = freezing.thaw_record(row.text)
        expected = signatories.of_record(record_id, session=session)
        steps = _steps(record, expected)
        if done >= len(steps):
            return False
        if digest(row.text) != row.sha256:
            raise RuntimeError(f"the text of record {row.ref} does not give its digest; it is not sealed")
        _do_step(session, row, record, steps[done], done + 1, expected, now)
        return True


def _steps(record: DecisionRecord, expected: Sequence[Signature]) -> list[_Step]:
    """Return the steps that can be done: seal, who has signed so far in order, and the end of the file."""
    decided = record.decided
    decider = Signatory(DECIDER, record.signed_by.name, record.signed_by.role)
    act = "Corrected the record" if record.correction else f"Decided {decided.outcome_label.lower()}"
    method = record.attestations[-1].method or "attested"
    steps = [
        _Step(FileStep.SEAL),
        _Step(FileStep.SIGNATURE, decider, f"{act}; {method}"),
    ]
    for one in expected:
        if one.signed_at is not None:
            steps.append(_Step(FileStep.SIGNATURE, _named(one), f"Signed as {one.role}; {one.method}"))
    if not any(one.awaited for one in expected):
        steps.append(_Step(FileStep.CLOSING))
    return steps


def _named(one: Signature) -> Signatory:
    return Signatory(one.field, one.name, one.role)


def _do_step(
    session: Session,
    row: RecordRow,
    record: DecisionRecord,
    step: _Step,
    number: int,
    expected: Sequence[Signature],
    now: datetime,
) -> None:
    organisation = organisations.get(row.organisation_id, session=session)
    keys = keys_of(session, organisation, now=now)
    times = Times(session, organisation)
    files, key = signed_files(), storage_key(row.ref, number)
    signed_at, timed_by = now, ""
    if files.exists(key):  # a crash came between the file and its row
        pdf = files.get(key)
        signed_at, timed_by = closing.left_behind(
            session, pdf, key=key, sha256=row.sha256, signatures=number, now=now
        )
    elif step.kind is FileStep.SEAL:
        fields = _steps(record, ())[1].signatory, *map(_named, expected)
        unsigned = lay_out(
            record,
            signatories=tuple(one for one in fields if one is not None),
            address=installation.config().public_url,
            text=row.text,
        )
        pdf, timed_by = times.stamp(
            lambda stamper: seal.certify(
                unsigned, seal=keys.seal, issuer=keys.root.certificate, now=now, timestamper=stamper
            ),
            now=now,
        )
    else:
        before = files.get(storage_key(row.ref, number - 1))
        if step.signatory is None:
            released = {one.field for one in expected if one.released_at is not None}
            pdf, timed_by = closing.closed(
                session, organisation, before, keys=keys, times=times, released=released, now=now
            )
        else:
            signatory = step.signatory
            pdf, timed_by = times.stamp(
                lambda stamper: seal.sign(
                    before,
                    field=signatory.field,
                    signatory=signatory,
                    authority=keys.root,
                    now=now,
                    timestamper=stamper,
                    reason=step.reason,
                ),
                now=now,
            )
    name = step.signatory.name if step.signatory else ""
    keep_file(
        session, row, number, step.kind, pdf, name or timed_by or organisation.name, timed_by, signed_at, now
    )


def renew_record(record_id: int, *, older_than: datetime, now: datetime) -> bool:
    """Renew the time-stamp of a closed record, in a transaction of its own; False where it is not so old.

    ``older_than``: the moment (UTC) at which its newest time-stamp was made at the latest.
    """
    with transaction() as session:
        row = session.scalar(select(RecordRow).where(RecordRow.id == record_id).with_for_update())
        if row is None:
            raise NotFound
        last = session.scalars(
            select(RecordFile)
            .where(RecordFile.record_id == record_id)
            .order_by(RecordFile.step.desc())
            .limit(1)
        ).one()
        if last.kind not in (FileStep.CLOSING, FileStep.RENEWAL) or last.signed_at > older_than:
            return False
        organisation = organisations.get(row.organisation_id, session=session)
        files, number = signed_files(), last.step + 1
        key, signed_at = storage_key(row.ref, number), now
        if files.exists(key):
            pdf = files.get(key)
            signed_at, timed_by = closing.left_behind(
                session, pdf, key=key, sha256=row.sha256, signatures=number, now=now
            )
        else:
            pdf, timed_by = closing.renewed(session, organisation, files.get(last.storage_key), now=now)
        name = timed_by or organisation.name
        keep_file(session, row, number, FileStep.RENEWAL, pdf, name, timed_by, signed_at, now)
        return True


def keep_file(
    session: Session,
    row: RecordRow,
    number: int,
    kind: FileStep,
    pdf: bytes,
    signatory: str,
    timed_by: str,
    signed_at: datetime,
    now: datetime,
) -> None:
    """Write the row, the history and the file of a step, in that order, in the caller's transaction."""
    key = storage_key(row.ref, number)
    session.add(
        RecordFile(
            record_id=row.id,
            step=number,
            sha256=hashlib.sha256(pdf).hexdigest(),
            storage_key=key,
            size=len(pdf),
            signatory=signatory,
            certificate_pem=seal.signer_certificate(pdf).public_bytes(Encoding.PEM).decode(),
            signed_at=signed_at,
            kind=kind.value,
            timed_by=timed_by,
        )
    )
    session.flush()
    note(
        session,
        VERBS[kind],
        organisation_id=row.organisation_id,
        subject=f"assessment:{row.assessment_id}",
        by=None,
        at=now,
        record=row.ref,
        file=key,
        timed_by=timed_by,
    )
    files = signed_files()
    if not files.exists(key):
        files.put(key, pdf)
