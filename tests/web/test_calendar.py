"""Amina makes an address for her calendar, which fetches it without signing in, and switches it off."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from icalendar import Calendar

from tests.people import Cast, send
from tests.web.conftest import Browsers, words

PAGE = "/account/calendar"


def new_address(browser: Any) -> str:
    page = send(browser, PAGE, {})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    found = re.search(r"http://127\.0\.0\.1:5000(/calendar/[\w-]{43}\.ics)", page.get_data(as_text=True))
    assert found is not None
    return found[1]


def test_amina_makes_an_address_and_her_calendar_fetches_it(app: Flask, as_: Browsers, cast: Cast) -> None:
    browser = as_("amina")
    assert "There is no address" in words(browser.get(PAGE))
    path = new_address(browser)
    assert path not in browser.get(PAGE).get_data(as_text=True)  # shown once
    assert "Has an address of its own" in words(browser.get("/account"))
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, max-age=900"
    assert "Set-Cookie" not in answer.headers
    assert Calendar.from_ical(answer.get_data(as_text=True))
    again = new_address(browser)
    assert app.test_client().get(path).status_code == 404
    assert app.test_client().get(again).status_code == 200
    assert send(browser, PAGE, {}, to=f"{PAGE}/off").location == PAGE
    assert app.test_client().get(again).status_code == 404
    assert "Switched off" in words(browser.get("/account"))


def test_guessing_an_address_ends(app: Flask, cast: Cast) -> None:
    stranger = app.test_client()
    answers = [stranger.get(f"/calendar/{number}.ics").status_code for number in range(12)]
    assert answers[:10] == [404] * 10
    assert answers[10:] == [429] * 2
