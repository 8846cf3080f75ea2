"""When people are reminded: the table of what is sent when, and what it means for a date."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ehiia.content.holidays import bank_holidays
from ehiia.domain.schedule import (
    MOST_BEFORE,
    MOST_REMINDERS,
    WITHIN,
    Audience,
    Deadline,
    DeadlineKind,
    NoticeStep,
    NoticeTiming,
    due_notices,
)
from ehiia.domain.timing import TimingTable
from ehiia.services import organisations
from ehiia.services.people import must_administer
from ehiia.services.transaction import Invalid, NotFound, Stale, note, transaction
from ehiia.store.organisations import Organisation

MOST_EVERY = 28
MOST_LATE = 365

AUTHORS = "the authors"
OWNERS: Mapping[DeadlineKind, tuple[str, str]] = {
    DeadlineKind.MITIGATION: ("its owner", "the owner and the authors"),
    DeadlineKind.REVIEW: (AUTHORS, AUTHORS),
    DeadlineKind.FULL: (AUTHORS, AUTHORS),
    DeadlineKind.COMMITMENT: ("its owner", "the owner and the authors"),
    DeadlineKind.AWAITED: (AUTHORS, AUTHORS),
    DeadlineKind.GAP: ("whoever sees to it", "whoever sees to it and the authors"),
    DeadlineKind.CHECK: ("whoever has begun it, or all who may check it", "the same people and the authors"),
    DeadlineKind.PAGES: ("whoever writes them", "whoever writes them and the authors"),
    DeadlineKind.ANSWER: ("whoever is asked", "whoever is asked and whoever wrote it"),
    DeadlineKind.FINDING: ("its owner", "the owner and whoever answered it"),
    DeadlineKind.INFORMATION: ("whoever answers it", "whoever answers it and whoever recorded it"),
    DeadlineKind.INFORMATION_REVIEW: ("its reviewer", "the reviewer and whoever gave the answer"),
}
"""Kind -> who has it to do: who is told before its date, and who while it is overdue."""
WHO = {Audience.DIRECTOR: "the accountable director", Audience.EQUALITY_LEAD: "the equality leads"}


@dataclass(frozen=True)
class Row:
    """A row of the table: what is sent of one kind of thing when, and to whom."""

    kind: DeadlineKind
    before: str
    late: str
    above: str
    """To the director and the equality leads; "" where nobody above is told."""
    own: bool
    """Whether it has times of its own."""


@dataclass(frozen=True)
class Told:
    """In the example: on which day who is told, and why."""

    on: date
    who: str
    why: str
    moved_from: date | None = None
    """The day it would have been, were that a working day."""


# -- changing ------------------------------------------------------------------------------------


def days_of(typed: str) -> tuple[int, ...]:
    """Read days as people type them, "30, 7 and 1"; the earliest reminder comes first. Raises Invalid."""
    parts = [part for part in re.split(r"[\s,;]+|and", typed.strip()) if part]
    if not parts:
        raise Invalid(before="Enter how many days before a date people are reminded, like 30, 7, 1")
    if not all(re.fullmatch(r"[0-9]{1,4}", part) for part in parts):
        raise Invalid(before="Enter whole numbers of days with commas between them, like 30, 7, 1")
    days = sorted({int(part) for part in parts}, reverse=True)
    if days[-1] < 1 or days[0] > MOST_BEFORE:
        raise Invalid(before=f"Each number of days must be between 1 and {MOST_BEFORE}")
    if len(days) > MOST_REMINDERS:
        raise Invalid(before=f"Enter {MOST_REMINDERS} numbers of days or fewer, so that reminders stay rare")
    return tuple(days)


def timing_from(before: str, every: int, director_after: int, lead_after: int) -> NoticeTiming:
    """Return the times that somebody typed. ``before``: days as typed. Raises Invalid by field."""
    errors: dict[str, str] = {}
    days: tuple[int, ...] = ()
    try:
        days = days_of(before)
    except Invalid as error:
        errors |= error.errors
    if not 1 <= every <= MOST_EVERY:
        errors["every"] = f"Enter a number of days between 1 and {MOST_EVERY}"
    if not 1 <= director_after <= MOST_LATE:
        errors["director_after"] = f"Enter a number of days between 1 and {MOST_LATE}"
    if not 1 <= lead_after <= MOST_LATE:
        errors["lead_after"] = f"Enter a number of days between 1 and {MOST_LATE}"
    elif "director_after" not in errors and lead_after < director_after:
        errors["lead_after"] = "The equality lead is told after the director, or on the same day"
    if errors:
        raise Invalid(**errors)
    return NoticeTiming(days, every, director_after, lead_after)


def change(
    organisation_id: int,
    kind: DeadlineKind | None,
    timing: NoticeTiming | None,
    *,
    revision: int,
    by: int | None,
    now: datetime,
) -> None:
    """Change when people are told of a kind of thing with a date; ``kind`` None: the usual times.

    ``timing`` None: the kind follows the usual times again. The same again changes nothing. Raises Stale.
    """
    with transaction() as session:
        must_administer(session, organisation_id, by=by, now=now)
        row = session.get(Organisation, organisation_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFound
        if row.revision != revision:
            raise Stale
        settings = organisations.settings_of(row)
        changed = organisations.with_times(settings, kind, timing)
        if changed == settings:
            return
        was, will = organisations.timings_of(settings), organisations.timings_of(changed)
        row.settings = organisations.plain(changed)
        row.revision += 1
        note(
            session,
            "timing_changed",
            organisation_id=organisation_id,
            subject=f"organisation:{organisation_id}",
            by=by,
            at=now,
            kind=kind.label if kind else "",
            was=in_words(_of(was, kind), kind),
            now=in_words(_of(will, kind), kind) if timing else "the usual times",
        )


def _of(table: TimingTable, kind: DeadlineKind | None) -> NoticeTiming:
    return table.of(kind) if kind else table.usual


# -- in words ------------------------------------------------------------------------------------


def in_words(timing: NoticeTiming, kind: DeadlineKind | None = None) -> str:
    """Return the times as one sentence without its full stop. ``kind``: of which they are, None: usual."""
    above = "" if kind in WITHIN else f"; {_above(timing)}"
    return f"{_before(timing)}; {_often(timing)} while it is overdue{above}"


def table(timings: TimingTable) -> list[Row]:
    """Return what is sent of each kind of thing with a date, when and to whom."""
    rows = []
    for kind in DeadlineKind:
        timing = timings.of(kind)
        first, late = OWNERS[kind]
        rows.append(
            Row(
                kind,
                f"{_before(timing).capitalize()}: to {first}",
                f"The day after, then {_often(timing)}: to {late}",
                "" if kind in WITHIN else _above(timing).capitalize(),
                kind in timings.own,
            )
        )
    return rows


def _before(timing: NoticeTiming) -> str:
    *first, last = (str(days) for days in timing.before)
    days = f"{', '.join(first)} and {last}" if first else last
    return f"{days} {'day' if timing.before == (1,) else 'days'} before a date"


def _often(timing: NoticeTiming) -> str:
    return "every day" if timing.weekly_every == 1 else f"every {timing.weekly_every} days"


def _above(timing: NoticeTiming) -> str:
    return (
        f"to {WHO[Audience.DIRECTOR]} after {timing.director_after} and to {WHO[Audience.EQUALITY_LEAD]} "
        f"after {timing.equality_lead_after} days"
    )


def example(
    timing: NoticeTiming,
    due_on: date,
    *,
    kind: DeadlineKind = DeadlineKind.MITIGATION,
    holidays: Collection[date] | None = None,
) -> list[Told]:
    """Return what happens around one date that nobody meets, until the equality leads have been told."""
    days_off = bank_holidays() if holidays is None else holidays
    until = due_on + timedelta(days=max(timing.director_after, timing.equality_lead_after) + 10)
    found = due_notices(
        [Deadline(kind, "example", due_on)],
        today=until,
        holidays=days_off,
        timing=timing,
        since=due_on - timedelta(days=MOST_BEFORE + 30),
    )
    told: dict[tuple[date, str], Told] = {}
    for notice in sorted(found, key=lambda one: (one.send_on, one.due_on, one.days)):
        back = notice.step is NoticeStep.BEFORE
        wanted = due_on + timedelta(days=-notice.days if back else notice.days)
        if notice.audience is Audience.EQUALITY_LEAD:
            until = notice.send_on
        count = f"{notice.days} day" if notice.days == 1 else f"{notice.days} days"
        why = f"{count} {'before' if back else 'overdue'}"
        moved = wanted if wanted != notice.send_on else None
        who = WHO.get(notice.audience) or OWNERS[kind][0 if back else 1]
        told[notice.send_on, who] = Told(notice.send_on, who[:1].upper() + who[1:], why, moved)
    return [one for one in told.values() if one.on <= until]
