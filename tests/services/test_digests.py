"""What can wait is told once, in one message on a working morning, whatever breaks meanwhile.

Long because every way in which a notice could be lost or told twice is kept in one place.
"""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.telling import Telling
from ehiia.domain.vocabulary import Claim, ProposalKind, ReviewState, Stage
from ehiia.extensions import db
from ehiia.notify import digest
from ehiia.notify.delivery import Memory, Outgoing, Result, TryLater
from ehiia.services import choices, digests, hiding, jobs, notices, outbox, people
from ehiia.services.one_by_one import SomeFailed
from ehiia.services.transaction import Stale, transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import Review
from ehiia.store.duties import DeliveryState, MailRow, Notice
from tests.services.together import at_once
from tests.services.world import DAY, LONG_AGO, World, eight, make_world
from tests.web.conftest import counted

MONDAY = date(2027, 2, 1)
HOUR = timedelta(hours=1)
SEVEN = datetime(2027, 2, 1, 7, tzinfo=UTC)


@pytest.fixture
def world(inside: Flask) -> World:
    return make_world()


def tell(
    world: World,
    key: str,
    *,
    now: datetime = SEVEN,
    person: int = 0,
    message: str = "countersigned",
    assessment: int = 0,
    **more: Any,
) -> None:
    with transaction() as session:
        assert notices.tell(
            session,
            person_id=person or world.amina,
            message_name=message,
            values={"by": "Ben", "comment": f"About {key}"},
            dedupe_key=key,
            assessment=session.get_one(Assessment, assessment or world.assessment),
            now=now,
            **more,
        )


def another(world: World, ref: str = "ICB-2026-002", title: str = "A mobile clinic") -> int:
    with transaction() as session:
        made = Assessment(
            organisation_id=world.icb,
            ref=ref,
            title=title,
            title_folded=title.lower(),
            kind=ProposalKind.POLICY,
            stage=Stage.WRITING,
            question_set_version=1,
            screening_version=1,
            created_by=world.amina,
            created_at=LONG_AGO,
            updated_at=LONG_AGO,
        )
        session.add(made)
        session.flush()
        return made.id


def waiting() -> list[int]:
    found = list(db.session.scalars(select(Notice.id).where(Notice.waits_for.is_not(None))))
    db.session.rollback()
    return found


def choose(person: int, telling: Telling) -> None:
    choices.choose(telling, revision=choices.choice_of(person).revision, by=person, now=LONG_AGO)


def test_what_can_wait_comes_in_one_mail_by_assessment_with_its_pages(world: World) -> None:
    other = another(world)
    tell(world, "first")
    tell(world, "second", assessment=other)
    tell(world, "third", message="version_begun")
    assert world.mails() == []
    assert digests.send(now=eight(MONDAY)) == 1
    (mail,) = world.mails()
    assert (mail.recipient, mail.subject) == ("amina@example.nhs.uk", "EHIIA: 3 things for you")
    assert mail.body.splitlines()[:13] == [
        "3 things for you to know or to do.",
        "",
        "“Closing the branch surgery” (ICB-2026-001)",
        "http://127.0.0.1:5000/a/ICB-2026-001",
        "",
        "* Confirmed: no full assessment for “Closing the branch surgery” (ICB-2026-001)",
        "  Ben has confirmed that “Closing the branch surgery” (ICB-2026-001) needs no full assessment.",
        "  You need do nothing more. If the proposal changes, screen it again.",
        "  http://127.0.0.1:5000/a/ICB-2026-001",
        "",
        "* A new version is begun: “Closing the branch surgery” (ICB-2026-001)",
        "  Ben has begun a new version of the assessment “Closing the branch surgery” (ICB-2026-001).",
        "  They wrote: About third",
    ]
    assert "“A mobile clinic” (ICB-2026-002)\nhttp://127.0.0.1:5000/a/ICB-2026-002\n" in mail.body
    assert mail.body.endswith("Choose how you are told: http://127.0.0.1:5000/account/messages\n")
    assert waiting() == []


def test_nothing_to_tell_sends_nothing(world: World) -> None:
    assert digests.send(now=eight(MONDAY)) == 0
    assert world.mails() == []


