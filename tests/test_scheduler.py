"""The bell rings at once, goes on ringing, and ends cleanly; the commands say what they do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from flask import Flask
from sqlalchemy.exc import DBAPIError

from ehiia import clock
from ehiia.extensions import db
from ehiia.scheduler import Watch, eight_in_london, jobs, ring_all, ring_once
from ehiia.services import jobs as table
from tests.conftest import Database
from tests.services.world import DUE, eight, make_world

ROOT = Path(__file__).parent.parent
RING = "from ehiia.app import create_app; from ehiia.scheduler import run; run(create_app())"
"""What ``flask jobs ring`` does, in a process of its own."""


def invoke(app: Flask, *arguments: str) -> str:
    result = app.test_cli_runner().invoke(jobs, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_dry_run_says_what_would_be_done_and_does_nothing(app: Flask) -> None:
    with app.app_context():
        world = make_world()
    assert invoke(app, "run", "remind", "--as-at", "2027-02-22", "--dry-run") == (
        "mitigation_due about ICB-2026-001-M1 to Grace\n"
        "review_due about the review of ICB-2026-001 to Amina\n"
    )
    assert invoke(app, "run", "do-work", "--dry-run") == "There is nothing to do.\n"
    with app.app_context():
        assert world.told() == []


def test_a_job_can_be_done_by_hand_as_at_another_day(app: Flask) -> None:
    with app.app_context():
        world = make_world()
    assert invoke(app, "run", "remind", "--as-at", "2027-02-22") == "2 queued\n"
    with app.app_context():
        assert len(world.told()) == 2
    assert "It has never run" in invoke(app, "list")


def test_a_dry_run_could_not_write_if_it_wanted_to(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def writes(now: datetime) -> list[str]:
        table.begin("tidy-up", "by mistake", now=now)
        return []

    tidy_up = replace(table.find("tidy-up"), would=writes)
    monkeypatch.setattr(table, "JOBS", (tidy_up,))
    result = app.test_cli_runner().invoke(jobs, ["run", "tidy-up", "--dry-run"])
    assert isinstance(result.exception, DBAPIError), result.output


def test_whoever_watches_the_machine_gets_a_status_and_a_page(app: Flask) -> None:
    result = app.test_cli_runner().invoke(jobs, ["check"])
    assert result.exit_code == 1
    assert "remind: It has never run. Is the scheduler running?" in result.output
    answer = app.test_client().get("/healthz/jobs")
    assert (answer.status_code, answer.text[:19]) == (503, "not well: send-mail")
    with app.app_context():
        for job in table.JOBS:
            table.ring(job, now=clock.now())
    well = {job for job in table.JOBS if job.rhythm.slot(clock.now())}
    if len(well) == len(table.JOBS):  # after eight in the morning, when everything has rung
        assert invoke(app, "check") == "All jobs are well.\n"
        assert app.test_client().get("/healthz/jobs").status_code == 200


def test_an_unknown_job_is_named_with_those_there_are(app: Flask) -> None:
    result = app.test_cli_runner().invoke(jobs, ["run", "make-tea"])
    assert result.exit_code == 1
    assert "There is no job 'make-tea'. Jobs: send-mail, do-work" in result.output


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2027-02-31", "There is no day '2027-02-31'. Write year-month-day, such as 2027-03-01."),
        ("31/12/2027", "There is no day '31/12/2027'."),
        ("tomorrow", "There is no day 'tomorrow'."),
        ("9999-12-31", "Give a day from the years 2000 to 2199."),
        ("0001-01-01", "Give a day from the years 2000 to 2199."),
    ],
)
def test_a_day_that_there_is_not_is_refused_with_what_to_type(app: Flask, day: str, says: str) -> None:
    result = app.test_cli_runner().invoke(jobs, ["run", "remind", "--as-at", day, "--dry-run"])
    assert (result.exit_code, says in result.output) == (2, True), result.output


@pytest.mark.parametrize("job", table.JOBS, ids=lambda job: str(job.name))
@pytest.mark.parametrize("day", ["2000-01-01", "2028-02-29", "2199-12-31"])
def test_every_job_says_for_any_day_what_it_would_do(app: Flask, job: table.Job, day: str) -> None:
    with app.app_context():
        world = make_world()
    assert invoke(app, "run", job.name, "--as-at", day, "--dry-run").strip()
    with app.app_context():
        assert not world.told()
        assert not world.mails()


def test_as_at_is_eight_in_london() -> None:
    assert eight_in_london(date(2027, 7, 1)) == datetime(2027, 7, 1, 7, tzinfo=UTC)
    assert eight_in_london(date(2027, 1, 1)) == datetime(2027, 1, 1, 8, tzinfo=UTC)


def test_a_ring_does_the_job_in_a_context_of_its_own(app: Flask) -> None:
    with app.app_context():
        world = make_world()
    stop = threading.Event()
    ring_once(app, table.find("remind"), lambda: eight(DUE), stop)
    with app.app_context():
        assert world.told() != []
    stop.set()
    ring_once(app, table.find("send-mail"), lambda: eight(DUE), stop)
    with app.app_context():
        assert {mail.state.value for mail in world.mails()} == {"waiting"}


def test_a_database_that_cannot_be_reached_does_not_end_the_scheduler(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("no database")

    monkeypatch.setattr(table, "ring", broken)
    ring_once(app, table.find("remind"), lambda: eight(DUE), threading.Event())


# -- a clock that cannot be trusted -----------------------------------------------------------


class Clock:
    """A clock on the wall that can be set, and one that only goes forward."""

    def __init__(self) -> None:
        self.wall, self.passed = eight(DUE), 0.0

    def now(self) -> datetime:
        return self.wall

    def elapsed(self) -> float:
        return self.passed

    def go(self, seconds: float, *, asleep: bool = False) -> None:
        self.wall += timedelta(seconds=seconds)
        self.passed += 0 if asleep else seconds


def test_a_clock_that_goes_on_is_trusted_and_one_that_was_set_is_not() -> None:
    clock = Clock()
    watch = Watch(clock.now, clock.elapsed)
    clock.go(3 * 3600)
    assert (watch.jumped(), watch.went_back()) == (False, False)
    clock.wall -= timedelta(days=1)
    assert (watch.jumped(), watch.went_back()) == (True, True)
    clock.wall += timedelta(days=2)
    assert (watch.jumped(), watch.went_back()) == (True, False)


def test_a_run_stops_when_the_machine_was_asleep_and_today_is_done_afresh(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lid is closed at eight and opened a week later: nobody is told with the words of last week."""
    clock, went_on = Clock(), []
    monkeypatch.setattr("ehiia.scheduler.clocks", SimpleNamespace(monotonic=clock.elapsed))

    def falls_asleep(now: datetime, go_on: table.GoOn) -> str:
        went_on.append(go_on())
        clock.go(7 * 86400, asleep=True)
        went_on.append(go_on())
        return "a part"

    remind = replace(table.find("remind"), run=falls_asleep)
    ring_once(app, remind, clock.now, threading.Event())
    assert went_on == [True, False]
    again: list[datetime] = []

    def is_awake(now: datetime, go_on: table.GoOn) -> str:
        again.append(now)
        return "all of it"

    awake = replace(remind, run=is_awake)
    ring_once(app, awake, clock.now, threading.Event())
    assert again == [eight(DUE + timedelta(days=7))]


