"""What anybody is told who types the code of a record, or the reference of one that was published.

Whoever has the code has the paper it is printed on: they are told how that
stands, and enough to see whether it is the one they hold, but nothing that it
says. A reference can be guessed, so it is answered only for what was published;
any other is answered as one that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ehiia.clock import day_of
from ehiia.domain import codes
from ehiia.domain.standing import Standing
from ehiia.services import by_link, editions, recorded
from ehiia.services.editions import KeptEdition
from ehiia.services.transaction import NotFound, read
from ehiia.store import publications

__all__ = ["Told", "ask"]


@dataclass(frozen=True)
class Told:
    """What is told of a record, or of an edition of one for the public."""

    reference: str
    standing: Standing
    means: str
    """What its standing means."""
    decided_at: datetime | None
    """None of what was published before the decision."""
    sha256: str
    """Of its data."""
    files: tuple[str, ...]
    """SHA-256 of each step of the signed file, the newest last; empty until it is sealed."""
    newer: str
    """Reference of what took its place, or ""."""
    title: str = ""
    """What it is about; only of what is out in public today."""
    of_ref: str = ""
    """Of an edition: the record that it shows."""


def ask(asked: str, *, address: str, now: datetime) -> Told:
    """Return what is told of what somebody typed.

    Raises NotFound, which is counted against the network ``address``, and TooManyTries after too many.
    """
    return by_link.find(lambda: _known(asked, day_of(now)), kind="verify", address=address, now=now)


def _known(asked: str, today: date) -> Told | None:
    """Look for a record by its code, then for an edition: always in the same queries until one is found."""
    try:
        kept = recorded.find_record(code=asked)
    except NotFound:
        edition_id = read().scalar(publications.known_by(asked.upper(), codes.tidy(asked), today))
        return _of_edition(editions.find(edition_id=edition_id), today) if edition_id else None
    return Told(
        reference=kept.row.ref,
        standing=kept.standing,
        means=kept.standing.meaning,
        decided_at=kept.record.made_at,
        sha256=kept.row.sha256,
        files=tuple(file.sha256 for file in kept.files),
        newer=kept.superseded_by,
    )


def _of_edition(kept: KeptEdition, today: date) -> Told:
    newest, is_out = publications.newest_out(read(), kept.assessment.id, today), kept.is_out(today)
    return Told(
        reference=kept.row.ref,
        standing=kept.standing,
        means=kept.standing_means,
        decided_at=kept.record.decision.decided_at if kept.record.decision else None,
        sha256=kept.row.sha256,
        files=tuple(file.sha256 for file in kept.files),
        newer="" if is_out else newest,
        title=kept.record.snapshot.title if is_out else "",
        of_ref=kept.of_ref,
    )