@pytest.mark.parametrize("day", [date(2027, 1, 30), date(2027, 1, 31), date(2027, 3, 26), date(2027, 3, 29)])
def test_no_digest_on_a_weekend_or_a_bank_holiday_nor_before_eight(world: World, day: date) -> None:
    tell(world, "a", now=eight(date(2027, 1, 4)))
    assert digests.send(now=eight(day)) == 0
    assert digests.send(now=SEVEN) == 0
    assert digests.send(now=SEVEN + HOUR) == 1


def test_what_a_clock_that_was_ahead_put_down_does_not_wait_for_that_day(world: World) -> None:
    tell(world, "a", now=eight(date(2028, 2, 1)))
    assert digests.send(now=eight(MONDAY)) == 1
    assert digests.send(now=eight(date(2028, 2, 2))) == 0


def test_it_goes_out_at_eight_in_london_in_summer_too(world: World) -> None:
    tell(world, "a", now=eight(date(2027, 1, 4)))
    assert digests.send(now=datetime(2027, 6, 1, 6, 59, tzinfo=UTC)) == 0
    assert digests.send(now=datetime(2027, 6, 1, 7, 0, tzinfo=UTC)) == 1


def test_what_comes_after_the_digest_waits_for_the_next_working_morning(world: World) -> None:
    tell(world, "a")
    digests.send(now=eight(MONDAY))
    tell(world, "b", now=eight(MONDAY) + HOUR)
    assert digests.send(now=eight(MONDAY) + 2 * HOUR) == 0
    assert digests.send(now=eight(MONDAY + DAY)) == 1
    assert [mail.subject for mail in world.mails()] == ["EHIIA: 1 thing for you"] * 2


def test_there_is_one_digest_a_day_even_for_a_late_reminder(world: World) -> None:
    tell(world, "a")
    digests.send(now=eight(MONDAY))
    tell(world, "late", now=eight(MONDAY) + HOUR, reminder=True)
    assert digests.send(now=eight(MONDAY) + 2 * HOUR) == 0
    assert len(waiting()) == 1
    assert digests.send(now=eight(MONDAY + DAY)) == 1


def test_what_is_urgent_comes_at_once_unless_she_chose_otherwise(world: World) -> None:
    tell(world, "a", message="sent_back")
    tell(world, "b")
    tell(world, "c", last_day=True)
    assert [mail.subject[7:16] for mail in world.mails()] == ["Sent back", "Confirmed"]
    choose(world.amina, Telling.DAILY)
    tell(world, "d", message="sent_back")
    assert len(world.mails()) == 2
    choose(world.amina, Telling.AT_ONCE)
    tell(world, "e")
    assert len(world.mails()) == 3
    assert digests.send(now=eight(MONDAY)) == 1  # what waited before she chose again
    assert world.mails()[-1].subject == "EHIIA: 2 things for you"


def test_two_choices_at_once_do_not_overwrite_unseen(world: World) -> None:
    assert choices.choice_of(world.amina) == choices.Choice()
    db.session.rollback()
    choices.choose(Telling.DAILY, revision=0, by=world.amina, now=LONG_AGO)
    choices.choose(Telling.DAILY, revision=0, by=world.amina, now=LONG_AGO)  # the form was sent twice
    with pytest.raises(Stale):
        choices.choose(Telling.AT_ONCE, revision=0, by=world.amina, now=LONG_AGO)
    assert choices.choice_of(world.amina) == choices.Choice(Telling.DAILY, 1)
    assert choices.choice_of(world.ben) == choices.Choice()


def test_whoever_left_meanwhile_is_told_nothing(world: World) -> None:
    tell(world, "a", person=world.grace)
    people.deactivate(world.grace, organisation_id=world.icb, by=None, now=LONG_AGO)
    assert digests.send(now=eight(MONDAY)) == 0
    assert (world.mails(), waiting()) == ([], [])


def test_what_they_may_not_know_any_more_is_left_out(world: World) -> None:
    other = another(world)
    tell(world, "a", person=world.grace)
    tell(world, "b", person=world.grace, assessment=other)
    world.change(Assessment, world.assessment, restricted=True)
    assert digests.send(now=eight(MONDAY)) == 1
    (mail,) = world.mails()
    assert "ICB-2026-001" not in mail.body
    assert mail.subject == "EHIIA: 1 thing for you"


def restrict(world: World) -> None:
    with transaction() as session:
        assessment = session.get_one(Assessment, world.assessment)
        assessment.restricted = True
        session.flush()
        hiding.hide(session, assessment)


