"""Judges the signatures and time-stamps of a file, one after another. Nothing here raises on a bad one.

When a signature was made decides how its certificate is judged: was it in force then, had it been revoked
by then? A time-stamp proves the moment; without one there is only what the signature says of itself, by
the organisation's own clock. Whoever steals a key can make that clock say anything: where a certificate
was revoked, a signature is believed only if a time-stamp shows that it is older.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.generic_cms import (
    extract_tst_data_iter,
    message_imprint_checker,
    validate_tst_signed_data,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import (
    DocumentTimestampStatus,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    TimestampSignatureStatus,
)
from pyhanko_certvalidator import ValidationContext

from ehiia.documents.pdf import words
from ehiia.documents.pdf.structure import SEAL_FIELD
from ehiia.documents.signing.authority import asn1, issued_by, name_part, same_organisation
from ehiia.documents.signing.facts import ADDED, Clock, Coverage, SignatureFacts, SignatureKind
from ehiia.documents.signing.revocation import Revoked, revoked

SIGNS = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})
"""What a certificate must be for: one of the two. Not every trust service gives its seals the second."""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Trust:
    """What may be rested upon."""

    roots: tuple[x509.Certificate, ...]
    """Roots of the organisations and of the trust services that sold them their seals."""
    authorities: tuple[x509.Certificate, ...] = ()
    """Roots of time-stamp authorities outside of the organisations, or their own certificates."""
    lists: tuple[x509.CertificateRevocationList, ...] = ()
    """Revocation lists; each counts only with its issuer's signature."""

    def signing(self, moment: datetime, others: Iterable[asn1_x509.Certificate]) -> ValidationContext:
        """Return what pyHanko needs to judge who signed: no time-stamp authority vouches for that."""
        return _context(self.roots, moment, others)

    def stamping(self, moment: datetime, others: Iterable[asn1_x509.Certificate]) -> ValidationContext:
        """Return what pyHanko needs to judge a time-stamp."""
        return _context((*self.roots, *self.authorities), moment, others)


def _context(
    roots: tuple[x509.Certificate, ...], moment: datetime, others: Iterable[asn1_x509.Certificate]
) -> ValidationContext:
    return ValidationContext(
        trust_roots=[asn1(root) for root in roots],
        other_certs=list(others),
        moment=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )


@dataclass(frozen=True)
class _Stamp:
    """A time-stamp: when and whose, whether it rests on a root, and on one of an outside authority."""

    at: datetime
    by: str
    trusted: bool
    outside: bool
    ends: datetime


def judge(reader: PdfFileReader, trust: Trust, belongs_to: str) -> tuple[SignatureFacts, ...]:
    """Return the facts of all signatures in the order in which they were made.

    ``belongs_to`` is the organisation that the record names, "" where it names none.
    """
    embedded = reader.embedded_signatures
    others = tuple(_stored(reader))
    judged = [_facts(one, trust, others) for one in embedded]
    for place, found in enumerate(judged):
        later = [one for one in judged[place + 1 :] if one.kind is SignatureKind.TIME_STAMP]
        judged[place] = _with_revocation(embedded[place], found, later, trust, others)
    return tuple(_of_one_organisation(judged, embedded, belongs_to, trust, others))


def _facts(embedded: Any, trust: Trust, others: tuple[asn1_x509.Certificate, ...]) -> SignatureFacts:
    field, kind, coverage = str(embedded.field_name), _kind(embedded), _coverage(embedded)
    signer, organisation, role = _names(embedded)
    said = _said_time(embedded)
    stamp = _stamp_of(embedded, trust, others)
    at = stamp.at if stamp and stamp.trusted else said
    facts = SignatureFacts(
        field=field,
        kind=kind,
        signer=signer,
        organisation=organisation,
        role=role,
        at=said if kind is not SignatureKind.TIME_STAMP else at,
        intact=False,
        trusted=False,
        covers=coverage,
        problem="The signature cannot be read.",
        clock=_clock(stamp),
        stamped_at=stamp.at if stamp and stamp.trusted else None,
        stamped_by=stamp.by if stamp else "",
    )
    try:
        moment = at or LONG_AGO
        status: PdfSignatureStatus | DocumentTimestampStatus
        if kind is SignatureKind.TIME_STAMP:
            status = validate_pdf_timestamp(embedded, trust.stamping(moment, others), skip_diff=True)
        else:
            status = validate_pdf_signature(
                embedded, trust.signing(moment, others), key_usage_settings=SIGNS, skip_diff=True
            )
        certificate = _own(embedded.signer_cert)
        ends = certificate.not_valid_after_utc
        padded = _padded(embedded)
        # what came later is compared only for what is whole itself: it takes longest
        allowed = bool(status.intact and status.valid) and _allowed(embedded, kind)
    except Exception:  # see verify()
        return facts
    facts = replace(facts, certificate_ends=stamp.ends if stamp else ends)
    problem = ""
    if not status.intact:
        problem = "What was signed has been changed."
    elif not status.valid or not padded:
        problem = "The signature itself was changed."
    elif not allowed or coverage is Coverage.PART:
        problem = ADDED
    if problem:
        return replace(facts, problem=problem)
    trouble = "" if status.trusted else _trouble(certificate, at)
    if at is None:
        trouble = "It does not say when it was made."
    return replace(facts, intact=True, trusted=not trouble, problem=trouble)


