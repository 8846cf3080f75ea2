"""The daily look at what is due: everything that has a date, before and after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import itemgetter

from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content.holidays import bank_holidays
from ehiia.domain.schedule import is_working_day
from ehiia.services import calendars, partners, people
from ehiia.services.calendars import Invited
from ehiia.services.dated import KINDS
from ehiia.services.deadlines import Reminder, reachable
from ehiia.services.notices import tell_all
from ehiia.services.one_by_one import SomeFailed, many
from ehiia.services.remembering import remembering
from ehiia.services.transaction import Entry, looking, note_all, transaction

__all__ = ["SomeFailed", "remind", "would_remind"]

Unit = tuple[str, int]
"""A row that has a date, by its kind and id."""

BATCH = 500
"""So many rows are looked at in one transaction. Where one of them fails, each gets one of its own."""


def remind(*, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Queue the reminders that fall due on today's London date; nothing on a day that is no working day.

    Looks at many rows in one transaction; one that fails does not stop the rest. Returns how many notices
    were queued. ``go_on`` is asked before each transaction. Raises SomeFailed after all others are done.
    """
    return many(
        _units(now),
        partial(_remind_of, now=now),
        size=BATCH,
        called=lambda unit: f"{unit[0]} {unit[1]}",
        verb="queued",
        go_on=go_on,
    )


def would_remind(*, now: datetime) -> list[str]:
    """Return in sentences what ``remind`` would look at, and queue where it was not queued before."""
    found = []
    units = _units(now)
    with looking() as session, remembering(session):
        for reminder in _reminders(session, units, now=now):
            reached = reachable(session, reminder.person_ids, day_of(now))
            names = sorted(people.names(reached, session=session).values())
            names += ["the owner outside"] if reminder.outside_id is not None else []
            told = ", ".join(names) or "nobody"
            found.append(f"{reminder.message} about {reminder.about} to {told}")
    return found


def _reminders(session: Session, units: Sequence[Unit], *, now: datetime) -> Iterator[Reminder]:
    """Work out the reminders of these rows, in their order."""
    for kind, those in groupby(units, key=itemgetter(0)):
        yield from KINDS[kind].reminders(session, [row_id for _, row_id in those], now=now)


def _remind_of(units: Sequence[Unit], *, now: datetime) -> int:
    with transaction() as session, remembering(session):
        due_today = list(_reminders(session, units, now=now))
        told = tell_all(session, due_today, invite=partial(_invite, session, now=now), now=now)
        outside = [_remind_outside(session, reminder, now=now) for reminder in due_today]
        note_all(
            session,
            [
                _entry(reminder, new, name, now=now)
                for reminder, new, name in zip(due_today, told, outside, strict=True)
                if new or name
            ],
        )
    return sum(map(len, told)) + sum(map(bool, outside))


def _invite(session: Session, told: Sequence[tuple[Reminder, int, str]], *, now: datetime) -> list[str]:
    """Return for each person told of a date the invitation to it, or "" where it is none for a calendar."""
    entries = [reminder.entry_of(person_id) for reminder, person_id, _ in told]
    wanted = [
        Invited(person_id, address, entry, reminder.assessment)
        for (reminder, person_id, address), entry in zip(told, entries, strict=True)
        if entry is not None
    ]
    invitations = iter(calendars.invite_all(session, wanted, now=now))
    return ["" if entry is None else next(invitations) for entry in entries]


def _remind_outside(session: Session, reminder: Reminder, *, now: datetime) -> str:
    """Remind the owner outside, where there is one; return their name, or "" where nobody was reminded."""
    if reminder.outside_id is None or reminder.assessment is None:
        return ""
    return partners.remind(
        session,
        reminder.assessment,
        reminder.outside_id,
        message=reminder.message,
        key=reminder.key,
        values=reminder.values,
        told=reminder.person_ids,
        now=now,
    )


def _entry(reminder: Reminder, people_ids: list[int], outside: str, *, now: datetime) -> Entry:
    body = {"message": reminder.message, "about": reminder.about, "people": people_ids}
    return Entry(
        organisation_id=reminder.organisation_id,
        at=now,
        by=None,
        verb="reminded",
        subject=reminder.subject,
        body=body | ({"outside": outside} if outside else {}),
    )


def _units(now: datetime) -> list[Unit]:
    """Return the rows that are open and due before long, kind by kind."""
    if not is_working_day(day_of(now), bank_holidays()):
        return []
    with looking() as session:
        return [(name, row_id) for name, kind in KINDS.items() for row_id in kind.ids(session, now=now)]
