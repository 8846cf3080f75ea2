"""The work of sealing an edition: a file with the organisation's seal, closed by a time-stamp, and its row.

Apart from ``publishing`` because it loads ReportLab, pyHanko and cryptography. No file is ever overwritten,
and one whose row was lost in a crash is taken over only if it verifies as this edition's.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.signing import seal
from ehiia.services import closing, freezing, installation, organisations
from ehiia.services.key_work import Times, keys_of
from ehiia.services.sealing import signed_files, storage_key
from ehiia.services.transaction import NotFound, note, transaction
from ehiia.store.organisations import Organisation
from ehiia.store.publications import Edition, EditionFile, files_of

__all__ = ["renew_edition", "seal_edition"]

REASON = "Sealed as an edition for the public"


def seal_edition(edition_id: int, *, now: datetime) -> None:
    """Lay out and seal an edition; doing it twice changes nothing. ``now`` is the true moment."""
    with transaction() as session:  # committed before any file rests on them: a crash must not take them back
        row = session.get(Edition, edition_id)
        if row is None:
            raise NotFound
        keys_of(session, organisations.get(row.organisation_id, session=session), now=now)
    with transaction() as session:
        row = _locked(session, edition_id)
        if not files_of(session, edition_id):
            _step(session, row, 1, b"", now)


def renew_edition(edition_id: int, *, older_than: datetime, now: datetime) -> bool:
    """Renew the time-stamp of a sealed edition, in a transaction of its own; False where it is not so old.

    ``older_than``: the moment (UTC) at which its newest time-stamp was made at the latest.
    """
    with transaction() as session:
        row = _locked(session, edition_id)
        last = files_of(session, edition_id)[-1]
        if last.signed_at > older_than:
            return False
        _step(session, row, last.step + 1, signed_files().get(last.storage_key), now)
        return True


def _locked(session: Session, edition_id: int) -> Edition:
    return session.scalars(select(Edition).where(Edition.id == edition_id).with_for_update()).one()


def _step(session: Session, row: Edition, number: int, before: bytes, now: datetime) -> None:
    """Write row, history and file of a step: the first seals and closes, each later one renews."""
    organisation = organisations.get(row.organisation_id, session=session)
    files, key, signed_at = signed_files(), storage_key(row.ref, number), now
    if files.exists(key):  # a crash came between the file and its row
        pdf = files.get(key)
        signed_at, _ = closing.left_behind(
            session, pdf, key=key, sha256=row.sha256, signatures=number + 1, now=now
        )
    elif number == 1:
        pdf = _sealed(session, row, organisation, now)
    else:
        pdf, _ = closing.renewed(session, organisation, before, now=now)
    session.add(
        EditionFile(
            edition_id=row.id,
            step=number,
            sha256=hashlib.sha256(pdf).hexdigest(),
            storage_key=key,
            size=len(pdf),
            signatory=organisation.name,
            certificate_pem=seal.signer_certificate(pdf).public_bytes(Encoding.PEM).decode(),
            signed_at=signed_at,
        )
    )
    session.flush()
    note(
        session,
        "edition_sealed" if number == 1 else "edition_renewed",
        organisation_id=row.organisation_id,
        subject=f"assessment:{row.assessment_id}",
        by=None,
        at=now,
        edition=row.ref,
        file=key,
    )
    if not files.exists(key):
        files.put(key, pdf)


def _sealed(session: Session, row: Edition, organisation: Organisation, now: datetime) -> bytes:
    """Return the edition sealed and, as nobody signs it, closed at once by a time-stamp."""
    record = freezing.thaw_record(row.text)
    unsigned = lay_out(record, signatories=(), address=installation.config().public_url, text=row.text)
    keys, times = keys_of(session, organisation, now=now), Times(session, organisation)
    sealed, _ = times.stamp(
        lambda stamper: seal.certify(
            unsigned,
            seal=keys.seal,
            issuer=keys.root.certificate,
            now=now,
            timestamper=stamper,
            reason=REASON,
        ),
        now=now,
    )
    return closing.closed(session, organisation, sealed, keys=keys, times=times, now=now)[0]