def _kind(embedded: Any) -> SignatureKind:
    if str(embedded.sig_object_type) == "/DocTimeStamp":
        return SignatureKind.TIME_STAMP
    if str(embedded.field_name) == SEAL_FIELD and embedded.docmdp_level is not None:
        return SignatureKind.SEAL
    return SignatureKind.SIGNATORY


def _allowed(embedded: Any, kind: SignatureKind) -> bool:
    """Return whether everything that came after a signature is what it allows (pyHanko's analysis)."""
    embedded.compute_integrity_info()
    level = getattr(embedded.diff_result, "modification_level", ModificationLevel.OTHER)
    if kind is SignatureKind.TIME_STAMP:  # has no say of its own: only renewing may follow
        return level in (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)
    allowed = embedded.summarise_integrity_info()["docmdp_ok"]
    return bool(allowed) and level is not ModificationLevel.OTHER


def _padded(embedded: Any) -> bool:
    """Return whether what follows the signature in its room is nothing but zeros: no signature covers it."""
    content = bytes(embedded.pkcs7_content)
    return not any(content[_length(content) :])


def _length(der: bytes) -> int:
    """Return the length of the first value of DER, its head included."""
    if der[1] < 0x80:
        return 2 + der[1]
    head = 2 + (der[1] & 0x7F)
    return head + int.from_bytes(der[2:head])


def _trouble(certificate: x509.Certificate, at: datetime | None) -> str:
    """Say why a signature does not rest on a root."""
    if at is not None and at > certificate.not_valid_after_utc:
        return f"Its certificate had ended before, on {words.moment(certificate.not_valid_after_utc)}."
    if at is not None and at < certificate.not_valid_before_utc:
        return f"Its certificate began only later, on {words.moment(certificate.not_valid_before_utc)}."
    return "It rests on a certificate that is not known here, or was not valid at that time."


# -- time-stamps ------------------------------------------------------------------------------------


def _stamp_of(embedded: Any, trust: Trust, others: tuple[asn1_x509.Certificate, ...]) -> _Stamp | None:
    """Return the time-stamp that a signature carries, or that it is; None where there is none."""
    try:
        if _kind(embedded) is SignatureKind.TIME_STAMP:
            return _stamp(embedded.signed_data, embedded.compute_digest, trust, others)
        tokens = list(extract_tst_data_iter(embedded.signer_info, signed=False))
        if not tokens:
            return None
        return _stamp(tokens[0], message_imprint_checker(embedded.signer_info), trust, others)
    except Exception:  # see verify()
        return None


def _stamp(
    token: Any,
    imprint: Callable[[str], bytes],
    trust: Trust,
    others: tuple[asn1_x509.Certificate, ...],
) -> _Stamp:
    at = token["encap_content_info"]["content"].parsed["gen_time"].native.astimezone(UTC)
    status = TimestampSignatureStatus(
        **asyncio.run(validate_tst_signed_data(token, trust.stamping(at, others), imprint))
    )
    whose = _own(status.signing_cert)
    sound = bool(status.intact and status.valid and status.trusted)
    root = _anchor(status)
    outside = root is not None and root in trust.authorities
    by = name_part(whose.subject, NameOID.ORGANIZATION_NAME) or name_part(whose.subject, NameOID.COMMON_NAME)
    return _Stamp(at, by, sound, outside, whose.not_valid_after_utc)


def _clock(stamp: _Stamp | None) -> Clock:
    if stamp is None:
        return Clock.OWN
    if not stamp.trusted:
        return Clock.UNKNOWN
    return Clock.AUTHORITY if stamp.outside else Clock.OWN_STAMP


# -- certificates -----------------------------------------------------------------------------------


