"""The outbox loses nothing, queues nothing twice, and does not let one bad mail hold up the others."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.config import Mail
from ehiia.domain.vocabulary import Role
from ehiia.extensions import db
from ehiia.notify.delivery import Memory, Outgoing, Refused, Result, Smtp, TryLater
from ehiia.services import notices, organisations, outbox, people
from ehiia.services.outbox import LEASE, Sent, Wanted, send_due
from ehiia.services.transaction import Invalid, NotFound, transaction
from ehiia.store.due import MOST_ATTEMPTS
from ehiia.store.duties import DeliveryState, MailRow
from ehiia.store.organisations import Organisation
from tests.servers.smtp import MailServer

MINUTE = timedelta(minutes=1)


@pytest.fixture
def icb(inside: Flask, now: datetime) -> Organisation:
    return organisations.create(code="icb", name="An ICB", ref_prefix="ICB", by=None, now=now)


def queue(
    key: str, *, now: datetime, to: str = "amina@example.nhs.uk", icb: Organisation | None = None
) -> int:
    with transaction() as session:
        made = outbox.queue_mail(
            session,
            dedupe_key=key,
            recipient=to,
            subject=f"About {key}",
            body="Please look.\n",
            organisation_id=icb.id if icb else None,
            now=now,
        )
    assert made is not None
    return made


def row(mail_id: int) -> MailRow:
    found = db.session.get(MailRow, mail_id, populate_existing=True)
    assert found is not None
    db.session.rollback()
    return found


def by(server: MailServer) -> Smtp:
    return Smtp(Mail(host=server.host, port=server.port), timeout=5)


def test_the_same_key_is_queued_once(inside: Flask, now: datetime) -> None:
    queue("a", now=now)
    with transaction() as session:
        again = outbox.queue_mail(
            session, dedupe_key="a", recipient="b@c", subject="x", body="y", organisation_id=None, now=now
        )
    assert again is None
    assert len(db.session.scalars(select(MailRow)).all()) == 1


def test_a_mail_is_queued_with_what_it_tells_of_or_not_at_all(inside: Flask, now: datetime) -> None:
    def tell_and_fail() -> None:
        with transaction() as session:
            outbox.queue_mail(
                session, dedupe_key="a", recipient="b@c", subject="x", body="y", organisation_id=None, now=now
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tell_and_fail()
    assert db.session.scalars(select(MailRow)).all() == []


def test_a_mail_server_that_is_down_and_comes_back_loses_nothing(
    inside: Flask, now: datetime, mail_server: MailServer
) -> None:
    ids = [queue(f"key {n}", now=now) for n in range(3)]
    mail_server.stop()
    assert send_due(now=now, by_way_of=by(mail_server)) == Sent(later=1)
    assert [row(i).attempts for i in ids] == [1, 0, 0]  # nobody was there: the others did not try
    assert "refused" in row(ids[0]).last_error
    mail_server.start()
    assert send_due(now=now + 2 * MINUTE, by_way_of=by(mail_server)) == Sent(accepted=3)
    assert send_due(now=now + 3 * MINUTE, by_way_of=by(mail_server)) == Sent()
    assert {m["Subject"] for m in mail_server.messages} == {f"About key {n}" for n in range(3)}
    assert len(mail_server.messages) == 3
    assert {row(i).state for i in ids} == {DeliveryState.DONE}


def test_a_crash_between_acceptance_and_mark_sends_the_same_message_again(
    inside: Flask, now: datetime, mail_server: MailServer
) -> None:
    mail_id = queue("a", now=now)

    class Killed(BaseException):
        """The process ends here."""

    def send_and_die(outgoing: Outgoing) -> Result:
        by(mail_server)(outgoing)
        raise Killed

    with pytest.raises(Killed):
        send_due(now=now, by_way_of=send_and_die)
    assert row(mail_id).state is DeliveryState.CLAIMED
    assert send_due(now=now + MINUTE, by_way_of=by(mail_server)) == Sent()  # the lease holds
    assert send_due(now=now + LEASE + MINUTE, by_way_of=by(mail_server)) == Sent(accepted=1)
    first, second = mail_server.messages
    assert first["Message-ID"] == second["Message-ID"] == f"<{outbox.message_id('a')}>"


def test_a_bad_mail_does_not_hold_up_the_others(
    inside: Flask, now: datetime, mail_server: MailServer
) -> None:
    bad = queue("bad", now=now, to="nobody")
    worse = queue("worse", now=now, to="evil@example.org\r\nBcc: all@example.org")
    good = queue("good", now=now)
    assert send_due(now=now, by_way_of=by(mail_server)) == Sent(accepted=1, given_up=2)
    assert [row(i).state for i in (bad, worse, good)] == [
        DeliveryState.FAILED,
        DeliveryState.FAILED,
        DeliveryState.DONE,
    ]


def test_it_waits_longer_each_time_and_gives_up_after_three_days(inside: Flask, now: datetime) -> None:
    mail_id = queue("a", now=now)
    moment, waits = now, []
    for _ in range(MOST_ATTEMPTS):
        assert send_due(now=moment, by_way_of=Memory(answers=[TryLater("451 Busy")])) != Sent()
        waits.append((row(mail_id).next_try_at - moment) // MINUTE)
        moment = row(mail_id).next_try_at
    assert waits[:6] == [1, 5, 15, 60, 60, 60]
    assert timedelta(days=2, hours=23) < moment - now < timedelta(days=3, hours=1)
    assert row(mail_id).state is DeliveryState.FAILED
    assert row(mail_id).last_error == "451 Busy"
    assert send_due(now=moment + timedelta(days=9), by_way_of=Memory()) == Sent()


def test_what_was_refused_for_good_is_sent_again_when_an_administrator_asks(
    icb: Organisation, now: datetime
) -> None:
    farah = people.add_person(
        organisation_id=icb.id,
        name="Farah",
        email="farah@example.nhs.uk",
        roles=(Role.ADMINISTRATOR,),
        password=None,
        by=None,
        now=now,
    )
    mail_id = queue("a", now=now, icb=icb)
    notices.send_again(mail_id, organisation_id=icb.id, by=farah.id, now=now)
    assert send_due(now=now, by_way_of=Memory(answers=[Refused("550 No such person")])) == Sent(given_up=1)
    (shown,) = outbox.failed(icb.id).mails
    assert (shown.id, shown.last_error) == (mail_id, "550 No such person")
    db.session.rollback()
    for _ in range(2):
        notices.send_again(mail_id, organisation_id=icb.id, by=farah.id, now=now)
        assert [mail.id for mail in outbox.waiting(icb.id).mails] == [mail_id]
        db.session.rollback()
    assert send_due(now=now, by_way_of=Memory()) == Sent(accepted=1)
    with pytest.raises(Invalid, match="sent meanwhile"):
        notices.send_again(mail_id, organisation_id=icb.id, by=farah.id, now=now)


def test_another_organisations_mail_is_neither_shown_nor_sent_again(icb: Organisation, now: datetime) -> None:
    other = organisations.create(code="other", name="Other", ref_prefix="OTHER", by=None, now=now)
    mail_id = queue("a", now=now, icb=other)
    send_due(now=now, by_way_of=Memory(answers=[Refused("550 No")]))
    assert outbox.failed(icb.id).mails == ()
    assert outbox.count_failed(icb.id) == 0
    assert outbox.count_failed(other.id) == 1
    db.session.rollback()
    with pytest.raises(NotFound):
        notices.send_again(mail_id, organisation_id=icb.id, by=None, now=now)


def test_the_outbox_is_paged_by_key(icb: Organisation, now: datetime) -> None:
    ids = [queue(f"key {n}", now=now, icb=icb) for n in range(5)]
    shown, before = [], None
    while True:
        page = outbox.waiting(icb.id, Wanted(before=before), limit=2)
        shown += [mail.id for mail in page.mails]
        if page.next_before is None:
            break
        before = page.next_before
    assert shown == ids[::-1]


def test_without_a_mail_server_everything_waits(inside: Flask, now: datetime) -> None:
    mail_id = queue("a", now=now)
    assert send_due(now=now) == Sent(accepted=1)  # the tests' configuration has a folder
    assert row(mail_id).state is DeliveryState.DONE


def test_a_slow_server_does_not_keep_mail_beyond_its_lease(inside: Flask, now: datetime) -> None:
    ids = [queue(f"key {n}", now=now) for n in range(3)]
    seconds = iter([0.0, 0.0, LEASE.total_seconds() / 2 + 1])
    memory = Memory()
    assert send_due(now=now, by_way_of=memory, elapsed=lambda: next(seconds)) == Sent(accepted=1)
    assert [row(i).state for i in ids] == [DeliveryState.DONE, DeliveryState.WAITING, DeliveryState.WAITING]
    assert [row(i).attempts for i in ids] == [1, 0, 0]


def test_who_lost_the_lease_cannot_mark_the_mail(inside: Flask, now: datetime) -> None:
    mail_id = queue("a", now=now)

    def much_too_slow(outgoing: Outgoing) -> Result:
        assert send_due(now=now + LEASE + MINUTE, by_way_of=Memory()) == Sent(accepted=1)
        return Refused("550 too late to matter")

    send_due(now=now, by_way_of=much_too_slow)
    assert row(mail_id).state is DeliveryState.DONE


@pytest.fixture
def several(app: Flask, now: datetime) -> Flask:
    with app.app_context():
        for n in range(12):
            queue(f"key {n}", now=now)
    return app


def test_two_schedulers_at_the_same_moment_send_each_mail_once(several: Flask, now: datetime) -> None:
    memory, together, errors = Memory(), threading.Barrier(2), []

    def ring() -> None:
        try:
            with several.app_context():
                together.wait(10)
                for _ in range(6):
                    send_due(now=now, limit=3, by_way_of=memory)
        except BaseException as error:
            errors.append(error)

    schedulers = [threading.Thread(target=ring) for _ in range(2)]
    for scheduler in schedulers:
        scheduler.start()
    for scheduler in schedulers:
        scheduler.join(30)
    assert errors == []
    ids = [outgoing.message_id for outgoing in memory.sent]
    assert len(ids) == len(set(ids)) == 12


def test_sent_mail_is_forgotten_and_links_of_accounts_sooner(icb: Organisation, now: datetime) -> None:
    told, reset = queue("told", now=now, icb=icb), queue("reset", now=now)
    send_due(now=now, by_way_of=Memory())
    assert outbox.forget_sent(now=now + timedelta(hours=2)) == 0
    assert outbox.forget_sent(now=now + timedelta(days=2)) == 1
    assert row(reset).body == ""
    assert row(told).body != ""
    assert outbox.forget_sent(now=now + timedelta(days=91)) == 2
    assert db.session.scalars(select(MailRow)).all() == []


# -- what must not stand in the way ------------------------------------------------------------


def test_a_mail_that_nobody_can_send_does_not_hold_up_those_behind_it(inside: Flask, now: datetime) -> None:
    """Not even one at which our own code breaks, again and again."""
    bad, good = queue("a", now=now), queue("b", now=now)
    taken = Memory()

    def breaks(outgoing: Outgoing) -> Result:
        if outgoing.subject == "About a":
            raise AttributeError("as_bytes")
        return taken(outgoing)

    assert send_due(now=now, by_way_of=breaks) == Sent(accepted=1, later=1)
    assert row(good).state is DeliveryState.DONE
    assert (row(bad).state, row(bad).last_error) == (DeliveryState.WAITING, "AttributeError: as_bytes")
    moment = now
    for _ in range(MOST_ATTEMPTS):
        moment += timedelta(minutes=61)
        send_due(now=moment, by_way_of=breaks)
    assert row(bad).state is DeliveryState.FAILED


@pytest.mark.parametrize("ahead", [timedelta(hours=3), timedelta(days=365)])
def test_mail_that_a_clock_queued_which_was_ahead_does_not_wait_for_that_day(
    inside: Flask, now: datetime, ahead: timedelta
) -> None:
    queue("a", now=now + ahead)
    assert send_due(now=now, by_way_of=Memory()) == Sent(accepted=1)


def test_mail_that_such_a_clock_had_leased_or_put_off_does_not_wait_either(
    inside: Flask, now: datetime
) -> None:
    year = timedelta(days=365)
    leased, put_off = queue("a", now=now), queue("b", now=now)
    with transaction() as session:
        session.get_one(MailRow, leased).state = DeliveryState.CLAIMED
        session.get_one(MailRow, leased).leased_until = now + year + LEASE
        session.get_one(MailRow, put_off).next_try_at = now + year
    assert send_due(now=now, by_way_of=Memory()) == Sent(accepted=2)


def test_what_somebody_else_sends_at_this_moment_is_left_to_them(inside: Flask, now: datetime) -> None:
    mine = queue("a", now=now)
    with transaction() as session:
        session.get_one(MailRow, mine).state = DeliveryState.CLAIMED
        session.get_one(MailRow, mine).leased_until = now + 2 * LEASE
    assert send_due(now=now, by_way_of=Memory()) == Sent()
