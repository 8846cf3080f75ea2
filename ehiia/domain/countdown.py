"""Dates counted back from the decision, so that nobody learns too late that it is too late."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from ehiia.domain.schedule import is_working_day, on_or_before

PAPERS = 5
"""Working days before the meeting at which papers usually go out. A suggestion, not a rule of law."""
DIRECTOR = 5
"""Working days that a director usually takes to read. A suggestion too."""


@dataclass(frozen=True)
class Milestone:
    """A day by which something should have happened. ``name`` is for programs, ``text`` for people."""

    name: str
    on: date
    text: str


def working_days_before(day: date, count: int, holidays: Collection[date]) -> date:
    """Return the working day that is ``count`` working days before a day, which is not counted."""
    for _ in range(count):
        day = on_or_before(day - timedelta(days=1), holidays)
    return day if is_working_day(day, holidays) else on_or_before(day, holidays)


def counted_back(
    decides_on: date | None,
    *,
    body: str,
    go_live_on: date | None,
    check_working_days: int,
    director_agrees: bool,
    holidays: Collection[date],
) -> tuple[Milestone, ...]:
    """Return the days to keep to, earliest first; only go-live where no meeting has a date yet."""
    found = []
    if decides_on is not None:
        papers = working_days_before(decides_on, PAPERS, holidays)
        checked = working_days_before(papers, 1, holidays)
        to_lead = working_days_before(checked, check_working_days, holidays)
        days = f"{check_working_days} working day{'' if check_working_days == 1 else 's'}"
        if director_agrees:
            to_director = working_days_before(to_lead, DIRECTOR, holidays)
            found.append(Milestone("with_director", to_director, "To the accountable director"))
        found += [
            Milestone("checking", to_lead, f"To the equality lead, who has {days}"),
            Milestone("ready", checked, "Check passed"),
            Milestone("papers", papers, "Papers go out"),
            Milestone("decision", decides_on, f"{body} decides" if body else "The decision"),
        ]
    if go_live_on is not None:
        found.append(Milestone("in_force", go_live_on, "It starts"))
    return tuple(found)