def _with_revocation(
    embedded: Any,
    found: SignatureFacts,
    later: list[SignatureFacts],
    trust: Trust,
    others: tuple[asn1_x509.Certificate, ...],
) -> SignatureFacts:
    """Return the facts with what the revocation lists say of the certificate."""
    if not found.intact:
        return found
    known = [*trust.roots, *trust.authorities, *map(_own, (*others, *embedded.other_embedded_certs))]
    ended = _ended(_own(embedded.signer_cert), known, trust)
    if ended is None:
        return found
    found = replace(found, revoked_at=ended.at)
    proofs = [one.at for one in later if one.trusted and one.intact and one.at]
    if found.kind is not SignatureKind.TIME_STAMP and found.stamped_at:
        proofs.append(found.stamped_at)
    if not ended.leaked and found.at is not None:  # nobody else had the key: what it says itself is believed
        proofs.append(found.at)
    if proofs and min(proofs) < ended.at:
        return found
    when = words.moment(ended.at)
    if found.at is not None and found.at < ended.at:
        problem = f"Its certificate was revoked on {when}, and no time-stamp shows that it was made before."
    else:
        problem = f"Its certificate had been revoked before, on {when}."
    return replace(found, trusted=False, problem=problem)


def _ended(certificate: x509.Certificate, known: list[x509.Certificate], trust: Trust) -> Revoked | None:
    """Return since when and why a certificate, or one above it, is revoked: the earliest."""
    found = []
    for _ in range(len(known) + 1):
        if (one := revoked(certificate, trust.lists, known)) is not None:
            found.append(one)
        above = next((one for one in known if one.subject == certificate.issuer), None)
        if above is None or above == certificate:
            break
        certificate = above
    return min(found, key=lambda one: one.at, default=None)


def _of_one_organisation(
    judged: list[SignatureFacts],
    embedded: list[Any],
    belongs_to: str,
    trust: Trust,
    others: tuple[asn1_x509.Certificate, ...],
) -> Iterator[SignatureFacts]:
    """Yield the facts; whoever signs with the key of another organisation than the seal's is not trusted.

    It is the same organisation where both rest on one root. Otherwise (a seal from a trust service) the
    signatory's must be that of the seal or of the record by its name.
    """
    seal = next((place for place, one in enumerate(judged) if one.kind is SignatureKind.SEAL), None)
    for place, found in enumerate(judged):
        if seal is None or not found.trusted or found.kind is not SignatureKind.SIGNATORY:
            yield found
            continue
        roots = {_root(embedded[one], trust, others) for one in (seal, place)}
        if len(roots) == 1 or same_organisation(found.organisation, judged[seal].organisation, belongs_to):
            yield found
        else:
            other = f"It was made with the key of another organisation: {found.organisation}."
            yield replace(found, trusted=False, problem=other)


def _root(embedded: Any, trust: Trust, others: tuple[asn1_x509.Certificate, ...]) -> x509.Certificate | None:
    """Return the root that a trusted signature rests on."""
    known = [*trust.roots, *map(_own, (*others, *embedded.other_embedded_certs))]
    certificate = _own(embedded.signer_cert)
    for _ in known:
        above = next((one for one in known if issued_by(certificate, one)), None)
        if above is None or above in trust.roots:
            return above
        certificate = above
    return None


def _anchor(status: TimestampSignatureStatus) -> x509.Certificate | None:
    path = status.validation_path
    return _own(next(iter(path))) if path is not None else None


def _own(certificate: asn1_x509.Certificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.dump())


def _stored(reader: PdfFileReader) -> Iterator[asn1_x509.Certificate]:
    """Yield the certificates that the closing of the file put into it."""
    for content in store(reader, "/Certs"):
        try:
            found = asn1_x509.Certificate.load(content)
            _own(found)
        except Exception:  # noqa: S112 - one that cannot be read helps nobody
            continue
        yield found


def store(reader: PdfFileReader, kind: str) -> list[bytes]:
    """Return what is kept in the file's security store: "/Certs" or "/CRLs", each in DER."""
    try:
        return [bytes(one.get_object().data) for one in reader.root["/DSS"][kind]]
    except (KeyError, TypeError, AttributeError):
        return []


# -- what a signature says of itself --------------------------------------------------------------------


def _said_time(embedded: Any) -> datetime | None:
    try:
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


def _coverage(embedded: Any) -> Coverage:
    try:
        level = embedded.evaluate_signature_coverage()
    except Exception:  # see verify()
        return Coverage.PART
    if level is SignatureCoverageLevel.ENTIRE_FILE:
        return Coverage.WHOLE_FILE
    return Coverage.ITS_REVISION if level is SignatureCoverageLevel.ENTIRE_REVISION else Coverage.PART
