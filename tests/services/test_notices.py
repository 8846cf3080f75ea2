"""People are told once; nobody who left, and nothing of a restricted proposal."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from ehiia.extensions import db
from ehiia.notify.messages import MissingValue
from ehiia.services import notices, people
from ehiia.services.transaction import transaction
from ehiia.store.assessments import Assessment
from ehiia.store.people import Account, Post
from tests.services.world import DAY, DUE, LONG_AGO, World, live, make_world


@pytest.fixture
def world(inside: Flask) -> World:
    return make_world()


def tell(world: World, message: str = "sent_back", key: str = "k", person: int = 0, **values: Any) -> bool:
    with transaction() as session:
        return notices.tell(
            session,
            person_id=person or world.amina,
            message_name=message,
            values={"by": "Ben", "comment": "Too thin"} | values,
            dedupe_key=key,
            assessment=session.get_one(Assessment, world.assessment),
            now=LONG_AGO,
        )


def test_a_person_is_told_once_and_gets_one_mail(world: World) -> None:
    assert tell(world)
    assert not tell(world)
    assert tell(world, key="another time")
    assert tell(world, person=world.ben)  # the same key, another person
    assert world.told() == [("Amina", "sent_back"), ("Amina", "sent_back"), ("Ben", "sent_back")]
    first = world.mails()[0]
    assert len(world.mails()) == 3
    assert first.recipient == "amina@example.nhs.uk"
    assert first.subject == "EHIIA: Sent back to you: “Closing the branch surgery” (ICB-2026-001)"
    assert "http://127.0.0.1:5000/a/ICB-2026-001" in first.body
    assert "Too thin" in first.body


def test_mail_about_a_restricted_assessment_names_the_reference_only(world: World) -> None:
    world.change(Assessment, world.assessment, restricted=True)
    assert tell(world)
    live(DUE, DUE + 30 * DAY)
    assert world.mails()
    for mail in world.mails():
        for secret in ("surgery", "Too thin", "minibus"):
            assert secret not in mail.subject + mail.body
    assert "Ben" not in {name for name, _ in world.told()}  # an equality lead who takes no part


def test_whoever_left_is_told_nothing(world: World) -> None:
    people.deactivate(world.grace, organisation_id=world.icb, by=None, now=LONG_AGO)
    assert not tell(world, person=world.grace)
    world.change(Account, account_of(world.amina), active=False)
    assert not tell(world)
    with transaction() as session:
        session.execute(update(Post).where(Post.person_id == world.ben).values(ends_on=LONG_AGO.date() - DAY))
    assert not tell(world, person=world.ben)
    assert world.told() == []
    assert world.mails() == []


def account_of(person_id: int) -> int:
    found = db.session.scalar(select(Account.id).where(Account.person_id == person_id))
    db.session.rollback()
    assert found is not None
    return found


def test_a_message_that_lacks_a_value_stops_the_whole_act(world: World) -> None:
    with pytest.raises(MissingValue):
        tell(world, by=None)
    with pytest.raises(TypeError):
        tell(world, by=["Ben"])
    assert world.told() == []


def test_a_test_mail_waits_in_the_outbox(world: World) -> None:
    assert notices.send_test(organisation_id=world.icb, recipient="x@example.org", by=None, now=LONG_AGO)
    (mail,) = world.mails()
    assert (mail.recipient, mail.subject) == ("x@example.org", "EHIIA: Test mail")


def test_the_mail_for_a_new_password_says_how_long_its_link_is_good() -> None:
    message = notices.password_reset(link="https://x/reset/abc", valid_for="2 hours")
    assert "https://x/reset/abc" in message.body
    assert "2 hours" in message.body
