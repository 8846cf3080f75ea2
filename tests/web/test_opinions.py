"""The pages of opinions on assurance, and of the words they are given in."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.people import Cast, send
from tests.services.test_opinions import WHOLE
from tests.services.test_programmes import APRIL, begun, done, drawn
from tests.web.conftest import Browsers, Clock, counted, soup, words
from tests.web.filling import fields, fill, main_form


@pytest.fixture
def page(app: Flask, cast: Cast, now: datetime, standing_clock: Clock) -> str:
    """Draw a sample with one action in it; return where its opinion is given. It is April."""
    with app.app_context():
        programme = begun(cast, now)
        done(cast, now)
        run = drawn(cast, programme)
        standing_clock.now = APRIL
        return f"/audits/runs/{run.id}/opinion"


GIVEN = {name: getattr(WHOLE, name) for name in WHOLE.__dataclass_fields__} | {"act": "give"}


def test_dev_keeps_a_draft_goes_on_gives_it_and_corrects_it(app: Flask, as_: Browsers, page: str) -> None:
    dev = as_("dev")
    assert "None was given yet" in words(dev.get(page.removesuffix("/opinion")))
    assert "No opinion yet" in words(dev.get("/audits/opinions"))
    opened = fields(main_form(soup(dev.get(page))))
    assert fill(dev, page, {"scope": "The first quarter.", "act": "save"}).status_code == 303
    text = words(dev.get(page))
    assert "The first quarter." in text
    assert "1 of 1 drawn (up to draw 1)" in text
    assert "0 (1 not audited)" in text
    stale = dev.post(page, data=opened | {"scope": "Everything.", "act": "save"})
    assert stale.status_code == 409
    assert "The first quarter." in words(stale)
    assert "Everything." in stale.get_data(as_text=True)
    refused = fill(dev, page, {"act": "give"})
    assert refused.status_code == 400
    links = {str(a["href"]) for a in soup(refused).select(".nhsuk-error-summary a")}
    assert {"#design", "#operation_reasons", "#not_looked_at"} <= links
    made = fill(dev, page, GIVEN)
    assert made.status_code == 303
    one = str(made.headers["Location"])
    text = words(dev.get(one))
    assert "Design: Moderate" in text
    assert "Operation: Limited" in text
    assert "High 0 findings about items, 0 about the way of assessing, 0 still open" in text
    assert "It is never changed" in text
    again = fill(dev, page, GIVEN | {"operation": "No", "correction": "I counted wrongly."})
    assert "I counted wrongly." in words(dev.get(again.headers["Location"]))
    assert "Another opinion took its place" in words(dev.get(one))
    assert "corrected by EHIIA-O2026-002" in words(dev.get("/audits/opinions"))
    assert "operation “No”" in words(dev.get(page.removesuffix("/opinion")))


def test_ben_reads_why_it_is_not_his_to_give(as_: Browsers, page: str) -> None:
    ben = as_("ben")
    text = words(ben.get(page))
    assert "Only an auditor gives the opinion on assurance." in text
    assert "Give this opinion" not in text
    sent = send(ben, "/audits/programmes/begin", GIVEN, to=page)
    assert sent.status_code == 403
    assert "No opinion yet" in words(ben.get("/audits/opinions"))


def test_directors_and_decision_makers_read_it_and_others_stay_outside(as_: Browsers, page: str) -> None:
    one = str(fill(as_("dev"), page, GIVEN).headers["Location"])
    for name in ("ben", "carol", "daniel", "dev"):
        browser = as_(name)
        assert "Operation: Limited" in words(browser.get(one)), name
        assert one in browser.get("/audits/opinions").get_data(as_text=True)
    assert "Audit" in words(as_("carol").get("/"))
    for name in ("amina", "farah", "grace"):
        assert as_(name).get(one).status_code == 403, name
        assert as_(name).get(page).status_code == 403, name
    assert as_("esther").get(one).status_code == 404
    assert as_("esther").get(page).status_code == 404
    assert as_("carol").get(page).status_code == 403


def test_farah_sets_the_words(as_: Browsers, page: str) -> None:
    farah, settings = as_("farah"), "/organisation/assurance"
    assert as_("ben").get(settings).status_code == 403
    opened = fields(main_form(soup(farah.get(settings))))
    wrong = fill(farah, settings, {"word_2": "substantial"})
    assert wrong.status_code == 400
    assert "Each degree needs a word of its own" in words(wrong)
    assert fill(farah, settings, {"word_2": "Reasonable", "word_4": "", "meaning_4": ""}).status_code == 303
    stale = farah.post(settings, data=opened | {"word_1": "High"})
    assert stale.status_code == 409
    assert "Reasonable" in words(stale)
    assert 'value="High"' in stale.get_data(as_text=True)
    text = words(as_("dev").get(page))
    assert "Reasonable" in text
    assert "Moderate" not in text


def test_the_pages_take_as_many_queries_for_many_as_for_one(app: Flask, as_: Browsers, page: str) -> None:
    dev = as_("dev")
    fill(dev, page, GIVEN)
    pages = ("/audits/opinions", page, page.removesuffix("/opinion"))
    before = [_queries(app, dev, address) for address in pages]
    for number in range(3):
        fill(dev, page, GIVEN | {"correction": f"Correction {number}."})
    assert [_queries(app, dev, address) for address in pages] == before


def _queries(app: Flask, browser: FlaskClient, address: str) -> int:
    with counted(app) as made:
        assert browser.get(address).status_code == 200
    return len(made)
