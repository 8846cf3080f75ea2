"""The work of sealing a record: its keys, its files and their rows.

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
from ehiia.documents.signing import authority, seal
from ehiia.documents.signing.authority import Credential, KeptKey
from ehiia.documents.signing.verify import verify
from ehiia.domain.decision import DecisionRecord
from ehiia.services import freezing, installation, organisations, signatories
from ehiia.services.sealing import signed_files, storage_key
from ehiia.services.signatories import Signature
from ehiia.services.transaction import NotFound, note, transaction
from ehiia.store.decisions import RecordFile, RecordRow
from ehiia.store.organisations import Organisation
from ehiia.store.people import SigningKey

DECIDER = "Signatory1"
"""Name of the signature field of the decision-maker."""


# -- keys -----------------------------------------------------------------------------------------


def keys_of(session: Session, organisation: Organisation, *, now: datetime) -> tuple[Credential, Credential]:
    """Return root and seal of an organisation; made when first needed, in the caller's transaction."""
    secret = installation.config().keys_secret
    # one at a time: two records that are the first of an organisation must not make two roots
    session.execute(
        select(Organisation.id).where(Organisation.id == organisation.id).with_for_update(key_share=True)
    )
    rows = {
        row.purpose: row
        for row in session.scalars(
            select(SigningKey)
            .where(SigningKey.organisation_id == organisation.id, SigningKey.revoked_at.is_(None))
            .order_by(SigningKey.id)
        )
    }
    if "root" in rows and "seal" in rows:
        root = authority.reopen(_kept(rows["root"]), secret=secret)
        return root, authority.reopen(_kept(rows["seal"]), secret=secret)
    root = authority.make_root(organisation.name, now=now)
    made = authority.make_seal(organisation.name, root=root, now=now)
    for purpose, credential in (("root", root), ("seal", made)):
        kept = authority.keep(credential, secret=secret)
        session.add(
            SigningKey(
                organisation_id=organisation.id,
                purpose=purpose,
                certificate_pem=kept.certificate,
                private_key=kept.encrypted_key.encode(),
                made_at=now,
            )
        )
    session.flush()
    note(
        session,
        "keys_made",
        organisation_id=organisation.id,
        subject=f"organisation:{organisation.id}",
        by=None,
        at=now,
    )
    return root, made


def _kept(row: SigningKey) -> KeptKey:
    return KeptKey(row.certificate_pem, row.private_key.decode())


# -- the steps ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Signs:
    """A signature in the name of somebody who put their name to the record: their field and why."""

    signatory: Signatory
    reason: str


def seal_record(record_id: int, *, now: datetime) -> None:
    """Do what is left of sealing and signing a record; doing it twice changes nothing.

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
        signs = _signing(record, expected)
        if done > len(signs):
            return False
        _do_step(session, row, record, done + 1, signs, expected, now)
        return True


def _signing(record: DecisionRecord, expected: Sequence[Signature]) -> list[_Signs]:
    """Return who has put their name to the record so far: the decision-maker, then the others in order."""
    decided = record.decision
    decider = Signatory(DECIDER, decided.decided_by.name, decided.decided_by.role)
    method = record.attestations[-1].method or "attested"
    first = _Signs(decider, f"Decided {decided.outcome_label.lower()}; {method}")
    return [first] + [
        _Signs(_field_of(one), f"Signed as {one.role}; {one.method}")
        for one in expected
        if one.signed_at is not None
    ]


def _field_of(one: Signature) -> Signatory:
    return Signatory(one.field, one.name, one.role)


def _do_step(
    session: Session,
    row: RecordRow,
    record: DecisionRecord,
    step: int,
    signs: Sequence[_Signs],
    expected: Sequence[Signature],
    now: datetime,
) -> None:
    if record.digest() != row.sha256:
        raise RuntimeError(f"the text of record {row.ref} does not give its digest; it is not sealed")
    organisation = organisations.get(row.organisation_id, session=session)
    root, own_seal = keys_of(session, organisation, now=now)
    files, key = signed_files(), storage_key(row.ref, step)
    signer = signs[step - 2] if step > 1 else None
    signed_at = now
    if files.exists(key):  # a crash came between the file and its row
        pdf = files.get(key)
        found = verify(pdf, trusted=(root.certificate,))
        ours = found.intact and found.trusted and found.record_sha256 == row.sha256
        if not ours or len(found.signatures) != step:
            raise RuntimeError(f"there is a file {key} that is not this record's; it must be looked at")
        signed_at = found.signatures[-1].at or now
    elif signer is None:
        fields = (signs[0].signatory, *map(_field_of, expected))
        unsigned = lay_out(record, signatories=fields, address=installation.config().public_url)
        pdf = seal.certify(unsigned, seal=own_seal, issuer=root.certificate, now=now)
    else:
        pdf = seal.sign(
            files.get(storage_key(row.ref, step - 1)),
            field=signer.signatory.field,
            signatory=signer.signatory,
            authority=root,
            now=now,
            reason=signer.reason,
        )
    session.add(
        RecordFile(
            record_id=row.id,
            step=step,
            sha256=hashlib.sha256(pdf).hexdigest(),
            storage_key=key,
            size=len(pdf),
            signatory=signer.signatory.name if signer else organisation.name,
            certificate_pem=seal.signer_certificate(pdf).public_bytes(Encoding.PEM).decode(),
            signed_at=signed_at,
        )
    )
    session.flush()
    note(
        session,
        "signed" if signer else "sealed",
        organisation_id=row.organisation_id,
        subject=f"assessment:{row.assessment_id}",
        by=None,
        at=now,
        record=row.ref,
        file=key,
    )
    if not files.exists(key):
        files.put(key, pdf)
