"""The keys of an organisation: which there are, replacing them, revoking them, and what anybody may fetch.

What opens, makes or signs with a key is in ``key_work``, which is loaded when there is some to do.
"""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.services import organisations
from ehiia.services.people import must_administer
from ehiia.services.transaction import Invalid, NotFound, Refused, note, read, transaction
from ehiia.store.organisations import Organisation
from ehiia.store.people import SigningKey

__all__ = [
    "PURPOSES",
    "Key",
    "Published",
    "encrypt_anew",
    "listed",
    "published",
    "replace",
    "revocation_list",
    "revoke",
    "why",
]

PURPOSES = {
    "root": "Root: issues the others and the certificates of signatories",
    "seal": "Seal of the organisation",
    "clock": "Own clock, where no time-stamp authority answers",
    "authority": "Certificate of a time-stamp authority that was asked",
}
LONGEST = 1000
NOT_OPENED = "A key cannot be opened with the present secret: nothing was changed"
SHORTEST = 32
"""Fewest characters of a secret that opens the keys."""


@dataclass(frozen=True)
class Key:
    """A key as an administrator sees it; the private part is never shown."""

    id: int
    purpose: str
    fingerprint: str
    """SHA-256 of the certificate, in groups of two as PDF readers show it."""
    made_at: datetime
    revoked_at: datetime | None
    why: str
    leaked: bool
    supplied: bool
    """Whether the organisation brought it along."""

    @property
    def label(self) -> str:
        """What it is for, in words."""
        label = PURPOSES.get(self.purpose, self.purpose)
        return f"{label}; brought along" if self.supplied else label

    @property
    def replaceable(self) -> bool:
        """Whether another can take its place: it is in force and ours."""
        return self.revoked_at is None and self.purpose != "authority"


def fingerprint(pem: str) -> str:
    """Return the SHA-256 of the first certificate of a PEM: "3A:0F:..."."""
    first = pem[: pem.index(ssl.PEM_FOOTER) + len(ssl.PEM_FOOTER)]
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(first)).digest().hex(":").upper()


def listed(organisation_id: int) -> tuple[Key, ...]:
    """Return every key of an organisation, newest first."""
    rows = read().scalars(
        select(SigningKey)
        .where(SigningKey.organisation_id == organisation_id)
        .order_by(SigningKey.revoked_at.is_not(None), SigningKey.id.desc())
    )
    return tuple(
        Key(
            row.id,
            row.purpose,
            fingerprint(row.certificate_pem),
            row.made_at,
            row.revoked_at,
            row.revoked_why,
            row.leaked,
            row.supplied,
        )
        for row in rows
    )


@dataclass(frozen=True)
class Published:
    """What anybody may know of the root certificate in force of an organisation."""

    organisation: str
    code: str
    fingerprint: str
    made_at: datetime
    has_list: bool


def published(code: str) -> Published:
    """Return what is published of the root in force. Raises NotFound before there is one."""
    row, organisation = _root(code)
    return Published(
        organisation.name, code, fingerprint(row.certificate_pem), row.made_at, row.crl is not None
    )


def revocation_list(code: str, key_id: int | None = None) -> bytes:
    """Return the newest list (DER) of what the root in force, or an older one, revoked. Raises NotFound."""
    row, _ = _root(code, key_id)
    if row.crl is None:
        raise NotFound
    return row.crl


def _root(code: str, key_id: int | None = None) -> tuple[SigningKey, Organisation]:
    query = (
        select(SigningKey, Organisation)
        .join(Organisation, Organisation.id == SigningKey.organisation_id)
        .where(Organisation.code == code, SigningKey.purpose == "root")
        .order_by(SigningKey.id.desc())
        .limit(1)
    )
    this = SigningKey.revoked_at.is_(None) if key_id is None else SigningKey.id == key_id
    found = read().execute(query.where(this)).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


# -- replacing and revoking ---------------------------------------------------------------------------


def replace(organisation_id: int, key_id: int, *, reason: str, by: int | None, now: datetime) -> None:
    """Put a new key in the place of one in force; with a root go the seal and the clock below it.

    What was sealed before still verifies. Raises Invalid, NotFound, NotAllowed, Refused where another was
    put in its place meanwhile.
    """
    _end(organisation_id, key_id, since=now, leaked=False, reason=reason, by=by, now=now)


def revoke(
    organisation_id: int, key_id: int, *, since: datetime, reason: str, by: int | None, now: datetime
) -> None:
    """Say that somebody else may have a key since a moment (UTC), and put a new one in its place.

    What was sealed with it from then on is not to be relied upon. Raises as ``replace``.
    """
    if since > now:
        raise Invalid(since="The moment since when the key is not safe cannot be in the future")
    _end(organisation_id, key_id, since=since, leaked=True, reason=reason, by=by, now=now)


def encrypt_anew(secret: bytes, *, now: datetime) -> int:
    """Encrypt every key of every organisation with another secret; return how many. By the command alone.

    Raises Invalid where the secret is short, or one of the keys cannot be opened with the present one.
    """
    from ehiia.documents.signing.authority import WrongSecret
    from ehiia.services import key_work

    if len(secret) < SHORTEST:
        raise Invalid(secret=f"The secret must have at least {SHORTEST} characters")
    with transaction() as session:
        try:
            done = key_work.encrypt_anew(session, secret)
        except WrongSecret:
            raise Invalid(secret=NOT_OPENED)
        for organisation in organisations.everything():
            note(
                session,
                "keys_encrypted_anew",
                organisation_id=organisation.id,
                subject=f"organisation:{organisation.id}",
                by=None,
                at=now,
            )
        return done


def why(reason: str) -> str:
    """Return the reason that is kept with a key. Raises Invalid where there is none or it is too long."""
    reason = reason.strip()
    if not reason:
        raise Invalid(reason="Enter why; it is kept with the key")
    if len(reason) > LONGEST:
        raise Invalid(reason=f"This must be {LONGEST:,} characters or fewer")
    return reason


def _end(
    organisation_id: int,
    key_id: int,
    *,
    since: datetime,
    leaked: bool,
    reason: str,
    by: int | None,
    now: datetime,
) -> None:
    # here and not above: they load what most web processes never need
    from ehiia.documents.signing.authority import TokenUnavailable, WrongSecret
    from ehiia.services import key_work

    reason = why(reason)
    with transaction() as session:
        must_administer(session, organisation_id, by=by, now=now)
        key_work.hold(session, organisation_id)
        row = _mine(session, organisation_id, key_id)
        if row.revoked_at is not None and not (leaked and not row.leaked):
            raise Refused("Another key was put in the place of this one meanwhile.")
        organisation = organisations.get(organisation_id, session=session)
        try:
            key_work.end(session, organisation, row, since=since, leaked=leaked, reason=reason, now=now)
        except WrongSecret:
            raise Refused(f"{NOT_OPENED}. Bring the secret back. If it is lost, replace the root")
        except TokenUnavailable as problem:
            raise Refused(f"Nothing was changed. {problem}")
        note(
            session,
            "key_leaked" if leaked else "key_replaced",
            organisation_id=organisation_id,
            subject=f"organisation:{organisation_id}",
            by=by,
            at=now,
            purpose=row.purpose,
            fingerprint=fingerprint(row.certificate_pem),
            since=since.isoformat(),
            reason=reason,
        )


def _mine(session: Session, organisation_id: int, key_id: int) -> SigningKey:
    row = session.get(SigningKey, key_id, populate_existing=True)
    if row is None or row.organisation_id != organisation_id or row.purpose == "authority":
        raise NotFound
    return row
