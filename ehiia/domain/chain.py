"""The chain of the history: how a row gets its hash, and a part of it as a text that anybody can check.

A part of a chain tells rows in full, or by their number and hash alone where what they tell is not for its
reader. Each row told in full is checked by its own hash and by the hash of the row before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime

GENESIS = "0" * 64
"""What the first row of a chain points back to."""


def row_hash(
    *,
    organisation_id: int,
    seq: int,
    at: datetime | str,
    by: int | None,
    verb: str,
    subject: str,
    body: str,
    prev: str,
) -> str:
    """Return the hash of a row: SHA-256 over its facts, the digest of its body and the previous hash.

    ``at``: the moment (UTC), or how it is written: "2026-03-02T10:00:00+00:00".
    """
    moment = at if isinstance(at, str) else at.isoformat(timespec="seconds")
    parts = [str(organisation_id), str(seq), moment, str(by or ""), verb, subject, body, prev]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Told:
    """A row told in full. ``who`` and ``says`` are for people and stand in no hash."""

    organisation_id: int
    at: str
    by: int | None
    verb: str
    subject: str
    body: str | None
    """Canonical JSON; None where it was disposed of."""
    body_sha256: str
    prev_hash: str
    who: str = ""
    says: str = ""


@dataclass(frozen=True)
class Link:
    """A row of a chain: its number and its hash, and what it tells where that may be known."""

    seq: int
    hash: str
    told: Told | None = None


class BadChain(ValueError):
    """A text is no part of a chain; the sentence says why."""


def write(links: Iterable[Link]) -> str:
    """Return a part of a chain as text: a JSON object a line, the oldest row first."""
    lines = []
    for link in links:
        row = {"seq": link.seq, "hash": link.hash} | (asdict(link.told) if link.told else {})
        lines.append(json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
    return "".join(f"{line}\n" for line in lines)


def parse(text: str) -> tuple[Link, ...]:
    """Read a part of a chain back from its text. Raises BadChain."""
    names = {one.name for one in fields(Told)}
    links = []
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        try:
            row = json.loads(line)
            seq, digest = int(row.pop("seq")), str(row.pop("hash"))
            told = Told(**row) if row else None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise BadChain(f"Line {number} is no row of the history") from None
        if told is not None and not set(row) <= names:
            raise BadChain(f"Line {number} is no row of the history")
        links.append(Link(seq, digest, told))
    return tuple(links)


def breaks(links: Iterable[Link]) -> Iterator[str]:
    """Yield every place where a part of a chain does not hold, in words."""
    before: Link | None = None
    for link in links:
        if before is not None and link.seq != before.seq + 1:
            yield f"row {link.seq} of the history follows row {before.seq}: rows in between are missing"
        told = link.told
        if told is not None:
            if told.body is not None and hashlib.sha256(told.body.encode()).hexdigest() != told.body_sha256:
                yield f"row {link.seq} of the history: its particulars were changed"
            if link.hash != _hash_of(link.seq, told):
                yield f"row {link.seq} of the history was changed"
            if before is not None and before.seq + 1 == link.seq and told.prev_hash != before.hash:
                yield f"row {link.seq} of the history does not follow the row before it"
        before = link


def _hash_of(seq: int, told: Told) -> str:
    return row_hash(
        organisation_id=told.organisation_id,
        seq=seq,
        at=told.at,
        by=told.by,
        verb=told.verb,
        subject=told.subject,
        body=told.body_sha256,
        prev=told.prev_hash,
    )
