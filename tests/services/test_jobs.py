"""Jobs are done once for their slot, whoever rings; what was missed is made up for; lateness is seen."""

from __future__ import annotations

import os
import threading
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.extensions import db, reading
from ehiia.files.store import WRITING
from ehiia.services import housekeeping, jobs, outbox, people, restriction, sealing
from ehiia.services.health import health
from ehiia.services.jobs import FAILED, STOPPED, Daily, Every, GoOn, Job, begin, ring
from ehiia.services.transaction import transaction
from ehiia.store.assessments import Assessment
from ehiia.store.base import Base
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


def test_a_run_that_was_told_to_stop_is_taken_up_at_once(inside: Flask) -> None:
    bell = Bell(Daily(time(8, 0)))

    def stops(now: datetime, go_on: GoOn) -> str:
        return "all of it" if go_on() else "half of it"

    asked = Job("bell", bell.job.rhythm, "", stops, bell.job.would)
    assert ring(asked, now=eight(DUE), go_on=lambda: False) == "half of it"
    kept = db.session.query(JobRun).one()
    assert kept.result == f"{STOPPED}half of it"
    db.session.rollback()
    assert ring(bell.job, now=eight(DUE) + MINUTE) == "rung"
    assert ring(bell.job, now=eight(DUE) + 9 * HOUR) is None


def test_a_run_that_lost_its_slot_stops_and_leaves_no_mark(
    inside: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine sleeps in the middle of a run; the standby takes over; the first wakes up."""
    monkeypatch.setattr(jobs, "BEAT_SECONDS", -1.0)
    bell, went_on = Bell(Daily(time(8, 0))), []

    def sleeps(now: datetime, go_on: GoOn) -> str:
        assert ring(bell.job, now=now + HOUR) == "rung"
        went_on.append(go_on())
        return "of yesterday"

    ring(Job("bell", bell.job.rhythm, "", sleeps, bell.job.would), now=eight(DUE))
    assert went_on == [False]
    kept = db.session.query(JobRun).one()
    assert (kept.began_at, kept.result) == (eight(DUE) + HOUR, "rung")
    db.session.rollback()


@pytest.mark.parametrize("rhythm", [Daily(time(8, 0)), Every(30)])
def test_what_a_clock_did_that_was_ahead_does_not_count_when_it_is_set_right(
    inside: Flask, rhythm: Daily | Every
) -> None:
    bell = Bell(rhythm)
    for n in range(3):
        assert ring(bell.job, now=eight(DUE + n * DAY)) == "rung"
    for n in range(3):  # it was two days ahead; nobody did what is due on the days that come now
        assert ring(bell.job, now=eight(DUE + (n - 2) * DAY)) == "rung", n
    assert ring(bell.job, now=eight(DUE)) is None


def test_two_clocks_that_are_minutes_apart_do_it_once(inside: Flask) -> None:
    bell = Bell(Daily(time(8, 0)))
    assert ring(bell.job, now=eight(DUE) + 10 * MINUTE) == "rung"
    assert ring(bell.job, now=eight(DUE)) is None


def test_one_restriction_that_cannot_be_lifted_does_not_hold_up_the_others(
    inside: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world()
    with transaction() as session:
        first = session.get_one(Assessment, world.assessment)
        second = Assessment(
            **{
                name: getattr(first, name)
                for name in ("organisation_id", "title", "title_folded", "kind", "stage", "created_by")
            },
            ref="ICB-2026-002",
            question_set_version=1,
            screening_version=1,
            created_at=first.created_at,
            updated_at=first.updated_at,
        )
        session.add(second)
        for one in (first, second):
            one.restricted, one.restricted_until_on = True, DUE
    real = restriction._lift

    def breaks(session: Session, assessment: Assessment, **given: Any) -> None:
        if assessment.ref == "ICB-2026-001":
            raise RuntimeError
        real(session, assessment, **given)

    monkeypatch.setattr(restriction, "_lift", breaks)
    lift = jobs.find("lift-restrictions")
    assert lift.would(eight(DUE)) == [f"lift the restriction of ICB-2026-00{n}" for n in (1, 2)]
    db.session.rollback()
    assert ring(lift, now=eight(DUE)) == (
        f"{FAILED}SomeFailed: 1 lifted; failed: assessment {world.assessment} (RuntimeError)"
    )
    assert lift.would(eight(DUE)) == ["lift the restriction of ICB-2026-001"]
    db.session.rollback()
    monkeypatch.undo()
    assert ring(lift, now=eight(DUE) + 2 * HOUR) == "1 lifted"


def test_every_job_can_be_asked_what_it_would_do_and_changes_nothing(inside: Flask) -> None:
    make_world()
    ring(jobs.find("remind"), now=eight(DUE - 7 * DAY))
    before = everything()
    for job in jobs.JOBS:
        with reading():
            assert all(isinstance(line, str) for line in job.would(eight(DUE + 30 * DAY))), job.name
            db.session.rollback()
    assert everything() == before


def everything() -> dict[str, list[Any]]:
    """Return every row of every table."""
    found = {
        table.name: [tuple(row) for row in db.session.execute(select(table))]
        for table in Base.metadata.sorted_tables
    }
    db.session.rollback()
    return found


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
        "draw-samples": "0 drawn",
        "tidy-up": "removed 0 old sign-ins, 0 counts of failed sign-ins, 0 runs of jobs, 0 old drafts, "
        "0 sent mails, 0 unfinished files and the name and address of 0 who gave feedback",
        "renew-timestamps": "0 renewed",
        "raise-triggers": "0 raised",
        "remind": "2 queued",
        "update-calendars": "0 told",
        "send-digests": "2 queued",
    }
    assert jobs.find("send-mail").would(eight(DUE)) == [
        f"send to {mail.recipient}: {mail.subject}" for mail in world.mails()
    ]
    db.session.rollback()
    assert ring(jobs.find("send-mail"), now=eight(DUE)) == "2 sent, 0 to be tried again, 0 given up"


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
    assert "remove unfinished files: 1" in housekeeping.would_tidy_up(now=now)
    tidied = housekeeping.tidy_up(now=now, frequent=frozenset({"send-mail"}))
    assert tidied == housekeeping.Tidied(sessions=1, tries=1, runs=1, mail=0, files=1)
    assert not left.exists()
    assert db.session.query(JobRun).count() == 3
    db.session.rollback()