def test_when_the_clock_is_set_back_no_job_waits_for_the_day_it_was_put_down_for() -> None:
    scheduler, rung = BackgroundScheduler(timezone=UTC), threading.Event()
    scheduler.add_job(rung.set, "interval", seconds=30, next_run_time=clock.now() + timedelta(days=365))
    scheduler.start()
    try:
        assert not rung.wait(0.2)
        ring_all(scheduler, clock.now())
        assert rung.wait(5)
    finally:
        scheduler.shutdown()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_rings_at_once_and_ends_when_told_even_twice(
    database: Database, tmp_path: Path, number: signal.Signals
) -> None:
    database.empty()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EHIIA_")}
    environment |= {"EHIIA_INSTANCE": str(tmp_path), "EHIIA_DATABASE_URL": database.url}
    with subprocess.Popen(
        [sys.executable, "-u", "-c", RING],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == f"The scheduler rings for {len(table.JOBS)} jobs.\n"
            process.send_signal(number)
            process.send_signal(number)
            words, _ = process.communicate(timeout=20)
            assert process.returncode == 0, words
            assert words.endswith("The scheduler has stopped.\n")
        finally:
            process.kill()


def test_what_the_process_did_can_be_seen(app: Flask) -> None:
    with app.app_context():
        table.ring(table.find("send-mail"), now=clock.now())
        db.session.rollback()
    assert "0 sent, 0 to be tried again, 0 given up." in invoke(app, "list")
