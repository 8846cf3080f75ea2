"""Dates as calendars read them (RFC 5545): invitations in mail, and the feed of a person.

Every event takes a whole day in London, and nobody's time. Lines end with CRLF
and are folded, as Outlook wants them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from icalendar import Calendar, vCalAddress, vText
from icalendar import Event as Component

PRODID = "-//EHIIA//Impact assessments//EN"
EVENTS = UUID("9f4a7c1e-8b0e-4a53-a1c5-53c1f2a7d6b0")
"""Namespace of the UIDs."""


@dataclass(frozen=True)
class Event:
    """Something with a date. ``sequence`` rises whenever its date moves; ``at``: when it was said (UTC)."""

    uid: str
    sequence: int
    on: date
    title: str
    text: str
    link: str
    at: datetime
    cancelled: bool = False


def uid_of(kind: str, subject_id: int, organisation_id: int) -> str:
    """Return the UID of an event: the same whenever it is asked for, whatever its date."""
    return f"{uuid5(EVENTS, f'{organisation_id}:{kind}:{subject_id}')}@ehiia.invalid"


def invitation(event: Event, *, organiser: str, attendee: str) -> str:
    """Return what is attached to a mail: METHOD REQUEST, or CANCEL of what was sent before."""
    made = _calendar()
    made.add("method", "CANCEL" if event.cancelled else "REQUEST")
    component = _component(event)
    component.add("organizer", _address(organiser, "EHIIA"))
    person = _address(attendee)
    person.params["role"] = vText("REQ-PARTICIPANT")
    person.params["rsvp"] = vText("FALSE")
    component.add("attendee", person)
    made.add_component(component)
    return bytes(made.to_ical()).decode()


def queued(event: Event, *, organiser: str, attendee: str) -> str:
    """Return the facts of an invitation as they wait in the outbox; ``written`` makes the invitation of them.

    Most of what waits is put there by the daily look, many at once, and writing takes longer than queueing.
    """
    facts = vars(event) | {"on": event.on.isoformat(), "at": event.at.isoformat()}
    return json.dumps({"event": facts, "organiser": organiser, "attendee": attendee}, ensure_ascii=False)


def written(text: str) -> str:
    """Return the invitation of the facts that ``queued`` gave; one that was queued as written, as it is."""
    if text.startswith("BEGIN:"):
        return text
    facts = json.loads(text)
    event = facts["event"]
    moments = {"on": date.fromisoformat(event["on"]), "at": datetime.fromisoformat(event["at"])}
    return invitation(Event(**(event | moments)), organiser=facts["organiser"], attendee=facts["attendee"])


def feed(events: Sequence[Event], *, name: str) -> str:
    """Return all events of a person as one calendar that other programs fetch."""
    made = _calendar()
    made.add("x-wr-calname", name)
    made.add("x-published-ttl", "PT4H")
    for event in events:
        made.add_component(_component(event))
    return bytes(made.to_ical()).decode()


def method_of(text: str) -> str:
    """Return the METHOD of an invitation: it has to stand in the header of its part of the mail too."""
    return "CANCEL" if "\r\nMETHOD:CANCEL\r\n" in text else "REQUEST"


def _calendar() -> Calendar:
    made = Calendar()
    made.add("prodid", PRODID)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    return made


def _component(event: Event) -> Component:
    made = Component()
    made.add("uid", event.uid)
    made.add("dtstamp", event.at.astimezone(UTC))
    made.add("last-modified", event.at.astimezone(UTC))
    made.add("sequence", event.sequence)
    made.add("dtstart", event.on)
    made.add("dtend", event.on + timedelta(days=1))
    made.add("summary", _plain(event.title))
    made.add("description", _plain(f"{event.text}\n{event.link}".strip()))
    if event.link:
        made.add("url", event.link)
    made.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    made.add("transp", "TRANSPARENT")
    made.add("x-microsoft-cdo-busystatus", "FREE")
    made.add("x-microsoft-cdo-alldayevent", "TRUE")
    return made


def _address(email: str, name: str = "") -> vCalAddress:
    made = vCalAddress(f"mailto:{email}")
    if name:
        made.params["cn"] = vText(name)
    return made


def _plain(text: str) -> str:
    """Return a text without signs that a calendar may not have; line breaks stay, as LF."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines)
