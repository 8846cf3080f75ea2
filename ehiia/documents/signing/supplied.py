"""Keys that an organisation brings along: an issuing certificate of its own, or a seal it has bought.

Either comes as one PKCS#12 file or as PEM (private key, certificate and those above it). What it is good
for is judged before anything is sealed with it, and said in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from ehiia.documents.signing.authority import Credential, PrivateKey, issued_by, stamps_only

CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
"""The curves that every PDF reader knows."""
PRIVATE = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")
RSA_BITS = 2048
"""Shortest RSA key that is taken (NIST SP 800-131A)."""


class Unusable(ValueError):
    """What was brought along cannot be used; the message says why, in words."""


def issuer(content: bytes, password: str, *, now: datetime) -> Credential:
    """Return a certificate that may issue the certificates of signatories, with its key and chain.

    ``content`` is PKCS#12 or PEM, ``now`` the moment (UTC) at which it must be in force. Raises Unusable.
    """
    found = _opened(content, password)
    _in_force((found.certificate, *found.chain), now)
    if not _is_authority(found.certificate):
        raise Unusable("This certificate may not issue others.")
    usage = _usage(found.certificate)
    if usage is not None and not usage.key_cert_sign:
        raise Unusable("This certificate may not issue others.")
    if usage is not None and not usage.crl_sign:
        raise Unusable("This certificate may not say which of its certificates were revoked.")
    return found


def seal(content: bytes, password: str, *, now: datetime) -> Credential:
    """Return a seal bought from a trust service, with its key and chain.

    ``content`` is PKCS#12 or PEM, ``now`` the moment (UTC) at which it must be in force. Raises Unusable.
    """
    found = _opened(content, password)
    _in_force((found.certificate, *found.chain), now)
    judge_seal(found.certificate)
    return found


def chain_of_seal(content: bytes, *, now: datetime) -> tuple[x509.Certificate, ...]:
    """Return the certificate of a seal whose key stays in its token, then those above it.

    ``content`` is PEM with the seal's own certificate first. Raises Unusable.
    """
    try:
        known = x509.load_pem_x509_certificates(content)
    except ValueError as problem:
        raise Unusable("The file has no certificate in PEM.") from problem
    found = (known[0], *_above(known[0], known))
    _in_force(found, now)
    judge_seal(known[0])
    return found


def judge_seal(certificate: x509.Certificate) -> None:
    """Raise Unusable where a certificate is not one that signs documents."""
    if _is_authority(certificate):
        raise Unusable("This certificate issues others; a seal must not.")
    usage = _usage(certificate)
    if usage is None or not (usage.digital_signature or usage.content_commitment):
        raise Unusable("This certificate may not sign.")
    if stamps_only(certificate):
        raise Unusable("This certificate makes time-stamps; it is not a seal.")


def _opened(content: bytes, password: str) -> Credential:
    secret = password.encode("utf-8") or None
    try:
        if block := PRIVATE.search(content):
            key: object = serialization.load_pem_private_key(content[block.start() :], secret)
            known = x509.load_pem_x509_certificates(content)
        else:
            key, certificate, others = pkcs12.load_key_and_certificates(content, secret)
            known = [*([certificate] if certificate else []), *others]
    except (ValueError, TypeError) as problem:
        raise Unusable("The file cannot be opened: it is damaged, or the password is wrong.") from problem
    private = _good_key(key)
    own = next((one for one in known if one.public_key() == private.public_key()), None)
    if own is None:
        raise Unusable("The certificate that belongs to the key is missing.")
    return Credential(own, private, tuple(_above(own, known)))


def _good_key(key: object) -> PrivateKey:
    if not isinstance(key, PrivateKey):
        raise Unusable("The file has no key of a kind that every PDF reader knows (ECDSA or RSA).")
    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size < RSA_BITS:
            raise Unusable("This key is too short.")
    elif not isinstance(key.curve, CURVES):
        raise Unusable("The curve of this key is one that not every PDF reader knows.")
    return key


def _above(certificate: x509.Certificate, known: list[x509.Certificate]) -> Iterator[x509.Certificate]:
    """Yield the issuer, the issuer of that, and so on, as far as they are known."""
    for _ in known:
        if certificate.subject == certificate.issuer:
            return
        found = next((one for one in known if issued_by(certificate, one)), None)
        if found is None:
            return
        yield found
        certificate = found


def _in_force(certificates: tuple[x509.Certificate, ...], now: datetime) -> None:
    for certificate in certificates:
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise Unusable("This certificate, or one above it, is not in force today.")


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _usage(certificate: x509.Certificate) -> x509.KeyUsage | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None
