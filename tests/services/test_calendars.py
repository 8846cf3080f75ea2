"""What was sent to a calendar is moved there and taken out again; a feed shows what its person may see."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from ehiia.domain.schedule import in_full
from ehiia.domain.telling import DateKind, Telling
from ehiia.domain.vocabulary import Claim, ReviewState, Stage
from ehiia.extensions import db
from ehiia.notify.calendar import written
from ehiia.services import calendars, choices, digests, feeds, people
from ehiia.services.reminders import remind
from ehiia.services.transaction import NotAllowed, NotFound, transaction
from ehiia.services.tries import TooManyTries
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import Review
from ehiia.store.telling import CalendarEvent, CalendarFeed
from tests.services.together import at_once
from tests.services.world import DAY, DUE, LONG_AGO, World, eight, make_world
from tests.web.conftest import counted

MINUTE = timedelta(minutes=1)
START = eight(DUE - 7 * DAY)


@pytest.fixture
def world(inside: Flask) -> World:
    made = make_world()
    for person in (made.amina, made.grace):
        choices.choose(Telling.AT_ONCE, revision=0, by=person, now=LONG_AGO)
    return made


@pytest.fixture
def sent(world: World) -> World:
    """Grace and Amina were reminded, a week before, of the action and the review."""
    remind(now=START)
    assert [mail.recipient.split("@")[0] for mail in world.mails()] == ["grace", "amina"]
    return world


def newest(world: World) -> Any:
    """The method and the event attached to the newest mail."""
    (text,) = world.mails()[-1].calendar
    found: Any = Calendar.from_ical(written(text))
    return found["METHOD"], found.walk("VEVENT")[0]


def update(now: datetime) -> int:
    return calendars.bring_up_to_date(now=now)


def test_a_reminder_carries_the_invitation(sent: World) -> None:
    method, event = newest(sent)
    assert method == "REQUEST"
    assert (event["DTSTART"].dt, event["SEQUENCE"]) == (DUE, 0)
    assert str(event["SUMMARY"]) == "Due: review of ICB-2026-001"
    assert "Closing the branch surgery" in str(event["DESCRIPTION"])
    assert event["ATTENDEE"] == "mailto:amina@example.nhs.uk"
    assert update(START) == 0


def test_the_next_reminder_of_the_same_date_changes_nothing_in_the_calendar(sent: World) -> None:
    first = sent.mails()[0].calendar[0]
    remind(now=eight(DUE - 3 * DAY))
    again: Any = [mail for mail in sent.mails() if mail.recipient.startswith("grace")][-1]
    before, after = (
        Calendar.from_ical(written(text)).walk("VEVENT")[0] for text in (first, again.calendar[0])
    )
    assert (before["UID"], before["SEQUENCE"]) == (after["UID"], after["SEQUENCE"])


def test_a_date_that_moves_is_moved_with_the_next_sequence(sent: World) -> None:
    first = Calendar.from_ical(written(sent.mails()[0].calendar[0])).walk("VEVENT")[0]
    sequences = []
    for days in (14, 21, 7):
        sent.change(MitigationRow, sent.mitigation, due_on=DUE + days * DAY)
        assert calendars.would_bring_up_to_date(now=START + MINUTE) == [
            f"mitigating action ICB-2026-001-M1 moves to {in_full(DUE + days * DAY)} in the calendar of Grace"
        ]
        assert update(START + MINUTE) == 1
        method, event = newest(sent)
        assert (method, event["UID"]) == ("REQUEST", first["UID"])
        assert event["DTSTART"].dt == DUE + days * DAY
        sequences.append(event["SEQUENCE"])
    assert sequences == [1, 2, 3]
    assert update(START + 2 * MINUTE) == 0
    assert sent.mails()[-1].subject == "EHIIA: Another date: mitigating action ICB-2026-001-M1"


@pytest.mark.parametrize(
    "values",
    [
        {"claim": Claim.DONE},
        {"claim": Claim.CANCELLED},
        {"taken_out_at": LONG_AGO},
        {"owner_id": None, "outside_owner": "Hilda"},
        {"due_on": None},
    ],
)
def test_what_is_done_or_somebody_elses_is_cancelled_once(sent: World, values: dict[str, Any]) -> None:
    sent.change(MitigationRow, sent.mitigation, **values)
    assert update(START + MINUTE) == 1
    method, event = newest(sent)
    assert (method, str(event["STATUS"]), event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert "minibus" not in sent.mails()[-1].calendar[0] + sent.mails()[-1].body
    assert update(START + 2 * MINUTE) == 0


@pytest.mark.parametrize("stage", [Stage.PAUSED, Stage.CLOSED, Stage.WITHDRAWN])
def test_what_rests_or_ended_is_cancelled_for_everybody_and_comes_back(sent: World, stage: Stage) -> None:
    sent.change(Assessment, sent.assessment, stage=stage)
    assert update(START + MINUTE) == 2
    sent.change(Assessment, sent.assessment, stage=Stage.IN_FORCE)
    assert update(START + MINUTE) == 0
    remind(now=eight(DUE - 3 * DAY))
    method, event = newest(sent)
    assert (method, event["SEQUENCE"]) == ("REQUEST", 2)


def test_a_finished_review_is_cancelled(sent: World) -> None:
    sent.change(Review, sent.review, state=ReviewState.DONE)
    assert calendars.would_bring_up_to_date(now=START + MINUTE) == [
        "review of ICB-2026-001 is taken out of the calendar of Amina"
    ]
    assert update(START + MINUTE) == 1
    assert newest(sent)[0] == "CANCEL"


def test_whoever_may_not_see_it_any_more_loses_it_and_reads_the_reference_only(sent: World) -> None:
    sent.change(Assessment, sent.assessment, restricted=True)
    sent.change(MitigationRow, sent.mitigation, due_on=DUE + 14 * DAY)
    assert update(START + MINUTE) == 1  # Amina, who takes part, keeps hers
    mail = sent.mails()[-1]
    assert mail.recipient == "grace@example.nhs.uk"
    assert newest(sent)[0] == "CANCEL"
    assert "surgery" not in mail.subject + mail.body + mail.calendar[0]


def test_whoever_left_is_told_nothing_and_it_ends(sent: World) -> None:
    people.deactivate(sent.grace, organisation_id=sent.icb, by=None, now=LONG_AGO)
    before = len(sent.mails())
    sent.change(MitigationRow, sent.mitigation, due_on=DUE + 14 * DAY)
    update(START + MINUTE)
    assert len(sent.mails()) == before
    assert update(START + MINUTE) == 0


def test_a_digest_carries_what_its_things_carry(world: World) -> None:
    choices.choose(Telling.DAILY, revision=1, by=world.grace, now=LONG_AGO)
    remind(now=START)
    digests.send(now=START)
    mail = next(mail for mail in world.mails() if mail.recipient.startswith("grace"))
    assert len(mail.calendar) == 1


def test_two_schedulers_at_the_same_moment_move_it_once(app: Flask) -> None:
    with app.app_context():
        world = make_world()
        choices.choose(Telling.AT_ONCE, revision=0, by=world.grace, now=LONG_AGO)
        remind(now=START)
        world.change(MitigationRow, world.mitigation, due_on=DUE + 14 * DAY)
    found = at_once(app, *[lambda: update(START + MINUTE)] * 3)
    assert sorted(str(one) for one in found) == ["0", "0", "1"]
    with app.app_context():
        row = db.session.scalars(select(CalendarEvent).where(CalendarEvent.kind == DateKind.MITIGATION)).one()
        assert row.sequence == 1


# -- the feed -------------------------------------------------------------------------------------


def shown(token: str, now: datetime = START) -> dict[str, Any]:
    found: Any = Calendar.from_ical(feeds.fetch(token, network_address="192.0.2.1", now=now))
    db.session.rollback()
    return {str(event["SUMMARY"]): event for event in found.walk("VEVENT")}


def test_a_feed_shows_what_its_person_has_to_do(world: World) -> None:
    grace, amina = feeds.make(by=world.grace, now=LONG_AGO), feeds.make(by=world.amina, now=LONG_AGO)
    assert set(shown(grace)) == {"Due: mitigating action ICB-2026-001-M1"}
    assert set(shown(amina)) == {"Due: review of ICB-2026-001"}
    assert shown(feeds.make(by=world.ben, now=LONG_AGO)) == {}
    world.change(MitigationRow, world.mitigation, claim=Claim.DONE)
    assert shown(grace) == {}
    world.change(Assessment, world.assessment, stage=Stage.PAUSED)
    assert shown(amina) == {}


def test_a_feed_and_an_invitation_are_the_same_event(sent: World) -> None:
    sent.change(MitigationRow, sent.mitigation, due_on=DUE + 14 * DAY)
    update(START + MINUTE)
    _, event = newest(sent)
    (fed,) = shown(feeds.make(by=sent.grace, now=LONG_AGO)).values()
    assert (fed["UID"], fed["SEQUENCE"]) == (event["UID"], event["SEQUENCE"])


def test_what_may_not_be_seen_any_more_is_not_in_it(world: World) -> None:
    token = feeds.make(by=world.grace, now=LONG_AGO)
    world.change(Assessment, world.assessment, restricted=True)
    assert shown(token) == {}
    amina = shown(feeds.make(by=world.amina, now=LONG_AGO))
    assert "surgery" not in str(amina["Due: review of ICB-2026-001"].to_ical())


def test_only_the_digest_is_kept_and_a_new_address_replaces_the_old(world: World) -> None:
    first = feeds.make(by=world.grace, now=LONG_AGO)
    second = feeds.make(by=world.grace, now=LONG_AGO)
    row = db.session.scalars(select(CalendarFeed)).one()
    assert first not in row.token_sha256
    assert second not in row.token_sha256
    db.session.rollback()
    with pytest.raises(NotFound):
        shown(first)
    assert shown(second)
    feeds.switch_off(by=world.grace)
    feeds.switch_off(by=world.grace)
    with pytest.raises(NotFound):
        shown(second)


def test_after_they_left_there_is_nothing(world: World) -> None:
    token = feeds.make(by=world.grace, now=LONG_AGO)
    people.deactivate(world.grace, organisation_id=world.icb, by=None, now=LONG_AGO)
    with pytest.raises(NotFound):
        shown(token)
    with pytest.raises(NotAllowed):
        feeds.make(by=world.grace, now=LONG_AGO)


def test_who_guesses_is_stopped_after_ten_tries(world: World) -> None:
    token = feeds.make(by=world.grace, now=LONG_AGO)
    for number in range(10):
        with pytest.raises(NotFound):
            shown(f"guess {number}")
    with pytest.raises(TooManyTries):
        shown(token)
    assert shown(token, now=START + 16 * MINUTE)


def test_a_feed_asks_as_often_for_many_dates_as_for_one(world: World, inside: Flask) -> None:
    token = feeds.make(by=world.grace, now=LONG_AGO)
    with counted(inside) as few:
        shown(token)
    with transaction() as session:
        for number in range(2, 30):
            session.add(
                MitigationRow(
                    organisation_id=world.icb,
                    assessment_id=world.assessment,
                    ref=f"ICB-2026-001-M{number}",
                    what="Another bus",
                    owner_id=world.grace,
                    due_on=DUE + number * DAY,
                    by=world.amina,
                    at=LONG_AGO,
                )
            )
    with counted(inside) as many:
        assert len(shown(token)) == 29
    assert len(few) == len(many)
