"""Bank holidays: as published while there is a list, by rule after it."""

from __future__ import annotations

from datetime import date

import pytest

from ehiia.content.holidays import bank_holidays, known_until, projected, published

ODD_YEARS = {2011, 2012, 2020, 2022, 2023}
"""A Jubilee in 2012; VE Day moved in 2020; a Jubilee and a state funeral in 2022; a coronation in 2023."""


def test_the_rules_give_what_was_published_in_every_ordinary_year() -> None:
    years = {day.year for day in published()}
    years = {year for year in years if date(year, 12, 25) <= max(published())} - ODD_YEARS
    assert {2024, 2025, 2026, 2027} <= years
    for year in years:
        assert projected(year) == {day for day in published() if day.year == year}, year


@pytest.mark.parametrize(
    ("day", "holiday"),
    [
        (date(2027, 12, 27), True),  # Christmas Day on a Saturday
        (date(2027, 12, 28), True),
        (date(2027, 12, 29), False),
        (date(2035, 5, 28), True),
        (date(2033, 1, 3), True),  # New Year's Day on a Saturday
        (date(2038, 4, 26), True),  # Easter as late as it comes
    ],
)
def test_days_after_the_list_are_worked_out(day: date, holiday: bool) -> None:
    assert (day in bank_holidays()) is holiday


def test_the_end_of_the_list_is_said() -> None:
    assert known_until() >= 2026
