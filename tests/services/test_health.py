"""Whoever watches sees red when a job is late, fails, or is cut off, whatever the clock did."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from ehiia.extensions import db
from ehiia.services import jobs
from ehiia.services.health import JobHealth, health, unwell
from ehiia.services.jobs import FAILED, Daily, GoOn, begin, ring
from ehiia.services.transaction import transaction
from ehiia.store.duties import JobRun
from tests.services.world import DUE, eight

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FREQUENT = {"send-mail", "do-work"}
NOON = eight(DUE) + 4 * HOUR


def ring_all(now: datetime) -> None:
    for job in jobs.JOBS:
        ring(job, now=now)


def wrong(now: datetime) -> set[str]:
    found = {one.name for one in unwell(now)}
    db.session.rollback()
    return found


def one(name: str, now: datetime) -> JobHealth:
    found = next(job for job in health(now) if job.name == name)
    db.session.rollback()
    return found


def break_job(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def cracks(now: datetime, go_on: GoOn) -> str:
        raise RuntimeError("cracked")

    table = tuple(replace(job, run=cracks) if job.name == name else job for job in jobs.JOBS)
    monkeypatch.setattr(jobs, "JOBS", table)


def test_where_nothing_ever_rang_everything_is_red(inside: Flask) -> None:
    assert {job.why for job in health(NOON)} == {"It has never run. Is the scheduler running?"}


def test_what_rang_in_time_is_well_and_what_did_not_is_late(inside: Flask) -> None:
    ring_all(NOON)
    assert wrong(NOON + 4 * MINUTE) == set()
    assert wrong(NOON + 6 * MINUTE) == FREQUENT
    assert one("send-mail", NOON + 6 * MINUTE).why == (
        "It has not run when it should have. Is the scheduler running?"
    )


def test_a_daily_job_is_late_two_hours_after_its_hour(inside: Flask) -> None:
    ring_all(NOON)
    assert not one("remind", eight(DUE + DAY) + 119 * MINUTE).late
    assert one("remind", eight(DUE + DAY) + 121 * MINUTE).late
    assert one("remind", NOON + 30 * DAY).late


def test_a_new_machine_does_not_cry_before_the_hour_of_a_daily_job(inside: Flask) -> None:
    night = eight(DUE) - 7 * HOUR
    ring_all(night)
    assert wrong(night + MINUTE) == set()
    assert "remind" not in wrong(eight(DUE) - MINUTE)
    assert "remind" in wrong(eight(DUE) + MINUTE)


def test_a_run_that_failed_is_red_until_it_went_well(inside: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    break_job(monkeypatch, "remind")
    ring_all(NOON)
    found = one("remind", NOON + MINUTE)
    assert found.failed
    assert not found.late
    assert found.result == f"{FAILED}RuntimeError: cracked"
    assert found.why == "Its last run failed. It will be tried again."
    monkeypatch.undo()
    ring_all(NOON + 2 * HOUR)
    assert wrong(NOON + 2 * HOUR + MINUTE) == set()


def test_a_job_that_is_killed_again_and_again_is_red_although_it_begins_each_time(inside: Flask) -> None:
    ring_all(NOON)
    send = jobs.find("send-mail")
    seen = []
    for n in range(1, 11):
        moment = NOON + n * MINUTE
        assert begin(send.name, str(send.rhythm.slot(moment)), now=moment)  # and then it was killed
        seen.append(one("send-mail", moment).late)
    assert seen == [False] * 5 + [True] * 5


def test_a_job_that_never_came_to_its_end_since_the_first_time_is_red(inside: Flask) -> None:
    send = jobs.find("send-mail")
    seen = []
    for n in range(10):
        moment = NOON + n * MINUTE
        assert begin(send.name, str(send.rhythm.slot(moment)), now=moment)
        seen.append(one("send-mail", moment).late)
    assert seen == [False] * 6 + [True] * 4


def test_a_long_run_that_is_alive_is_waited_for(inside: Flask) -> None:
    ring_all(NOON)
    send = jobs.find("send-mail")
    run = begin(send.name, str(send.rhythm.slot(NOON + MINUTE)), now=NOON + MINUTE)
    with transaction() as session:
        beat = update(JobRun).where(JobRun.id == run).values(heartbeat_at=NOON + 15 * MINUTE)
        session.execute(beat.execution_options(synchronize_session=False))
    assert one("send-mail", NOON + 16 * MINUTE).well
    assert one("send-mail", NOON + 21 * MINUTE).late


def test_a_daily_run_that_was_cut_off_is_red_before_it_is_late(inside: Flask) -> None:
    ring_all(NOON - DAY)
    assert begin("remind", DUE.isoformat(), now=eight(DUE))
    assert one("remind", eight(DUE) + 19 * MINUTE).well
    found = one("remind", eight(DUE) + 21 * MINUTE)
    assert (found.failed, found.late) == (True, False)
    assert "cut off" in found.why


def test_a_clock_that_was_a_year_ahead_does_not_hide_that_nothing_runs(inside: Flask) -> None:
    ring_all(NOON)
    for name in FREQUENT | {"remind"}:
        ring(jobs.find(name), now=NOON + 365 * DAY)
    assert wrong(NOON + MINUTE) == set()
    assert wrong(NOON + 6 * MINUTE) == FREQUENT
    assert "remind" in wrong(NOON + 2 * DAY)


def test_a_job_done_by_hand_is_no_sign_of_life(inside: Flask) -> None:
    ring_all(NOON)
    jobs.run_by_hand(jobs.find("send-mail"), now=NOON + 30 * MINUTE)
    jobs.run_by_hand(jobs.find("send-mail"), now=NOON + 365 * DAY)
    assert one("send-mail", NOON + 31 * MINUTE).late


@pytest.mark.parametrize("hour", range(24))
def test_whatever_the_hour_a_daily_job_is_waited_for_26_hours_at_most(hour: int) -> None:
    rhythm, moment = Daily(time(8, 0)), eight(DUE) + hour * HOUR
    assert timedelta(hours=2) <= moment - rhythm.done_since(moment) < timedelta(hours=26)
