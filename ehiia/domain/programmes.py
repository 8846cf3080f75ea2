"""Audit programmes: their rhythm, the periods that have closed, and the rule each rhythm begins with.

Dates are London calendar dates. A year is the financial year, from 1 April to 31 March, and its quarters are
those of the calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ehiia.domain.sampling import Pool, Rule, Take
from ehiia.domain.vocabulary import Word

APRIL = 4


class Rhythm(Word):
    """How often a programme draws a sample."""

    QUARTERLY = "quarterly", "Every quarter", "April to June, July to September, and so on."
    YEARLY = "yearly", "Every year", "From 1 April to 31 March."


BEGINS_WITH: Mapping[Rhythm, Rule] = {
    Rhythm.QUARTERLY: (Take(Pool.OVERDUE_HIGH, 100), Take(Pool.COMPLETED, 25, 5)),
    Rhythm.YEARLY: (
        Take(Pool.OVERDUE_HIGH, 100),
        Take(Pool.HARM_LEFT, 100),
        Take(Pool.SCREENED_OUT, 10),
    ),
}
"""The rule that a programme of a rhythm begins with; a recommendation, and the organisation's to change."""


@dataclass(frozen=True, order=True)
class Period:
    """A quarter or a year, both days included."""

    first_on: date
    last_on: date

    @property
    def closes_on(self) -> date:
        """The day after its last: from its beginning on the period is closed."""
        return self.last_on + timedelta(days=1)

    def name(self) -> str:
        """Return it in words: "April to June 2026", or "April 2026 to March 2027"."""
        first, last = self.first_on, self.last_on
        if first.year == last.year:
            return f"{first:%B} to {last:%B %Y}"
        return f"{first:%B %Y} to {last:%B %Y}"


def period_of(rhythm: Rhythm, day: date) -> Period:
    """Return the period in which a day lies."""
    months = 12 if rhythm is Rhythm.YEARLY else 3
    month = day.year * 12 + day.month - 1
    first = month - (month - (APRIL - 1)) % months
    begins, ends = _first_of(first), _first_of(first + months) - timedelta(days=1)
    return Period(begins, ends)


def _first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def closing(rhythm: Rhythm, *, first_on: date, last_on: date) -> tuple[Period, ...]:
    """Return the periods whose sample is drawn from one day to another, both included, soonest first."""
    found = []
    period = period_of(rhythm, first_on - timedelta(days=1))
    while period.closes_on <= last_on:
        found.append(period)
        period = period_of(rhythm, period.closes_on)
    return tuple(found)


def closed_periods(rhythm: Rhythm, *, begun_on: date, today: date) -> tuple[Period, ...]:
    """Return the periods that have closed since a programme was begun, newest first.

    The one in which it was begun counts; one that had closed before it does not, because its seed could
    have been known when the rule was chosen.
    """
    found = []
    period = period_of(rhythm, begun_on)
    while period.last_on < today:
        found.append(period)
        period = period_of(rhythm, period.closes_on)
    return tuple(reversed(found))
