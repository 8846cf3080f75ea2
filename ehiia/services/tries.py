"""Failed tries to sign in: counted by network address and by e-mail, kept as digests."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import select

from ehiia.services.transaction import read, transaction
from ehiia.store.people import Throttle

TRIES = 10
WINDOW = timedelta(minutes=15)
"""So many failed tries to sign in are borne within this window, by address and by e-mail."""


class TooManyTries(Exception):
    """Somebody tried too often; ``minutes`` until it may be tried again."""

    def __init__(self, minutes: int) -> None:
        """Keep how long to wait."""
        super().__init__(f"Too many tries. Wait {minutes} minutes, then try again.")
        self.minutes = minutes


def digest(text: str) -> str:
    """Return the SHA-256 of a text: keys and the ids of sessions are kept only so."""
    return hashlib.sha256(text.encode()).hexdigest()


def check_tries(*keys: str, now: datetime) -> None:
    """Raise TooManyTries where one of these keys (an address, an e-mail) was tried too often."""
    rows = read().scalars(select(Throttle).where(Throttle.key_sha256.in_([digest(key) for key in keys])))
    for row in rows:
        if row.count >= TRIES and now < row.window_started_at + WINDOW:
            left = row.window_started_at + WINDOW - now
            raise TooManyTries(minutes=-int(-left.total_seconds() // 60))


def count_try(*keys: str, now: datetime) -> None:
    """Count a failed try against each key."""
    with transaction() as session:
        for key in keys:
            row = session.get(Throttle, digest(key), with_for_update=True)
            if row is None:
                session.add(Throttle(key_sha256=digest(key), count=1, window_started_at=now))
            elif now >= row.window_started_at + WINDOW:
                row.count, row.window_started_at = 1, now
            else:
                row.count += 1


def forget_tries(*keys: str) -> None:
    """Forget the failed tries after a success."""
    with transaction() as session:
        for key in keys:
            row = session.get(Throttle, digest(key))
            if row is not None:
                session.delete(row)
