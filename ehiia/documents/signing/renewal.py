"""Keeps the proof of a closed record fresh: a new time-stamp before the last one ages (PAdES B-LTA).

A time-stamp is believed as long as its certificate and its algorithms are. Before that ends, another
time-stamp over the whole file, with the revocation lists of today, carries the proof on; so on every
year. The seal allows this, and nothing else: the difference is judged by ``verify``.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from cryptography import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError

from ehiia.documents.pdf.structure import ARCHIVE_FIELD
from ehiia.documents.signing.seal import SigningRefused
from ehiia.documents.signing.stamping import stamp
from ehiia.documents.signing.timestamps import Timestamper


def renew(
    pdf: bytes,
    *,
    timestamper: Timestamper,
    certificates: Iterable[x509.Certificate] = (),
    revocation_lists: Iterable[x509.CertificateRevocationList] = (),
) -> bytes:
    """Return a closed file with one more time-stamp over all of it.

    ``revocation_lists`` are the newest of every issuer; ``certificates`` are those that the file does
    not bring along itself. Raises ``TimestampUnavailable``, and ``SigningRefused`` for a file that was
    not closed.
    """
    try:
        before = PdfFileReader(BytesIO(pdf)).embedded_timestamp_signatures
        if not before:
            raise SigningRefused("the file was never closed by a time-stamp: there is nothing to renew")
        return stamp(
            pdf,
            field=f"{ARCHIVE_FIELD}{len(before) + 1}",
            timestamper=timestamper,
            certificates=certificates,
            revocation_lists=revocation_lists,
        )
    except (SigningError, PdfError) as problem:
        raise SigningRefused(f"the file cannot be renewed: {problem}") from problem
