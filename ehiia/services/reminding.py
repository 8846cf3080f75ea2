"""When people are reminded in an organisation: its timing, and what that means for a date."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ehiia.content.holidays import bank_holidays
from ehiia.domain.schedule import (
    MOST_BEFORE,
    MOST_REMINDERS,
    Audience,
    Deadline,
    DeadlineKind,
    NoticeStep,
    NoticeTiming,
    due_notices,
)
from ehiia.services import organisations
from ehiia.services.people import must_administer
from ehiia.services.transaction import Invalid, NotFound, Stale, note, transaction
from ehiia.store.organisations import Organisation

MOST_EVERY = 28
MOST_LATE = 365


@dataclass(frozen=True)
class Told:
    """In the example: on which day who is told, and why."""

    on: date
    who: str
    why: str
    moved_from: date | None = None
    """The day it would have been, were that a working day."""


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


def change(
    organisation_id: int,
    *,
    before: str,
    every: int,
    director_after: int,
    lead_after: int,
    revision: int,
    by: int | None,
    now: datetime,
) -> NoticeTiming:
    """Change when people are reminded. ``before``: days as typed. Raises Invalid by field, Stale."""
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
    timing = NoticeTiming(days, every, director_after, lead_after)
    with transaction() as session:
        must_administer(session, organisation_id, by=by, now=now)
        row = session.get(Organisation, organisation_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFound
        if row.revision != revision:
            raise Stale
        settings = organisations.settings_of(row)
        was = organisations.timing_of(settings)
        if was == timing:
            return timing
        row.settings = organisations.plain(
            replace(
                settings,
                remind_before=timing.before,
                remind_every=timing.weekly_every,
                escalate_director_days=timing.director_after,
                escalate_lead_days=timing.equality_lead_after,
            )
        )
        row.revision += 1
        note(
            session,
            "timing_changed",
            organisation_id=organisation_id,
            subject=f"organisation:{organisation_id}",
            by=by,
            at=now,
            was=in_words(was),
            now=in_words(timing),
        )
    return timing


def in_words(timing: NoticeTiming) -> str:
    """Return the timing as one sentence without its full stop."""
    *first, last = (str(days) for days in timing.before)
    before = f"{', '.join(first)} and {last}" if first else last
    often = "day" if timing.weekly_every == 1 else f"{timing.weekly_every} days"
    return (
        f"{before} {'day' if timing.before == (1,) else 'days'} before a date; every {often} while it is "
        f"overdue; to the director after {timing.director_after} and to the equality lead after "
        f"{timing.equality_lead_after} days"
    )


WHO = {
    Audience.OWNER: "The owner",
    Audience.DIRECTOR: "The accountable director",
    Audience.EQUALITY_LEAD: "The equality leads",
}


def example(timing: NoticeTiming, due_on: date, *, holidays: Collection[date] | None = None) -> list[Told]:
    """Return what happens around one date that nobody meets, until the equality leads have been told."""
    days_off = bank_holidays() if holidays is None else holidays
    until = due_on + timedelta(days=max(timing.director_after, timing.equality_lead_after) + 10)
    deadline = Deadline(DeadlineKind.MITIGATION, "example", due_on)
    found = due_notices(
        [deadline],
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
        told[notice.send_on, WHO[notice.audience]] = Told(notice.send_on, WHO[notice.audience], why, moved)
    return [one for one in told.values() if one.on <= until]
