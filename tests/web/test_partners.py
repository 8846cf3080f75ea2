"""Owners outside in a browser: Amina sends a link, and Jo says how one action goes, without account."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ehiia.services import restriction
from ehiia.services.transaction import read
from ehiia.services.tries import TRIES
from ehiia.store.duties import MailRow
from ehiia.store.partners import PartnerLink
from tests import writing
from tests.people import Cast, send
from tests.web.conftest import Browsers, Clock, soup, words
from tests.web.filling import chosen, fields, fill

JO = "Jo Bell, Suffolk Deaf Association"
ADDRESS = "jo@deaf.example.org"


@pytest.fixture
def action(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        ref = writing.writing(cast, now)
        return writing.promised(ref, cast, now, owner_id=None, outside_owner=JO, outside_email=ADDRESS)


def newest_link(app: Flask) -> str:
    with app.app_context():
        body = read().scalars(select(MailRow.body).where(MailRow.recipient == ADDRESS)).all()[-1]
        read().rollback()
    found = re.search(r"https?://[^/]+(/partner/[\w.-]+)", body)
    assert found is not None
    return found[1]


@pytest.fixture
def link(app: Flask, action: str, as_: Browsers) -> str:
    """Return the address in the mail that Amina had sent."""
    assert fill(as_("amina"), f"/mitigations/{action}/partner", {}).status_code == 303
    return newest_link(app)


@pytest.fixture
def jo(app: Flask, link: str) -> FlaskClient:
    """Return the browser of somebody outside who has pressed the button of the first page."""
    client = app.test_client()
    assert send(client, link, {}).status_code == 303
    return client


def test_amina_enters_an_address_beside_the_owner_outside(action: str, as_: Browsers) -> None:
    amina = as_("amina")
    page = f"/mitigations/{action}/change"
    assert chosen(soup(amina.get(page)), "outside_email") == [ADDRESS]
    answer = fill(amina, page, {"outside_email": "jo at nowhere"})
    assert answer.status_code == 400
    assert chosen(soup(answer), "outside_email") == ["jo at nowhere"]
    assert "Enter an e-mail address" in words(answer)
    assert fill(amina, page, {"outside_email": "team@deaf.example.org"}).status_code == 303


def test_looking_at_a_link_uses_nothing_and_names_nothing(app: Flask, action: str, link: str) -> None:
    client = app.test_client()
    answer = client.get(link)
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    page = words(answer)
    assert "You need no account" in page
    assert "text relay" not in page
    assert action not in page
    assert client.get(f"{link}/action").status_code == 303
    with app.app_context():
        assert read().query(PartnerLink).one().opened == 0


def test_jo_sees_the_action_and_nothing_else_and_says_how_it_goes(
    action: str, link: str, jo: FlaskClient, as_: Browsers
) -> None:
    answer = jo.get(f"{link}/action")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    page = words(answer)
    assert "Offer a text relay line" in page
    assert "Telephone first" not in page
    assert chosen(soup(answer), "claim") == []
    said = {"claim": "done", "note": "The relay works since May."}
    assert fill(jo, f"{link}/action", said).status_code == 303
    page = words(jo.get(f"{link}/action"))
    assert "The relay works since May." in page
    ours = words(as_("amina").get(f"/mitigations/{action}"))
    assert f"{JO}, by a link" in ours
    assert "The relay works since May." in words(as_("ben").get(f"/mitigations/{action}/partner"))


def test_jo_says_that_it_is_not_theirs_and_then_takes_it_on(
    action: str, link: str, jo: FlaskClient, as_: Browsers
) -> None:
    page = f"{link}/decline"
    assert fill(jo, page, {"reason": ""}).status_code == 400
    assert fill(jo, page, {"reason": "The trust does it."}).status_code == 303
    assert "The trust does it." in words(jo.get(f"{link}/action"))
    assert "The trust does it." in words(as_("amina").get(f"/mitigations/{action}"))
    form = soup(jo.get(f"{link}/action")).select_one('form[action$="/accept"]')
    assert form is not None
    assert jo.post(f"{link}/accept", data=fields(form)).status_code == 303
    assert "You have taken this action on" in words(jo.get(f"{link}/action"))


def test_who_did_not_open_the_link_takes_nothing_on(
    app: Flask, action: str, link: str, as_: Browsers
) -> None:
    stranger = app.test_client()
    assert send(stranger, link, {"revision": "1"}, to=f"{link}/accept").status_code == 303
    assert stranger.get(f"{link}/decline").headers["Location"] == link
    assert "Not accepted yet" in words(as_("amina").get(f"/mitigations/{action}"))


def test_what_was_typed_stays_when_something_is_missing(link: str, jo: FlaskClient) -> None:
    answer = fill(jo, f"{link}/action", {"claim": "at_risk", "note": ""})
    assert answer.status_code == 400
    assert words(answer).startswith("Error:")
    assert chosen(soup(answer), "claim") == ["at_risk"]
    answer = fill(jo, f"{link}/action", {"claim": "cancelled", "note": "We stop."})
    assert answer.status_code == 400
    assert "We stop." in words(answer)


def test_what_people_outside_type_is_text_and_nothing_else(
    action: str, link: str, jo: FlaskClient, as_: Browsers
) -> None:
    evil = "<script>alert(1)</script>"
    fill(jo, f"{link}/action", {"claim": "done", "note": evil})
    for page in (
        jo.get(f"{link}/action"),
        as_("amina").get(f"/mitigations/{action}/partner"),
        as_("amina").get(f"/mitigations/{action}"),
    ):
        text = page.get_data(as_text=True)
        assert evil not in text
        assert "&lt;script&gt;alert(1)" in text


def test_a_form_without_the_token_of_the_page_is_refused(app: Flask, link: str, jo: FlaskClient) -> None:
    assert jo.post(f"{link}/action", data={"claim": "on_track"}).status_code == 400
    assert app.test_client().post(link).status_code == 400
    assert "Nothing yet" in words(jo.get(f"{link}/action"))


def test_an_opened_link_in_another_browser_shows_the_first_page_again(
    app: Flask, link: str, jo: FlaskClient
) -> None:
    other = app.test_client()
    answer = other.get(f"{link}/action")
    assert answer.status_code == 303
    assert answer.headers["Location"] == link


def test_a_wrong_link_explains_itself_and_guessing_ends(app: Flask, link: str) -> None:
    client = app.test_client()
    for guess in range(TRIES):
        answer = client.get(f"/partner/guess-{guess}")
        assert answer.status_code == 404
    assert "ask whoever sent you the e-mail" in words(answer)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert client.get(link).status_code == 429


def test_an_expired_a_taken_back_and_a_replaced_link_explain_themselves(
    app: Flask, action: str, link: str, jo: FlaskClient, as_: Browsers, standing_clock: Clock
) -> None:
    standing_clock.pass_on(days=28)
    answer = app.test_client().get(link)
    assert answer.status_code == 410
    assert "Its last day has gone by" in words(answer)
    assert "Ask Amina Hassan at Suffolk and North East Essex for a new one: amina@example.org" in words(
        answer
    )
    assert "text relay" not in words(answer)
    assert jo.get(f"{link}/action").status_code == 303
    page = f"/mitigations/{action}/partner"
    assert fill(as_("amina"), page, {}).status_code == 303
    assert "A newer link was sent" in words(jo.get(link))
    newer = newest_link(app)
    assert app.test_client().get(newer).status_code == 200
    assert send(as_("amina"), page, {}, to=f"{page}/take-back").status_code == 303
    assert "took it back" in words(jo.get(newer))


def test_a_form_that_comes_after_the_link_ended_keeps_what_was_typed_out(
    action: str, link: str, jo: FlaskClient, as_: Browsers
) -> None:
    open_page = soup(jo.get(f"{link}/action"))
    token = str(open_page.select_one("input[name=csrf_token]")["value"])  # type: ignore[index]
    page = f"/mitigations/{action}/partner"
    send(as_("amina"), page, {}, to=f"{page}/take-back")
    answer = jo.post(f"{link}/action", data={"csrf_token": token, "claim": "done", "note": "Late."})
    assert answer.status_code == 303
    assert "took it back" in words(jo.get(answer.headers["Location"]))
    assert "Late." not in words(as_("amina").get(f"/mitigations/{action}"))


def test_restricting_it_ends_the_link_even_for_who_reads_it_already(
    app: Flask, cast: Cast, action: str, link: str, jo: FlaskClient, now: datetime
) -> None:
    with app.app_context():
        ref = action.rpartition("-")[0]
        restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    answer = jo.get(f"{link}/action", follow_redirects=True)
    assert answer.status_code == 404
    assert "text relay" not in words(answer)


def test_of_a_restricted_one_amina_says_that_it_is_meant(
    app: Flask, cast: Cast, action: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        ref = action.rpartition("-")[0]
        restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    page = f"/mitigations/{action}/partner"
    amina = as_("amina")
    answer = fill(amina, page, {})
    assert answer.status_code == 400
    assert "Say that they may know of this action" in words(answer)
    assert fill(amina, page, {"meant": "y"}).status_code == 303
    client = app.test_client()
    link = newest_link(app)
    send(client, link, {})
    text = words(client.get(f"{link}/action"))
    assert "Offer a text relay line" in text
    assert "Telephone first" not in text


@pytest.mark.parametrize(("who", "status"), [("dev", 403), ("helen", 403), ("esther", 404)])
def test_who_may_not_send_a_link(action: str, as_: Browsers, who: str, status: int) -> None:
    browser = as_(who)
    page = f"/mitigations/{action}/partner"
    answers: list[Any] = [browser.get(page), send(browser, "/", {}, to=f"{page}/take-back")]
    assert [answer.status_code for answer in answers] == [status, status]
    assert "Send the owner outside a link" not in words(browser.get(f"/mitigations/{action}"))
