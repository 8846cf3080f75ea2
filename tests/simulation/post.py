"""How each notice must reach its reader: in a mail of its own, or in the message of which day.

Worked out from what the oracle expects and what the people chose; of the service only the time of day is
taken at which it made what it made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from tests.simulation.oracle import DAY, Oracle, Told, next_working, works

AT_ONCE, DAILY, URGENT = "at_once", "daily", "urgent_at_once"
MORNING = time(8, 0)
"""In London: what happens later on a day is told on the next one."""


def in_summer(moment: datetime) -> bool:
    """Say whether London is an hour ahead: between 01:00 UTC of the last Sundays of March and October."""
    year = moment.year
    return _last_sunday(year, 3) <= moment.astimezone(UTC) < _last_sunday(year, 10)


def _last_sunday(year: int, month: int) -> datetime:
    day = date(year, month, 31)
    return datetime.combine(day - DAY * (day.isoweekday() % 7), time(1), UTC)


def in_london(moment: datetime) -> datetime:
    """Return what the clocks in London show, without a zone."""
    return (moment + timedelta(hours=in_summer(moment))).replace(tzinfo=None)


def mails(
    oracle: Oracle,
    chosen: Mapping[int, str],
    made_at: Mapping[str, datetime],
    passes: Iterable[tuple[date, bool]],
) -> dict[str, str | None]:
    """Return for each notice the key of the mail that tells it; None where its reader left before.

    ``passes``: the days on which the service was awake, with whether it is a second look at that day,
    because the clock was set back.
    """
    told: dict[str, str | None] = {}
    waiting: dict[int, dict[str, tuple[date, bool]]] = {}
    for key, notice in oracle.expected.items():
        choice = chosen[notice.person]
        if choice == AT_ONCE or (notice.urgent and choice == URGENT):
            told[key] = key
        else:
            waits = waiting.setdefault(notice.person, {})
            waits[key] = (_waits_for(notice, made_at[key]), notice.after_all)
    working = [(day, second) for day, second in passes if works(day)]
    for person, keys in waiting.items():
        told |= _digests(person, keys, working, oracle.gone.get(person, date.max))
    return told


def _waits_for(notice: Told, made_at: datetime) -> date:
    london = in_london(made_at)
    day = london.date()
    in_time = notice.daily or london.time() < MORNING
    return day if in_time and works(day) else next_working(day + DAY)


def _digests(
    person: int, keys: dict[str, tuple[date, bool]], passes: list[tuple[date, bool]], left: date
) -> dict[str, str | None]:
    told: dict[str, str | None] = dict.fromkeys(keys)
    had: set[date] = set()
    for day, second in passes:
        if day > left:
            break
        ready = [key for key, (waits_for, late) in keys.items() if waits_for <= day and (second or not late)]
        if not ready or (day == left and second):
            continue
        for key in ready:
            if day in had:  # that of the day is on its way: the rest waits for the next
                keys[key] = (next_working(day + DAY), False)
            else:
                told[key] = f"digest:{day}:person{person}"
                del keys[key]
        had.add(day)
    return told
