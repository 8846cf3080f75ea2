"""Keys that an organisation brings along: an issuing certificate, or a seal bought from a trust service.

They take the place of what was made here, and are kept, replaced and revoked as the others. By commands
alone: no key is ever sent through a browser.
"""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID
from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.documents.signing import authority, supplied
from ehiia.documents.signing.authority import Sealer, TokenUnavailable, WrongSecret
from ehiia.documents.signing.supplied import Unusable
from ehiia.services import key_work, organisations
from ehiia.services.keys import NOT_OPENED, fingerprint, why
from ehiia.services.transaction import Invalid, Refused, note, transaction
from ehiia.store.organisations import Organisation
from ehiia.store.people import SigningKey

__all__ = ["issuer", "seal", "seal_in_token"]

PROBE = b"Does this key belong to this certificate?"


def issuer(organisation_id: int, content: bytes, passphrase: str, *, reason: str, now: datetime) -> str:
    """Put an issuing certificate in the place of the root, with a new seal and clock below it.

    A bought seal stays. ``content`` is PKCS#12 or PEM. Returns the fingerprint; raises Invalid.
    """
    try:
        brought = supplied.issuer(content, passphrase, now=now)
    except Unusable as problem:
        raise Invalid(file=str(problem))
    return _bring(organisation_id, key_work.ROOT, brought, reason, now)


def seal(organisation_id: int, content: bytes, passphrase: str, *, reason: str, now: datetime) -> str:
    """Put a bought seal in the place of the one in force.

    ``content`` is PKCS#12 or PEM. Returns the fingerprint; raises Invalid.
    """
    try:
        brought = supplied.seal(content, passphrase, now=now)
    except Unusable as problem:
        raise Invalid(file=str(problem))
    return _bring(organisation_id, key_work.SEAL, brought, reason, now)


def seal_in_token(organisation_id: int, content: bytes, *, reason: str, now: datetime) -> str:
    """Put a bought seal, whose key stays in the token of the configuration, in the place of the one in force.

    ``content`` is its certificate in PEM, then those above it. The token must sign once, as a test. Returns
    the fingerprint; raises Invalid, and Refused where the token does not answer.
    """
    try:
        brought = key_work.token_seal(supplied.chain_of_seal(content, now=now))
        signs = _signs(brought)
    except Unusable as problem:
        raise Invalid(file=str(problem))
    except TokenUnavailable as problem:
        raise Refused(str(problem))
    if not signs:
        raise Invalid(file="The key in the token does not belong to this certificate.")
    return _bring(organisation_id, key_work.SEAL, brought, reason, now)


def _signs(brought: Sealer) -> bool:
    """Say whether what a sealer signs is verified by its certificate."""
    signature, public = brought.sign(PROBE), brought.certificate.public_key()
    try:
        if isinstance(public, RSAPublicKey):
            public.verify(signature, PROBE, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, PROBE, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _bring(organisation_id: int, purpose: str, brought: Sealer, reason: str, now: datetime) -> str:
    reason, pem = why(reason), authority.pem(brought)
    mark = fingerprint(pem)
    with transaction() as session:
        organisation = organisations.get(organisation_id, session=session)
        key_work.hold(session, organisation_id)
        known = session.scalars(
            select(SigningKey.certificate_pem).where(
                SigningKey.organisation_id == organisation_id,
                SigningKey.revoked_at.is_(None) | SigningKey.leaked,
            )
        )
        if mark in map(fingerprint, known):
            raise Invalid(file="This certificate is among the keys already, or was said to be unsafe.")
        if wrong := _other_organisation(session, organisation, purpose, brought):
            raise Invalid(file=wrong)
        try:
            key_work.bring(session, organisation, purpose, brought, reason=reason, now=now)
        except WrongSecret:
            raise Invalid(secret=NOT_OPENED)
        note(
            session,
            "key_brought",
            organisation_id=organisation_id,
            subject=f"organisation:{organisation_id}",
            by=None,
            at=now,
            purpose=purpose,
            fingerprint=mark,
            reason=reason,
        )
    return mark


def _other_organisation(session: Session, organisation: Organisation, purpose: str, brought: Sealer) -> str:
    """Say why verification would take the signatories for another organisation's than the seal's; or "".

    Their certificates have the organisation ("O") of the root. Where the seal does not rest on that, theirs
    must be the organisation of the seal or of the record by its name.
    """
    there = {row.purpose: row for row in key_work.in_force(session, organisation.id)}
    certificates = {
        one: x509.load_pem_x509_certificate(there[one].certificate_pem.encode())
        for one in (key_work.ROOT, key_work.SEAL)
        if one in there and (one == key_work.ROOT or there[one].supplied)
    } | {purpose: brought.certificate}
    if len(certificates) < 2 or authority.issued_by(certificates[key_work.SEAL], certificates[key_work.ROOT]):
        return ""  # what is made here rests on the root, and has the name of the organisation
    root, seal = (
        authority.name_part(certificates[one].subject, NameOID.ORGANIZATION_NAME)
        for one in (key_work.ROOT, key_work.SEAL)
    )
    if authority.same_organisation(root, seal, organisation.name):
        return ""
    return (
        f"The root, and so each signatory, is of the organisation “{root}”; the seal is of “{seal}”, and "
        f"records are of “{organisation.name}”. Whoever verifies would be told that another organisation "
        "signed. Ask for a certificate of the same organisation (O), or replace the root first."
    )
