"""A form that cannot be taken gives back what was typed."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.web.conftest import Browsers, Clock, soup

TEXT = "People in the port have no bus before nine, and the boats leave at five."


def _send(browser: FlaskClient, token: str) -> tuple[int, str]:
    answer = browser.post("/assessments/start", data={"csrf_token": token, "title": "Port", "summary": TEXT})
    return answer.status_code, answer.get_data(as_text=True)


def _token(browser: FlaskClient) -> str:
    return str(soup(browser.get("/assessments/start")).select_one("[name=csrf_token]")["value"])  # type: ignore[index]


def test_amina_was_away_too_long_and_finds_her_text_again(as_: Browsers, standing_clock: Clock) -> None:
    browser = as_("amina")
    token = _token(browser)
    standing_clock.pass_on(minutes=61)
    status, page = _send(browser, token)
    assert status == 401
    assert "You were signed out" in page
    assert TEXT in page
    assert token not in page


def test_a_form_whose_token_is_stale_gives_the_text_back(app: object, as_: Browsers) -> None:
    browser = as_("amina")
    app.config["WTF_CSRF_ENABLED"] = True  # type: ignore[attr-defined]
    status, page = _send(browser, "stale")
    assert status == 400
    assert TEXT in page


def test_a_password_is_never_shown_again(as_: Browsers, standing_clock: Clock) -> None:
    browser = as_("amina")
    token = _token(browser)
    standing_clock.pass_on(minutes=61)
    answer = browser.post(
        "/account/password", data={"csrf_token": token, "password": "quiet-harbour-lantern-secret", "x": TEXT}
    )
    assert "quiet-harbour-lantern-secret" not in answer.get_data(as_text=True)
