"""The bell rings at once, goes on ringing, and ends cleanly; the commands say what they do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask

from ehiia.extensions import db
from ehiia.scheduler import eight_in_london, jobs, ring_once
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


def test_an_unknown_job_is_named_with_those_there_are(app: Flask) -> None:
    result = app.test_cli_runner().invoke(jobs, ["run", "make-tea"])
    assert result.exit_code == 1
    assert "There is no job 'make-tea'. Jobs: send-mail, do-work" in result.output


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
        for job in table.JOBS:
            table.ring(job, now=eight(DUE))
        db.session.rollback()
    assert "0 lifted" in invoke(app, "list")
