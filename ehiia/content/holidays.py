"""The bank holidays of England: the list the Government published, and after it by rule.

The list comes with the package govuk-bank-holidays and is never fetched. For
the years after its last one the days are projected by the standing rules; a
royal proclamation may add or move a day, so ``known_until`` says where the
published list ends.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from dateutil.easter import easter

DIVISION = "england-and-wales"
PROJECTED_YEARS = 30
"""So many years are projected after the published ones."""

MONDAY, SATURDAY, SUNDAY = 0, 5, 6


@cache
def _list() -> dict[str, frozenset[date]]:
    """Return the published bank holidays of each part of the United Kingdom."""
    text = files("govuk_bank_holidays").joinpath("bank-holidays.json").read_text(encoding="utf-8")
    return {
        division: frozenset(date.fromisoformat(event["date"]) for event in found["events"])
        for division, found in json.loads(text).items()
    }


def published() -> frozenset[date]:
    """Return the bank holidays of England as published."""
    return _list()[DIVISION]


@cache
def known_until() -> int:
    """Return the last year of the published list."""
    return max(day.year for day in published())


@cache
def bank_holidays() -> frozenset[date]:
    """Return every bank holiday: as published, then projected for 30 more years."""
    first = known_until() + 1
    return published().union(*(projected(year) for year in range(first, first + PROJECTED_YEARS)))


@cache
def anywhere() -> frozenset[date]:
    """Return the bank holidays in any part of the United Kingdom, as the Freedom of Information Act counts.

    After the published years only those of England are known here: then a day is early, never late.
    """
    return bank_holidays().union(*_list().values())


def projected(year: int) -> frozenset[date]:
    """Return the bank holidays of a year by the rules of the Banking and Financial Dealings Act 1971.

    New Year's Day, Christmas Day and Boxing Day give way to the next free weekday when they fall on a
    weekend.
    """
    days = {
        easter(year) - timedelta(days=2),
        easter(year) + timedelta(days=1),
        _monday_on_or_after(date(year, 5, 1)),
        _monday_on_or_after(date(year, 5, 25)),
        _monday_on_or_after(date(year, 8, 25)),
    }
    for feast in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while feast.weekday() in (SATURDAY, SUNDAY) or feast in days:
            feast += timedelta(days=1)
        days.add(feast)
    return frozenset(days)


def _monday_on_or_after(day: date) -> date:
    return day + timedelta(days=(MONDAY - day.weekday()) % 7)
