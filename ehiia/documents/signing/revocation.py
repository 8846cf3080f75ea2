"""Revocation lists: which certificates may no longer be relied upon, since when and why.

A signature stays good when its certificate was revoked later, for a signature was made when it could be
relied upon; one that was made afterwards is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ReasonFlags

from ehiia.documents.signing.authority import Credential

DAYS = 400
"""How long a list is good for, where nothing else is said: a little more than a year, as lists are renewed
with the time-stamps of records."""

HARMLESS = frozenset(
    {ReasonFlags.superseded, ReasonFlags.cessation_of_operation, ReasonFlags.affiliation_changed}
)
"""Reasons for which nobody else has the key: it was replaced, is not needed, or its owner left."""


@dataclass(frozen=True)
class Revoked:
    """A certificate that was revoked: its serial number, since when (UTC) and why."""

    serial: int
    at: datetime
    reason: ReasonFlags = ReasonFlags.unspecified

    @property
    def leaked(self) -> bool:
        """Whether somebody else may have the key; so it is taken where no other reason is given."""
        return self.reason not in HARMLESS


def make_crl(
    issuer: Credential, revoked: Iterable[Revoked], *, number: int, now: datetime, days: int = DAYS
) -> x509.CertificateRevocationList:
    """Return the revocation list of an issuer (RFC 5280).

    ``number`` must grow with every list; the list is good for ``days`` from ``now`` (UTC).
    """
    if now.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    start = now.astimezone(UTC).replace(microsecond=0)
    key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(start)
        .next_update(start + timedelta(days=days))
        .add_extension(key_id, critical=False)
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    for one in revoked:
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(one.serial)
            .revocation_date(one.at.astimezone(UTC).replace(microsecond=0))
        )
        if one.reason is not ReasonFlags.unspecified:  # RFC 5280, section 5.3.1: then rather nothing
            entry = entry.add_extension(x509.CRLReason(one.reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.key, hashes.SHA256())


def revoked(
    certificate: x509.Certificate,
    lists: Iterable[x509.CertificateRevocationList],
    known: Iterable[x509.Certificate],
) -> Revoked | None:
    """Return since when and why a certificate is revoked, None where no list says so.

    Only a list counts that the issuer of the certificate has signed; ``known`` are certificates among
    which the issuer is looked for. Where lists differ, the earliest moment counts.
    """
    issuers = [one for one in known if one.subject == certificate.issuer]
    entries = (
        given.get_revoked_certificate_by_serial_number(certificate.serial_number)
        for given in lists
        if given.issuer == certificate.issuer and any(_signed(given, by) for by in issuers)
    )
    found = [Revoked(one.serial_number, one.revocation_date_utc, _reason(one)) for one in entries if one]
    return min(found, key=lambda one: one.at, default=None)


def _reason(entry: x509.RevokedCertificate) -> ReasonFlags:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return ReasonFlags.unspecified


def _signed(given: x509.CertificateRevocationList, by: x509.Certificate) -> bool:
    key = by.public_key()
    return isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey) and given.is_signature_valid(key)
