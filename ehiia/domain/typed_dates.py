"""Reading a date that was typed in three parts, with messages that say which part to mend."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Part = Literal["day", "month", "year"]
PARTS: tuple[Part, ...] = ("day", "month", "year")
FIRST_YEAR, LAST_YEAR = 1900, 2100


@dataclass
class PartsRefused(Exception):
    """The parts make no date: the message for the page and the parts to mend, the first to go to first."""

    message: str
    parts: tuple[Part, ...]


def read_date(
    typed: Mapping[Part, str], noun: str, not_before: date | None = None, not_after: date | None = None
) -> date | None:
    """Return the date in day, month and year as typed, or None when all three are empty.

    ``noun`` begins the messages ("Review date"). A month may be a number, a name or its first three letters.

    Raises:
        PartsRefused: something is missing, is no number, or does not exist in the calendar.
    """
    missing = tuple(part for part in PARTS if not typed[part])
    if len(missing) == len(PARTS):
        return None
    if missing:
        raise PartsRefused(f"{noun} must include a {' and a '.join(missing)}", missing)
    year_text = typed["year"]
    month = _month(typed["month"])
    day = int(typed["day"]) if typed["day"].isascii() and typed["day"].isdigit() else 0
    if not 1 <= day <= 31:
        raise PartsRefused(f"{noun}: the day must be a number from 1 to 31", ("day",))
    if month is None:
        raise PartsRefused(f"{noun}: the month must be a number from 1 to 12, or its name", ("month",))
    if not (year_text.isascii() and year_text.isdigit() and len(year_text) == 4):
        raise PartsRefused(f"{noun}: the year must have 4 numbers, like 2027", ("year",))
    year = int(year_text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PartsRefused(f"{noun}: the year must be between {FIRST_YEAR} and {LAST_YEAR}", ("year",))
    days = calendar.monthrange(year, month)[1]
    if day > days:
        when = f"{calendar.month_name[month]} {year}"
        raise PartsRefused(f"{noun} must be a real date: {when} has {days} days", ("day",))
    value = date(year, month, day)
    if not_before is not None and value < not_before:
        raise PartsRefused(f"{noun} must be {_words(not_before)} or later", PARTS)
    if not_after is not None and value > not_after:
        raise PartsRefused(f"{noun} must be {_words(not_after)} or earlier", PARTS)
    return value


def _month(typed: str) -> int | None:
    if typed.isascii() and typed.isdigit():
        return int(typed) if 1 <= int(typed) <= 12 else None
    names = [name.lower() for name in calendar.month_name]
    given = typed.lower().rstrip(".")
    for number, name in enumerate(names):
        if number and len(given) >= 3 and name.startswith(given):
            return number
    return None


def _words(value: date) -> str:
    return f"{value.day} {value:%B %Y}"
