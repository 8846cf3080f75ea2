"""Jobs are done once for their slot, whoever rings; what was missed is made up for; lateness is seen."""

from __future__ import annotations

import os
import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask

from ehiia.extensions import db
from ehiia.files.store import WRITING
from ehiia.services import housekeeping, jobs, outbox, people, sealing
from ehiia.services.jobs import FAILED, Daily, Every, GoOn, Job, begin, health, ring
from ehiia.services.transaction import transaction
from ehiia.store.duties import JobRun
from ehiia.store.people import Throttle
from tests.services.world import DUE, eight, make_world

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Bell:
    """A job that counts how often it was done."""

    def __init__(self, rhythm: Every | Daily) -> None:
        self.done: list[datetime] = []
        self.breaks = False
        self.job = Job("bell", rhythm, "Rings.", self.run, lambda now: [])

    def run(self, now: datetime, go_on: GoOn) -> str:
        assert go_on()
        if self.breaks:
            raise RuntimeError("cracked")
        self.done.append(now)
        return "rung"


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        (datetime(2027, 3, 1, 7, 59, tzinfo=UTC), None),
        (datetime(2027, 3, 1, 8, 0, tzinfo=UTC), "2027-03-01"),
        (datetime(2027, 3, 1, 23, 59, tzinfo=UTC), "2027-03-01"),
        (datetime(2027, 3, 28, 7, 0, tzinfo=UTC), "2027-03-28"),  # the clocks went forward in the night
        (datetime(2027, 3, 28, 6, 59, tzinfo=UTC), None),
        (datetime(2027, 7, 1, 23, 30, tzinfo=UTC), None),  # half past midnight in London
        (datetime(2027, 10, 31, 7, 30, tzinfo=UTC), None),  # the clocks went back
        (datetime(2027, 10, 31, 8, 0, tzinfo=UTC), "2027-10-31"),
    ],
)
def test_a_daily_job_has_the_day_of_london_from_its_hour_on(moment: datetime, slot: str | None) -> None:
    assert Daily(time(8, 0)).slot(moment) == slot


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 10, 31)])
def test_half_past_one_comes_once_on_the_days_the_clocks_change(day: date) -> None:
    rhythm = Daily(time(1, 30))
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    slots = [rhythm.slot(start + n * MINUTE) for n in range(23 * 60)]
    assert {slot for slot in slots if slot} == {day.isoformat()}
    assert slots.index(day.isoformat()) > 0


def test_a_frequent_job_has_a_slot_for_each_half_minute() -> None:
    rhythm = Every(30)
    assert rhythm.slot(datetime(2027, 3, 1, 8, 5, 29, tzinfo=UTC)) == "2027-03-01T08:05:00Z"
    assert rhythm.slot(datetime(2027, 3, 1, 8, 5, 30, tzinfo=UTC)) == "2027-03-01T08:05:30Z"


def test_a_job_is_done_once_in_its_slot(inside: Flask) -> None:
    bell = Bell(Daily(time(8, 0)))
    assert ring(bell.job, now=eight(DUE) - MINUTE) is None
    assert ring(bell.job, now=eight(DUE) + 5 * HOUR) == "rung"  # started late: today's is still done
    assert ring(bell.job, now=eight(DUE) + 6 * HOUR) is None
    assert ring(bell.job, now=eight(DUE + DAY)) == "rung"
    assert len(bell.done) == 2


def test_a_failed_slot_is_kept_and_taken_again_after_an_hour(inside: Flask) -> None:
    bell = Bell(Daily(time(8, 0)))
    bell.breaks = True
    assert ring(bell.job, now=eight(DUE)) == f"{FAILED}RuntimeError: cracked"
    bell.breaks = False
    assert ring(bell.job, now=eight(DUE) + 30 * MINUTE) is None
    assert ring(bell.job, now=eight(DUE) + 2 * HOUR) == "rung"
    assert ring(bell.job, now=eight(DUE) + 9 * HOUR) is None


def test_the_slot_of_a_killed_run_is_taken_over(inside: Flask) -> None:
    bell = Bell(Daily(time(8, 0)))
    assert begin("bell", DUE.isoformat(), now=eight(DUE))  # and then the process was killed
    assert ring(bell.job, now=eight(DUE) + 10 * MINUTE) is None
    assert ring(bell.job, now=eight(DUE) + 21 * MINUTE) == "rung"


