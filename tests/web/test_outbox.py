"""Farah looks at the outbox while a real mail server refuses: its words, again, and what she looks for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia import clock
from ehiia.config import Mail
from ehiia.notify.delivery import Memory, Refused, Smtp
from ehiia.notify.messages import KINDS, TEMPLATES
from ehiia.services import health, notices, outbox
from ehiia.services.outbox import Sent
from ehiia.services.transaction import read, transaction
from ehiia.store.assessments import Assessment
from tests import factories
from tests.people import Cast, send
from tests.servers.smtp import MailServer
from tests.web.conftest import Browsers, soup, words

PAGE = "/organisation/mail"
FAILED = f"{PAGE}?tab=failed"


def queue(cast: Cast, *people: str) -> None:
    with transaction() as session:
        for person in people:
            outbox.queue_mail(
                session,
                dedupe_key=f"mail to {person}",
                recipient=f"{person}@example.org",
                subject=f"For {person}",
                body="What only they read.",
                organisation_id=cast.organisation_id,
                now=clock.now(),
            )


def deliver(server: MailServer, **later: int) -> Sent:
    by = Smtp(Mail(host=server.host, port=server.port), timeout=5)
    return outbox.send_due(now=clock.now() + timedelta(**later), by_way_of=by)


def test_a_server_that_refuses_is_quoted_and_what_it_refused_goes_out_once_when_it_takes_it(
    app: Flask, as_: Browsers, cast: Cast, mail_server: MailServer
) -> None:
    browser = as_("farah")
    with app.app_context():
        queue(cast, "amina")
        mail_server.refuse_with = "550 5.1.1 <amina@example.org>: no such person here"
        assert deliver(mail_server) == Sent(given_up=1)
    page = browser.get(FAILED)
    assert "1 try. The server said: 550 5.1.1 <amina@example.org>: no such person here" in words(page)
    assert "Given up (1)" in words(page)
    form: Any = soup(page).select_one("tbody form")
    for _ in range(2):
        assert send(browser, FAILED, {}, to=form["action"]).status_code == 303
    page = browser.get(PAGE)
    assert words(page).count("amina@example.org") == 2, "one line: its address, and the words of the server"
    assert "Given up (" not in words(page)
    mail_server.refuse_with = ""
    with app.app_context():
        assert deliver(mail_server) == Sent(accepted=1)
        assert deliver(mail_server) == Sent()
    assert [message["To"] for message in mail_server.messages] == ["amina@example.org"]
    assert "amina@example.org" in words(browser.get(f"{PAGE}?tab=sent"))
    assert send(browser, PAGE, {}, to=form["action"]).status_code == 303
    assert "It was sent meanwhile" in words(browser.get(FAILED))


def test_what_is_tried_again_by_itself_says_when_and_why(
    app: Flask, as_: Browsers, cast: Cast, mail_server: MailServer
) -> None:
    with app.app_context():
        queue(cast, "amina")
        mail_server.refuse_with = "451 Too many at once"
        assert deliver(mail_server) == Sent(later=1)
    said = words(as_("farah").get(PAGE))
    assert "1 try. The server said: 451 Too many at once. Next try" in said
    mail_server.refuse_with = ""
    with app.app_context():
        assert deliver(mail_server, minutes=2) == Sent(accepted=1)


def test_farah_finds_mail_by_what_it_tells_of(app: Flask, as_: Browsers, cast: Cast) -> None:
    with app.app_context():
        ref = factories.started(cast, clock.now())
        with transaction() as session:
            assessment = session.scalars(select(Assessment).where(Assessment.ref == ref)).one()
            for key, name in (("late", "review_overdue"), ("sent back", "sent_back")):
                assert notices.tell(
                    session,
                    person_id=cast.daniel,
                    message_name=name,
                    values={"due_on": clock.today(), "days_ago": "yesterday", "by": "Ben", "comment": "No."},
                    dedupe_key=key,
                    assessment=assessment,
                    now=clock.now(),
                )
        queue(cast, "amina")
        outbox.send_due(now=clock.now(), by_way_of=Memory())
        read().rollback()
    browser = as_("farah")

    def sent(**asked: str) -> list[str]:
        page: Any = soup(browser.get(PAGE, query_string={"tab": "sent"} | asked))
        return [row.get_text(" ", strip=True) for row in page.select("tbody th")]

    assert len(sent()) == 3
    assert [subject[:21] for subject in sent(kind="due")] == ["EHIIA: Review overdue"]
    assert [subject[:16] for subject in sent(kind="way")] == ["EHIIA: Sent back"]
    assert sent(kind="accounts") == ["For amina"]
    assert sent(kind="due", find="nobody") == []
    assert len(sent(kind="nonsense")) == 3
    page = soup(browser.get(f"{PAGE}?tab=sent&kind=due"))
    assert page.select_one("option[selected]")["value"] == "due"  # type: ignore[index]
    links: Any = page.find("a", string="Waiting")
    assert "kind=due" in links["href"], "what is looked for stays"


def test_farah_reads_on_her_first_page_that_mail_was_given_up(
    app: Flask, as_: Browsers, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "unwell", lambda now: [])
    assert "As administrator" not in words(as_("farah").get("/"))
    with app.app_context():
        queue(cast, "amina", "ben")
        outbox.send_due(now=clock.now(), by_way_of=Memory(answers=[Refused("550 No such person")] * 2))
    page = as_("farah").get("/")
    link: Any = soup(page).find("a", string="Look at 2 mails that could not be sent")
    assert "The words of the server say why." in words(page)
    assert "550 No such person" in words(as_("farah").get(link["href"]))
    for name in ("amina", "ben", "esther"):
        assert "could not be sent" not in words(as_(name).get("/")), name


def test_farah_reads_on_her_first_page_that_something_did_not_run(as_: Browsers) -> None:
    page = as_("farah").get("/")
    link: Any = soup(page).find("a", string="See what did not run by itself")
    assert "Sends the mail that waits in the outbox. It has never run." in words(page)
    assert link["href"] == "/organisation/jobs"
    assert "did not run by itself" not in words(as_("ben").get("/"))


def test_every_message_is_of_one_kind() -> None:
    assert sum(len(templates) for _, templates in KINDS.values()) == len(TEMPLATES)
