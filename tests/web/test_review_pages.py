"""The pages of a review: its date, who asked for another and who approves it, and go-live."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests import factories
from tests.people import Cast
from tests.web.conftest import Browsers, Clock, counted, soup, words
from tests.web.filling import fields as fields_of
from tests.web.filling import fill, main_form

WHY = "The survey comes in November only."
LATER = {"to_on-day": "1", "to_on-month": "12", "to_on-year": "2028"}


ACCESS = "disability-access-"


@pytest.fixture
def worse(app: Flask, cast: Cast, standing_clock: Clock) -> str:
    with app.app_context():
        return factories.decided(cast, standing_clock.now, worse=True)[0]


@pytest.fixture
def ref(app: Flask, cast: Cast, standing_clock: Clock) -> str:
    with app.app_context():
        return factories.decided(cast, standing_clock.now)[0]


def link(response: Any, text: str) -> str:
    found = next(a for a in soup(response).select("main a") if text in a.get_text())
    return str(found["href"])


def test_amina_asks_for_another_date_and_daniel_approves_it(ref: str, as_: Browsers) -> None:
    amina, daniel = as_("amina"), as_("daniel")
    ask = link(amina.get(f"/a/{ref}/review"), "Ask for another date")
    refused = fill(amina, ask, LATER)
    assert refused.status_code == 400
    assert "Enter why the review is moved" in words(refused)
    assert 'value="2028"' in refused.get_data(as_text=True)
    assert fill(amina, ask, LATER | {"reason": WHY}).status_code == 303
    seen = words(amina.get(f"/a/{ref}/review"))
    assert "Friday 1 September 2028" in seen
    assert f"Amina Hassan asks that it be postponed to Friday 1 December 2028 : {WHY}" in seen
    answer = link(amina.get(f"/a/{ref}/review"), "Look at the request")
    assert "Only the accountable director or an equality lead" in words(amina.get(answer))
    assert "Take it back" in words(amina.get(answer))
    assert "Only the accountable director" in words(as_("dev").get(answer))
    assert fill(daniel, answer, {"approve": "decline"}).status_code == 400
    assert fill(daniel, answer, {"approve": "approve", "words": "Right."}).status_code == 303
    seen = words(daniel.get(f"/a/{ref}/review"))
    assert "postponed 1 time" in seen
    assert "Daniel Ashby approved 1 December 2028: Right." in seen
    assert "Approved" in words(daniel.get(answer))


def test_who_asks_second_is_told_and_keeps_what_was_typed(ref: str, as_: Browsers) -> None:
    amina, ben = as_("amina"), as_("ben")
    ask = f"/a/{ref}/review/date"
    sooner = {"to_on-day": "1", "to_on-month": "3", "to_on-year": "2027", "reason": "A pilot."}
    token = soup(ben.get(ask)).select_one("main input[name=revision]")
    assert token is not None
    assert fill(amina, ask, sooner).status_code == 303
    stale = fill(ben, ask, LATER | {"reason": WHY, "revision": str(token["value"])})
    assert stale.status_code == 409
    assert WHY in words(stale)
    assert "Monday 1 March 2027" in words(stale)
    assert fill(ben, ask, sooner | {"to_on-day": "2"}).status_code == 303


def test_amina_says_that_go_live_slips_and_sees_the_review_move(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    page = link(amina.get(f"/a/{ref}/review"), "Say when it went live")
    later = {"started": "expected", "on-day": "2", "on-month": "11", "on-year": "2026"}
    refused = fill(amina, page, later)
    assert refused.status_code == 400
    assert "Enter why it is another day" in words(refused)
    assert fill(amina, page, later | {"reason": "No builder."}).status_code == 303
    seen = words(amina.get(f"/a/{ref}/review"))
    assert "Thursday 2 November 2028" in seen
    assert "Moved with go-live from 1 September 2028" in seen
    assert "REV-13" in seen
    assert "instead of 1 September 2026" in words(amina.get(page))
    assert as_("dev").get(page).status_code == 403
    assert as_("esther").get(page).status_code == 404


def test_the_page_of_a_review_asks_no_more_the_more_there_is(
    app: Flask, ref: str, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    amina = as_("amina")

    def queries() -> int:
        with counted(app) as found:
            assert amina.get(f"/a/{ref}/review").status_code == 200
        return len(found)

    queries()
    before = queries()
    for day in range(1, 4):
        ask = {"to_on-day": str(day), "to_on-month": "12", "to_on-year": "2028", "reason": WHY}
        assert fill(amina, f"/a/{ref}/review/date", ask).status_code == 303
        answer = link(amina.get(f"/a/{ref}/review"), "Look at the request")
        assert fill(as_("ben"), answer, {"approve": "approve"}).status_code == 303
    assert queries() <= before


def test_amina_looks_back_saves_it_unfinished_and_finishes_it(
    app: Flask, worse: str, cast: Cast, as_: Browsers
) -> None:
    amina, start = as_("amina"), f"/a/{worse}/review/carry-out"
    assert link(amina.get(f"/a/{worse}/review"), "Carry it out") == start
    page = link(amina.get(start), "Disability")
    seen = words(amina.get(page))
    assert "Predicted: access" in seen
    assert "The bus stops at five." in seen
    half = {f"{ACCESS}turned": "worse", f"{ACCESS}happened": "It is full.", f"{ACCESS}likelihood": "5"}
    refused = fill(amina, page, half)
    assert refused.status_code == 400
    assert "Choose both likelihood and severity" in words(refused)
    assert "It is full." in words(refused)
    assert fill(amina, page, half | {f"{ACCESS}severity": "4", "then": "list"}).status_code == 303
    assert "Begun" in words(amina.get(start))
    end = link(amina.get(start), "How it goes on")
    fields = {"happened": "Access is worse.", "outcome": "keep", "reasons": "The rest stands."}
    assert fill(amina, end, fields | {"then": "later"}).status_code == 303
    unfinished = fill(amina, end, {"then": "finish"})
    assert unfinished.status_code == 400
    assert "Disability, experience: say how it turned out" in words(unfinished)
    for dimension in ("experience", "outcomes"):
        said = {
            f"disability-{dimension}-turned": "as_predicted",
            f"disability-{dimension}-happened": "As we said.",
        }
        assert fill(amina, page, said).status_code == 303
    actions = link(amina.get(start), "Mitigating actions")
    name = str(soup(amina.get(actions)).select("main input[type=radio]")[0]["name"])
    assert fill(amina, actions, {name: "partly"}).status_code == 303
    form = fields_of(main_form(soup(amina.get(end)))) | {"then": "finish"}
    for _ in range(2):  # sent twice it leads to the review that is finished
        answer = amina.post(end, data=form)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/a/{worse}/review")
    done = amina.get(f"/a/{worse}/review")
    assert "Done: Keep it as it is" in words(done)
    frozen = words(amina.get(link(done, "as it was frozen")))
    assert "What the review found" in frozen
    assert "Almost certain x major: 20, very high" in frozen
    assert as_("dev").get(start).status_code == 403


def test_who_saves_a_page_second_sees_the_first_and_keeps_their_own(worse: str, as_: Browsers) -> None:
    amina, ben = as_("amina"), as_("ben")
    page = f"/a/{worse}/review/carry-out/disability"
    shown = soup(ben.get(page)).select_one("main input[name=revision]")
    assert shown is not None
    first = {f"{ACCESS}turned": "worse", f"{ACCESS}happened": "Amina wrote this."}
    assert fill(amina, page, first).status_code == 303
    second = {f"{ACCESS}happened": "Ben wrote that.", "revision": str(shown["value"])}
    stale = fill(ben, page, second)
    assert stale.status_code == 409
    seen = stale.get_data(as_text=True)
    assert "Amina wrote this." in seen
    assert "Ben wrote that." in seen


def test_the_pages_of_a_review_ask_a_fixed_number_of_questions(app: Flask, worse: str, as_: Browsers) -> None:
    amina = as_("amina")
    most = {"": 14, "/disability": 14, "/actions": 14, "/end": 14}
    for path, limit in most.items():
        amina.get(f"/a/{worse}/review/carry-out{path}")
        with counted(app) as found:
            assert amina.get(f"/a/{worse}/review/carry-out{path}").status_code == 200
        assert len(found) <= limit, found


def test_dev_raises_a_reason_to_review_it_early_and_ben_accepts_it(ref: str, as_: Browsers) -> None:
    dev, ben = as_("dev"), as_("ben")
    page = link(dev.get(f"/a/{ref}/review"), "Raise a reason")
    refused = fill(dev, page, {"reason": WHY})
    assert refused.status_code == 400
    assert WHY in words(refused)
    assert fill(dev, page, {"trigger": "law", "reason": WHY}).status_code == 303
    assert WHY in words(ben.get(f"/a/{ref}/review"))  # two of one kind are told apart
    one = link(ben.get(f"/a/{ref}/review"), "New law")
    assert "An equality lead accepts or declines it" in words(dev.get(one))
    assert fill(ben, one, {"accept": "approve"}).status_code == 400
    day = {"to_on-day": "1", "to_on-month": "6", "to_on-year": "2026"}
    assert fill(ben, one, {"accept": "approve"} | day).status_code == 303
    seen = words(dev.get(f"/a/{ref}/review"))
    assert "Monday 1 June 2026" in seen
    assert "Brought forward" in seen
    assert as_("esther").get(one).status_code == 404


def test_the_register_is_filtered_and_asks_one_query_whatever_it_lists(
    app: Flask, ref: str, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    amina = as_("amina")

    def queries() -> int:
        with counted(app) as found:
            assert amina.get("/reviews?whose=mine").status_code == 200
        return len(found)

    queries()
    before = queries()
    with app.app_context():
        factories.decided(cast, standing_clock.now)
    assert queries() == before
    assert ref in words(amina.get("/reviews"))
    assert "Nothing fits" in words(amina.get("/reviews?due=overdue"))
    assert ref in words(amina.get("/reviews?kind=service_change&due=nonsense"))
