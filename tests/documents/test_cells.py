"""What people write into the cells of a table, and what is said where it is no date."""

from __future__ import annotations

from datetime import date

import pytest

from ehiia.documents.cells import NotADate, Value, as_date


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "3/4/2026",
            "03.04.2026",
            "3-4-26",
            "2026-04-03",
            "2026-04-03 00:00:00",
            "3 April 2026",
            "3 Apr 26",
        ),
        *("3rd April, 2026", "Friday 3 April 2026", "03-Apr-2026", "3/4/2026 09:30"),
    ],
)
def test_a_date_is_read_the_british_way(typed: str) -> None:
    assert as_date(typed, "Due") == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("31/02/2026", "Due must be a real date: February 2026 has 28 days"),
        ("4/13/2026", "month must be a number from 1 to 12"),
        ("April 2026", "is not a date"),
        ("as soon as possible", "is not a date"),
        ("3 Lenz 2026", "month"),
        ("٣/٤/٢٠٢٦", "is not a date"),
        (45_000, "is a number"),
    ],
)
def test_what_is_no_date_is_said(typed: Value, said: str) -> None:
    with pytest.raises(NotADate, match=said):
        as_date(typed, "Due")


def test_an_empty_cell_is_no_date_and_a_date_is_itself() -> None:
    assert as_date(None, "Due") is None
    assert as_date(date(2026, 4, 3), "Due") == date(2026, 4, 3)
