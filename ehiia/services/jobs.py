"""The table of jobs: what is done by itself, how often, and whether it was.

Whoever inserts the row ``(job, slot)`` first does the job for that slot, so
that any number of schedulers may ring. A daily job's slot is the London day
from its hour on: a scheduler that starts later, or wakes up, still does today's.
Whether they are well is told by ``services.health``.

Long because what each job runs stands here beside the one table of them all.
"""

from __future__ import annotations

import time as clocks
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import structlog
from sqlalchemy import String, and_, cast, literal, or_, select, update
from sqlalchemy.orm import Session

from ehiia.clock import LONDON
from ehiia.services import (
    calendars,
    digests,
    drawing,
    housekeeping,
    outbox,
    people,
    raising,
    refreshing,
    reminders,
    restriction,
    work,
)
from ehiia.services.transaction import read, transaction
from ehiia.store import due
from ehiia.store.assessments import Assessment
from ehiia.store.duties import JobRun, MailRow, Work

log = structlog.get_logger(__name__)

FAILED = "Failed: "
"""Begins the result of a run that failed."""
STOPPED = "Stopped before the end: "
"""Begins the result of a run that was told to stop; its slot may be taken again at once."""
BY_HAND = "by hand "
"""Begins the slot of a run that somebody asked for."""
SET_ASIDE = "set aside "
"""Begins the slot of a run made by a clock that was ahead and has been set right since."""
AHEAD = timedelta(minutes=15)
"""So far the clocks of two machines may be apart; a run that began later than that is of a wrong clock."""
GIVEN_UP_AFTER = timedelta(minutes=20)
"""A run without a heartbeat for so long was killed; its slot may be taken over."""
TRIED_AGAIN_AFTER = timedelta(hours=1)
"""A failed slot may be taken again after so long."""
BEAT_SECONDS = 30.0

GoOn = Callable[[], bool]


@dataclass(frozen=True)
class Every:
    """A rhythm of so many seconds, counted from midnight UTC."""

    seconds: int

    def slot(self, now: datetime) -> str | None:
        """Return the slot that a moment lies in."""
        start = int(now.timestamp()) // self.seconds * self.seconds
        return f"{datetime.fromtimestamp(start, UTC):%Y-%m-%dT%H:%M:%SZ}"

    def done_since(self, now: datetime) -> datetime:
        """Return the moment since when it must have been done once, or it is late."""
        return now - max(timedelta(minutes=5), timedelta(seconds=10 * self.seconds))

    def __str__(self) -> str:
        """Return it in words."""
        minutes, seconds = divmod(self.seconds, 60)
        return f"every {self.seconds} seconds" if seconds else f"every {minutes} minutes"


@dataclass(frozen=True)
class Daily:
    """Once on each London day, from a time on. No hour of a change of clocks can hide it."""

    at: time

    def slot(self, now: datetime) -> str | None:
        """Return the London day, or None before the time."""
        local = now.astimezone(LONDON)
        return local.date().isoformat() if local.time() >= self.at else None

    def done_since(self, now: datetime) -> datetime:
        """Return the moment since when it must have been done once, or it is late: two hours are given."""
        local = (now - timedelta(hours=2)).astimezone(LONDON)
        day = local.date() if local.time() >= self.at else local.date() - timedelta(days=1)
        return datetime.combine(day, self.at, LONDON).astimezone(UTC)

    def __str__(self) -> str:
        """Return it in words."""
        return f"daily from {self.at:%H:%M}"


@dataclass(frozen=True)
class Job:
    """Something done by itself. ``run`` says in words what was done; ``would`` what would be done."""

    name: str
    rhythm: Every | Daily
    sentence: str
    run: Callable[[datetime, GoOn], str]
    would: Callable[[datetime], list[str]]


def _send_mail(now: datetime, go_on: GoOn) -> str:
    return str(outbox.send_due(now=now, limit=100, go_on=go_on))


def _would_send_mail(now: datetime) -> list[str]:
    rows = read().scalars(select(MailRow).where(due.is_due(MailRow, now)).order_by(MailRow.next_try_at))
    return [f"send to {outbox.shown_recipient(row)}: {row.subject}" for row in rows]


def _do_work(now: datetime, go_on: GoOn) -> str:
    return str(work.do_due(now=now, limit=100, go_on=go_on))


def _would_do_work(now: datetime) -> list[str]:
    rows = read().scalars(select(Work).where(due.is_due(Work, now)).order_by(Work.next_try_at))
    return [f"{row.kind} {row.subject_id}" for row in rows]


def _remind(now: datetime, go_on: GoOn) -> str:
    return f"{reminders.remind(now=now, go_on=go_on)} queued"


