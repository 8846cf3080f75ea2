"""Says in words whether a PDF is intact and trusted, whatever it is given. It never raises on a bad file.

Three questions are kept apart. Intact: was anything changed after sealing? Not
hashes alone: every later addition is compared with what the seal allows
(pyHanko's difference analysis). Trusted: do all signatures rest on one of the
given roots? Whether the file is one that was issued is not decided here: only
the register of file digests knows, and only it can tell an older file shown as
new.

How a signature is judged is in ``judging``, what was changed is named by ``changes``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from io import BytesIO

from cryptography import x509
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from ehiia.documents.pdf.record import RECORD_FILE
from ehiia.documents.pdf.structure import ARCHIVE_FIELD
from ehiia.documents.signing import changes, judging
from ehiia.documents.signing.authority import stamps_only
from ehiia.documents.signing.facts import (
    ADDED,
    LARGEST,
    Coverage,
    SignatureFacts,
    SignatureKind,
    Verification,
    too_large,
    who,
)
from ehiia.documents.signing.judging import Trust, judge
from ehiia.domain import audit_report

DATA = {RECORD_FILE: "DecisionRecord", audit_report.FILE: "AuditReport"}
"""Name of the attached data -> the type it says of itself."""

MOST_REVISIONS = 60
"""Most revisions that are looked at; a record has one for each signature and one more."""

UNPACKED = 64 * 1024 * 1024
"""Most bytes that the streams of a file may unpack to."""


def verify(
    pdf: bytes,
    *,
    trusted: tuple[x509.Certificate, ...],
    authorities: tuple[x509.Certificate, ...] = (),
    revocation_lists: tuple[x509.CertificateRevocationList, ...] = (),
) -> Verification:
    """Return what is found about a file.

    ``trusted`` are the roots that may be rested upon, ``authorities`` those of time-stamp authorities
    outside of the organisations; a certificate that only makes time-stamps counts as one of these wherever
    it is given. ``revocation_lists`` count beside those inside the file.
    """
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
        empty = tuple(name for name, _, _ in enumerate_sig_fields(reader, filled_status=False))
        stampers = tuple(one for one in trusted if stamps_only(one))
        roots = tuple(one for one in trusted if one not in stampers)
        trust = Trust(roots, (*authorities, *stampers), (*revocation_lists, *_lists(reader)))
        signatures = judge(reader, trust, _organisation(record))
        changed = tuple(_changes(reader, signatures))
    except Exception:  # whatever a damaged or hostile file makes the parser do, the answer is a sentence
        return Verification(False, "It is damaged, or not a PDF that can be read.", digest)
    return Verification(
        readable=True,
        problem="",
        sha256=digest,
        signatures=signatures,
        unsigned_fields=tuple(name for name in empty if name != ARCHIVE_FIELD),
        changed_after_signing=changed,
        record=record,
        record_sha256=hashlib.sha256(record).hexdigest() if record is not None else "",
        record_parses=record is not None and _is_canonical(record),
    )


def _limits() -> DecodeLimits:
    return DecodeLimits(
        per_stream=StreamDecodeLimits(max_output_size=UNPACKED // 2),
        document_budget=DocumentDecodeBudget(base_allowance=UNPACKED, max_ratio=4),
    )


def _changes(reader: PdfFileReader, signatures: tuple[SignatureFacts, ...]) -> Iterator[str]:
    gone = list(changes.taken(reader))
    yield from gone
    for signature in signatures:
        if not signature.intact:
            yield f"{who(signature)}: {signature.problem}"
    added = bool(signatures) and signatures[-1].covers is not Coverage.WHOLE_FILE
    if added:
        yield "Something was added after the last signature."
    # compared with the file as the last one signed it that does not allow what came after
    refusing = [place for place, found in enumerate(signatures) if found.problem == ADDED]
    if signatures and (refusing or gone or added):
        last = reader.embedded_signatures[refusing[-1] if refusing else -1]
        yield from changes.between(reader, last.signed_revision)
    seals = [place for place, found in enumerate(signatures) if found.kind is SignatureKind.SEAL]
    if signatures and seals != [0]:
        yield "The first signature is not the seal of an organisation."


def _lists(reader: PdfFileReader) -> Iterator[x509.CertificateRevocationList]:
    """Yield the revocation lists inside the file; one that cannot be read says nothing."""
    for content in judging.store(reader, "/CRLs"):
        try:
            yield x509.load_der_x509_crl(content)
        except ValueError:
            continue


def _organisation(record: bytes | None) -> str:
    """Return the organisation that the record names, or ""."""
    try:
        return str(json.loads(record or b"")["snapshot"]["organisation"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


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
