"""Owners outside are reminded as owners here are: before and after the day, once, with a fresh link."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from ehiia.domain.partnering import PartnerLinkState
from ehiia.domain.vocabulary import Claim
from ehiia.services import history, outside, partners
from ehiia.services.reminders import remind, would_remind
from ehiia.services.transaction import read
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.duties import MailRow
from ehiia.store.partners import PartnerLink
from tests.services.together import at_once
from tests.services.world import DAY, DUE, World, eight, make_world

JO = "Jo Bell, Suffolk Deaf Association"
ADDRESS = "jo@deaf.example.org"
ACTION = "ICB-2026-001-M1"
LONG_BEFORE = eight(DUE - 60 * DAY)


def to_jo(world: World) -> None:
    world.change(MitigationRow, world.mitigation, owner_id=None, outside_owner=JO, outside_email=ADDRESS)


@pytest.fixture
def world(inside: Flask) -> World:
    made = make_world()
    to_jo(made)
    return made


def send(world: World, now: datetime = LONG_BEFORE, *, meant: bool = False) -> None:
    partners.send(ACTION, email=ADDRESS, days=14, meant=meant, by=world.amina, now=now)


def mails() -> list[MailRow]:
    read().expire_all()
    return list(read().scalars(select(MailRow).where(MailRow.recipient == ADDRESS).order_by(MailRow.id)))


def reminded(world: World, days: range) -> list[str]:
    """Run the daily look on days counted from the day it is due; return the subjects that went to Jo."""
    before = len(mails())
    for day in days:
        remind(now=eight(DUE + day * DAY))
    return [mail.subject for mail in mails()[before:]]


def test_jo_is_reminded_before_and_after_with_a_link_that_opens(world: World) -> None:
    send(world)
    subjects = reminded(world, range(-35, 10))
    due = f"your action for An ICB, {ACTION}"
    assert [subject.partition(": ")[2] for subject in subjects] == [
        f"Due in 28 days: {due}",  # 30 days before is a Saturday
        f"Due in 7 days: {due}",
        f"Due in 3 days: {due}",  # the day before is a Sunday
        f"Overdue: {due}",
        f"Overdue: {due}",
    ]
    for mail in mails()[1:]:
        assert "Closing the branch surgery" not in mail.subject + mail.body
        assert "A minibus on Tuesdays" in mail.body
    found = re.search(r"/partner/([\w.-]+)", mails()[-1].body)
    assert found is not None
    now = eight(DUE + 10 * DAY)
    outside.say(found[1], Claim.DONE, note_text="It runs since today.", now=now)
    assert reminded(world, range(11, 40)) == []


def test_the_same_day_twice_and_two_at_once_remind_once(app: Flask) -> None:
    with app.app_context():
        world = make_world()
        to_jo(world)
        send(world)
    day = eight(DUE - 7 * DAY)
    at_once(app, lambda: remind(now=day), lambda: remind(now=day))
    with app.app_context():
        remind(now=day)
        remind(now=day + DAY)
        assert len(mails()) == 2
        assert read().scalar(select(func.count()).select_from(PartnerLink)) == 2


def test_nobody_outside_is_written_to_before_a_first_link_or_after_it_was_taken_back(world: World) -> None:
    assert reminded(world, range(-8, 3)) == []
    send(world, eight(DUE + 3 * DAY))
    partners.take_back(ACTION, by=world.amina, now=eight(DUE + 3 * DAY))
    assert reminded(world, range(4, 20)) == []
    assert ("Amina", "mitigation_overdue") in world.told()


def test_a_link_sent_by_hand_is_the_reminder_of_that_day(world: World) -> None:
    send(world, eight(DUE - 7 * DAY))
    assert reminded(world, range(-7, -4)) == []


def test_somebody_here_with_the_same_address_is_written_to_once(world: World) -> None:
    world.change(MitigationRow, world.mitigation, outside_email="amina@example.nhs.uk")
    partners.send(ACTION, email="amina@example.nhs.uk", days=14, meant=False, by=world.amina, now=LONG_BEFORE)
    remind(now=eight(DUE - 7 * DAY))
    assert read().scalar(select(func.count()).select_from(PartnerLink)) == 1


def test_of_a_restricted_one_only_who_was_meant_to_know_is_reminded(world: World) -> None:
    world.change(Assessment, world.assessment, restricted=True)
    send(world, meant=True)
    (subject,) = reminded(world, range(-7, -6))
    assert subject.endswith(ACTION)
    assert "A minibus on Tuesdays" not in mails()[-1].body
    world.change(PartnerLink, 1, for_restricted=False)
    world.change(PartnerLink, 2, for_restricted=False)
    assert reminded(world, range(-1, 3)) == []


def test_jo_who_was_reminded_stands_in_the_history_and_among_the_links(world: World) -> None:
    send(world)
    day = DUE - 7 * DAY
    assert any("Amina, the owner outside" in line for line in would_remind(now=eight(day)))
    remind(now=eight(day))
    newest = history.of_subject(f"assessment:{world.assessment}").entries
    assert any(entry.sentence.endswith(f"and {JO}, who has no account") for entry in newest)
    row = read().get_one(MitigationRow, world.mitigation)
    links = partners.links_of(row, read().get_one(Assessment, world.assessment), now=eight(day))
    assert [(one.reminder, one.state) for one in links] == [
        (True, PartnerLinkState.OPEN),
        (False, PartnerLinkState.EXPIRED),
    ]
    assert links[0].expires_at - eight(day) > timedelta(days=28)
