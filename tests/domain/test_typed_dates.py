"""Dates that are typed in three parts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehiia.domain.typed_dates import PARTS, Part, PartsRefused, read_date


def typed(day: str, month: str, year: str) -> dict[Part, str]:
    """Return the parts as a form hands them over."""
    return {"day": day, "month": month, "year": year}


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_date_is_read_as_it_was_meant(value: date) -> None:
    """As numbers, with leading zeros, with the month's name or its start."""
    for month in (
        str(value.month),
        f"{value.month:02}",
        f"{value:%B}",
        f"{value:%b}".upper(),
        f"{value:%b}.",
    ):
        assert read_date(typed(f"{value.day:02}", month, str(value.year)), "Review date") == value


def test_nothing_is_no_date() -> None:
    """An empty date never refuses a save."""
    assert read_date(typed("", "", ""), "Review date") is None


@pytest.mark.parametrize(
    ("parts", "message", "bad"),
    [
        (("27", "11", ""), "Review date must include a year", ("year",)),
        (("", "", "2026"), "Review date must include a day and a month", ("day", "month")),
        (("32", "1", "2027"), "Review date: the day must be a number from 1 to 31", ("day",)),
        (("0", "1", "2027"), "Review date: the day must be a number from 1 to 31", ("day",)),
        (("²", "1", "2027"), "Review date: the day must be a number from 1 to 31", ("day",)),
        (
            ("1", "13", "2027"),
            "Review date: the month must be a number from 1 to 12, or its name",
            ("month",),
        ),
        (
            ("1", "Ja", "2027"),
            "Review date: the month must be a number from 1 to 12, or its name",
            ("month",),
        ),
        (("1", "1", "27"), "Review date: the year must have 4 numbers, like 2027", ("year",)),
        (("1", "1", "1066"), "Review date: the year must be between 1900 and 2100", ("year",)),
        (("29", "2", "2027"), "Review date must be a real date: February 2027 has 28 days", ("day",)),
        (("31", "6", "2027"), "Review date must be a real date: June 2027 has 30 days", ("day",)),
        (("1", "1", "2026"), "Review date must be 21 November 2026 or later", PARTS),
        (("1", "1", "2050"), "Review date must be 1 April 2040 or earlier", PARTS),
    ],
)
def test_a_message_says_which_part_to_mend(
    parts: tuple[str, str, str], message: str, bad: tuple[Part, ...]
) -> None:
    """And the link in the summary leads to it."""
    with pytest.raises(PartsRefused) as refused:
        read_date(typed(*parts), "Review date", date(2026, 11, 21), date(2040, 4, 1))
    assert (refused.value.message, refused.value.parts) == (message, bad)


@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_whatever_is_typed_is_read_or_refused_in_words(day: str, month: str, year: str) -> None:
    """No text may break the page."""
    refusal = PartsRefused("Review date", PARTS)
    try:
        read_date(typed(day, month, year), "Review date")
    except PartsRefused as refused:
        refusal = refused
    assert refusal.message.startswith("Review date")
    assert refusal.parts
