"""What anybody is told who types the code of a record, or the reference of one that was published.

Whoever has the code has the paper it is printed on: they are told how that
stands, and enough to see whether it is the one they hold, but nothing that it
says. A reference can be guessed, so it is answered only for what was published;
any other is answered as one that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ehiia.domain.standing import Standing
from ehiia.services import by_link, recording
from ehiia.services.transaction import NotFound

__all__ = ["Told", "ask"]


@dataclass(frozen=True)
class Told:
    """What is told of a record."""

    reference: str
    standing: Standing
    decided_at: datetime
    sha256: str
    """Of its data."""
    files: tuple[str, ...]
    """SHA-256 of each step of the signed file, the newest last; empty until it is sealed."""
    newer: str
    """Reference of the record that took its place, or ""."""


def ask(asked: str, *, address: str, now: datetime) -> Told:
    """Return what is told of what somebody typed.

    Raises NotFound, which is counted against the network ``address``, and TooManyTries after too many.
    """
    return by_link.find(lambda: _known(asked), kind="verify", address=address, now=now)


def _known(asked: str) -> Told | None:
    try:
        kept = recording.find_record(code=asked)
    except NotFound:
        return None
    return Told(
        reference=kept.row.ref,
        standing=kept.standing,
        decided_at=kept.record.decision.decided_at,
        sha256=kept.row.sha256,
        files=tuple(file.sha256 for file in kept.files),
        newer=kept.superseded_by,
    )
