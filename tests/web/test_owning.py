"""The pages on which owners take actions on, and dates move."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.mitigating import Acceptance
from ehiia.domain.vocabulary import Stage
from ehiia.services.transaction import read, transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from tests import factories
from tests.people import Cast, send
from tests.web.conftest import Browsers, Clock, soup, words
from tests.web.filling import chosen, fields, fill, main_form

LATER = {"to_on-day": "1", "to_on-month": "10", "to_on-year": "2026"}
WHY = {"reason": "The minibus is not delivered before September."}


@pytest.fixture
def ref(app: Flask, cast: Cast, standing_clock: Clock) -> str:
    """Return an assessment in force that goes live next year; Helen owns its action."""
    with app.app_context():
        ref, _ = factories.decided(cast, standing_clock.now, worse=True)
        with transaction() as session:
            session.scalars(select(Assessment)).one().expected_go_live_on = date(2027, 1, 4)
        return ref


def row_of(app: Flask) -> MitigationRow:
    with app.app_context():
        return read().scalars(select(MitigationRow)).one()


def test_helen_is_asked_on_her_first_page_and_accepts(app: Flask, ref: str, as_: Browsers) -> None:
    helen, page = as_("helen"), f"/mitigations/{ref}-M1"
    assert "Accept or decline: A minibus from the harbour" in words(helen.get("/"))
    assert "Not accepted yet" in words(as_("amina").get(page))
    assert "Not accepted yet" in words(as_("amina").get(f"/a/{ref}/section/mitigations"))
    assert send(helen, page, {"revision": "1"}, to=f"{page}/accept").status_code == 303
    assert row_of(app).acceptance is Acceptance.ACCEPTED
    assert "Do you take it on?" not in words(helen.get(page))
    assert "Not accepted yet" not in words(as_("amina").get(f"/a/{ref}/section/mitigations"))
    assert "Say how it is going: A minibus" in words(helen.get("/"))


def test_helen_accepts_nothing_that_was_changed_meanwhile(app: Flask, ref: str, as_: Browsers) -> None:
    helen, page = as_("helen"), f"/mitigations/{ref}-M1"
    fill(as_("amina"), page, {"claim": "on_track"})
    answer = send(helen, page, {"revision": "1"}, to=f"{page}/accept", follow_redirects=True)
    assert "It was changed meanwhile" in words(answer)
    assert row_of(app).acceptance is Acceptance.WAITING


def test_helen_declines_with_a_reason_that_everybody_reads(app: Flask, ref: str, as_: Browsers) -> None:
    helen, page = as_("helen"), f"/mitigations/{ref}-M1"
    refused = fill(helen, f"{page}/decline", {"reason": ""})
    assert refused.status_code == 400
    assert "Say why it is not yours to do" in words(refused)
    assert fill(helen, f"{page}/decline", {"reason": "I leave in May."}).status_code == 303
    assert "Declined I leave in May." in words(as_("carol").get(page))
    for who in ("amina", "carol"):
        assert as_(who).get(f"{page}/decline").status_code == 403


def test_amina_names_another_owner_after_the_decision(
    app: Flask, cast: Cast, ref: str, as_: Browsers
) -> None:
    amina, page = as_("amina"), f"/mitigations/{ref}-M1/owner"
    assert chosen(soup(amina.get(page)), "owner_id") == [str(cast.helen)]
    refused = fill(amina, page, {"owner_id": "", "outside_owner": ""})
    assert refused.status_code == 400
    old = fields(main_form(soup(amina.get(page))))
    assert fill(amina, page, {"owner_id": str(cast.grace)}).status_code == 303
    assert amina.post(page, data=old | {"owner_id": str(cast.dev)}).status_code == 409
    assert row_of(app).owner_id == cast.grace
    assert as_("carol").get(page).status_code == 403


def test_helen_moves_a_date_and_everybody_sees_both(app: Flask, ref: str, as_: Browsers) -> None:
    helen, page = as_("helen"), f"/mitigations/{ref}-M1/date"
    refused = fill(helen, page, LATER | {"reason": ""})
    assert refused.status_code == 400
    assert chosen(soup(refused), "to_on-month") == ["10"]
    assert fill(helen, page, LATER | WHY).status_code == 303
    assert row_of(app).due_on == date(2026, 10, 1)
    shown = words(as_("carol").get(page))
    assert "From 1 August 2026 to 1 October 2026" in shown
    assert WHY["reason"] in shown
    assert soup(as_("carol").get(page)).select("main form") == []


def test_a_second_slip_waits_for_ben(app: Flask, ref: str, as_: Browsers) -> None:
    helen, ben, page = as_("helen"), as_("ben"), f"/mitigations/{ref}-M1/date"
    fill(helen, page, LATER | WHY)
    assert fill(helen, page, LATER | WHY | {"to_on-month": "12"}).status_code == 303
    assert row_of(app).due_on == date(2026, 10, 1)
    assert "Helen Marsh asks to move it to 1 December 2026" in words(as_("carol").get(page[:-5]))
    assert "Answer about another date: A minibus" in words(ben.get("/"))
    link = soup(ben.get(page)).select_one("main a.nhsuk-button")
    assert link is not None
    path = str(link["href"])
    assert helen.get(path).status_code == 403
    assert fill(ben, path, {}).status_code == 400
    refused = fill(ben, path, {"agreed": "no"})
    assert refused.status_code == 400
    assert "Say why not" in words(refused)
    assert fill(ben, path, {"agreed": "yes"}).status_code == 303
    assert row_of(app).due_on == date(2026, 12, 1)
    assert "Agreed" in words(helen.get(page))
    assert main_forms(ben.get(path)) == 0
    assert ben.get(f"{page}/999").status_code == 404


def main_forms(response: object) -> int:
    return len(soup(response).select("main form"))


def test_helen_takes_her_request_back(app: Flask, ref: str, as_: Browsers) -> None:
    helen, page = as_("helen"), f"/mitigations/{ref}-M1/date"
    fill(helen, page, LATER | WHY)
    fill(helen, page, LATER | WHY | {"to_on-month": "12"})
    assert send(helen, page, {}, to=f"{page}/2/take-back").status_code == 303
    assert "Taken back" in words(helen.get(page))
    assert row_of(app).due_on == date(2026, 10, 1)


def test_in_a_new_version_what_the_decision_relied_on_is_not_taken_out(
    app: Flask, cast: Cast, ref: str, as_: Browsers
) -> None:
    with app.app_context(), transaction() as session:
        session.scalars(select(Assessment)).one().stage = Stage.WRITING
    amina, page = as_("amina"), f"/mitigations/{ref}-M1/change"
    assert "The decision relied on this action" in words(amina.get(page))
    assert "Take this action out" not in words(amina.get(page))
    refused = fill(amina, page, {"due_on-day": "9"})
    assert refused.status_code == 400
    assert "Ask for another one on the page of the action" in words(refused)
