"""Feedback from the public: sent without signing in, kept free of spam, answered, a reason to review."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from ehiia.domain.feedback import FeedbackState
from ehiia.services import housekeeping, restriction
from ehiia.services.transaction import read, transaction
from ehiia.store.duties import DeliveryState, MailRow, Notice
from ehiia.store.feedback import FeedbackRow
from tests import factories
from tests.people import Cast
from tests.publishing import publish
from tests.web.conftest import Browsers, Clock, soup, words
from tests.web.filling import fields, fill, main_form

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

SAID: dict[str, Any] = {
    "text": "The new bus stops running at six.",
    "said_by": "Jo",
    "email": "jo@example.org",
    "consent": "y",
}


@pytest.fixture
def page(app: Flask, cast: Cast, standing_clock: Clock) -> str:
    """Publish an assessment; return the address of its form."""
    with app.app_context():
        _, row = factories.decided(cast, standing_clock.now, worse=True)
        standing_clock.pass_on(hours=5)
        return f"/published/{publish(cast, row, standing_clock.now)}/feedback"


def give(client: FlaskClient, page: str, clock: Clock, seconds: int = 30, **changes: Any) -> Any:
    """Open the form, take some time, and send it."""
    form = fields(main_form(soup(client.get(page))))
    clock.pass_on(seconds=seconds)
    return client.post(page, data=form | SAID | changes)


def kept(app: Flask) -> list[FeedbackRow]:
    with app.app_context():
        rows = list(read().scalars(select(FeedbackRow).order_by(FeedbackRow.id)))
        read().expunge_all()
        return rows


def outgoing(app: Flask) -> list[MailRow]:
    """Return the mail to people outside."""
    with app.app_context():
        rows = list(read().scalars(select(MailRow).where(MailRow.private.is_(True))))
        read().expunge_all()
        return rows


def fail(app: Flask, said: str) -> None:
    """Let the mail to people outside be refused for good."""
    with app.app_context(), transaction() as session:
        refused = {"state": DeliveryState.FAILED, "last_error": said}
        session.execute(update(MailRow).where(MailRow.private.is_(True)).values(**refused))


def cleared(app: Flask, clock: Clock) -> int:
    with app.app_context():
        return housekeeping.tidy_up(now=clock.now).feedback


def test_what_anybody_says_arrives_with_the_equality_lead_and_leads_to_a_review(
    app: Flask, client: FlaskClient, as_: Browsers, page: str, standing_clock: Clock
) -> None:
    assert soup(client.get(page.removesuffix("/feedback"))).select_one(f"a[href='{page}']")
    sent = give(client, page, standing_clock)
    assert sent.location == f"{page}/sent"
    assert "Thank you. It was sent" in words(client.get(sent.location))
    assert SAID["text"] not in words(client.get(page.removesuffix("/feedback"))), "nothing of it is public"
    with app.app_context():
        told = read().scalars(select(Notice.link).where(Notice.message == "feedback_came")).all()
        assert len(told) == 2, "Ben and Ivan"
    ben = as_("ben")
    assert "The new bus stops running at six." in words(ben.get("/feedback"))
    one = words(ben.get("/feedback/1"))
    assert "jo@example.org (not confirmed)" in one
    assert fill(ben, "/feedback/1/review", {"reason": " "}).status_code == 400
    asked = fill(ben, "/feedback/1/review", {"trigger": "complaints"})
    assert asked.location == "/a/EHIIA-2026-001/review"
    assert "The new bus stops running at six." in words(ben.get(asked.location))
    assert "Led to a review being asked for, Ben Okoro" in words(ben.get("/feedback/1"))
    assert as_("amina").get("/feedback").status_code == 403


def test_ben_records_the_answer_and_may_call_it_spam(
    app: Flask, client: FlaskClient, as_: Browsers, page: str, standing_clock: Clock
) -> None:
    give(client, page, standing_clock)
    ben, ivan = as_("ben"), as_("ivan")
    unsaid = fill(ben, "/feedback/1", {"state": "replied"})
    assert unsaid.status_code == 400
    assert "Enter what was answered" in words(unsaid)
    seen = fields(main_form(soup(ivan.get("/feedback/1"))))
    assert (
        fill(ben, "/feedback/1", {"state": "replied", "reply": "It now runs until nine."}).status_code == 303
    )
    late = ivan.post("/feedback/1", data=seen | {"state": "spam", "reply": "I think not"})
    assert late.status_code == 409
    assert "I think not" in late.get_data(as_text=True)
    assert "It now runs until nine." in words(ben.get("/feedback/1"))
    fill(ben, "/feedback/1", {"state": "spam", "reply": ""})
    assert "Nothing here" in words(ben.get("/feedback"))
    assert "The new bus" in words(ben.get("/feedback?state=spam"))


def test_ben_is_shown_the_mail_with_the_answer_before_it_is_sent_once_to_whoever_asked(
    app: Flask, client: FlaskClient, as_: Browsers, page: str, standing_clock: Clock
) -> None:
    give(client, page, standing_clock)
    ben, one = as_("ben"), "/feedback/1"
    assert ben.get(f"{one}/mail").status_code == 409, "nothing was answered yet"
    fill(ben, one, {"state": "replied", "reply": "It now runs until nine."})
    assert not outgoing(app), "nothing is sent by recording it"
    assert soup(ben.get(one)).select_one(f"a[href='{one}/mail']")
    shown = words(ben.get(f"{one}/mail"))
    for said in ("jo@example.org", "It now runs until nine.", "365 days after you wrote", "Send it"):
        assert said in shown
    seen = fields(main_form(soup(ben.get(f"{one}/mail"))))
    fill(as_("ivan"), one, {"reply": "It runs until ten."})
    late = ben.post(f"{one}/mail", data=seen)
    assert late.status_code == 409
    assert "It runs until ten." in words(late), "what would be sent now"
    seen = fields(main_form(soup(late)))
    for _ in range(2):
        assert ben.post(f"{one}/mail", data=seen).location == one
    (mail,) = outgoing(app)
    assert mail.recipient == "jo@example.org"
    assert "It runs until ten." in mail.body
    assert SAID["text"] not in mail.body, "nobody can send words to others through us"
    assert "It waits to be sent." in words(ben.get(one))
    assert ben.get(f"{one}/mail").status_code == 409
    assert ben.post(one, data=seen | {"state": "spam"}).status_code == 409, "its words stand"
    farah = as_("farah")
    for address in ("", "?find=jo@example.org"):
        assert "jo@example.org" not in words(farah.get(f"/organisation/mail{address}"))
    assert "somebody outside" in words(farah.get("/organisation/mail"))
    fail(app, "550 <Jo@example.org>: no such mailbox")
    assert "The server said: 550 <somebody outside>" in words(farah.get("/organisation/mail?tab=failed"))
    assert "It could not be sent" in words(ben.get(one))
    assert fill(ben, f"{one}/review", {"trigger": "complaints"}).status_code == 303
    assert "It runs until ten." in words(ben.get(one)), "what was mailed stays"


def test_no_answer_is_mailed_where_nobody_left_an_address(
    app: Flask, client: FlaskClient, as_: Browsers, page: str, standing_clock: Clock
) -> None:
    give(client, page, standing_clock, email="")
    ben = as_("ben")
    fill(ben, "/feedback/1", {"state": "noted", "reply": "It is known."})
    assert "None given: no answer is mailed" in words(ben.get("/feedback/1"))
    assert ben.get("/feedback/1/mail").status_code == 409
    sent = fields(main_form(soup(ben.get("/feedback/1"))))
    assert ben.post("/feedback/1/mail", data=sent).status_code == 409
    assert not outgoing(app)


@pytest.mark.parametrize(
    "address",
    ["jo@example.org\nBcc: all@example.org", "jo@example.org, all@example.org", "Jo <jo@example.org>"],
)
def test_an_address_is_one_address_and_adds_nothing_to_a_mail(
    app: Flask, client: FlaskClient, page: str, standing_clock: Clock, address: str
) -> None:
    refused = give(client, page, standing_clock, email=address)
    assert refused.status_code == 400
    assert not kept(app)


def test_what_led_to_a_review_can_be_answered_too(
    app: Flask, client: FlaskClient, as_: Browsers, page: str, standing_clock: Clock
) -> None:
    give(client, page, standing_clock)
    ben = as_("ben")
    fill(ben, "/feedback/1/review", {"trigger": "complaints"})
    assert ben.get("/feedback/1/mail").status_code == 409, "why it is reviewed is not for others"
    fill(ben, "/feedback/1", {"reply": "We look at it again."})
    assert "We look at it again." in words(ben.get("/feedback/1/mail"))
    assert kept(app)[0].state is FeedbackState.REVIEW


def test_name_and_address_are_removed_after_the_days_that_farah_set_and_the_words_stay(
    app: Flask, client: FlaskClient, as_: Browsers, page: str, standing_clock: Clock
) -> None:
    farah = as_("farah")
    assert fill(farah, "/organisation/settings", {"feedback_days": "0"}).status_code == 400
    assert fill(farah, "/organisation/settings", {"feedback_days": "30"}).status_code == 303
    assert "removed 30 days after you send it" in words(client.get(page))
    give(client, page, standing_clock)
    ben = as_("ben")
    fill(ben, "/feedback/1", {"state": "replied", "reply": "It now runs until nine."})
    fill(ben, "/feedback/1/mail", {})
    standing_clock.pass_on(hours=29 * 24)
    give(client, page, standing_clock, said_by="", email="")
    assert cleared(app, standing_clock) == 0
    standing_clock.pass_on(hours=48)
    with app.app_context():
        would = housekeeping.would_tidy_up(now=standing_clock.now)
        assert "remove name and address of whoever gave feedback: 1" in would
    assert cleared(app, standing_clock) == 1
    assert cleared(app, standing_clock) == 0, "once"
    first = kept(app)[0]
    assert (first.said_by, first.email, first.text) == ("", "", SAID["text"])
    assert not outgoing(app), "the address is in no outbox either"
    shown = words(as_("ben").get("/feedback/1"))
    assert "jo@example.org" not in shown
    assert "Removed" in shown
    assert "It now runs until nine." in shown


def test_nothing_typed_is_lost_when_it_cannot_be_sent(
    app: Flask, client: FlaskClient, page: str, standing_clock: Clock
) -> None:
    links = "See http://a.example, https://b.example and www.c.example now"
    refusals: tuple[tuple[dict[str, Any], str], ...] = (
        ({"text": links}, "Take out web addresses"),
        ({"email": "nobody"}, "like name@example.nhs.uk"),
        ({"consent": ""}, "Tick the box"),
        ({"text": " "}, "Enter what you want to say"),
        ({"opened": "1.forged"}, "open for too long"),
    )
    for changes, problem in refusals:
        refused = give(client, page, standing_clock, **changes)
        assert refused.status_code == 400, changes
        assert problem in words(refused)
        assert "Jo" in refused.get_data(as_text=True)
    old = fields(main_form(soup(client.get(page))))
    standing_clock.pass_on(hours=13)
    again = fields(main_form(soup(client.get(page))))
    late = client.post(page, data=again | SAID | {"opened": old["opened"]})
    assert late.status_code == 400
    standing_clock.pass_on(seconds=30)
    assert client.post(page, data=fields(main_form(soup(late)))).status_code == 303, "sent as it stood there"
    assert [row.state for row in kept(app)] == [FeedbackState.WAITS]


def test_what_no_person_sent_is_kept_apart_and_tells_nobody(
    app: Flask, client: FlaskClient, page: str, standing_clock: Clock
) -> None:
    tries: tuple[dict[str, Any], ...] = ({"website": "http://buy.example"}, {"seconds": 1})
    for changes in tries:
        assert give(client, page, standing_clock, **changes).status_code == 303
    assert [row.state for row in kept(app)] == [FeedbackState.SPAM] * 2
    form = fields(main_form(soup(client.get(page)))) | SAID
    standing_clock.pass_on(seconds=30)
    for _ in range(2):
        assert client.post(page, data=form).status_code == 303
    assert len(kept(app)) == 3, "the form was sent twice"
    for _ in range(8):
        last = give(client, page, standing_clock, seconds=5)
    assert "Too many tries" in words(last)
    assert SAID["text"] in last.get_data(as_text=True)
    with app.app_context():
        assert not [row.dedupe_key for row in kept(app) if "127.0.0.1" in row.dedupe_key]


def test_of_what_was_restricted_since_the_feedback_is_hidden_and_no_more_is_taken(
    app: Flask, client: FlaskClient, as_: Browsers, cast: Cast, page: str, standing_clock: Clock
) -> None:
    give(client, page, standing_clock)
    with app.app_context():
        restriction.restrict(
            "EHIIA-2026-001", reason="Staff.", until_on=None, by=cast.amina, now=standing_clock.now
        )
    assert client.get(page).status_code == 404
    assert "Nothing here" in words(as_("ben").get("/feedback"))
    assert as_("ben").get("/feedback/1").status_code == 404
