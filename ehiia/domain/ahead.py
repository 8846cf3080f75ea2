"""The next twelve months: what is due in which month, counted for a picture and its table."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ehiia.domain.schedule import add_months
from ehiia.domain.vocabulary import Word

LATE = "late"
"""The key of what is overdue; that of a month is "2026-11"."""


class DueKind(Word):
    """What is due on a date. The ``meaning`` is what one of them is called."""

    REVIEW = "review", "Reviews", "review"
    ACTION = "action", "Mitigating actions", "mitigating action"
    AUDIT = "audit", "Audits and findings", "audit or finding"
    DECISION = "decision", "Decisions", "decision"
    COMMITMENT = "commitment", "Commitments", "commitment"


class Whose(Word):
    """Whose dates are shown."""

    MINE = "mine", "Mine"
    DIRECTED = "directed", "What I direct"
    ALL = "all", "The whole organisation"


@dataclass(frozen=True)
class Month:
    """A month, or all that is overdue: how many of each kind are due in it."""

    key: str
    """"2026-11", or ``LATE``."""
    first_on: date | None
    """None for what is overdue."""
    counts: Mapping[DueKind, int]

    @property
    def name(self) -> str:
        """Return "November 2026", or "Overdue"."""
        return (
            f"{calendar.month_name[self.first_on.month]} {self.first_on.year}" if self.first_on else "Overdue"
        )

    @property
    def short(self) -> str:
        """Return "Nov", or "Late"."""
        return calendar.month_abbr[self.first_on.month] if self.first_on else "Late"

    @property
    def how_many(self) -> int:
        """Return how many are due in it."""
        return sum(self.counts.values())


def last_day(today: date) -> date:
    """Return the day on which twelve months have gone by."""
    return add_months(today, 12)


def key_of(day: date, today: date) -> str:
    """Return the key of the month of a day, or ``LATE`` where it has gone by."""
    return LATE if day < today else f"{day:%Y-%m}"


def span(key: str, today: date) -> tuple[date | None, date] | None:
    """Return the first and last day behind a key, both included, or None where it names nothing shown.

    What is overdue has no first day.
    """
    if key == LATE:
        return None, today - timedelta(days=1)
    for first_on in _firsts(today):
        if key == f"{first_on:%Y-%m}":
            return max(first_on, today), min(add_months(first_on, 1) - timedelta(days=1), last_day(today))
    return None


def _firsts(today: date) -> list[date]:
    return [add_months(today.replace(day=1), n) for n in range(13)]


def by_month(found: Iterable[tuple[DueKind, date, int]], today: date) -> tuple[Month, ...]:
    """Return what is overdue, this month and the twelve that follow, with how many are due in each.

    ``found``: kind, day and how many. What is due later than in twelve months is not counted.
    """
    counts: dict[str, dict[DueKind, int]] = {}
    for kind, day, how_many in found:
        if day <= last_day(today):
            of = counts.setdefault(key_of(day, today), {})
            of[kind] = of.get(kind, 0) + how_many
    months = [Month(LATE, None, counts.get(LATE, {}))]
    for first_on in _firsts(today):
        key = f"{first_on:%Y-%m}"
        months.append(Month(key, first_on, counts.get(key, {})))
    return tuple(months)
