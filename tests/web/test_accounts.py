"""Signing in and out, forgotten passwords, and the limits around them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ehiia import clock
from ehiia.extensions import db
from ehiia.services import demonstration_people, people
from ehiia.services.transaction import Invalid
from ehiia.store.duties import MailRow
from ehiia.web.access import same_site_path
from tests.people import PASSWORD, Cast, send
from tests.web.conftest import Browsers, Clock, soup, words

AMINA = {"email": "amina@example.org", "password": PASSWORD}


def signed_in(client: FlaskClient) -> bool:
    """Whether the browser is let into a page that needs it."""
    return client.get("/account").status_code == 200


def test_amina_signs_in_and_out(client: FlaskClient, cast: Cast) -> None:
    assert client.get("/account").status_code == 302
    answer = send(client, "/sign-in", {**AMINA, "email": " Amina@Example.org "})
    assert answer.status_code == 302
    assert answer.location == "/"
    page = words(client.get("/account"))
    assert "Amina Hassan" in page
    assert "Member of staff" in page
    assert send(client, "/account", {}, to="/sign-out").location == "/signed-out"
    assert not signed_in(client)
    assert "You are signed out" in words(client.get("/signed-out"))


def test_a_wrong_password_and_an_unknown_address_read_the_same(client: FlaskClient, cast: Cast) -> None:
    pages = [
        send(client, "/sign-in", fields)
        for fields in (
            {"email": "amina@example.org", "password": "wrong"},
            {"email": "nobody@example.org", "password": "wrong"},
        )
    ]
    assert [page.status_code for page in pages] == [200, 200]
    forms = [re.sub(r'value="[^"]*"', "", str(soup(page).main)) for page in pages]
    assert forms[0] == forms[1]
    assert "The e-mail address or the password is not right" in forms[0]
    assert soup(pages[0]).title.text.startswith("Error: ")  # type: ignore[union-attr]
    assert "wrong" not in pages[0].get_data(as_text=True)
    assert not signed_in(client)


def test_after_ten_tries_even_the_right_password_waits(
    client: FlaskClient, cast: Cast, standing_clock: Clock
) -> None:
    for _ in range(people.TRIES):
        assert send(client, "/sign-in", {**AMINA, "password": "wrong"}).status_code == 200
    refused = send(client, "/sign-in", AMINA)
    assert refused.status_code == 429
    assert "Wait 15 minutes" in words(refused)
    standing_clock.pass_on(minutes=16)
    assert send(client, "/sign-in", AMINA).status_code == 302


def test_tries_are_counted_for_the_e_mail_from_wherever_they_come(app: Flask, cast: Cast) -> None:
    for number in range(people.TRIES):
        elsewhere = app.test_client()
        send(
            elsewhere,
            "/sign-in",
            {**AMINA, "password": "x"},
            environ_base={"REMOTE_ADDR": f"10.0.0.{number}"},
        )
    fresh = {"REMOTE_ADDR": "10.1.1.1"}
    assert send(app.test_client(), "/sign-in", AMINA, environ_base=fresh).status_code == 429
    ben = {"email": "ben@example.org", "password": PASSWORD}
    assert send(app.test_client(), "/sign-in", ben, environ_base=fresh).status_code == 302


def test_tries_are_counted_for_the_address_whatever_the_e_mail(app: Flask, cast: Cast) -> None:
    for number in range(people.TRIES):
        send(app.test_client(), "/sign-in", {"email": f"guess{number}@example.org", "password": "x"})
    assert send(app.test_client(), "/sign-in", AMINA).status_code == 429


def test_tries_in_another_format_count_too(app: Flask, cast: Cast) -> None:
    for _ in range(people.TRIES):
        client = app.test_client()
        send(client, "/sign-in", {**AMINA, "password": "x"}, headers={"Accept": "application/json"})
    assert send(app.test_client(), "/sign-in", AMINA).status_code == 429


def test_asking_for_links_without_end_is_refused(client: FlaskClient, cast: Cast) -> None:
    for _ in range(people.TRIES):
        assert send(client, "/forgotten-password", {"email": "amina@example.org"}).status_code == 200
    assert send(client, "/forgotten-password", {"email": "amina@example.org"}).status_code == 429


def test_whoever_left_meanwhile_is_signed_out(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    browser = as_("amina")
    assert signed_in(browser)
    with app.app_context():
        people.deactivate(
            cast.amina, organisation_id=cast.organisation_id, by=cast.farah, now=standing_clock.now
        )
    assert browser.get("/account").status_code == 302
    answer = send(browser, "/sign-in", AMINA)
    assert "not right" in words(answer)


def test_an_hour_without_a_request_signs_out(as_: Browsers, standing_clock: Clock) -> None:
    browser = as_("amina")
    for _ in range(3):
        standing_clock.pass_on(minutes=50)
        assert signed_in(browser)
    standing_clock.pass_on(minutes=61)
    answer = browser.get("/account?tab=1")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/account?tab%3D1"
    assert not signed_in(browser)


def test_twelve_hours_are_enough_however_busy(as_: Browsers, standing_clock: Clock) -> None:
    browser = as_("amina")
    for _ in range(12):
        standing_clock.pass_on(minutes=59)
        assert signed_in(browser)
    standing_clock.pass_on(minutes=13)
    assert not signed_in(browser)


def test_a_cookie_kept_from_before_signing_out_is_of_no_use(app: Flask, as_: Browsers) -> None:
    browser = as_("amina")
    kept = browser.get_cookie("ehiia")
    assert kept is not None
    send(browser, "/account", {}, to="/sign-out")
    thief = app.test_client()
    thief.set_cookie("ehiia", kept.value)
    assert not signed_in(thief)


def test_a_cookie_from_before_signing_in_stays_a_strangers(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    client.get("/sign-in")
    planted = client.get_cookie("ehiia")
    assert planted is not None
    with client.session_transaction() as before:
        token = before["csrf_token"]
    send(client, "/sign-in", AMINA)
    attacker = app.test_client()
    attacker.set_cookie("ehiia", planted.value)
    assert not signed_in(attacker)
    client.get("/account")
    with client.session_transaction() as after:
        assert after["csrf_token"] != token


def test_signing_out_and_in_need_the_token_of_the_page(as_: Browsers, client: FlaskClient) -> None:
    browser = as_("amina")
    assert browser.post("/sign-out").status_code == 400
    assert browser.get("/sign-out").status_code == 405
    assert signed_in(browser)
    assert client.post("/sign-in", data=AMINA).status_code == 400


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "/\n/evil.example",
    ],
)
def test_nobody_is_sent_to_another_site(app: Flask, cast: Cast, target: str) -> None:
    client = app.test_client()
    page = client.get("/sign-in", query_string={"next": target})
    assert soup(page).find("input", {"name": "next"}) is None
    send(client, "/sign-in", {**AMINA, "next": target})
    client = app.test_client()
    answer = client.post(
        "/sign-in",
        query_string={"next": target},
        data={**AMINA, "csrf_token": token_of(client, "/sign-in")},
    )
    assert answer.status_code in (200, 302)
    assert answer.headers.get("Location", "/") in ("/", "/sign-in")
    again = client.get("/sign-in", query_string={"next": target})
    assert again.headers.get("Location", "/") in ("/", "/sign-in")


def token_of(client: FlaskClient, page: str) -> str:
    """Return the token on a page."""
    return str(soup(client.get(page)).find("input", {"name": "csrf_token"})["value"])  # type: ignore[index]


def test_people_come_back_to_the_page_they_wanted(client: FlaskClient, cast: Cast) -> None:
    asked = client.get("/account")
    page = client.get(asked.location)
    assert soup(page).find("input", {"name": "next"})["value"] == "/account"  # type: ignore[index]
    answer = send(client, "/sign-in", {**AMINA, "next": "/account"})
    assert answer.location == "/account"


def test_same_site_path_refuses_what_a_browser_would_take_elsewhere() -> None:
    assert same_site_path("/a/EHIIA-2026-001?x=1") == "/a/EHIIA-2026-001?x=1"
    for target in (None, "", "a", "//x", "/\\x", "https://x", "/a\tb", "/a\\b"):
        assert same_site_path(target) is None


def test_the_cookie_is_secure_where_the_address_is(make_app: Callable[..., Flask]) -> None:
    for url, secure in (("https://ehiia.example.org", True), ("http://192.0.2.1:5000", False)):
        cookie = make_app(public_url=url).test_client().get("/sign-in").headers["Set-Cookie"]
        assert ("Secure" in cookie) is secure
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_every_page_tells_the_browser_to_be_careful(client: FlaskClient, as_: Browsers) -> None:
    for answer in (client.get("/sign-in"), client.get("/nowhere"), as_("amina").get("/account")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "no-store" in answer.headers["Cache-Control"]
        page = soup(answer)
        assert not [s for s in page.find_all("script") if not s.get("src")]
        assert not page.find_all(style=True)


def mails(app: Flask) -> list[MailRow]:
    """Return the outbox, oldest first."""
    with app.app_context():
        return list(db.session.scalars(select(MailRow).order_by(MailRow.id)))


def test_a_forgotten_password_is_chosen_anew_by_mail(
    app: Flask, client: FlaskClient, cast: Cast, as_: Browsers
) -> None:
    elsewhere = as_("amina")
    evil = {"base_url": "http://evil.example"}
    page = client.get("/forgotten-password", **evil)
    token = soup(page).find("input", {"name": "csrf_token"})["value"]  # type: ignore[index]
    fields = {"email": "amina@example.org", "csrf_token": token}
    answer = client.post("/forgotten-password", data=fields, **evil)
    assert "a message with a link is on its way" in words(answer)
    (mail,) = mails(app)
    assert mail.recipient == "amina@example.org"
    assert "evil.example" not in mail.body
    (link,) = re.findall(r"http://127\.0\.0\.1:5000(\S+)", mail.body)
    assert "At least 12 characters" in words(client.get(link))
    for bad, why in (("short", "12 characters"), ("passwordpassword", "")):
        page = send(client, link, {"password": bad, "password_confirm": bad})
        assert page.status_code == 200
        assert soup(page).find(class_="nhsuk-error-summary")
        assert why in words(page)
    new = "violet-anchor-teapot"
    differs = send(client, link, {"password": new, "password_confirm": new + "x"})
    assert "Type the same one twice" in words(differs)
    assert send(client, link, {"password": new, "password_confirm": new}).location == "/sign-in"
    assert not signed_in(elsewhere)
    assert "not right" in words(send(client, "/sign-in", AMINA))
    assert send(client, "/sign-in", {**AMINA, "password": new}).status_code == 302
    assert [mail.subject for mail in mails(app)][1] == "Your password for impact assessments was changed"
    used = app.test_client().get(link, follow_redirects=True)
    assert "used already" in words(used)


def test_an_unknown_address_gets_the_same_page_and_no_mail(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    answer = send(client, "/forgotten-password", {"email": "nobody@example.org"})
    assert answer.status_code == 200
    assert "a message with a link is on its way" in words(answer)
    assert mails(app) == []


def test_changing_the_password_keeps_me_in_and_puts_others_out(as_: Browsers, app: Flask) -> None:
    here, elsewhere = as_("amina"), as_("amina")
    new = "violet-anchor-teapot"
    fields = {"password": "wrong", "new_password": new, "new_password_confirm": new}
    assert "The password is not right" in words(send(here, "/account/password", fields))
    answer = send(here, "/account/password", {**fields, "password": PASSWORD})
    assert answer.status_code == 302
    assert "Your password was changed" in words(here.get("/account"))
    assert not signed_in(elsewhere)


def test_a_password_without_end_is_answered_and_not_an_error(
    as_: Browsers, app: Flask, client: FlaskClient, cast: Cast
) -> None:
    endless = "x" * 50_000
    assert "not right" in words(send(client, "/sign-in", {**AMINA, "password": endless}))
    send(client, "/forgotten-password", {"email": "amina@example.org"})
    (link,) = re.findall(r"http://127\.0\.0\.1:5000(\S+)", mails(app)[0].body)
    answer = send(client, link, {"password": endless, "password_confirm": endless})
    assert "1,000 characters or fewer" in words(answer)
    new = "violet-anchor-teapot"
    amina = as_("amina")
    for name in ("password", "new_password", "new_password_confirm"):
        typed = {"password": PASSWORD, "new_password": new, "new_password_confirm": new} | {name: endless}
        answer = send(amina, "/account/password", typed)
        assert answer.status_code == 200
        assert soup(answer).find(class_="nhsuk-error-summary")
    with app.app_context(), pytest.raises(Invalid):
        people.sign_in_again(cast.amina, endless, now=clock.now())


def demonstration_shown(app: Flask) -> bool:
    """Whether the sign-in page gives the passwords away."""
    return PASSWORD in words(app.test_client().get("/sign-in"))


def test_the_demonstrations_passwords_are_shown_on_loopback_only(make_app: Callable[..., Flask]) -> None:
    assert demonstration_shown(make_app(demonstration=True, listens_on="127.0.0.1"))
    assert not demonstration_shown(make_app(demonstration=True, listens_on="0.0.0.0"))
    assert not demonstration_shown(make_app(demonstration=False, listens_on="127.0.0.1"))


def test_the_demonstrations_password_would_be_taken_from_anybody(app: Flask) -> None:
    from flask_security import password_complexity_validator

    everybody = demonstration_people.people()
    assert len({person.email for person in everybody}) == len(everybody) == 10
    assert all(person.email.endswith("@example.org") for person in everybody)
    with app.test_request_context():
        assert password_complexity_validator(everybody[0].password, True) is None


def test_somebody_with_posts_in_two_organisations_chooses_which_is_shown(
    app: Flask, as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    from ehiia.domain.vocabulary import Role
    from ehiia.services.transaction import transaction
    from ehiia.store.people import Post

    with app.app_context(), transaction() as session:
        session.add(
            Post(
                person_id=cast.amina,
                organisation_id=cast.other_id,
                role=Role.STAFF,
                starts_on=standing_clock.now.date(),
            )
        )
    browser = as_("amina")
    page: Any = soup(browser.get("/account"))
    assert page.find(class_="eh-org").text == "Another Board"
    send(browser, "/account", {"organisation": cast.organisation_id}, to="/organisation-shown")
    page = soup(browser.get("/account"))
    assert page.find(class_="eh-org").text == "Suffolk and North East Essex"
    send(browser, "/account", {"organisation": 999}, to="/organisation-shown")
    page = soup(browser.get("/account"))
    assert page.find(class_="eh-org").text == "Suffolk and North East Essex"
