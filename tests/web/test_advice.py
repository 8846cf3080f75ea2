"""Pages of early advice: asking, the tab of the equality leads, answering, reading it."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from tests import writing
from tests.people import Cast, send
from tests.web.conftest import Browsers, words
from tests.web.filling import fill


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return writing.writing(cast, now)


def test_amina_asks_and_reads_what_ben_says(ref: str, as_: Browsers) -> None:
    amina, ben = as_("amina"), as_("ben")
    assert "Ask for early advice" in words(amina.get(f"/a/{ref}"))
    assert "Nobody waits for early advice" in words(ben.get("/advice"))
    answer = fill(amina, f"/a/{ref}/advice", {"question": "Is the bus enough?"}, follow_redirects=True)
    assert "You can go on working meanwhile" in words(answer)
    assert "Give early advice" in words(ben.get("/"))
    assert "Is the bus enough?" in words(ben.get("/advice"))
    fill(ben, f"/a/{ref}/advice", {"answer": "Ask those who work late."})
    assert "Ask those who work late." in words(amina.get(f"/a/{ref}/advice"))
    assert "gave early advice" in words(amina.get(f"/a/{ref}/history"))


def test_an_empty_question_keeps_the_page_and_says_what_to_do(ref: str, as_: Browsers) -> None:
    answer = fill(as_("amina"), f"/a/{ref}/advice", {"question": " "})
    assert answer.status_code == 400
    assert "Enter what you would like advice on" in words(answer)


def test_amina_takes_her_question_back(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    fill(amina, f"/a/{ref}/advice", {"question": "Is the bus enough?"})
    send(amina, f"/a/{ref}/advice", {"advice": "1"}, to=f"/a/{ref}/advice/take-back")
    assert "Taken back" in words(amina.get(f"/a/{ref}/advice"))


def test_only_equality_leads_have_the_tab(ref: str, as_: Browsers) -> None:
    assert "Early advice" in words(as_("ben").get("/checks"))
    for who in ("amina", "carol", "daniel", "dev", "farah"):
        assert as_(who).get("/advice").status_code == 403
