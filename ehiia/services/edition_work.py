"""The work of sealing an edition: one file with the organisation's seal, closed by a time-stamp, and its row.

Apart from ``publishing`` because it loads ReportLab, pyHanko and cryptography. The file is never overwritten,
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
from ehiia.documents.signing.timestamps import Timestamper
from ehiia.documents.signing.verify import verify
from ehiia.services import freezing, installation, organisations
from ehiia.services.key_work import Keys, Times, anchors, keys_of, lists_of, own_clock
from ehiia.services.sealing import signed_files, storage_key
from ehiia.services.transaction import NotFound, note, transaction
from ehiia.store.organisations import Organisation
from ehiia.store.publications import Edition, EditionFile

__all__ = ["seal_edition"]

REASON = "Sealed as an edition for the public"


def seal_edition(edition_id: int, *, now: datetime) -> None:
    """Lay out and seal an edition; doing it twice changes nothing. ``now`` is the true moment."""
    with transaction() as session:  # committed before any file rests on them: a crash must not take them back
        row = session.get(Edition, edition_id)
        if row is None:
            raise NotFound
        keys_of(session, organisations.get(row.organisation_id, session=session), now=now)
    with transaction() as session:
        row = session.scalars(select(Edition).where(Edition.id == edition_id).with_for_update()).one()
        if session.get(EditionFile, (edition_id, 1)) is not None:
            return
        organisation = organisations.get(row.organisation_id, session=session)
        keys = keys_of(session, organisation, now=now)
        files, key, signed_at = signed_files(), storage_key(row.ref, 1), now
        if files.exists(key):  # a crash came between the file and its row
            pdf = files.get(key)
            found = verify(pdf, trusted=anchors(session))
            if not (found.intact and found.trusted and found.record_sha256 == row.sha256):
                raise RuntimeError(f"there is a file {key} that is not this edition's; it must be looked at")
            signed_at = found.signatures[-1].at or now
        else:
            pdf = _sealed(session, row, organisation, keys, now)
        session.add(
            EditionFile(
                edition_id=row.id,
                step=1,
                sha256=hashlib.sha256(pdf).hexdigest(),
                storage_key=key,
                size=len(pdf),
                signatory=organisation.name,
                certificate_pem=keys.seal.certificate.public_bytes(Encoding.PEM).decode(),
                signed_at=signed_at,
            )
        )
        session.flush()
        note(
            session,
            "edition_sealed",
            organisation_id=row.organisation_id,
            subject=f"assessment:{row.assessment_id}",
            by=None,
            at=now,
            edition=row.ref,
            file=key,
        )
        if not files.exists(key):
            files.put(key, pdf)


def _sealed(session: Session, row: Edition, organisation: Organisation, keys: Keys, now: datetime) -> bytes:
    """Return the edition sealed and, as nobody signs it, closed at once by a time-stamp."""
    record = freezing.thaw_record(row.text)
    unsigned = lay_out(record, signatories=(), address=installation.config().public_url, text=row.text)
    times, lists = Times(session, organisation), lists_of(session, row.organisation_id)

    def certified(stamper: Timestamper | None) -> bytes:
        issuer = keys.root.certificate
        return seal.certify(
            unsigned, seal=keys.seal, issuer=issuer, now=now, timestamper=stamper, reason=REASON
        )

    def closed(stamper: Timestamper | None) -> bytes:
        assert stamper is not None, "there is always the organisation's own clock"
        return seal.close(once, timestamper=stamper, revocation_lists=lists)

    once, _ = times.stamp(certified, now=now)
    pdf, timed_by = times.stamp(closed, clock=lambda: own_clock(keys, now), now=now)
    if timed_by:
        times.know(pdf, now)
    return pdf