def _would_remind(now: datetime) -> list[str]:
    return reminders.would_remind(now=now)


REMINDERS_TAKE_UNTIL = time(9, 30)
"""Until then the digests wait for the reminders of the day, should these be late or have failed once."""


def _send_digests(now: datetime, go_on: GoOn) -> str:
    if _reminders_to_come(now):
        return "The reminders of the day are still to come"
    return f"{digests.send(now=now, go_on=go_on)} queued"


def _reminders_to_come(now: datetime) -> bool:
    """Say whether the daily look of this day is still to be done, so that a digest would miss it."""
    local = now.astimezone(LONDON)
    if local.time() >= REMINDERS_TAKE_UNTIL:
        return False
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    done = select(JobRun.id).where(
        JobRun.job == "remind",
        JobRun.began_at >= midnight.astimezone(UTC),
        JobRun.ended_at.is_not(None),
        JobRun.result.not_like(f"{FAILED}%"),
        JobRun.result.not_like(f"{STOPPED}%"),
    )
    return read().scalar(done.limit(1)) is None


def _update_calendars(now: datetime, go_on: GoOn) -> str:
    return f"{calendars.bring_up_to_date(now=now, go_on=go_on)} told"


def _would_update_calendars(now: datetime) -> list[str]:
    return calendars.would_bring_up_to_date(now=now)


def _would_send_digests(now: datetime) -> list[str]:
    named = people.names(set(digests.waiting_people(now=now)))
    return [f"one message with what waited, to {name}" for name in sorted(named.values())]


def _lift(now: datetime, go_on: GoOn) -> str:
    return f"{restriction.lift_restrictions(now=now, go_on=go_on)} lifted"


def _would_lift(now: datetime) -> list[str]:
    refs = read().scalars(select(Assessment.ref).where(restriction.day_has_come(now)))
    return [f"lift the restriction of {ref}" for ref in refs]


def _draw(now: datetime, go_on: GoOn) -> str:
    return f"{drawing.draw_due(now=now)} drawn"


def _would_draw(now: datetime) -> list[str]:
    return drawing.would_draw(now=now)


def _raise(now: datetime, go_on: GoOn) -> str:
    return f"{raising.raise_found(now=now, go_on=go_on)} raised"


def _would_raise(now: datetime) -> list[str]:
    return raising.would_raise(now=now)


def _renew(now: datetime, go_on: GoOn) -> str:
    return f"{refreshing.renew(now=now, go_on=go_on)} renewed"


def _would_renew(now: datetime) -> list[str]:
    return refreshing.would_renew(now=now)


def _frequent() -> frozenset[str]:
    return frozenset(job.name for job in JOBS if isinstance(job.rhythm, Every))


def _tidy_up(now: datetime, go_on: GoOn) -> str:
    return str(housekeeping.tidy_up(now=now, frequent=_frequent()))


def _would_tidy_up(now: datetime) -> list[str]:
    return housekeeping.would_tidy_up(now=now, frequent=_frequent())


JOBS: tuple[Job, ...] = (
    Job("send-mail", Every(30), "Sends the mail that waits in the outbox.", _send_mail, _would_send_mail),
    Job("do-work", Every(30), "Does what was left for later, such as sealing.", _do_work, _would_do_work),
    Job(
        "lift-restrictions",
        Daily(time(0, 5)),
        "Lifts the restrictions whose day has come.",
        _lift,
        _would_lift,
    ),
    Job(
        "draw-samples",
        Daily(time(0, 15)),
        "Draws the audit samples of the periods that have closed.",
        _draw,
        _would_draw,
    ),
    Job(
        "tidy-up",
        Daily(time(3, 0)),
        "Removes old sign-ins, drafts, runs and mail, unfinished files, and who gave feedback long ago.",
        _tidy_up,
        _would_tidy_up,
    ),
    Job(
        "renew-timestamps",
        Daily(time(4, 0)),
        "Renews the time-stamps of records and editions that are nearly a year old.",
        _renew,
        _would_renew,
    ),
    Job(
        "raise-triggers",
        Daily(time(7, 0)),
        "Finds reasons to review early: actions late by more than 30 days or not working, many proposals.",
        _raise,
        _would_raise,
    ),
    Job(
        "remind",
        Daily(time(8, 0)),
        "Reminds people of everything with a date that is due or overdue.",
        _remind,
        _would_remind,
    ),
    Job(
        "update-calendars",
        Every(600),
        "Tells people whose calendars show a date that was moved or is over.",
        _update_calendars,
        _would_update_calendars,
    ),
    Job(
        "send-digests",
        Every(120),
        "Puts what could wait into one message for each person, on the morning of a working day.",
        _send_digests,
        _would_send_digests,
    ),
)