def test_a_restriction_takes_its_words_out_of_what_waits(world: World) -> None:
    tell(world, "a", message="version_begun")
    tell(world, "b", message="version_begun", person=world.grace)
    restrict(world)
    assert digests.send(now=eight(MONDAY)) == 1
    (mail,) = world.mails()
    assert mail.recipient == "amina@example.nhs.uk"
    assert "Restricted now: ICB-2026-001" in mail.body
    for secret in ("surgery", "About a"):
        assert secret not in mail.subject + mail.body


@pytest.mark.parametrize("was_sent", [False, True])
def test_a_restriction_takes_its_words_out_of_a_digest_and_leaves_the_rest(
    world: World, was_sent: bool
) -> None:
    other = another(world)
    for person in (world.amina, world.grace):
        tell(world, "a", message="version_begun", person=person)
        tell(world, "b", message="version_begun", person=person, assessment=other)
    tell(world, "c", message="version_begun", person=world.ben)
    assert digests.send(now=eight(MONDAY)) == 3
    if was_sent:
        outbox.send_due(now=eight(MONDAY), by_way_of=Memory())
    restrict(world)
    mails = {mail.recipient.split("@")[0]: mail for mail in world.mails()}
    for mail in mails.values():
        assert "surgery" not in mail.subject + mail.body
        assert "About a" not in mail.body
    assert "ICB-2026-001" in mails["amina"].body
    assert "A mobile clinic" in mails["amina"].body
    assert ("ICB-2026-001" in mails["grace"].body) is was_sent  # she takes no part: not told any more
    assert "A mobile clinic" in mails["grace"].body
    assert ("ben" in mails) is was_sent


# -- nothing is lost and nothing is told twice ----------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


def test_a_crash_half_way_leaves_everything_waiting_and_the_next_run_tells_it_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        tell(world, f"key {number}")
    real = digest.compose

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    monkeypatch.setattr("ehiia.services.digests.compose", die)
    with pytest.raises(Killed):
        digests.send(now=eight(MONDAY))
    assert len(waiting()) == 3
    assert world.mails() == []
    monkeypatch.setattr("ehiia.services.digests.compose", real)
    assert digests.send(now=eight(MONDAY) + HOUR) == 1
    assert world.mails()[0].subject == "EHIIA: 3 things for you"
    assert digests.send(now=eight(MONDAY) + HOUR) == 0


def test_one_person_whose_digest_fails_does_not_hold_up_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in (world.amina, world.ben, world.carol):
        tell(world, "a", person=person)
    real = notices.address_of

    def broken(session: Any, person_id: int, **more: Any) -> str | None:
        if person_id == world.ben:
            raise ZeroDivisionError
        return real(session, person_id, **more)

    monkeypatch.setattr("ehiia.services.digests.address_of", broken)
    with pytest.raises(SomeFailed, match="2 queued; failed: person"):
        digests.send(now=eight(MONDAY))
    assert len(waiting()) == 1
    monkeypatch.setattr("ehiia.services.digests.address_of", real)
    assert digests.send(now=eight(MONDAY) + HOUR) == 1


def test_an_outage_of_mail_repeats_the_same_digest_with_the_same_message_id(world: World) -> None:
    tell(world, "a")
    digests.send(now=eight(MONDAY))
    down = Memory(answers=[TryLater("connection refused", nobody_there=True)])
    assert outbox.send_due(now=eight(MONDAY), by_way_of=down).later == 1
    tell(world, "b", now=eight(MONDAY) + HOUR)
    digests.send(now=eight(MONDAY + DAY))  # still down: tomorrow's waits behind it

    taken: list[Outgoing] = []

    def take_and_die(outgoing: Outgoing) -> Result:
        taken.append(outgoing)
        raise Killed

    later = eight(MONDAY + DAY) + HOUR
    with pytest.raises(Killed):
        outbox.send_due(now=later, by_way_of=take_and_die, limit=1)
    memory = Memory()
    outbox.send_due(now=later + HOUR, by_way_of=memory)
    assert len(memory.sent) == 2
    assert taken[0].message_id == outbox.message_id(digests.key_of(world.amina, MONDAY))
    repeated = [one for one in memory.sent if one.message_id == taken[0].message_id]
    assert [one.body for one in repeated] == [taken[0].body]
    assert outbox.send_due(now=later + DAY, by_way_of=memory).accepted == 0


