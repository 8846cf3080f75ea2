"""The daily look at what is due: everything that has a date, before and after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content.holidays import bank_holidays
from ehiia.domain.schedule import is_working_day
from ehiia.domain.telling import DateKind
from ehiia.extensions import reading
from ehiia.services import partners, people
from ehiia.services.calendars import going_with
from ehiia.services.dated import KINDS
from ehiia.services.deadlines import reachable
from ehiia.services.notices import tell
from ehiia.services.one_by_one import SomeFailed, each
from ehiia.services.transaction import note, read, transaction
from ehiia.store.assessments import Assessment

__all__ = ["SomeFailed", "remind", "would_remind"]

Unit = tuple[str, int]
"""A row that has a date, by its kind and id: looked at in a transaction of its own."""


def remind(*, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Queue the reminders that fall due on today's London date; nothing on a day that is no working day.

    Looks at each row in a transaction of its own; one that fails does not stop the rest. Returns how many
    notices were queued. ``go_on`` is asked before each row. Raises SomeFailed after all others are done.
    """
    return each(
        _units(now),
        partial(_remind_of, now=now),
        called=lambda unit: f"{unit[0]} {unit[1]}",
        verb="queued",
        go_on=go_on,
    )


def would_remind(*, now: datetime) -> list[str]:
    """Return in sentences what ``remind`` would look at, and queue where it was not queued before."""
    found = []
    units = _units(now)
    with _looking() as session:
        for kind, row_id in units:
            for reminder in KINDS[kind].reminders(session, row_id, now=now):
                reached = reachable(session, reminder.person_ids, day_of(now))
                names = sorted(people.names(reached, session=session).values())
                names += ["the owner outside"] if reminder.outside_id is not None else []
                told = ", ".join(names) or "nobody"
                found.append(f"{reminder.message} about {reminder.about} to {told}")
    return found


def _remind_of(unit: Unit, *, now: datetime) -> int:
    kind, row_id = unit
    with transaction() as session:
        told = 0
        for reminder in KINDS[kind].reminders(session, row_id, now=now):
            assessment = session.get_one(Assessment, reminder.assessment_id)
            attach = None
            if reminder.dated is not None:
                only = reminder.owner_id if reminder.dated.kind is DateKind.MITIGATION else None
                if only is not None or reminder.dated.kind is DateKind.REVIEW:
                    attach = going_with(session, reminder.dated, assessment, only=only, now=now)
            new = [
                person_id
                for person_id in reminder.person_ids
                if tell(
                    session,
                    person_id=person_id,
                    message_name=reminder.message,
                    values=reminder.values,
                    dedupe_key=reminder.key,
                    assessment=assessment,
                    now=now,
                    last_day=reminder.last_day,
                    reminder=True,
                    attach=attach,
                )
            ]
            outside = ""
            if reminder.outside_id is not None:
                outside = partners.remind(
                    session,
                    assessment,
                    reminder.outside_id,
                    message=reminder.message,
                    key=reminder.key,
                    values=reminder.values,
                    told=reminder.person_ids,
                    now=now,
                )
            if new or outside:
                note(
                    session,
                    "reminded",
                    organisation_id=assessment.organisation_id,
                    subject=f"assessment:{assessment.id}",
                    by=None,
                    at=now,
                    message=reminder.message,
                    about=reminder.about,
                    people=new,
                    **({"outside": outside} if outside else {}),
                )
            told += len(new) + bool(outside)
    return told


@contextmanager
def _looking() -> Iterator[Session]:
    """Give a session that only reads; what was begun for writing does not go on in it."""
    with reading():
        session = read()
        session.rollback()
        try:
            yield session
        finally:
            session.rollback()


def _units(now: datetime) -> list[Unit]:
    """Return the rows that are open and due before long, kind by kind."""
    if not is_working_day(day_of(now), bank_holidays()):
        return []
    with _looking() as session:
        return [(name, row_id) for name, kind in KINDS.items() for row_id in kind.ids(session, now=now)]