def find(name: str) -> Job:
    """Return the job of this name, or raise LookupError."""
    for job in JOBS:
        if job.name == name:
            return job
    raise LookupError(f"There is no job {name!r}. Jobs: {', '.join(job.name for job in JOBS)}.")


# -- ringing ----------------------------------------------------------------------------------


def ring(job: Job, *, now: datetime, go_on: GoOn = lambda: True) -> str | None:
    """Do the job for the slot of this moment, unless somebody did or it is not yet time.

    Returns what was done in words, or None. A failure is kept with the run and not raised.
    """
    slot = job.rhythm.slot(now)
    run = begin(job.name, slot, now=now) if slot is not None else None
    return None if run is None else _run(job, run, now=now, go_on=go_on)


def run_by_hand(job: Job, *, now: datetime) -> str:
    """Do the job at once, whatever its slot; the run is kept beside the others."""
    number, run = 1, None
    while run is None:
        run = begin(job.name, f"{BY_HAND}{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {number}", now=now)
        number += 1
    return _run(job, run, now=now, go_on=lambda: True)


def begin(job: str, slot: str, *, now: datetime) -> int | None:
    """Claim the slot of a job; return the id of the run, or None where somebody has it or did it.

    A slot whose run was killed, was told to stop, or failed an hour ago, may be claimed again.
    """
    values = {"job": job, "slot": slot, "began_at": now, "heartbeat_at": now, "result": ""}
    with transaction() as session:
        _set_aside(session, job, now)
        made = due.insert_once(session, JobRun, [JobRun.job, JobRun.slot], values)
        if made is not None:
            return made
        killed = and_(JobRun.ended_at.is_(None), JobRun.heartbeat_at < now - GIVEN_UP_AFTER)
        failed = and_(JobRun.result.startswith(FAILED), JobRun.ended_at < now - TRIED_AGAIN_AFTER)
        taken_over = (
            update(JobRun)
            .where(JobRun.job == job, JobRun.slot == slot)
            .where(or_(killed, failed, JobRun.result.startswith(STOPPED)))
            .values(began_at=now, heartbeat_at=now, ended_at=None, result="")
            .returning(JobRun.id)
            .execution_options(synchronize_session=False)
        )
        return session.scalars(taken_over).one_or_none()


def _set_aside(session: Session, job: str, now: datetime) -> None:
    """Free the slots that were done by a clock that was ahead: their time has not come, and will."""
    ahead = update(JobRun).where(
        JobRun.job == job,
        JobRun.began_at > now + AHEAD,
        JobRun.slot.not_like(f"{BY_HAND}%"),
        JobRun.slot.not_like(f"{SET_ASIDE}%"),
    )
    session.execute(
        ahead.values(slot=literal(SET_ASIDE).concat(cast(JobRun.id, String))).execution_options(
            synchronize_session=False
        )
    )


def _run(job: Job, run: int, *, now: datetime, go_on: GoOn) -> str:
    heart = _Heart(run, now, go_on)
    try:
        result = job.run(now, heart)
    except Exception as error:
        read().rollback()
        if not heart.stopped:
            log.error("job_failed", job=job.name, traceback=traceback.format_exc())
        result = str(error) if heart.stopped else f"{FAILED}{type(error).__name__}: {error}"
    heart.end(f"{STOPPED}{result}" if heart.stopped else result)
    return result


class _Heart:
    """Writes the heartbeat of a run now and then, and says whether to go on.

    A run that was silent for too long is given up, and somebody else may have its slot by now: then the
    beat finds the row begun anew, and this run ends without a mark.
    """

    def __init__(self, run: int, now: datetime, go_on: GoOn) -> None:
        self._run, self._began, self._go_on = run, now, go_on
        self._start = self._last = clocks.monotonic()
        self.stopped = False

    def __call__(self) -> bool:
        if clocks.monotonic() - self._last >= BEAT_SECONDS:
            self._last = clocks.monotonic()
            self.stopped = not self._change(heartbeat_at=self._now())
        self.stopped = self.stopped or not self._go_on()
        return not self.stopped

    def end(self, result: str) -> None:
        self._change(ended_at=self._now(), heartbeat_at=self._now(), result=result[:2000])

    def _now(self) -> datetime:
        return self._began + timedelta(seconds=int(clocks.monotonic() - self._start))

    def _change(self, **values: object) -> bool:
        ours = update(JobRun).where(
            JobRun.id == self._run, JobRun.began_at == self._began, JobRun.ended_at.is_(None)
        )
        with transaction() as session:
            changed = ours.values(**values).returning(JobRun.id)
            found = session.scalars(changed.execution_options(synchronize_session=False)).one_or_none()
        return found is not None
