"""The organisation's own authority: a root, a seal, a clock, and certificates that sign once.

Elliptic curves P-384 (root) and P-256 (seal, signatories): every PDF reader
knows them. Certificates begin five minutes before the moment given, so that a
reader whose clock is a little slow does not call them premature. Only making
keys and serial numbers uses chance; moments (UTC) are always passed in.
Keys that an organisation brings along (``supplied``) may be RSA too.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ROOT_DAYS = 30 * 365
SEAL_DAYS = 10 * 365
CLOCK_DAYS = 10 * 365
SINGLE_USE_DAYS = 10 * 365
"""How long the certificate can be checked; its key is gone after one signature."""

EARLIER = timedelta(minutes=5)
NAME_LIMIT = 64
"""Longest name in a certificate: RFC 5280 (appendix A.1) counts characters, our library bytes of UTF-8."""


PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class WrongSecret(ValueError):
    """The kept key cannot be opened: the secret is wrong or the key is damaged."""


class TokenUnavailable(Exception):
    """The token that keeps a seal cannot sign now; the message says why, in words."""


class Sealer(Protocol):
    """What can seal: a key kept here (``Credential``) or one that never leaves its token (``tokens``)."""

    @property
    def certificate(self) -> x509.Certificate:
        """Its certificate."""
        ...

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The certificates above it: its issuer first, then the issuer of that, up to the root."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return the signature with SHA-256: ECDSA in DER, or RSA (PKCS #1 v1.5), as the key is."""
        ...


@dataclass(frozen=True)
class Credential:
    """A certificate with its private key, which is never shown, and the certificates above it."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...] = ()
    """Its issuer first, then the issuer of that, up to the root; empty for a root."""

    def sign(self, data: bytes) -> bytes:
        """Return the signature with SHA-256, as ``Sealer`` says."""
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(data, ec.ECDSA(hashes.SHA256()))
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())


@dataclass(frozen=True)
class KeptKey:
    """A credential as it is stored: certificates in PEM, private key in encrypted PKCS#8 PEM."""

    certificate: str
    """Its own first, then those above it."""
    encrypted_key: str = field(repr=False)


def make_root(organisation: str, *, now: datetime) -> Credential:
    """Make the root of an organisation: a self-made certificate that signs only certificates."""
    key = ec.generate_private_key(ec.SECP384R1())
    name = _name(f"{organisation} root", organisation, "Certificates of decision records")
    certificate = _certificate(name, key.public_key(), name, key, now, ROOT_DAYS, authority=True)
    return Credential(certificate, key)


def make_seal(organisation: str, *, root: Credential, now: datetime, crl_address: str = "") -> Credential:
    """Make the seal of an organisation, certified by its root.

    ``crl_address`` is where its revocation list is to be had over HTTP, "" for nowhere.
    """
    name = _name(f"{organisation} seal", organisation, "Seal")
    return _issued(name, root, now, SEAL_DAYS, crl_address=crl_address)


def make_clock(organisation: str, *, root: Credential, now: datetime, crl_address: str = "") -> Credential:
    """Make the organisation's own time-stamping key: it proves nothing but the organisation's own clock."""
    name = _name(f"{organisation} clock", organisation, "Time-stamps")
    return _issued(name, root, now, CLOCK_DAYS, stamps=True, crl_address=crl_address)


def single_use(name: str, role: str, *, root: Credential, now: datetime, crl_address: str = "") -> Credential:
    """Make a key and certificate in a person's name for one signature; the caller must not keep them.

    The organisation is that of the root. Where that ends earlier, so does the certificate.
    """
    organisation = name_part(root.certificate.subject, NameOID.ORGANIZATION_NAME)
    named = _name(name, organisation, role or "Signatory")
    return _issued(named, root, now, SINGLE_USE_DAYS, crl_address=crl_address)


def keep(credential: Credential, *, secret: bytes) -> KeptKey:
    """Return the credential in the form in which it is stored, its key encrypted with the secret."""
    encrypted = credential.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(secret),
    )
    return KeptKey(pem(credential), encrypted.decode("ascii"))