def test_two_schedulers_at_the_same_moment_make_one_digest(app: Flask) -> None:
    with app.app_context():
        world = make_world()
        for number in range(20):
            tell(world, f"key {number}", person=(world.amina, world.ben)[number % 2])
    found = at_once(app, *[lambda: digests.send(now=eight(MONDAY))] * 3)
    assert sum(one for one in found if isinstance(one, int)) == 2, found
    with app.app_context():
        assert sorted(mail.subject for mail in world.mails()) == ["EHIIA: 10 things for you"] * 2
        assert waiting() == []


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_each_notice_is_told_in_exactly_one_mail(
    world: World, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Thirty days: things told at any hour, choices changed, crashes, a server that comes and goes."""
    chance = random.Random(seed)
    real, told, sent = digest.compose, 0, Memory()

    def now_and_then(*given: Any, **more: Any) -> Any:
        if chance.random() < 0.3:
            raise Killed
        return real(*given, **more)

    monkeypatch.setattr("ehiia.services.digests.compose", now_and_then)
    moment = SEVEN
    while moment < SEVEN + 30 * DAY:
        if chance.random() < 0.5:
            person = chance.choice((world.amina, world.ben, world.carol))
            message = chance.choice(("countersigned", "sent_back", "version_begun"))
            tell(world, f"<{told}>", now=moment, person=person, message=message)
            told += 1
        if chance.random() < 0.1:
            choose(chance.choice((world.amina, world.ben)), chance.choice(list(Telling)))
        try:
            digests.send(now=moment)
        except Killed:
            db.session.rollback()
        if chance.random() < 0.5:
            outbox.send_due(now=moment, by_way_of=sent, limit=5)
        moment += chance.choice((2, 5, 9)) * HOUR
    monkeypatch.setattr("ehiia.services.digests.compose", real)
    digests.send(now=eight(date(2027, 3, 8)))
    outbox.send_due(now=eight(date(2027, 3, 8)), by_way_of=sent, limit=1000)
    rows = db.session.scalars(select(Notice)).all()
    assert len(rows) == told > 50
    mails = {mail.message_id: mail for mail in db.session.scalars(select(MailRow))}
    assert {mail.state for mail in mails.values()} == {DeliveryState.DONE}
    lines = {key: len(re.findall(r"^\* ", mail.body, re.M)) or 1 for key, mail in mails.items()}
    for key, count in lines.items():
        assert count == sum(row.told_in == key for row in rows)
    assert sum(lines.values()) == told
    assert len(sent.sent) == len(mails) == len({one.message_id for one in sent.sent})
    digest_days = [mail for mail in mails.values() if "things for you to know" in mail.body]
    assert len(digest_days) < told
    db.session.rollback()


def test_the_digests_wait_for_the_reminders_of_the_day_but_not_for_ever(world: World) -> None:
    world.change(MitigationRow, world.mitigation, claim=Claim.DONE)
    world.change(Review, world.review, state=ReviewState.DONE)
    tell(world, "a")
    job, remind = jobs.find("send-digests"), jobs.find("remind")
    assert jobs.ring(job, now=eight(MONDAY)) == "The reminders of the day are still to come"
    jobs.ring(remind, now=eight(MONDAY) + timedelta(minutes=3))
    assert job.would(eight(MONDAY) + timedelta(minutes=4)) == ["one message with what waited, to Amina"]
    assert jobs.ring(job, now=eight(MONDAY) + timedelta(minutes=4)) == "1 queued"
    tell(world, "b", now=eight(MONDAY) + HOUR)
    late = eight(MONDAY + DAY) + timedelta(minutes=95)  # nobody looked at what is due on that day
    assert jobs.ring(job, now=late) == "1 queued"


def test_a_digest_asks_as_often_about_many_assessments_as_about_one(world: World, inside: Flask) -> None:
    ids = [another(world, f"ICB-2026-10{n}", f"Proposal {n}") for n in range(6)]
    tell(world, "one", assessment=ids[0], person=world.amina)
    with counted(inside) as few:
        digests.send(now=eight(MONDAY))
    for number, one in enumerate(ids):
        tell(world, f"many {number}", assessment=one, person=world.ben)
    with counted(inside) as many:
        digests.send(now=eight(MONDAY))
    assert len(many) == len(few)
