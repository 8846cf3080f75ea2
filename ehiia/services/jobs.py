"""The table of jobs: what is done by itself, how often, and whether it was.

Whoever inserts the row ``(job, slot)`` first does the job for that slot, so
that any number of schedulers may ring. A daily job's slot is the London day
from its hour on: a scheduler that starts later, or wakes up, still does today's.
"""

from __future__ import annotations

import time as clocks
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import structlog
from sqlalchemy import and_, or_, select, update

from ehiia.clock import LONDON
from ehiia.services import housekeeping, outbox, reminders, restriction, work
from ehiia.services.transaction import read, transaction
from ehiia.store import due
from ehiia.store.assessments import Assessment
from ehiia.store.duties import JobRun, MailRow, Work

log = structlog.get_logger(__name__)

FAILED = "Failed: "
"""Begins the result of a run that failed."""
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

    def late_after(self) -> timedelta:
        """Return how long nothing may happen before it is called late."""
        return max(timedelta(minutes=5), timedelta(seconds=10 * self.seconds))

    def __str__(self) -> str:
        """Return it in words."""
        return f"every {self.seconds} seconds"


@dataclass(frozen=True)
class Daily:
    """Once on each London day, from a time on. No hour of a change of clocks can hide it."""

    at: time

    def slot(self, now: datetime) -> str | None:
        """Return the London day, or None before the time."""
        local = now.astimezone(LONDON)
        return local.date().isoformat() if local.time() >= self.at else None

    def late_after(self) -> timedelta:
        """Return how long nothing may happen before it is called late."""
        return timedelta(hours=26)

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
    return [f"send to {row.recipient}: {row.subject}" for row in rows]


def _do_work(now: datetime, go_on: GoOn) -> str:
    return str(work.do_due(now=now, limit=100, go_on=go_on))


def _would_do_work(now: datetime) -> list[str]:
    rows = read().scalars(select(Work).where(due.is_due(Work, now)).order_by(Work.next_try_at))
    return [f"{row.kind} {row.subject_id}" for row in rows]


def _remind(now: datetime, go_on: GoOn) -> str:
    return f"{reminders.remind(now=now, go_on=go_on)} queued"


def _would_remind(now: datetime) -> list[str]:
    return reminders.would_remind(now=now)


def _lift(now: datetime, go_on: GoOn) -> str:
    return f"{restriction.lift_restrictions(now=now)} lifted"


def _would_lift(now: datetime) -> list[str]:
    refs = read().scalars(
        select(Assessment.ref).where(
            Assessment.restricted.is_(True),
            Assessment.restricted_until_on <= now.astimezone(LONDON).date(),
        )
    )
    return [f"lift the restriction of {ref}" for ref in refs]


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
        "tidy-up",
        Daily(time(3, 0)),
        "Removes old sign-ins, old drafts, old runs, mail sent long ago and unfinished files.",
        _tidy_up,
        _would_tidy_up,
    ),
    Job(
        "remind",
        Daily(time(8, 0)),
        "Reminds people of mitigating actions and reviews that are due or overdue.",
        _remind,
        _would_remind,
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
        run = begin(job.name, f"by hand {now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {number}", now=now)
        number += 1
    return _run(job, run, now=now, go_on=lambda: True)


def begin(job: str, slot: str, *, now: datetime) -> int | None:
    """Claim the slot of a job; return the id of the run, or None where somebody has it or did it.

    A slot whose run was killed, or failed an hour ago, may be claimed again.
    """
    values = {"job": job, "slot": slot, "began_at": now, "heartbeat_at": now, "result": ""}
    with transaction() as session:
        made = due.insert_once(session, JobRun, [JobRun.job, JobRun.slot], values)
        if made is not None:
            return made
        killed = and_(JobRun.ended_at.is_(None), JobRun.heartbeat_at < now - GIVEN_UP_AFTER)
        failed = and_(JobRun.result.startswith(FAILED), JobRun.ended_at < now - TRIED_AGAIN_AFTER)
        taken_over = (
            update(JobRun)
            .where(JobRun.job == job, JobRun.slot == slot, or_(killed, failed))
            .values(began_at=now, heartbeat_at=now, ended_at=None, result="")
            .returning(JobRun.id)
            .execution_options(synchronize_session=False)
        )
        return session.scalars(taken_over).one_or_none()


def _run(job: Job, run: int, *, now: datetime, go_on: GoOn) -> str:
    start = clocks.monotonic()
    heart = _Heart(run, now, start, go_on)
    try:
        result = job.run(now, heart)
    except Exception as error:
        read().rollback()
        log.error("job_failed", job=job.name, traceback=traceback.format_exc())
        result = f"{FAILED}{type(error).__name__}: {error}"
    with transaction() as session:
        session.execute(
            update(JobRun)
            .where(JobRun.id == run)
            .values(ended_at=now + _since(start), heartbeat_at=now + _since(start), result=result[:2000])
            .execution_options(synchronize_session=False)
        )
    return result


def _since(start: float) -> timedelta:
    return timedelta(seconds=int(clocks.monotonic() - start))


class _Heart:
    """Writes the heartbeat of a run now and then, and says whether to go on."""

    def __init__(self, run: int, now: datetime, start: float, go_on: GoOn) -> None:
        self._run, self._now, self._start, self._go_on = run, now, start, go_on
        self._last = start

    def __call__(self) -> bool:
        if clocks.monotonic() - self._last >= BEAT_SECONDS:
            self._last = clocks.monotonic()
            with transaction() as session:
                beat = update(JobRun).where(JobRun.id == self._run, JobRun.ended_at.is_(None))
                session.execute(
                    beat.values(heartbeat_at=self._now + _since(self._start)).execution_options(
                        synchronize_session=False
                    )
                )
        return self._go_on()


# -- the health page --------------------------------------------------------------------------


@dataclass(frozen=True)
class JobHealth:
    """How a job is: when it last ran and what came of it. ``why`` says what is wrong, "" where nothing is."""

    name: str
    sentence: str
    rhythm: str
    last_began_at: datetime | None
    last_ended_at: datetime | None
    result: str
    late: bool
    failed: bool
    why: str

    @property
    def well(self) -> bool:
        """Whether nothing is wrong with it."""
        return not (self.late or self.failed)


def health(now: datetime) -> tuple[JobHealth, ...]:
    """Return how each job is, in the order of the table."""
    return tuple(_health(job, now) for job in JOBS)


def _health(job: Job, now: datetime) -> JobHealth:
    last = read().scalar(
        select(JobRun)
        .where(JobRun.job == job.name, JobRun.slot.not_like("by hand%"))
        .order_by(JobRun.began_at.desc(), JobRun.id.desc())
        .limit(1)
    )
    failed = last is not None and last.result.startswith(FAILED)
    late = last is None or now - last.heartbeat_at > job.rhythm.late_after()
    if last is None:
        why = "It has never run. Is the scheduler running?"
    elif late:
        why = "It has not run when it should have. Is the scheduler running?"
    elif failed:
        why = "Its last run failed. It will be tried again."
    else:
        why = ""
    return JobHealth(
        name=job.name,
        sentence=job.sentence,
        rhythm=str(job.rhythm),
        last_began_at=last.began_at if last else None,
        last_ended_at=last.ended_at if last else None,
        result=last.result if last else "",
        late=late,
        failed=failed,
        why=why,
    )
