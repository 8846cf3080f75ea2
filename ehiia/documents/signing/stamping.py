"""A time-stamp on the whole file, with what is needed to check its signatures when nobody can be asked.

The last of the four levels of PAdES (B-LTA): certificates and revocation lists go into the file (the
document security store), and a time-stamp over everything shows that all of it was there then. Used to
close a record and, later, to renew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import InvisSigSettings
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from ehiia.documents.signing.authority import asn1
from ehiia.documents.signing.timestamps import LARGEST_TOKEN, Timestamper

LABEL = "Archive time-stamp"
"""What assistive technology calls a field that is added by renewing."""


class PlainWriter(IncrementalPdfFileWriter):
    """Leaves the properties of the file alone: pyHanko would put the clock and its own name there."""

    def _update_meta(self) -> None:
        pass


def stamp(
    pdf: bytes,
    *,
    field: str,
    timestamper: Timestamper,
    certificates: Iterable[x509.Certificate],
    revocation_lists: Iterable[x509.CertificateRevocationList],
) -> bytes:
    """Return the file with a time-stamp over all of it in ``field``, which is made where there is none.

    The certificates that the signatures bring along are taken without being given.
    Raises ``TimestampUnavailable`` and what pyHanko raises on files that cannot be written to.
    """
    writer = PlainWriter(BytesIO(pdf))
    known = {found.dump(): found for found in _brought(writer.prev)}
    known |= {given.dump(): given for given in map(asn1, certificates)}
    lists = [asn1_crl.CertificateList.load(given.public_bytes(Encoding.DER)) for given in revocation_lists]
    DocumentSecurityStore.supply_dss_in_writer(
        writer, None, certs=[known[der] for der in sorted(known)], crls=lists
    )
    out = BytesIO()
    PdfTimeStamper(
        timestamper,
        field_name=field,
        # outside of the page and not hidden: what PDF/A and PDF/UA both allow for a field made now
        invis_settings=InvisSigSettings(box_out_of_bounds=True),
        readable_field_name=LABEL,
    ).timestamp_pdf(writer, "sha256", bytes_reserved=2 * LARGEST_TOKEN, output=out)
    return out.getvalue()


def _brought(reader: PdfFileReader) -> Iterator[asn1_x509.Certificate]:
    """Yield the certificates inside the signatures of a file, and inside the time-stamps of these."""
    for embedded in reader.embedded_signatures:
        yield from _inside(embedded.signed_data)
        for token in extract_tst_data_iter(embedded.signer_info, signed=False):
            yield from _inside(token)


def _inside(signed: Any) -> Iterator[asn1_x509.Certificate]:
    yield from (choice.chosen for choice in signed["certificates"] if choice.name == "certificate")
