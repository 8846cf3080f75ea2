"""The pages of the screening: what they ask, drafts, two people at once, and a stage that moved on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ehiia.domain.vocabulary import Part, Stage
from ehiia.services import team
from ehiia.services.transaction import read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.together import Draft
from tests import writing
from tests.people import Cast, send
from tests.web.conftest import Browsers, soup, words
from tests.web.filling import chosen, fields, fill, main_form

TEXT = "Half an hour of typing about the forms."


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        ref = writing.started(cast, now)
        team.invite(ref, person_id=cast.helen, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
        return ref


def answered(app: Flask, cast: Cast, now: datetime, ref: str, **changes: Any) -> None:
    with app.app_context():
        writing.answer_screening(ref, cast, now, **changes)


def types(browser: FlaskClient, path: str, page: str, typed: dict[str, Any]) -> Any:
    """Send what the script sends after a pause."""
    form = main_form(soup(browser.get(path)))
    return browser.post(str(form["data-draft"]), data=fields(form) | typed | {"page": page})


WHY = "If you think that no full assessment is needed"


@pytest.mark.parametrize(("answers", "is_asked"), [({}, True), ({"worse_off": "yes"}, False)])
def test_why_none_is_needed_is_asked_only_while_nothing_asks_for_one(
    app: Flask,
    cast: Cast,
    ref: str,
    as_: Browsers,
    now: datetime,
    answers: dict[str, str],
    is_asked: bool,
) -> None:
    answered(app, cast, now, ref, **answers)
    for path in (f"/a/{ref}/screening/outcome", f"/a/{ref}/screening-result"):
        assert (WHY in words(as_("amina").get(path))) is is_asked


def test_it_is_asked_again_where_the_existing_one_is_taken_out(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    amina, path = as_("amina"), f"/a/{ref}/screening/outcome"
    existing = {"existing": "yes", "existing_reference": "EHIIA-2025-003", "existing_covers": "yes"}
    answered(app, cast, now, ref, **existing)
    page = soup(amina.get(path))
    assert page.select("[name=q-not_relevant_reason]") == []
    answer = fill(amina, path, {"q-existing": "no"}, follow_redirects=True)
    assert "opened 1 more question on this page" in words(answer)
    assert soup(answer).select("[name=q-not_relevant_reason]")


def test_a_draft_of_the_screening_is_put_back_and_gone_once_it_is_saved(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    amina, path = as_("amina"), f"/a/{ref}/screening/outcome"
    page = "outcome:screening"
    assert types(amina, path, page, {"q-opportunity": TEXT}).status_code == 200
    assert "did not save it" in words(amina.get(path))
    assert "did not save it" not in words(as_("helen").get(path))
    back = soup(amina.get(f"{path}?draft=back"))
    assert chosen(back, "q-opportunity") == [TEXT]
    assert amina.post(path, data=fields(main_form(back))).status_code == 303
    assert chosen(soup(amina.get(path)), "q-opportunity") == [TEXT]
    with app.app_context():
        assert read().scalars(select(Draft)).all() == []


def test_a_draft_of_the_screening_is_thrown_away_and_leads_back_to_its_page(
    app: Flask, ref: str, as_: Browsers
) -> None:
    amina, path = as_("amina"), f"/a/{ref}/screening/outcome"
    types(amina, path, "outcome:screening", {"q-opportunity": TEXT})
    form = soup(amina.get(path)).select_one("form[action$=throw-away]")
    assert form is not None
    answer = amina.post(str(form["action"]), data=fields(form))
    assert answer.headers["Location"].endswith(path)
    assert "did not save it" not in words(amina.get(path))


def test_no_draft_is_kept_of_a_page_that_is_not_there_or_closed(app: Flask, ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    sent = {"page": "nothing:screening", "q-opportunity": TEXT}
    assert send(amina, f"/a/{ref}", sent, to=f"/a/{ref}/draft").status_code == 404
    with app.app_context(), transaction() as session:
        session.query(Assessment).filter_by(ref=ref).one().stage = Stage.WRITING
    sent["page"] = "outcome:screening"
    assert send(amina, f"/a/{ref}", sent, to=f"/a/{ref}/draft").status_code == 404


def test_two_who_answer_the_same_question_choose_between_their_texts(ref: str, as_: Browsers) -> None:
    amina, helen, path = as_("amina"), as_("helen"), f"/a/{ref}/screening/outcome"
    fill(helen, path, {"q-opportunity": "At first."})
    before = fields(main_form(soup(amina.get(path))))
    fill(helen, path, {"q-opportunity": "Helen's words."})
    answer = amina.post(path, data=before | {"q-opportunity": TEXT, "q-existing": "no"})
    assert answer.status_code == 409
    assert "What Helen Marsh saved" in words(answer)
    form = main_form(soup(answer))
    assert (
        amina.post(str(form["action"]), data=fields(form) | {"keep-opportunity": "mine"}).status_code == 303
    )
    page = soup(amina.get(path))
    assert chosen(page, "q-opportunity") == [TEXT]
    assert chosen(page, "q-existing") == ["no"]


def test_what_was_typed_is_still_there_when_the_screening_was_finished_meanwhile(
    app: Flask, ref: str, as_: Browsers
) -> None:
    amina, path = as_("amina"), f"/a/{ref}/screening/outcome"
    form = fields(main_form(soup(amina.get(path))))
    with app.app_context(), transaction() as session:
        session.query(Assessment).filter_by(ref=ref).one().stage = Stage.WRITING
    answer = amina.post(path, data=form | {"q-opportunity": TEXT})
    assert answer.status_code == 403
    assert chosen(soup(answer), "q-opportunity") == [TEXT]
    assert amina.get(path).status_code == 303
