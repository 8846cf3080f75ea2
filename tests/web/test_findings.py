"""The pages of findings: written from an audit, answered, looked at again, found in the register."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from tests.people import Cast
from tests.services.test_findings import raised
from tests.services.test_programmes import APRIL, begun, case_of, done, drawn
from tests.web.conftest import Browsers, Clock, counted, soup, words
from tests.web.filling import fields, fill, main_form

FINDING = {"condition": "Nobody rides on Sundays.", "grade": "high"}


@pytest.fixture
def case_id(app: Flask, cast: Cast, now: datetime, standing_clock: Clock) -> int:
    """Draw a sample with one action in it; it is April."""
    with app.app_context():
        programme = begun(cast, now)
        ref = done(cast, now)
        drawn(cast, programme)
        standing_clock.now = APRIL
        return case_of(f"{ref}-M1").id


def test_a_finding_goes_from_dev_to_daniel_and_back(
    app: Flask, cast: Cast, as_: Browsers, case_id: int
) -> None:
    dev, daniel = as_("dev"), as_("daniel")
    assert "No findings yet" in words(dev.get("/audits/findings"))
    page = f"/audits/findings/write?case={case_id}"
    refused = fill(dev, page, {"grade": "high"})
    assert refused.status_code == 400
    assert "Say what you saw" in words(refused)
    made = fill(dev, page, FINDING | {"answers_id": str(cast.daniel)})
    assert made.status_code == 303
    one = str(made.headers["Location"])
    assert "Nobody rides on Sundays." in words(dev.get(f"/audits/cases/{case_id}"))
    assert dev.get(f"{one}/answer").status_code == 403
    stale = fields(main_form(soup(dev.get(f"{one}/change"))))
    assert fill(dev, f"{one}/change", {"cause": "No driver."}).status_code == 303
    second = dev.post(f"{one}/change", data=stale | {"cause": "No money."})
    assert second.status_code == 409
    assert "No money." in second.get_data(as_text=True)
    assert fill(daniel, f"{one}/answer", {"response": "accepted"}).status_code == 400
    said = {"response": "accepted", "owner_id": str(cast.helen), "due_on-day": "1", "due_on-month": "5"}
    assert fill(daniel, f"{one}/answer", said | {"due_on-year": "2026"}).status_code == 303
    text = words(as_("helen").get(one))
    assert "To be put right by Friday 1 May 2026" in text
    for result, saw in (("not_done", "Waited in vain."), ("done", "Rode on it.")):
        assert fill(dev, f"{one}/look-again", {"result": result, "words": saw}).status_code == 303
    text = words(dev.get(one))
    assert "Closed." in text
    assert text.index("Rode on it.") < text.index("Waited in vain.")  # every one, the newest first
    assert "Nobody rides" in words(dev.get("/audits/findings?state=closed"))
    assert "No findings like this" in words(dev.get("/audits/findings?state=answer_due"))


def test_others_stay_outside(app: Flask, cast: Cast, as_: Browsers, case_id: int) -> None:
    with app.app_context():
        ref = raised(cast).ref
    for name in ("amina", "farah"):
        assert as_(name).get(f"/audits/findings/{ref}").status_code == 404
        assert "No findings yet" in words(as_(name).get("/audits/findings"))
        assert as_(name).get("/audits/findings/write").status_code == 403
    assert as_("esther").get(f"/audits/findings/{ref}").status_code == 404
    assert as_("esther").get(f"/audits/findings/write?case={case_id}").status_code == 404
    assert as_("ben").get(f"/audits/findings/write?case={case_id}").status_code == 403


def test_the_register_takes_as_many_queries_for_one_finding_as_for_many(
    app: Flask, cast: Cast, as_: Browsers
) -> None:
    dev = as_("dev")
    numbers = []
    for condition in ("One.", "Two."):
        with app.app_context():
            raised(cast, condition=condition)
            raised(cast, condition=condition + " And more.")
        dev.get("/audits/findings")
        with counted(app) as found:
            assert dev.get("/audits/findings").status_code == 200
        numbers.append(len(found))
    assert numbers[0] == numbers[1] <= 8, found


def test_daniel_is_led_to_his_finding_from_his_first_page(
    app: Flask, cast: Cast, as_: Browsers, case_id: int
) -> None:
    with app.app_context():
        ref = raised(cast).ref
    page = as_("daniel").get("/")
    assert "Answer the finding: Nobody rides on Sundays." in words(page)
    assert f'href="/audits/findings/{ref}/answer"' in page.get_data(as_text=True)