def pem(sealer: Sealer) -> str:
    """Return the certificates of a sealer in PEM: its own first, then those above it."""
    certificates = (sealer.certificate, *sealer.chain)
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates).decode("ascii")


def reopen(kept: KeptKey, *, secret: bytes) -> Credential:
    """Open a stored credential; raises ``WrongSecret``."""
    try:
        key = serialization.load_pem_private_key(kept.encrypted_key.encode("ascii"), secret)
        certificate, *above = x509.load_pem_x509_certificates(kept.certificate.encode("ascii"))
    except (ValueError, TypeError) as problem:
        raise WrongSecret("the kept key cannot be opened with this secret") from problem
    if not isinstance(key, PrivateKey):
        raise WrongSecret("the kept key is of another kind")
    if key.public_key() != certificate.public_key():
        raise WrongSecret("the kept key and its certificate do not belong together")
    return Credential(certificate, key, tuple(above))


def asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """Return a certificate as pyHanko takes it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def ends_at(certificate_pem: str) -> datetime:
    """Return when (UTC) the first certificate of a PEM ends."""
    return x509.load_pem_x509_certificate(certificate_pem.encode("ascii")).not_valid_after_utc


def stamps_only(certificate: x509.Certificate) -> bool:
    """Return whether a certificate makes time-stamps and nothing else."""
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return list(purposes) == [ExtendedKeyUsageOID.TIME_STAMPING]


def name_part(name: x509.Name, part: x509.ObjectIdentifier) -> str:
    """Return a part of a certificate's name, or ""."""
    found = name.get_attributes_for_oid(part)
    return str(found[0].value) if found else ""


def _name(common: str, organisation: str, unit: str) -> x509.Name:
    parts = (
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
        (NameOID.COMMON_NAME, common),
    )
    named = [x509.NameAttribute(oid, line) for oid, text in parts if (line := fitted(text))]
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "GB"), *named])


def issued_by(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    """Say whether the key of one certificate signed another: an older root may have the same name."""
    try:
        certificate.verify_directly_issued_by(by)
    except Exception:  # of many kinds: another name, key or algorithm
        return False
    return True


def same_organisation(signatory: str, seal: str, record: str) -> bool:
    """Say whether a signatory is of the organisation of the seal or of the record, by their names.

    The first two stand in certificates; the record's name may be longer than a certificate can hold.
    """
    return signatory.casefold() in {one.casefold() for one in (seal, record, fitted(record))} - {""}


def fitted(text: str) -> str:
    """Return a name as it stands in a certificate: composed, on one line, within its limit."""
    composed = unicodedata.normalize("NFC", text)
    line = " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in composed).split())
    if len(line.encode("utf-8")) <= NAME_LIMIT:
        return line
    while len(f"{line.rstrip()}…".encode()) > NAME_LIMIT:
        line = line[:-1]
    return line.rstrip() + "…"


def _issued(
    name: x509.Name,
    root: Credential,
    now: datetime,
    days: int,
    *,
    stamps: bool = False,
    crl_address: str = "",
) -> Credential:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(
        name,
        key.public_key(),
        root.certificate.subject,
        root.key,
        now,
        days,
        latest=root.certificate.not_valid_after_utc,
        stamps=stamps,
        crl_address=crl_address,
    )
    return Credential(certificate, key, (root.certificate, *root.chain))


def _certificate(
    name: x509.Name,
    public: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    issuer_key: PrivateKey,
    now: datetime,
    days: int,
    *,
    latest: datetime | None = None,
    authority: bool = False,
    stamps: bool = False,
    crl_address: str = "",
) -> x509.Certificate:
    if now.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    start = now.astimezone(UTC).replace(microsecond=0) - EARLIER
    end = start + timedelta(days=days)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(min(end, latest) if latest else end)
        .add_extension(
            x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority,
                content_commitment=not authority and not stamps,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=authority,
                crl_sign=authority,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if stamps:  # RFC 3161, section 2.3: this use alone, and critical
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
    if crl_address:
        where = [x509.UniformResourceIdentifier(crl_address)]
        point = x509.DistributionPoint(where, relative_name=None, reasons=None, crl_issuer=None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    return builder.sign(issuer_key, hashes.SHA384() if authority else hashes.SHA256())
