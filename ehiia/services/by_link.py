"""What links have in common that somebody without an account was sent: a token of which only the digest is
kept, guesses that are counted, and mail that keeps no link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.extensions import only_read
from ehiia.notify.messages import Message
from ehiia.services import outbox
from ehiia.services.installation import config
from ehiia.services.transaction import NotFound, read
from ehiia.services.tries import check_tries, count_try
from ehiia.store.duties import DeliveryState, MailRow

TWICE = timedelta(minutes=1)
"""The same form within so long was sent twice."""

T = TypeVar("T")


def new_token() -> str:
    """Return a token that nobody can guess: 256 bits."""
    return secrets.token_urlsafe(32)


def _signature(token: str, purpose: str) -> str:
    key = hashlib.sha256(f"a link to {purpose}:{config().secret_key}".encode()).digest()
    made = hmac.digest(key, token.encode(), "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def signed(token: str, purpose: str) -> str:
    """Return a token with the signature of this installation for one purpose, as it stands in an address."""
    return f"{token}.{_signature(token, purpose)}"


def unsigned(text: str, purpose: str) -> str | None:
    """Return the token of an address, or None where this installation did not sign it for this purpose."""
    token, _, signature = text.rpartition(".")
    right = hmac.compare_digest(_signature(token, purpose).encode(), signature.encode())
    return token if right else None


def find(known: Callable[[], T | None], *, kind: str, address: str, now: datetime) -> T:
    """Return what a token opens, as ``known`` finds it.

    Raises NotFound where it is none, and counts the guess against the network address; TooManyTries where
    too many were counted.
    """
    key = f"{kind}:{address}"
    check_tries(key, now=now)
    found = known()
    if found is None:
        read().rollback()
        only_read(False)  # a page that is looked at changes nothing, but a guess is counted
        count_try(key, now=now)
        raise NotFound
    return found


def queue(session: Session, key: str, message: Message, *, email: str, now: datetime) -> None:
    """Queue the mail with a link. It belongs to no organisation, so that its text is removed after a day."""
    outbox.queue_mail(
        session,
        dedupe_key=key,
        recipient=email,
        subject=message.subject,
        body=message.body,
        organisation_id=None,
        now=now,
    )


def drop_mail(session: Session, keys: Iterable[str], *, subject: str) -> None:
    """Drop mail with links that ended: unsent mail goes, sent mail keeps neither its subject nor its text."""
    ids = [outbox.message_id(key) for key in keys]
    for mail in session.scalars(select(MailRow).where(MailRow.message_id.in_(ids)).with_for_update()):
        if mail.state in (DeliveryState.WAITING, DeliveryState.FAILED):
            session.delete(mail)
        else:
            mail.subject, mail.body = subject, ""
    session.flush()
