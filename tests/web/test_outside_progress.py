"""Jo, who has no account, notes progress, gives figures and asks for another date by the link."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from ehiia.services import readings
from ehiia.services.transaction import transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from tests import factories
from tests.people import Cast, send
from tests.web.conftest import Browsers, soup, words
from tests.web.filling import chosen, fields, fill
from tests.web.test_partners import ADDRESS, newest_link

JO = "Jo Bell, Harbour Minibuses"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 30


@pytest.fixture
def action(app: Flask, cast: Cast, now: datetime) -> str:
    """Return an action that Jo owns, of an assessment in force that goes live next year."""
    with app.app_context():
        ref, _ = factories.decided(cast, now, worse=True)
        with transaction() as session:
            session.scalars(select(Assessment)).one().expected_go_live_on = date(2027, 1, 4)
            row = session.scalars(select(MitigationRow)).one()
            row.owner_id, row.outside_owner = None, JO
        return f"{ref}-M1"


@pytest.fixture
def link(app: Flask, action: str, as_: Browsers) -> str:
    assert fill(as_("amina"), f"/mitigations/{action}/partner", {"email": ADDRESS}).status_code == 303
    return newest_link(app)


@pytest.fixture
def jo(app: Flask, link: str) -> FlaskClient:
    client = app.test_client()
    assert send(client, link, {}).status_code == 303
    return client


def test_jo_finds_the_three_pages_from_the_action(link: str, jo: FlaskClient) -> None:
    page = soup(jo.get(f"{link}/action"))
    leads = [str(a["href"]) for a in page.select("main li a[href]")]
    assert leads == [f"{link}/progress", f"{link}/figures", f"{link}/date"]
    for lead in leads:
        answer = jo.get(lead)
        assert (answer.status_code, answer.headers["Referrer-Policy"]) == (200, "no-referrer")


def test_jo_notes_progress_with_a_file_and_carol_reads_it(
    action: str, link: str, jo: FlaskClient, as_: Browsers
) -> None:
    page = f"{link}/progress"
    answer = fill(jo, page, {"text": "Built.", "proof": (BytesIO(b"MZ" + b"\0" * 60), "a.png")})
    assert answer.status_code == 400
    assert "Built." in words(answer)
    answer = fill(jo, page, {"text": "The stop is built.", "proof": (BytesIO(PICTURE), "stop.png")})
    assert answer.status_code == 303
    assert "The stop is built." in words(jo.get(page))
    theirs = as_("carol").get(f"/mitigations/{action}/progress")
    assert f"{JO}" in words(theirs)
    file = next(str(a["href"]) for a in soup(theirs).select("a") if "stop.png" in a.get_text())
    assert as_("carol").get(file).data == PICTURE


def test_jo_gives_a_figure_and_nobody_elses_is_shown(
    app: Flask, cast: Cast, action: str, link: str, jo: FlaskClient, now: datetime, as_: Browsers
) -> None:
    with app.app_context():
        readings.add(action, measured_on=date(2026, 1, 5), value=77.0, by=cast.amina, now=now)
    page = f"{link}/figures"
    assert fill(jo, page, {"value": "many"}).status_code == 400
    for day, value in (("3", "12"), ("4", "15.5")):
        figure = {
            "value": value,
            "measured_on-day": day,
            "measured_on-month": "1",
            "measured_on-year": "2026",
        }
        assert fill(jo, page, figure).status_code == 303
    answer = jo.get(page)
    assert soup(answer).select_one("figure.eh-chart") is not None
    assert "77" not in words(answer)
    assert "15.5" in words(as_("ben").get(f"/mitigations/{action}/figures"))


def test_jo_asks_for_another_date_takes_it_back_and_reads_the_answer(
    app: Flask, action: str, link: str, jo: FlaskClient, as_: Browsers
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(text("UPDATE impact SET likelihood_after = 4, severity_after = 4"))
    page = f"{link}/date"
    wanted = {
        "to_on-day": "1",
        "to_on-month": "10",
        "to_on-year": "2026",
        "reason": "No bus before September.",
    }
    answer = fill(jo, page, wanted | {"to_on-month": "13"})
    assert answer.status_code == 400
    assert chosen(soup(answer), "reason") == ["No bus before September."]
    assert fill(jo, page, wanted).status_code == 303
    answer = jo.get(page)
    assert "You asked to move it to" in words(answer)
    back = soup(answer).select_one('form[action$="/take-back"]')
    assert back is not None
    assert jo.post(str(back["action"]), data=fields(back)).status_code == 303
    assert "Taken back" in words(jo.get(page))
    assert fill(jo, page, wanted).status_code == 303
    asked = next(
        str(a["href"])
        for a in soup(as_("ben").get(f"/mitigations/{action}/date")).select("a")
        if a.get_text(strip=True) == "Answer this"
    )
    assert fill(as_("ben"), asked, {"agreed": "no", "reason": "Sooner, please."}).status_code == 303
    assert "Sooner, please." in words(jo.get(page))


def test_who_did_not_open_the_link_says_nothing(app: Flask, action: str, link: str, as_: Browsers) -> None:
    stranger = app.test_client()
    for page in ("progress", "figures", "date"):
        assert stranger.get(f"{link}/{page}").headers["Location"] == link
        assert send(stranger, link, {"text": "Mine."}, to=f"{link}/{page}").headers["Location"] == link
    assert "Mine." not in words(as_("amina").get(f"/mitigations/{action}/progress"))
