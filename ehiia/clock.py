"""The only file that reads the clock. Moments are UTC; days are London calendar dates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """Return the moment, in UTC, without microseconds."""
    return datetime.now(UTC).replace(microsecond=0)


def today() -> date:
    """Return the calendar date in London."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """Return the London calendar date of a moment; a moment without time zone is refused with ValueError."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(LONDON).date()
