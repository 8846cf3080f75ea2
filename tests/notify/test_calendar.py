"""Invitations and feeds are read by the icalendar library and keep to what Outlook wants."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from ehiia.notify.calendar import Event, feed, invitation, method_of, queued, uid_of, written
from ehiia.notify.delivery import Outgoing, compose

AT = datetime(2027, 2, 1, 8, tzinfo=UTC)


def event(**changes: Any) -> Event:
    values: dict[str, Any] = {
        "uid": uid_of("mitigation", 7, 1),
        "sequence": 2,
        "on": date(2027, 3, 1),
        "title": "Due: mitigating action ICB-2026-001-M1",
        "text": "A minibus on Tuesdays",
        "link": "https://ehiia.example/mitigations/ICB-2026-001-M1",
        "at": AT,
    }
    return Event(**(values | changes))


def only(text: str) -> Any:
    (found,) = Calendar.from_ical(text).walk("VEVENT")
    return found


def test_an_invitation_takes_the_whole_day_and_nobodys_time() -> None:
    text = invitation(event(), organiser="ehiia@example.nhs.uk", attendee="amina@example.nhs.uk")
    calendar: Any = Calendar.from_ical(text)
    assert (calendar["METHOD"], calendar["VERSION"]) == ("REQUEST", "2.0")
    one = only(text)
    assert one["DTSTART"].dt == date(2027, 3, 1)
    assert one["DTEND"].dt == date(2027, 3, 2)
    assert (one["SEQUENCE"], one["STATUS"], one["TRANSP"]) == (2, "CONFIRMED", "TRANSPARENT")
    assert one["ATTENDEE"] == "mailto:amina@example.nhs.uk"
    assert one["ORGANIZER"] == "mailto:ehiia@example.nhs.uk"
    assert one["DTSTAMP"].dt == AT
    assert method_of(text) == "REQUEST"


def test_a_cancellation_has_the_same_uid_and_says_so_twice() -> None:
    sent = invitation(event(), organiser="a@b", attendee="c@d")
    over = invitation(event(sequence=3, cancelled=True), organiser="a@b", attendee="c@d")
    calendar: Any = Calendar.from_ical(over)
    assert calendar["METHOD"] == "CANCEL" == method_of(over)
    assert only(over)["STATUS"] == "CANCELLED"
    assert only(over)["UID"] == only(sent)["UID"]
    assert only(over)["SEQUENCE"] > only(sent)["SEQUENCE"]


@pytest.mark.parametrize("cancelled", [False, True])
def test_what_was_queued_is_written_when_it_is_sent(cancelled: bool) -> None:
    one, people = event(cancelled=cancelled), {"organiser": "a@b", "attendee": "c@d"}
    text = invitation(one, **people)
    assert written(queued(one, **people)) == text
    assert written(text) == text, "one that was queued as it is sent stays as it is"


@pytest.mark.parametrize("cancelled", [False, True])
def test_it_has_what_outlook_and_the_standard_ask_for_and_no_more(cancelled: bool) -> None:
    """RFC 5546, 3.2.2 and 3.2.5: REQUEST and CANCEL; [MS-OXCICAL]: what Outlook reads of whole days."""
    text = invitation(event(cancelled=cancelled), organiser="a@example.org", attendee="c@example.org")
    calendar: Any = Calendar.from_ical(text)
    one = only(text)
    assert calendar.errors == one.errors == []
    assert sorted(calendar) == ["CALSCALE", "METHOD", "PRODID", "VERSION"]
    assert [component.name for component in calendar.walk()] == ["VCALENDAR", "VEVENT"], "no time zones"
    for name in ("UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "ORGANIZER", "ATTENDEE", "SUMMARY"):
        assert not isinstance(one[name], list), name
        assert name in one
    assert "DTSTART;VALUE=DATE:20270301\r\n" in text
    assert "DTSTAMP:20270201T080000Z\r\n" in text
    assert {name: str(one[name]) for name in one if name.startswith("X-")} == {
        "X-MICROSOFT-CDO-ALLDAYEVENT": "TRUE",
        "X-MICROSOFT-CDO-BUSYSTATUS": "FREE",
    }
    assert one["ATTENDEE"].params["RSVP"] == "FALSE", "nobody is asked to answer"


def test_a_uid_is_one_things_own() -> None:
    assert uid_of("review", 7, 1) == uid_of("review", 7, 1)
    assert len({uid_of("review", 7, 1), uid_of("mitigation", 7, 1), uid_of("review", 7, 2)}) == 3


@given(title=st.text(max_size=300), text=st.text(max_size=600))
def test_any_words_are_folded_with_crlf_and_come_back(title: str, text: str) -> None:
    words = "".join(c for c in title if c.isprintable())
    made = feed([event(title=words, text=text)], name="Impact assessments")
    raw = made.encode()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert str(only(made)["SUMMARY"]) == words


def test_a_mail_carries_it_as_outlook_wants_it() -> None:
    texts = tuple(
        invitation(one, organiser="a@example.org", attendee="c@example.org")
        for one in (event(), event(cancelled=True, sequence=3))
    )
    outgoing = Outgoing("id@x", "c@example.org", "Due", "Please look.\n", AT, calendar=texts)
    data = compose(outgoing, sender="a@example.org").as_bytes()
    message: Any = message_from_bytes(data, policy=policy.default)
    assert message.get_body(("plain",)).get_content().splitlines() == ["Please look."]
    parts = list(message.iter_attachments())
    assert [part.get_content_type() for part in parts] == ["text/calendar"] * 2
    assert [part["Content-Type"].params["method"] for part in parts] == ["REQUEST", "CANCEL"]
    assert [part.get_filename() for part in parts] == ["invite-1.ics", "invite-2.ics"]
    assert [part.get_payload(decode=True).decode() for part in parts] == list(texts)


def test_a_feed_lists_everything_without_a_method() -> None:
    other = event(uid=uid_of("review", 1, 1), on=date(2027, 3, 1) + timedelta(days=9))
    calendar: Any = Calendar.from_ical(feed([event(), other], name="Impact assessments"))
    assert len(calendar.walk("VEVENT")) == 2
    assert "METHOD" not in calendar
