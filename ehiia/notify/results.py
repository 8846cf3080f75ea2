"""A mail as it leaves, and what may become of it, whichever way it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Outgoing:
    """A mail as it leaves. ``message_id`` is without angle brackets; ``at`` is the Date header (UTC)."""

    message_id: str
    recipient: str
    subject: str
    body: str
    at: datetime
    calendar: tuple[str, ...] = ()
    """Invitations to attach (RFC 5545)."""
    attempt: int = 1
    """How many times it was tried, with this one: from the second on it may have arrived already."""


@dataclass(frozen=True)
class Accepted:
    """The mail was taken; it is somebody else's to carry now."""


@dataclass(frozen=True)
class TryLater:
    """The mail was not taken now; ``words`` of the server or of the connection."""

    words: str
    nobody_there: bool = False
    """The server itself cannot be used, so that other mail would fare no better now."""


@dataclass(frozen=True)
class Refused:
    """The mail will never be taken as it is; ``words`` of the server."""

    words: str


Result = Accepted | TryLater | Refused
