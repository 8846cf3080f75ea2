"""The work with the organisation's keys: made when first needed, replaced, revoked, and their list.

Apart from ``keys`` because it loads cryptography and pyHanko. There is a root, which issues the others and
the certificates of signatories; a seal; and a clock, which time-stamps where no authority does. An
organisation may bring its own root or seal along; the seal's key may stay in a token.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ehiia.config import is_loopback
from ehiia.documents.signing import authority, revocation, seal
from ehiia.documents.signing.authority import Credential, KeptKey, Sealer, TokenUnavailable, WrongSecret
from ehiia.documents.signing.revocation import Revoked
from ehiia.documents.signing.timestamps import (
    HttpTimestamper,
    LocalTimestamper,
    Timestamper,
    TimestampUnavailable,
)
from ehiia.services import installation, organisations, sealing
from ehiia.services.transaction import note
from ehiia.store.organisations import Organisation
from ehiia.store.people import SigningKey

ROOT, SEAL, CLOCK, AUTHORITY = "root", "seal", "clock", "authority"
MAKERS = {SEAL: authority.make_seal, CLOCK: authority.make_clock}


class Keys(NamedTuple):
    """The keys of an organisation that are in force."""

    root: Credential
    seal: Sealer
    clock: Credential


def keys_of(session: Session, organisation: Organisation, *, now: datetime) -> Keys:
    """Return the keys in force; those that are missing are made, in the caller's transaction.

    Raises WrongSecret where the secret that opens them is not that of this installation, and
    TokenUnavailable.
    """
    hold(session, organisation.id)
    rows = {row.purpose: row for row in in_force(session, organisation.id)}
    made = [purpose for purpose in (ROOT, SEAL, CLOCK) if purpose not in rows]
    if ROOT in rows:
        root = opened(rows[ROOT])
    else:
        root = authority.make_root(organisation.name, now=now)
        rows[ROOT] = keep(session, organisation.id, ROOT, root, now)
    for purpose in made:
        if purpose in MAKERS:
            address = crl_address(organisation, rows[ROOT])
            fresh = MAKERS[purpose](organisation.name, root=root, now=now, crl_address=address)
            rows[purpose] = keep(session, organisation.id, purpose, fresh, now)
    if rows[ROOT].crl is None:
        rows[ROOT].crl = _list(session, rows[ROOT], root, now)
    if made:
        _note(session, organisation, "keys_made", now, purposes=made)
    return Keys(root, opened_seal(rows[SEAL]), opened(rows[CLOCK]))


def hold(session: Session, organisation_id: int) -> None:
    """Let one at a time look after the keys: the first two records must not make two roots."""
    session.execute(
        select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True)
    )


def in_force(session: Session, organisation_id: int) -> Sequence[SigningKey]:
    """Return the keys in force, oldest first, without the certificates of time-stamp authorities."""
    return session.scalars(
        select(SigningKey)
        .where(
            SigningKey.organisation_id == organisation_id,
            SigningKey.revoked_at.is_(None),
            SigningKey.purpose != AUTHORITY,
        )
        .order_by(SigningKey.id)
    ).all()


def opened(row: SigningKey) -> Credential:
    """Return a kept key. Raises WrongSecret."""
    kept = KeptKey(row.certificate_pem, row.private_key.decode())
    return authority.reopen(kept, secret=installation.config().keys_secret)


def opened_seal(row: SigningKey) -> Sealer:
    """Return a kept seal, which may be in a token. Raises WrongSecret, TokenUnavailable."""
    if row.private_key:
        return opened(row)
    return token_seal(x509.load_pem_x509_certificates(row.certificate_pem.encode()))


def token_seal(certificates: Sequence[x509.Certificate]) -> Sealer:
    """Return the seal in the token of the configuration, its own certificate given first.

    Raises TokenUnavailable.
    """
    token = installation.config().token
    if token is None:
        raise TokenUnavailable("The seal is in a token, and EHIIA_PKCS11_MODULE does not say where.")
    # here and not above: it needs an extra that few install
    from ehiia.documents.signing.tokens import TokenSeal

    return TokenSeal(
        token.module, token.label, token.key, token.pin, certificates[0], tuple(certificates[1:])
    )


def keep(
    session: Session,
    organisation_id: int,
    purpose: str,
    credential: Sealer,
    now: datetime,
    *,
    supplied: bool = False,
) -> SigningKey:
    """Keep a key, encrypted with the secret that lies apart from the database; a token keeps its own."""
    if isinstance(credential, Credential):
        kept = authority.keep(credential, secret=installation.config().keys_secret)
    else:
        kept = KeptKey(authority.pem(credential), "")
    row = SigningKey(
        organisation_id=organisation_id,
        purpose=purpose,
        certificate_pem=kept.certificate,
        private_key=kept.encrypted_key.encode(),
        supplied=supplied,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def crl_address(organisation: Organisation, root: SigningKey) -> str:
    """Return where the revocation list of a root is to be had; "" where others cannot reach this machine."""
    public = installation.config().public_url
    if is_loopback(urlsplit(public).hostname or "localhost"):
        return ""
    return f"{public}/records/certificate/{organisation.code}/{root.id}.crl"


# -- replacing and revoking ---------------------------------------------------------------------------


def end(
    session: Session,
    organisation: Organisation,
    key: SigningKey,
    *,
    since: datetime,
    leaked: bool,
    reason: str,
    now: datetime,
) -> None:
    """Revoke a key, with all in force below a root, and make what is missing then, in the transaction.

    What was sealed before ``since`` still verifies. The lists of revoked certificates are made anew.
    """
    _revoke(session, key, since, leaked=leaked, reason=reason)
    keys_of(session, organisation, now=now)
    renew_lists(session, organisation, now=now)


def bring(
    session: Session, organisation: Organisation, purpose: str, brought: Sealer, *, reason: str, now: datetime
) -> SigningKey:
    """Put a key that the organisation brought along in the place of the one in force, in the transaction."""
    hold(session, organisation.id)
    for row in in_force(session, organisation.id):
        if row.purpose == purpose:
            _revoke(session, row, now, leaked=False, reason=reason)
    kept = keep(session, organisation.id, purpose, brought, now, supplied=True)
    keys_of(session, organisation, now=now)
    renew_lists(session, organisation, now=now)
    return kept


def _revoke(session: Session, key: SigningKey, since: datetime, *, leaked: bool, reason: str) -> None:
    """Revoke a key; with a root all that was made below it and was in force at that moment or later."""
    ended = {key}
    if key.purpose == ROOT:
        root = _own(key)
        below = session.scalars(_issued_here(key.organisation_id).where(SigningKey.supplied.is_(False)))
        ended.update(
            row
            for row in below
            if not row.leaked
            and (row.revoked_at is None or row.revoked_at > since)
            and authority.issued_by(_own(row), root)
        )
        for row in in_force(session, key.organisation_id):
            if (
                row.supplied and row.purpose == SEAL and not _opens(row)
            ):  # its secret was lost with the root's
                row.revoked_at, row.revoked_why = since, reason
    for row in ended:
        row.revoked_at, row.revoked_why, row.leaked = since, reason, leaked
    session.flush()


def _opens(row: SigningKey) -> bool:
    """Say whether the key of a seal can be opened with the present secret; a token keeps its own."""
    with contextlib.suppress(WrongSecret):
        return not row.private_key or bool(opened(row))
    return False


def _issued_here(organisation_id: int) -> Select[SigningKey]:
    """Return the query for every seal and clock of an organisation, in force or not."""
    return select(SigningKey).where(
        SigningKey.organisation_id == organisation_id, SigningKey.purpose.in_(MAKERS)
    )


def _own(row: SigningKey) -> x509.Certificate:
    return x509.load_pem_x509_certificate(row.certificate_pem.encode())


def renew_lists(session: Session, organisation: Organisation, *, now: datetime) -> int:
    """Make the revocation list of every root anew that can be opened, in the transaction; say how many.

    One whose secret was lost keeps the list it has.
    """
    hold(session, organisation.id)
    rows = session.scalars(
        select(SigningKey).where(SigningKey.organisation_id == organisation.id, SigningKey.purpose == ROOT)
    ).all()
    made = 0
    for row in rows:
        with contextlib.suppress(WrongSecret):
            row.crl = _list(session, row, opened(row), now)
            made += 1
    return made


def encrypt_anew(session: Session, secret: bytes) -> int:
    """Encrypt every key with another secret, in the transaction; return how many. Raises WrongSecret."""
    rows = session.scalars(select(SigningKey).where(SigningKey.private_key != b"").with_for_update()).all()
    for row in rows:
        row.private_key = authority.keep(opened(row), secret=secret).encrypted_key.encode()
    return len(rows)


def _list(session: Session, root: SigningKey, credential: Credential, now: datetime) -> bytes:
    revoked = session.scalars(_issued_here(root.organisation_id).where(SigningKey.revoked_at.is_not(None)))
    listed = []
    for row in revoked:
        certificate = _own(row)
        if row.revoked_at is not None and authority.issued_by(certificate, credential.certificate):
            flag = ReasonFlags.key_compromise if row.leaked else ReasonFlags.superseded
            listed.append(Revoked(certificate.serial_number, row.revoked_at, flag))
    number = int(now.timestamp())
    return revocation.make_crl(credential, listed, number=number, now=now).public_bytes(Encoding.DER)


def anchors(session: Session) -> tuple[x509.Certificate, ...]:
    """Return the certificates that the records of every organisation rest on."""
    return tuple(x509.load_pem_x509_certificate(pem.encode()) for pem in sealing.roots(session))


def lists_of(session: Session, organisation_id: int) -> tuple[x509.CertificateRevocationList, ...]:
    """Return the revocation lists of every root of an organisation."""
    found = session.scalars(
        select(SigningKey.crl).where(
            SigningKey.organisation_id == organisation_id, SigningKey.crl.is_not(None)
        )
    )
    return tuple(x509.load_der_x509_crl(der) for der in found if der)


# -- time-stamps --------------------------------------------------------------------------------------


class Times:
    """Who says when, for one piece of work: the authority that the organisation chose, while it answers."""

    def __init__(self, session: Session, organisation: Organisation) -> None:
        """Begin with the authority of the organisation's settings, if there is one."""
        self._session, self._organisation = session, organisation
        self.address = organisations.settings_of(organisation).timestamp_authority

    def stamp(
        self,
        act: Callable[[Timestamper | None], bytes],
        *,
        clock: Callable[[], Timestamper] | None = None,
        now: datetime,
    ) -> tuple[bytes, str]:
        """Return a file made with the authority's time-stamp, and who gave the time: "" is our own clock.

        Where the authority does not answer it is made without one, or with that of ``clock``; the history
        tells that it could not be asked.
        """
        if self.address:
            try:
                return act(HttpTimestamper(self.address)), urlsplit(self.address).hostname or self.address
            except (TimestampUnavailable, ValueError) as problem:
                _note(
                    self._session,
                    self._organisation,
                    "timestamp_missing",
                    now,
                    authority=self.address,
                    problem=str(problem),
                )
                self.address = ""
        return act(clock() if clock else None), ""

    def know(self, pdf: bytes, now: datetime) -> None:
        """Keep the certificate of the authority that stamped a file last: it is trusted from now on."""
        pem = seal.signer_certificate(pdf).public_bytes(Encoding.PEM).decode()
        known = select(SigningKey.id).where(
            SigningKey.organisation_id == self._organisation.id, SigningKey.certificate_pem == pem
        )
        if self._session.scalar(known.limit(1)) is None:
            self._session.add(
                SigningKey(
                    organisation_id=self._organisation.id,
                    purpose=AUTHORITY,
                    certificate_pem=pem,
                    private_key=b"",
                    made_at=now,
                )
            )
            self._session.flush()


def own_clock(keys: Keys, now: datetime) -> LocalTimestamper:
    """Return the organisation's own time-stamping key at a moment."""
    return LocalTimestamper(keys.clock, now=now)


def _note(session: Session, organisation: Organisation, verb: str, now: datetime, **body: object) -> None:
    subject = f"organisation:{organisation.id}"
    note(session, verb, organisation_id=organisation.id, subject=subject, by=None, at=now, **body)
