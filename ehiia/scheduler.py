"""The process that rings the bell, and the commands ``flask jobs ring|run|list|check``.

APScheduler keeps no jobs of its own: the table is ``services.jobs``, and each
run claims its slot in the database first. Any number of these processes may
run; one is enough. The clock of the machine is not trusted: see ``Watch``.
"""

from __future__ import annotations

import os
import signal
import threading
import time as clocks
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import click
import structlog
from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from flask import Flask, current_app
from flask.cli import AppGroup

from ehiia import clock
from ehiia.extensions import reading
from ehiia.services import health
from ehiia.services import jobs as table
from ehiia.services.jobs import Every, Job

log = structlog.get_logger(__name__)

DAILY_LOOK_SECONDS = 60
"""How often it is looked whether a daily job's time has come."""
LOOK_SECONDS = 15.0
"""How often it is looked whether the clock was set."""
A_JUMP = timedelta(minutes=1)
"""A clock that is so far from where it should be was set, or the machine was asleep."""

jobs = AppGroup("jobs", help="What EHIIA does by itself.")


def run(app: Flask, *, now: Callable[[], datetime] = clock.now) -> None:
    """Ring until TERM or INT; blocks. What is being done is finished, or goes back to be claimed again.

    For a process of its own: afterwards TERM and INT are ignored while it ends.
    """
    stop = threading.Event()
    reader, writer = os.pipe()
    os.set_blocking(writer, False)

    asked_by = (signal.SIGTERM, signal.SIGINT)
    # Python's own handler in C writes to the pipe. A handler of ours would run only once the main thread is
    # back from a system call: a signal that comes just before the read below would be waited for for ever.
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in asked_by:
        signal.signal(number, lambda _number, _frame: None)
    scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(len(table.JOBS))})
    for job in table.JOBS:
        scheduler.add_job(
            ring_once,
            "interval",
            seconds=job.rhythm.seconds if isinstance(job.rhythm, Every) else DAILY_LOOK_SECONDS,
            args=(app, job, now, stop),
            id=job.name,
            next_run_time=now(),  # at once: what was due while nobody rang
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    watching = threading.Thread(target=_mind_the_clock, args=(scheduler, now, stop), daemon=True)
    try:
        scheduler.start()
        watching.start()
        click.echo(f"The scheduler rings for {len(table.JOBS)} jobs.")
        os.read(reader, 1)
    finally:
        stop.set()
        scheduler.shutdown(wait=True)
        for number in asked_by:  # the process ends after this, however often it is told
            signal.signal(number, signal.SIG_IGN)
        signal.set_wakeup_fd(-1)
        os.close(reader)
        os.close(writer)
    click.echo("The scheduler has stopped.")


def ring_once(app: Flask, job: Job, now: Callable[[], datetime], stop: threading.Event) -> None:
    """Ring for one job in a context of its own; a database that cannot be reached is tried next time."""
    if stop.is_set():
        return
    watch = Watch(now)
    try:
        with app.app_context():
            table.ring(job, now=watch.began_at, go_on=lambda: not (stop.is_set() or watch.jumped()))
    except Exception as error:
        log.error("ring_failed", job=job.name, error=repr(error))


class Watch:
    """Says whether the machine's clock went on as time did since this watch was made.

    It did not where somebody set the clock, or the machine was asleep: what is under way would go on with
    the day of before, so it stops and begins again with the right one. ``elapsed``: seconds of a clock
    that only goes forward.
    """

    def __init__(self, now: Callable[[], datetime], elapsed: Callable[[], float] | None = None) -> None:
        """Begin to watch."""
        self._now, self._elapsed = now, elapsed or clocks.monotonic
        self.began_at, self._began = now(), self._elapsed()

    def jumped(self) -> bool:
        """Say whether the clock is a minute or more from where it should be."""
        return abs(self._off()) >= A_JUMP

    def went_back(self) -> bool:
        """Say whether the clock was set back by a minute or more."""
        return self._off() <= -A_JUMP

    def _off(self) -> timedelta:
        return self._now() - self.began_at - timedelta(seconds=self._elapsed() - self._began)


def _mind_the_clock(
    scheduler: BackgroundScheduler, now: Callable[[], datetime], stop: threading.Event
) -> None:
    """Ring at once for every job when the clock was set back: each would wait for a moment far ahead."""
    watch = Watch(now)
    while not stop.wait(LOOK_SECONDS):
        if watch.went_back():
            log.warning("clock_set_back", now=now().isoformat())
            ring_all(scheduler, now())
        watch = Watch(now)


def ring_all(scheduler: BackgroundScheduler, moment: datetime) -> None:
    """Let every job be rung for at this moment, whenever its next turn was."""
    for one in scheduler.get_jobs():
        one.modify(next_run_time=moment)


# -- commands ---------------------------------------------------------------------------------


@jobs.command("ring")
def ring_command() -> None:
    """Ring the bell for every job until told to stop."""
    run(current_app._get_current_object())  # type: ignore[attr-defined]  # the application, not its stand-in


@jobs.command("list")
def list_command() -> None:
    """List the jobs, their rhythm and how they are."""
    for one in health.health(clock.now()):
        click.echo(f"{one.name:18} {one.rhythm:18} {one.sentence}")
        began = one.last_began_at.astimezone(clock.LONDON) if one.last_began_at else None
        last = f"last run {began:%d %B %Y %H:%M}: {one.result or 'not ended'}." if began else ""
        click.echo(f"{'':18} {' '.join(part for part in (last, one.why) if part)}")


@jobs.command("check")
def check_command() -> None:
    """Say what is wrong, and end with status 1 where something is: for whatever watches the machine."""
    wrong = health.unwell(clock.now())
    for one in wrong:
        click.echo(f"{one.name}: {one.why}")
    if wrong:
        raise SystemExit(1)
    click.echo("All jobs are well.")


class Day(click.ParamType[date]):
    """A day of the calendar, written year-month-day."""

    name = "YYYY-MM-DD"
    years = range(2000, 2200)
    """Jobs look some years back and ahead of a day: these are days on which all of them can be done."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day that was typed, or say what to type."""
        try:
            day = datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=clock.LONDON).date()
        except ValueError:
            self.fail(f"There is no day {value!r}. Write year-month-day, such as 2027-03-01.", param, ctx)
        if day.year not in self.years:
            self.fail(f"Give a day from the years {self.years[0]} to {self.years[-1]}.", param, ctx)
        return day


@jobs.command("run")
@click.argument("name")
@click.option("--as-at", type=Day(), help="As if it were 08:00 in London on this day.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def run_command(name: str, as_at: date | None, dry_run: bool) -> None:
    """Do one job now, whatever its slot."""
    try:
        job = table.find(name)
    except LookupError as error:
        raise click.ClickException(str(error.args[0]))
    now = clock.now() if as_at is None else eight_in_london(as_at)
    if dry_run:
        with reading():
            would = job.would(now)
        click.echo("\n".join(would) if would else "There is nothing to do.")
        return
    result = table.run_by_hand(job, now=now)
    if result.startswith(table.FAILED):
        raise click.ClickException(result)
    click.echo(result)


def eight_in_london(day: date) -> datetime:
    """Return 08:00 in London on a day, in UTC."""
    return datetime.combine(day, time(8), clock.LONDON).astimezone(UTC)
