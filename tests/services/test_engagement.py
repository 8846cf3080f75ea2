"""The engagement log: who was listened to, changed, taken out, put back; and what the rules read of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.clock import day_of
from ehiia.domain.vocabulary import HeadCount
from ehiia.services import engagement, history
from ehiia.services.answered import engagements_of
from ehiia.services.engagement import Entry
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Stale, read
from ehiia.store.assessments import Assessment
from tests import people, writing
from tests.people import Cast

CLUB = Entry(
    on_date=date(2026, 2, 10),
    place="Deaf club, Clacton",
    channel="went_to_them",
    heard={"disability": HeadCount.UNDER_10, "age": None},
    others="Interpreters",
    led_by="The engagement team",
    said="A telephone line shuts them out.",
    changed="A text relay was added.",
)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


def id_of(ref: str) -> int:
    return read().scalars(select(Assessment.id).where(Assessment.ref == ref)).one()


def told(ref: str) -> list[str]:
    return [entry.sentence for entry in history.of_subject(f"assessment:{id_of(ref)}").entries]


def test_what_amina_logs_is_what_the_rules_read(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    engagement.add(ref, CLUB, by=cast.amina, now=now)
    (read_back,) = engagements_of(read(), id_of(ref))
    assert read_back.number == 1
    assert read_back.on_date == CLUB.on_date
    assert read_back.groups == ("age", "disability")
    assert read_back.bands == (("disability", HeadCount.UNDER_10),)
    assert (read_back.said, read_back.changed, read_back.fed_back_on) == (CLUB.said, CLUB.changed, None)
    assert told(ref)[0] == "Amina Hassan changed the engagement log: added entry 1"


def test_people_of_core20plus5_can_be_heard_too(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    heard = Entry(said="The second bus costs too much.", heard={"core20_areas": HeadCount.FROM_10})
    engagement.add(ref, heard, by=cast.amina, now=now)
    (read_back,) = engagements_of(read(), id_of(ref))
    assert read_back.bands == (("core20_areas", HeadCount.FROM_10),)


def test_the_log_stands_in_the_order_of_its_dates(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    for day in (date(2026, 2, 20), None, date(2026, 1, 5)):
        engagement.add(ref, Entry(on_date=day, place=f"On {day}"), by=cast.amina, now=now)
    assert [one.number for one in engagements_of(read(), id_of(ref))] == [3, 1, 2]


def test_the_same_form_sent_twice_is_one_entry(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    engagement.add(ref, CLUB, by=cast.amina, now=now)
    engagement.add(ref, CLUB, by=cast.amina, now=now)
    assert engagement.count_of(id_of(ref)) == 1


def test_what_cannot_be_is_refused_at_its_field(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    tomorrow = day_of(now) + timedelta(days=1)
    for entry, names in (
        (Entry(), {"on_date"}),
        (Entry(on_date=tomorrow, channel="pigeon", place="x" * 301), {"on_date", "channel", "place"}),
        (Entry(on_date=date(2026, 2, 2), fed_back_on=date(2026, 2, 1)), {"fed_back_on"}),
        (Entry(heard={"martians": None}), {"heard"}),
    ):
        with pytest.raises(Invalid) as refused:
            engagement.add(ref, entry, by=cast.amina, now=now)
        assert set(refused.value.errors) == names


def test_the_second_who_changes_an_entry_is_told(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    engagement.add(ref, CLUB, by=cast.amina, now=now)
    engagement.change(ref, 1, Entry(place="Library"), revision=1, by=cast.amina, now=now)
    with pytest.raises(Stale):
        engagement.change(ref, 1, CLUB, revision=1, by=cast.amina, now=now)
    assert [one.groups for one in engagements_of(read(), id_of(ref))] == [()]


def test_an_entry_taken_out_can_be_put_back_with_its_number(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    engagement.add(ref, CLUB, by=cast.amina, now=now)
    engagement.take_out(ref, 1, by=cast.amina, now=now)
    assert engagements_of(read(), id_of(ref)) == ()
    assert [row.number for row in engagement.taken_out(id_of(ref))] == [1]
    engagement.put_back(ref, 1, by=cast.amina, now=now)
    engagement.put_back(ref, 1, by=cast.amina, now=now)
    assert [one.groups for one in engagements_of(read(), id_of(ref))] == [("age", "disability")]
    assert [line.rpartition(": ")[2] for line in told(ref)[:3]] == [
        "put back entry 1",
        "took out entry 1",
        "added entry 1",
    ]


def test_a_number_is_never_given_twice(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    engagement.add(ref, CLUB, by=cast.amina, now=now)
    engagement.take_out(ref, 1, by=cast.amina, now=now)
    assert engagement.add(ref, CLUB, by=cast.amina, now=now).number == 2


def test_people_hear_back_long_after(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    engagement.add(ref, CLUB, by=cast.amina, now=now)
    with pytest.raises(Invalid):
        engagement.feed_back(ref, 1, on=date(2026, 2, 9), how="", by=cast.amina, now=now)
    engagement.feed_back(ref, 1, on=date(2026, 2, 28), how="A letter", by=cast.amina, now=now)
    (one,) = engagements_of(read(), id_of(ref))
    assert (one.fed_back_on, one.fed_back_how) == (date(2026, 2, 28), "A letter")
    assert "heard back on" in told(ref)[0]


def test_strangers_and_readers_change_nothing(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    with pytest.raises(NotFound):
        engagement.add(ref, CLUB, by=cast.esther, now=now)
    with pytest.raises(NotAllowed):
        engagement.add(ref, CLUB, by=cast.dev, now=now)
    with pytest.raises(NotFound):
        engagement.change(ref, 1, CLUB, revision=1, by=cast.amina, now=now)
