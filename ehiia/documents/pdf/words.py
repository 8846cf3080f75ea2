"""Dates, moments and small words as the record prints them. Moments are UTC in, London time out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from ehiia.clock import LONDON
from ehiia.domain.frozen import Person

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def day(on: date | None, none: str = "Not set") -> str:
    """Return a date in full, "Thursday 21 January 2027", or ``none``."""
    if on is None:
        return none
    return f"{DAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]} {on.year}"


def moment(at: datetime) -> str:
    """Return a moment in London time, "Thursday 21 January 2027 at 15:41"."""
    local = at.astimezone(LONDON)
    return f"{day(local.date())} at {local:%H:%M}"


def moment_exact(at: datetime) -> str:
    """Return a moment to the second with its time zone, "21 January 2027 15:41:07 GMT"."""
    local = at.astimezone(LONDON)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year} {local:%H:%M:%S} {local.tzname()}"


def count(number: int, one: str, many: str) -> str:
    """Return "no groups", "one group", "two groups", "12 groups"."""
    said = NUMBERS[number] if 0 <= number < len(NUMBERS) else str(number)
    return f"{said} {one if number == 1 else many}"


def sentence(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]


def ended(text: str) -> str:
    """Return the text with a full stop at its end, unless it has an end already."""
    stripped = text.rstrip()
    return stripped if stripped.endswith((".", "!", "?", "…")) or not stripped else stripped + "."


def listed(values: Iterable[str]) -> str:
    """Return "a, b and c"."""
    items = [value for value in values if value]
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def pair(first: str, second: str) -> str:
    """Return "first, second", or the one that is not empty."""
    return ", ".join(part for part in (first, second) if part)


def person(someone: Person | None, none: str = "Nobody named") -> str:
    """Return a name with its role, or ``none``."""
    return someone.in_full if someone else none


def in_fours(code: str) -> str:
    """Return a code in groups of four, as it is read out and typed: "7QK2 M9XH 4TRB"."""
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4))
