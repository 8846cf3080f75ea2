"""What stands in a cell of a table that somebody uploaded: text, a number or a date, and nothing hidden."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from ehiia.documents.sheets import BEGINS_A_FORMULA
from ehiia.domain.typed_dates import Part, PartsRefused, read_date

__all__ = ["NotADate", "Value", "as_date", "as_text", "as_value", "tidy"]

Value = str | int | float | date | None
"""What stands in a cell. From a CSV everything is text. A date has no time of day; empty is None."""


class NotADate(Exception):
    """What stands in a cell is no date; the message says why, for the person whose table it is."""


def as_value(found: object) -> Value:
    """Return what a cell of a workbook holds, as a table keeps it."""
    match found:
        case bool():
            return "Yes" if found else "No"
        case datetime():
            return found.date()
        case str():
            return tidy(found)
        case float() if found.is_integer():
            return int(found)
        case time():
            return f"{found:%H:%M}"
        case None | int() | float() | date():
            return found
        case _:
            return str(found)


def tidy(text: str) -> str | None:
    """Return text without what cannot be seen or kept, or None where nothing is left."""
    text = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    text = "".join(letter for letter in text if letter >= " " or letter in "\t\n").strip()
    if text.startswith("'") and text[1:].lstrip(" ").startswith(BEGINS_A_FORMULA):
        text = text[1:]  # as our own lists are written
    return text or None


def as_text(value: Value) -> str:
    """Return what stands in a cell as a person would read it: a date as 3 April 2026, empty as nothing."""
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    return "" if value is None else str(value)


def as_date(value: Value, noun: str) -> date | None:
    """Return the date that stands in a cell, or None where it is empty. ``noun`` begins the messages.

    Text is read the British way, the day first (3/4/2026 is 3 April), or as 2026-04-03, or with the month
    in words. A year of two digits is one of this century.

    Raises:
        NotADate: it is no date, or a day that the calendar does not have.
    """
    if value is None or isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise NotADate(f"{noun}: “{value}” is a number, not a date. Write it like 3 April 2026")
    for shape in _SHAPES:
        if found := shape.fullmatch(value):
            typed: dict[Part, str] = {part: found[part] for part in ("day", "month", "year")}
            if len(typed["year"]) == 2:
                typed["year"] = f"20{typed['year']}"
            try:
                return read_date(typed, noun)
            except PartsRefused as refused:
                raise NotADate(f"{refused.message} (“{value}”)") from None
    raise NotADate(f"{noun}: “{value[:60]}” is not a date. Write it like 3 April 2026")


_SHAPES = tuple(
    re.compile(shape + r"(?:[T ]\d{1,2}:\d{2}.*)?", re.ASCII)
    for shape in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\s*[-/.]\s*(?P<month>\d{1,2})\s*[-/.]\s*(?P<year>\d{4}|\d{2})",
        r"(?:[A-Za-z]+,?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?[-\s]+(?P<month>[A-Za-z]{3,9}\.?)[-,\s]+(?P<year>\d{4}|\d{2})",
    )
)
