"""The deciding meeting and the review in people's calendars: moved with their dates, taken out when over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select, update

from ehiia.domain.telling import Telling
from ehiia.domain.vocabulary import ReviewState, Stage
from ehiia.extensions import db
from ehiia.notify.calendar import written
from ehiia.services import calendars, choices, go_live, review_dates, reviews
from ehiia.services.reminders import remind
from ehiia.services.transaction import transaction
from ehiia.store.assessments import Assessment, RouteStep
from ehiia.store.decisions import Review
from ehiia.store.duties import MailRow
from tests import factories
from tests.people import Cast, gather

MEETING = date(2026, 4, 20)
DAY = timedelta(days=1)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    made = gather(now)
    for person in (made.amina, made.carol):
        choices.choose(Telling.AT_ONCE, revision=0, by=person, now=now)
    return made


def invited() -> list[tuple[str, Any]]:
    """Return method and event of every invitation that was sent, with its reader, in order."""
    found = []
    for mail in db.session.scalars(select(MailRow).order_by(MailRow.id)):
        for text in mail.calendar:
            calendar: Any = Calendar.from_ical(written(text))
            found.append((f"{mail.recipient.split('@')[0]} {calendar['METHOD']}", calendar.walk("VEVENT")[0]))
    db.session.rollback()
    return found


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def change(table: type[Any], where: Any, **values: Any) -> None:
    with transaction() as session:
        session.execute(update(table).where(where).values(**values))
    db.session.expire_all()


# -- the meeting that decides ----------------------------------------------------------------------


@pytest.fixture
def ready(cast: Cast, now: datetime) -> str:
    """Its check has passed: author and decision-maker have the meeting in their calendars."""
    ref = factories.passed(cast, now)
    assert {who for who, _ in invited()} == {"amina REQUEST", "carol REQUEST"}
    assert {event["DTSTART"].dt for _, event in invited()} == {MEETING}
    return ref


def test_a_meeting_that_moves_is_moved(ready: str, now: datetime) -> None:
    first = {who.split()[0]: event for who, event in invited()}
    here = factories.current(ready).id
    change(RouteStep, RouteStep.assessment_id == here, meeting_on=MEETING + 7 * DAY)
    assert calendars.bring_up_to_date(now=now + DAY) == 2
    for who, event in invited()[2:]:
        name, method = who.split()
        assert (method, event["DTSTART"].dt) == ("REQUEST", MEETING + 7 * DAY)
        assert event["UID"] == first[name]["UID"]
        assert event["SEQUENCE"] == first[name]["SEQUENCE"] + 1


def test_what_was_decided_before_the_meeting_is_taken_out_of_calendars(
    ready: str, cast: Cast, now: datetime
) -> None:
    first = {str(event["UID"]) for _, event in invited()}
    factories.decide_alone(cast, ready, now + timedelta(hours=4))
    assert calendars.bring_up_to_date(now=now + DAY) == 2
    over = invited()[2:]
    assert {who for who, _ in over} == {"amina CANCEL", "carol CANCEL"}
    assert {str(event["UID"]) for _, event in over} == first
    assert {(event["SEQUENCE"], str(event["STATUS"])) for _, event in over} == {(1, "CANCELLED")}
    assert calendars.bring_up_to_date(now=now + DAY) == 0


def test_the_day_on_which_it_was_decided_stays_where_it_was(ready: str, cast: Cast) -> None:
    factories.decide_alone(cast, ready, at(MEETING))
    for later in (0, 1, 30):
        assert calendars.bring_up_to_date(now=at(MEETING + later * DAY)) == 0


@pytest.mark.parametrize("stage", [Stage.WITHDRAWN, Stage.PAUSED, Stage.CLOSED])
def test_what_was_withdrawn_or_rests_is_taken_out_before_its_meeting(
    ready: str, now: datetime, stage: Stage
) -> None:
    change(Assessment, Assessment.ref == ready, stage=stage)
    assert calendars.bring_up_to_date(now=now + DAY) == 2
    assert {who for who, _ in invited()[2:]} == {"amina CANCEL", "carol CANCEL"}


# -- the review -------------------------------------------------------------------------------------


@pytest.fixture
def reviewed(cast: Cast, now: datetime) -> str:
    """In force; Amina was reminded of its review and has it in her calendar."""
    ref, _ = factories.decided(cast, now)
    assert calendars.bring_up_to_date(now=now + DAY) == 2, "the meeting is not needed any more"
    review = reviews.open_review(db.session(), factories.current(ref))
    assert review is not None
    due_on = review.due_on
    db.session.rollback()
    remind(now=at(due_on - 7 * DAY))
    who, event = invited()[-1]
    assert (who, event["DTSTART"].dt, event["SEQUENCE"]) == ("amina REQUEST", due_on, 0)
    return ref


def moved(when: datetime) -> Any:
    """Bring calendars up to date and return the event of the review as it was sent then."""
    before = len(invited())
    assert calendars.bring_up_to_date(now=when) == 1
    (found,) = invited()[before:]
    assert found[0] == "amina REQUEST"
    assert calendars.bring_up_to_date(now=when) == 0
    return found[1]


def test_a_review_moves_in_calendars_when_go_live_slips(reviewed: str, cast: Cast, now: datetime) -> None:
    first = invited()[-1][1]
    go_live.say(
        reviewed,
        started=False,
        on=date(2026, 11, 2),
        reason="No builder.",
        seen_id=0,
        by=cast.amina,
        now=now + DAY,
    )
    event = moved(now + 2 * DAY)
    assert event["DTSTART"].dt == date(2028, 11, 2)
    assert (event["UID"], event["SEQUENCE"]) == (first["UID"], 1)


def test_a_review_moves_in_calendars_when_it_is_brought_forward_and_when_it_is_postponed(
    reviewed: str, cast: Cast, now: datetime
) -> None:
    sequences = []
    for days, at_once in ((-60, True), (30, False)):
        review = reviews.open_review(db.session(), factories.current(reviewed))
        assert review is not None
        to_on, review_id, revision = review.due_on + days * DAY, review.id, review.revision
        db.session.rollback()
        when = now + timedelta(days=100 + days)
        asked = review_dates.ask(
            reviewed, to_on=to_on, reason="The survey.", revision=revision, by=cast.amina, now=when
        )
        assert asked is at_once
        if not at_once:
            assert calendars.bring_up_to_date(now=when) == 0, "asked for, and not agreed"
            request = review_dates.requests_of(review_id)[-1].id
            db.session.rollback()
            review_dates.answer(reviewed, request, approve=True, words="", by=cast.ben, now=when)
        event = moved(when + DAY)
        assert event["DTSTART"].dt == to_on
        sequences.append(event["SEQUENCE"])
    assert sequences == [1, 2]


def test_a_review_that_was_carried_out_is_taken_out_of_calendars(reviewed: str, now: datetime) -> None:
    change(Review, Review.assessment_id == factories.current(reviewed).id, state=ReviewState.DONE)
    assert calendars.bring_up_to_date(now=now + DAY) == 1
    who, event = invited()[-1]
    assert (who, str(event["STATUS"]), event["SEQUENCE"]) == ("amina CANCEL", "CANCELLED", 1)
