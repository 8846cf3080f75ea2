"""The work of sealing an edition: one file with the organisation's seal and nobody's signature, and its row.

Apart from ``publishing`` because it loads ReportLab, pyHanko and cryptography. The file is never overwritten,
and one whose row was lost in a crash is taken over only if it verifies as this edition's.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select

from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.signing import seal
from ehiia.documents.signing.verify import verify
from ehiia.services import freezing, installation, organisations
from ehiia.services.key_work import keys_of
from ehiia.services.sealing import signed_files, storage_key
from ehiia.services.transaction import NotFound, note, transaction
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
            found = verify(pdf, trusted=(keys.root.certificate,))
            if not (found.intact and found.trusted and found.record_sha256 == row.sha256):
                raise RuntimeError(f"there is a file {key} that is not this edition's; it must be looked at")
            signed_at = found.signatures[-1].at or now
        else:
            record = freezing.thaw_record(row.text)
            unsigned = lay_out(record, signatories=(), address=installation.config().public_url)
            pdf = seal.certify(unsigned, seal=keys.seal, issuer=keys.root.certificate, now=now, reason=REASON)
        session.add(
            EditionFile(
                edition_id=row.id,
                step=1,
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