def test_two_schedulers_at_the_same_moment_do_it_once(app: Flask) -> None:
    bell, together, errors = Bell(Every(30)), threading.Barrier(2), []

    def scheduler() -> None:
        try:
            with app.app_context():
                for n in range(5):
                    together.wait(10)
                    ring(bell.job, now=eight(DUE) + n * MINUTE)
        except BaseException as error:
            errors.append(error)

    both = [threading.Thread(target=scheduler) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert errors == []
    assert len(bell.done) == 5


def test_every_job_in_the_table_runs_and_says_what_it_did(inside: Flask) -> None:
    world = make_world()
    results = {}
    for job in jobs.JOBS:
        assert isinstance(job.would(eight(DUE - 7 * DAY)), list)
        db.session.rollback()
        results[job.name] = ring(job, now=eight(DUE - 7 * DAY))
    assert results == {
        "send-mail": "0 sent, 0 to be tried again, 0 given up",
        "do-work": "0 done, 0 to be tried again, 0 given up",
        "lift-restrictions": "0 lifted",
        "tidy-up": "removed 0 old sign-ins, 0 counts of failed sign-ins, 0 runs of jobs, 0 old drafts, "
        "0 sent mails and 0 unfinished files",
        "remind": "2 queued",
    }
    assert jobs.find("send-mail").would(eight(DUE)) == [
        f"send to {mail.recipient}: {mail.subject}" for mail in world.mails()
    ]
    db.session.rollback()
    assert ring(jobs.find("send-mail"), now=eight(DUE)) == "2 sent, 0 to be tried again, 0 given up"


def test_health_says_what_is_late_and_what_failed(inside: Flask) -> None:
    moment = eight(DUE)
    assert {one.why for one in health(moment)} == {"It has never run. Is the scheduler running?"}
    db.session.rollback()
    for job in jobs.JOBS:
        ring(job, now=moment)
    assert all(one.well for one in health(moment + 4 * MINUTE))
    late = {one.name for one in health(moment + 6 * MINUTE) if one.late}
    assert late == {"send-mail", "do-work"}
    assert all(one.late for one in health(moment + 27 * HOUR))
    db.session.rollback()
    bell = Bell(Every(30))
    bell.breaks = True
    ring(Job("remind", bell.job.rhythm, "", bell.run, bell.job.would), now=moment + MINUTE)
    remind = next(one for one in health(moment + 2 * MINUTE) if one.name == "remind")
    assert remind.failed
    assert remind.result == f"{FAILED}RuntimeError: cracked"


def test_a_job_done_by_hand_says_nothing_about_the_scheduler(inside: Flask) -> None:
    bell = Bell(Daily(time(8, 0)))
    assert [jobs.run_by_hand(bell.job, now=eight(DUE)) for _ in range(2)] == ["rung", "rung"]
    assert ring(bell.job, now=eight(DUE)) == "rung"
    jobs.run_by_hand(jobs.find("tidy-up"), now=eight(DUE))
    assert next(one for one in health(eight(DUE)) if one.name == "tidy-up").late


def test_old_rows_are_removed_at_night_and_new_ones_stay(inside: Flask) -> None:
    world = make_world()
    now = eight(DUE)
    with transaction() as session:
        for name, age in (("old", 2 * DAY), ("new", HOUR)):
            session.add(Throttle(key_sha256=name, count=1, window_started_at=now - age))
    for age in (30 * DAY, HOUR):
        people.begin_session(world.amina, now=now - age)
    for age in (30 * DAY, HOUR):
        begin("send-mail", f"{age}", now=now - age)
        begin("remind", f"{age}", now=now - age)
    with transaction() as session:
        outbox.queue_mail(
            session, dedupe_key="a", recipient="a@b", subject="x", body="y", organisation_id=None, now=now
        )
    left = sealing.signed_files().root / f"{WRITING}1"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"half a record")
    os.utime(left, ((now - 2 * DAY).timestamp(),) * 2)
    assert "1 unfinished files" in housekeeping.would_tidy_up(now=now)
    tidied = housekeeping.tidy_up(now=now, frequent=frozenset({"send-mail"}))
    assert tidied == housekeeping.Tidied(sessions=1, tries=1, runs=1, mail=0, files=1)
    assert not left.exists()
    assert db.session.query(JobRun).count() == 3
    db.session.rollback()
