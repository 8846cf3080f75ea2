"""Says in words whether a PDF is intact and trusted, whatever it is given. It never raises on a bad file.

Three questions are kept apart. Intact: was anything changed after sealing? Not
hashes alone: every later addition is compared with what the seal allows
(pyHanko's difference analysis). Trusted: do all signatures rest on one of the
given roots? Whether the file is one that was issued is not decided here: only
the register of file digests knows, and only it can tell an older file shown as
new.

A certificate is judged at the time the signature gives for itself. That time is
the organisation's own; nothing outside vouches for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import DocumentTimestampStatus, PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from ehiia.documents.pdf.record import RECORD_FILE
from ehiia.documents.pdf.structure import ARCHIVE_FIELD, SEAL_FIELD
from ehiia.documents.signing.facts import (
    LARGEST,
    Coverage,
    SignatureFacts,
    SignatureKind,
    Verification,
    too_large,
    who,
)
from ehiia.domain import audit_report

DATA = {RECORD_FILE: "DecisionRecord", audit_report.FILE: "AuditReport"}
"""Name of the attached data -> the type it says of itself."""

SIGNS = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})
"""What a certificate must be for: one of the two. Not every trust service gives its seals the second."""

MOST_REVISIONS = 60
"""Most revisions that are looked at; a record has one for each signature and one more."""

UNPACKED = 64 * 1024 * 1024
"""Most bytes that the streams of a file may unpack to."""


def verify(pdf: bytes, *, trusted: tuple[x509.Certificate, ...]) -> Verification:
    """Return what is found about a file. ``trusted`` are the roots that may be rested upon."""
    digest = hashlib.sha256(pdf).hexdigest()
    if len(pdf) > LARGEST:
        return too_large(digest)
    if b"%PDF-" not in pdf[:1024]:
        return Verification(False, "It is not a PDF." if pdf else "It is empty.", digest)
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=True, decode_limits=_limits())
        if reader.encrypted:
            return Verification(False, "It is protected by a password.", digest)
        if reader.total_revisions > MOST_REVISIONS:
            return Verification(False, "It was changed more often than can be looked at.", digest)
        record = _attached(reader)
        embedded = reader.embedded_signatures
        empty = tuple(name for name, _, _ in enumerate_sig_fields(reader, filled_status=False))
        signatures = tuple(_facts(signature, trusted) for signature in embedded)
    except Exception:  # whatever a damaged or hostile file makes the parser do, the answer is a sentence
        return Verification(False, "It is damaged, or not a PDF that can be read.", digest)
    return Verification(
        readable=True,
        problem="",
        sha256=digest,
        signatures=signatures,
        unsigned_fields=tuple(name for name in empty if name != ARCHIVE_FIELD),
        changed_after_signing=tuple(_changes(signatures)),
        record=record,
        record_sha256=hashlib.sha256(record).hexdigest() if record is not None else "",
        record_parses=record is not None and _is_canonical(record),
    )


def _limits() -> DecodeLimits:
    return DecodeLimits(
        per_stream=StreamDecodeLimits(max_output_size=UNPACKED // 2),
        document_budget=DocumentDecodeBudget(base_allowance=UNPACKED, max_ratio=4),
    )


def _facts(embedded: Any, trusted: tuple[x509.Certificate, ...]) -> SignatureFacts:
    field = str(embedded.field_name)
    at, problem = _said_time(embedded), ""
    status: PdfSignatureStatus | DocumentTimestampStatus | None = None
    signer, organisation, role = _names(embedded)
    try:
        roots = [
            asn1_x509.Certificate.load(root.public_bytes(serialization.Encoding.DER)) for root in trusted
        ]
        context = ValidationContext(
            trust_roots=roots,
            moment=at or datetime(1970, 1, 1, tzinfo=UTC),
            allow_fetching=False,
            revocation_mode="soft-fail",
        )
        if _stamps(embedded):
            status = validate_pdf_timestamp(embedded, context)
        else:
            status = validate_pdf_signature(
                embedded, signer_validation_context=context, key_usage_settings=SIGNS
            )
    except Exception:  # see verify()
        problem = "The signature cannot be read."
    coverage = _coverage(embedded)
    kind = SignatureKind.SIGNATORY
    if _stamps(embedded):
        kind = SignatureKind.TIME_STAMP
    elif field == SEAL_FIELD and _certifies(embedded):
        kind = SignatureKind.SEAL
    if status is None:
        return SignatureFacts(field, kind, signer, organisation, role, at, False, False, coverage, problem)
    if isinstance(status, DocumentTimestampStatus):  # it has no say of its own: only renewing may follow
        allowed = status.modification_level in (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)
    else:
        allowed = bool(status.docmdp_ok) and status.modification_level is not ModificationLevel.OTHER
    unchanged = bool(status.intact and status.valid)
    intact = unchanged and allowed and coverage is not Coverage.PART
    if not unchanged:
        problem = "What was signed has been changed."
    elif not intact:
        problem = "Something was added after signing that the seal does not allow."
    elif at is None:
        problem = "It does not say when it was made."
    elif not status.trusted:
        problem = "It rests on a certificate that is not known here, or was not valid at that time."
    rests = bool(status.trusted) and at is not None
    return SignatureFacts(field, kind, signer, organisation, role, at, intact, rests, coverage, problem)


def _said_time(embedded: Any) -> datetime | None:
    try:
        if _stamps(embedded):
            at = embedded.signed_data["encap_content_info"]["content"].parsed["gen_time"].native
        else:
            at = embedded.self_reported_timestamp
        return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None
    except Exception:  # see verify()
        return None


def _names(embedded: Any) -> tuple[str, str, str]:
    try:
        native = embedded.signer_cert.subject.native
    except Exception:  # see verify()
        return "", "", ""
    parts = ("common_name", "organization_name", "organizational_unit_name")
    signer, organisation, role = (native.get(part, "") for part in parts)
    return _one(signer), _one(organisation), _one(role)


def _one(value: object) -> str:
    return str(value[0] if isinstance(value, list) and value else value)


def _stamps(embedded: Any) -> bool:
    return str(embedded.sig_object_type) == "/DocTimeStamp"


def _certifies(embedded: Any) -> bool:
    return embedded.docmdp_level is not None


def _coverage(embedded: Any) -> Coverage:
    try:
        level = embedded.evaluate_signature_coverage()
    except Exception:  # see verify()
        return Coverage.PART
    if level is SignatureCoverageLevel.ENTIRE_FILE:
        return Coverage.WHOLE_FILE
    return Coverage.ITS_REVISION if level is SignatureCoverageLevel.ENTIRE_REVISION else Coverage.PART


def _changes(signatures: tuple[SignatureFacts, ...]) -> Iterator[str]:
    for signature in signatures:
        if not signature.intact:
            yield f"{who(signature)}: {signature.problem}"
    if signatures and signatures[-1].covers is not Coverage.WHOLE_FILE:
        yield "Something was added after the last signature."
    seals = [place for place, found in enumerate(signatures) if found.kind is SignatureKind.SEAL]
    if signatures and seals != [0]:
        yield "The first signature is not the seal of an organisation."


def _attached(reader: PdfFileReader) -> bytes | None:
    """Return the attached record or report, unless there is none or more than one."""
    try:
        names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
        found = [
            names[place + 1]["/EF"]["/F"].data
            for place in range(0, len(names) - 1, 2)
            if str(names[place]) in DATA
        ]
    except (KeyError, TypeError, IndexError, AttributeError):
        return None
    return bytes(found[0]) if len(found) == 1 else None


def _is_canonical(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
        value = json.loads(text)
        again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and value.get("type") in DATA.values() and again == text
