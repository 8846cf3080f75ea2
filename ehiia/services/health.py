"""Whether what is done by itself is done: for the administrator's page, the command and whoever watches.

A job is late when it was not done, to its end and without a mistake, since it
should have been. Runs by hand say nothing about the scheduler, and runs of a
clock that was ahead nothing about now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from ehiia.services.jobs import AHEAD, BY_HAND, FAILED, GIVEN_UP_AFTER, JOBS, SET_ASIDE, STOPPED, Job
from ehiia.services.transaction import read
from ehiia.store.duties import JobRun

SILENT = timedelta(minutes=5)
"""A run whose heartbeat is older is not taken to be under way."""

NO_SCHEDULER = "Is the scheduler running?"


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
    """Its last run failed, or was cut off."""
    why: str

    @property
    def well(self) -> bool:
        """Whether nothing is wrong with it."""
        return not (self.late or self.failed)


def health(now: datetime) -> tuple[JobHealth, ...]:
    """Return how each job is, in the order of the table."""
    return tuple(_health(job, now) for job in JOBS)


def unwell(now: datetime) -> tuple[JobHealth, ...]:
    """Return the jobs with which something is wrong."""
    return tuple(one for one in health(now) if not one.well)


def _health(job: Job, now: datetime) -> JobHealth:
    last = read().scalar(_runs(job, now).order_by(JobRun.began_at.desc(), JobRun.id.desc()).limit(1))
    done_at = None if last is None else _done_at(job, last, now)
    failed = last is not None and last.result.startswith(FAILED)
    cut_off = last is not None and last.ended_at is None and last.heartbeat_at < now - GIVEN_UP_AFTER
    late = _late(job, last, done_at, now)
    if late and last is None:
        why = f"It has never run. {NO_SCHEDULER}"
    elif failed:
        why = "Its last run failed. It will be tried again."
    elif cut_off:
        why = f"Its last run was cut off. Another takes it over. {NO_SCHEDULER}"
    elif late:
        why = f"It has not run when it should have. {NO_SCHEDULER}"
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
        failed=failed or cut_off,
        why=why,
    )


def _runs(job: Job, now: datetime) -> Select[JobRun]:
    return select(JobRun).where(
        JobRun.job == job.name,
        JobRun.began_at <= now + AHEAD,
        JobRun.slot.not_like(f"{BY_HAND}%"),
        JobRun.slot.not_like(f"{SET_ASIDE}%"),
    )


def _done_at(job: Job, last: JobRun, now: datetime) -> datetime | None:
    if _went_well(last):
        return last.ended_at
    runs = _runs(job, now).where(
        JobRun.ended_at.is_not(None),
        JobRun.result.not_like(f"{FAILED}%"),
        JobRun.result.not_like(f"{STOPPED}%"),
    )
    return read().scalar(
        runs.with_only_columns(JobRun.ended_at).order_by(JobRun.began_at.desc(), JobRun.id.desc()).limit(1)
    )


def _went_well(run: JobRun) -> bool:
    return run.ended_at is not None and not run.result.startswith((FAILED, STOPPED))


def _late(job: Job, last: JobRun | None, done_at: datetime | None, now: datetime) -> bool:
    """Say whether it is late; a run that began in time and is still alive is waited for."""
    if last is None:
        return job.rhythm.slot(now) is not None or not read().scalar(select(func.count(JobRun.id)))
    if done_at is None:
        done_at = read().scalar(_runs(job, now).with_only_columns(func.min(JobRun.began_at)))
    assert done_at is not None, "there is a run"
    alive = last.ended_at is None and last.heartbeat_at >= now - SILENT
    return done_at < job.rhythm.done_since(last.began_at if alive else now)
