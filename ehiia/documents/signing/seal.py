"""Sealing, signing and closing a laid-out record with pyHanko (PAdES), each step an incremental update.

The organisation's seal certifies first and allows nothing afterwards but
filling the signature fields that are there. Each signatory then signs an
existing field with a key made for that one signature. A time-stamp over the
whole file closes it. The moment of signing is passed in; it stands in the
signature's /M entry, the one place where PAdES wants it.

With a ``timestamper`` a signature carries the word of a time-stamp authority
(level B-T); without one it has the organisation's own clock alone (B-B).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from io import BytesIO
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import content, generic, layout
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.stamp import StaticStampStyle

from ehiia.documents.pdf import words
from ehiia.documents.pdf.appearance import signature_appearance
from ehiia.documents.pdf.structure import ARCHIVE_FIELD, SEAL_FIELD, Signatory
from ehiia.documents.signing.authority import Credential, Sealer, asn1, name_part, single_use
from ehiia.documents.signing.stamping import PlainWriter, stamp
from ehiia.documents.signing.timestamps import LARGEST_TOKEN, Timestamper, TimestampUnavailable

__all__ = ["SigningRefused", "TimestampUnavailable", "certify", "close", "sign", "signer_certificate"]

RESERVED = 16384
"""Room for a signature without chain and time-stamp, in hexadecimal digits; long names need half of it."""


class SigningRefused(ValueError):
    """The file cannot be signed so: no such field, signed already, or not a file that allows it."""


def certify(
    pdf: bytes,
    *,
    seal: Sealer,
    issuer: x509.Certificate | None = None,
    now: datetime,
    timestamper: Timestamper | None = None,
    reason: str = "Sealed as the final record of the decision",
) -> bytes:
    """Return the file sealed by the organisation, as its first signature.

    After this only the signature fields already in the file may be filled.
    ``issuer`` is the certificate of the root that issued the seal, where the
    seal does not know itself; ``now`` is the true moment (UTC). Raises
    ``SigningRefused``, ``TimestampUnavailable`` and what the seal raises.
    """
    organisation = name_part(seal.certificate.subject, NameOID.ORGANIZATION_NAME)
    lines = ("Sealed by the organisation", organisation, words.moment_exact(now))
    chain = seal.chain or ((issuer,) if issuer else ())
    return _sign(pdf, SEAL_FIELD, seal, chain, lines, timestamper, now=now, reason=reason, certifies=True)


def sign(
    pdf: bytes,
    *,
    field: str,
    signatory: Signatory,
    authority: Credential,
    now: datetime,
    timestamper: Timestamper | None = None,
    reason: str = "",
    crl_address: str = "",
) -> bytes:
    """Return the file with one more signature, in an existing empty field.

    The key is made here for this signature, certified by ``authority`` (the
    root) in the signatory's name, and forgotten when this function returns.
    ``crl_address`` is where its revocation list is to be had, "" for nowhere;
    ``now`` is the true moment (UTC). Raises ``SigningRefused`` and ``TimestampUnavailable``.
    """
    once = single_use(signatory.name, signatory.role, root=authority, now=now, crl_address=crl_address)
    lines = (f"Signed by {signatory.name}", signatory.role, reason, words.moment_exact(now))
    shown = tuple(line for line in lines if line)
    return _sign(pdf, field, once, once.chain, shown, timestamper, now=now, reason=reason, certifies=False)


def close(
    pdf: bytes,
    *,
    timestamper: Timestamper,
    certificates: Iterable[x509.Certificate] = (),
    revocation_lists: Iterable[x509.CertificateRevocationList] = (),
    released: Collection[str] = (),
) -> bytes:
    """Return the file closed by a time-stamp over all of it (level B-LTA), once everybody has signed.

    ``revocation_lists`` are the newest of every issuer and go into the file; so do ``certificates``,
    which need only be those that the file does not bring along itself. ``released`` are fields that stay
    empty. After this nothing may change,
    except that the time-stamp is renewed. Raises ``SigningRefused`` (also while a field waits for its
    signature) and ``TimestampUnavailable``.
    """
    try:
        fields = {name: value for name, value, _ in enumerate_sig_fields(PdfFileReader(BytesIO(pdf)))}
        if ARCHIVE_FIELD not in fields or fields[ARCHIVE_FIELD] is not None:
            raise SigningRefused("the file has no field for a closing time-stamp, or is closed already")
        waiting = (name for name, value in fields.items() if value is None)
        if any(name != ARCHIVE_FIELD and name not in released for name in waiting):
            raise SigningRefused("somebody has still to sign: the file cannot be closed")
        return stamp(
            pdf,
            field=ARCHIVE_FIELD,
            timestamper=timestamper,
            certificates=certificates,
            revocation_lists=revocation_lists,
        )
    except (SigningError, PdfError) as problem:
        raise SigningRefused(f"the file cannot be closed: {problem}") from problem


def signer_certificate(pdf: bytes) -> x509.Certificate:
    """Return the certificate of the last signature of a file that was signed here."""
    last = PdfFileReader(BytesIO(pdf)).embedded_signatures[-1]
    return x509.load_der_x509_certificate(last.signer_cert.dump())


def _sign(
    pdf: bytes,
    field: str,
    sealer: Sealer,
    chain: tuple[x509.Certificate, ...],
    lines: tuple[str, ...],
    timestamper: Timestamper | None,
    *,
    now: datetime,
    reason: str,
    certifies: bool,
) -> bytes:
    if now.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    try:
        writer = PlainWriter(BytesIO(pdf))
        width, height = _size(writer, field)
        drawn = signature_appearance(lines, width=width, height=height)
        signer = _TimedSigner(
            signers.PdfSignatureMetadata(
                field_name=field,
                md_algorithm="sha256",
                subfilter=SigSeedSubFilter.PADES,
                certify=certifies,
                docmdp_permissions=MDPPerm.FILL_FORMS,
                reason=reason or None,
            ),
            signer=_Signer(sealer, chain),
            timestamper=timestamper,
            stamp_style=StaticStampStyle(
                background=_PageAsContent(drawn),
                background_opacity=1,
                border_width=0,
                background_layout=layout.SimpleBoxLayoutRule(
                    x_align=layout.AxisAlignment.ALIGN_MIN, y_align=layout.AxisAlignment.ALIGN_MIN
                ),
            ),
        )
        signer.now = now
        room = RESERVED + sum(2 * len(asn1(above).dump()) for above in chain)
        room += 2 * LARGEST_TOKEN if timestamper else 0
        out = BytesIO()
        signer.sign_pdf(writer, output=out, existing_fields_only=True, bytes_reserved=room)
    except (SigningError, PdfError) as problem:
        raise SigningRefused(f"the field {field} cannot be signed: {problem}") from problem
    return out.getvalue()


def _size(writer: IncrementalPdfFileWriter, field: str) -> tuple[float, float]:
    for name, value, reference in enumerate_sig_fields(writer):
        if name == field:
            if value is not None:
                raise SigningRefused(f"the field {field} is signed already")
            left, low, right, high = (float(edge) for edge in reference.get_object()["/Rect"])
            return right - left, high - low
    raise SigningRefused(f"the file has no field {field}")


class _Signer(signers.Signer):
    """Has a ``Sealer`` sign, wherever it keeps its key."""

    def __init__(self, sealer: Sealer, chain: tuple[x509.Certificate, ...]) -> None:
        super().__init__(signing_cert=asn1(sealer.certificate))
        self._sealer = sealer
        self._cert_registry.register_multiple(asn1(above) for above in chain)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Return the signature; ``_sign`` asks for SHA-256 and for no rehearsal."""
        return self._sealer.sign(data)


class _TimedSigner(signers.PdfSigner):
    """Signs at the moment given, where pyHanko would read the clock."""

    now: datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> Any:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.now
        return session


class _PageAsContent(content.PdfContent):
    """The first page of a PDF as the appearance of a signature."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self._pdf)))
        self.set_resource(content.ResourceType.XOBJECT, generic.pdf_name("/Drawn"), page)
        left, low, right, high = (float(edge) for edge in page.get_object()["/BBox"])
        self.box = layout.BoxConstraints(width=right - left, height=high - low)
        return b"/Drawn Do"
