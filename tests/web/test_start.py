"""Starting an assessment: what is decided, the route, the screening, and the equality lead's word."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.vocabulary import RoutePart, ScreeningResult, Stage
from ehiia.services import assessments, screening
from ehiia.services.transaction import read
from ehiia.store.assessments import Assessment
from tests import writing
from tests.people import Cast
from tests.web.conftest import Browsers, Clock, soup, words
from tests.web.filling import chosen, fields, fill, main_form

NEW = {
    "title": "Moving the Harbour Road surgery",
    "summary": "It moves two miles inland.",
    "kind": "closure",
    "expected_go_live_on-day": "1",
    "expected_go_live_on-month": "9",
    "expected_go_live_on-year": "2026",
}


def stored(app: Flask, ref: str) -> Assessment:
    with app.app_context():
        return read().scalars(select(Assessment).where(Assessment.ref == ref)).one()


def started(client: Any, cast: Cast, **changes: Any) -> str:
    """Start an assessment through the page; return its reference."""
    typed = NEW | {"place_ids": [str(cast.place_ids[0])], "director_id": str(cast.daniel)} | changes
    answer = fill(client, "/assessments/start", typed)
    assert answer.status_code == 303, words(answer)
    return str(answer.headers["Location"]).split("/")[2]


# -- starting ----------------------------------------------------------------------------------


def test_amina_starts_an_assessment_and_is_led_to_its_route(app: Flask, cast: Cast, as_: Browsers) -> None:
    amina = as_("amina")
    ref = started(amina, cast)
    made = stored(app, ref)
    assert (made.title, made.director_id, made.stage) == (NEW["title"], cast.daniel, Stage.SCREENING)
    assert str(made.expected_go_live_on) == "2026-09-01"
    with app.app_context():
        assert assessments.places_of(made.id) == [(cast.place_ids[0], "North East Essex Alliance")]
    assert "Save and go on to the screening" in words(amina.get(f"/a/{ref}/route?start=1"))


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"title": " "}, "title", "Enter what is being decided"),
        ({"title": "x" * 201}, "title", "200 characters or fewer"),
        ({"expected_go_live_on-month": "13"}, "expected_go_live_on-month", "must"),
        ({"kind": "war"}, "kind", "Choose"),
        ({"director_id": "999"}, "director_id", "Choose"),
        ({"place_ids": ["999"]}, "place_ids", "Choose"),
    ],
)
def test_what_cannot_be_is_refused_with_a_message_and_keeps_what_was_typed(
    as_: Browsers, typed: dict[str, Any], field: str, message: str
) -> None:
    answer = fill(as_("amina"), "/assessments/start", NEW | typed)
    assert answer.status_code == 400
    page = soup(answer)
    link = page.select_one(f'.nhsuk-error-summary a[href="#{field}"]')
    assert link is not None, page.select_one(".nhsuk-error-summary")
    assert message in link.get_text()
    assert chosen(page, "summary") == ["It moves two miles inland."]


def test_the_author_cannot_be_the_director_too(as_: Browsers, cast: Cast) -> None:
    daniel = as_("daniel")
    answer = fill(daniel, "/assessments/start", NEW | {"director_id": str(cast.daniel)})
    assert answer.status_code == 400
    assert "The author cannot be the accountable director too" in words(answer)


@pytest.mark.parametrize(("who", "status"), [("amina", 200), ("ben", 200), ("dev", 403)])
def test_who_may_start(as_: Browsers, who: str, status: int) -> None:
    assert as_(who).get("/assessments/start").status_code == status


# -- the route ---------------------------------------------------------------------------------


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return writing.started(cast, now)


def step(
    position: int, body: int, part: str, day: str = "", month: str = "", year: str = ""
) -> dict[str, str]:
    return {
        f"step-{position}-body_id": str(body),
        f"step-{position}-part": part,
        f"step-{position}-meeting_on-day": day,
        f"step-{position}-meeting_on-month": month,
        f"step-{position}-meeting_on-year": year,
    }


def test_a_row_is_added_filled_in_and_moved_without_scripts(
    app: Flask, cast: Cast, ref: str, as_: Browsers
) -> None:
    amina, path = as_("amina"), f"/a/{ref}/route"
    page = soup(fill(amina, path, {"do": "add"}))
    typed = fields(main_form(page)) | step(2, cast.alone_id, "consulted", "5", "3", "2026")
    page = soup(amina.post(path, data=typed | {"do": "up-2"}))
    assert chosen(page, "step-1-body_id") == [str(cast.alone_id)]
    assert chosen(page, "step-2-body_id") == [str(cast.board_id)]
    with app.app_context():
        assert len(assessments.route_of(stored(app, ref).id)) == 1, "nothing is saved by moving rows"
    assert amina.post(path, data=fields(main_form(page)) | {"do": "save"}).status_code == 303
    with app.app_context():
        route = assessments.route_of(stored(app, ref).id)
    assert [(one.body_id, one.part, str(one.meeting_on)) for one in route] == [
        (cast.alone_id, RoutePart.CONSULTED, "2026-03-05"),
        (cast.board_id, RoutePart.DECIDES, "2026-05-01"),
    ]


def test_a_row_is_removed_and_an_empty_one_ignored(app: Flask, ref: str, as_: Browsers) -> None:
    amina, path = as_("amina"), f"/a/{ref}/route"
    page = soup(fill(amina, path, {"do": "add"}))
    page = soup(amina.post(path, data=fields(main_form(page)) | {"do": "remove-1"}))
    assert amina.post(path, data=fields(main_form(page)) | {"do": "save"}).status_code == 303
    with app.app_context():
        assert assessments.route_of(stored(app, ref).id) == []


def test_a_date_that_does_not_exist_stays_as_it_was_typed(cast: Cast, ref: str, as_: Browsers) -> None:
    amina, path = as_("amina"), f"/a/{ref}/route"
    typed = step(1, cast.board_id, "decides", "31", "2", "2026") | {"do": "save"}
    answer = fill(amina, path, typed)
    assert answer.status_code == 400
    assert chosen(soup(answer), "step-1-meeting_on-day") == ["31"]
    moved = soup(fill(amina, path, typed | {"do": "add"}))
    assert chosen(moved, "step-1-meeting_on-day") == ["31"]


@pytest.mark.parametrize(
    "change",
    [{"step-1-body_id": "999"}, {"step-1-body_id": ""}, {"step-1-part": "dances"}, {"step-1-part": ""}],
)
def test_half_a_row_is_refused(ref: str, as_: Browsers, change: dict[str, str]) -> None:
    assert fill(as_("amina"), f"/a/{ref}/route", change | {"do": "save"}).status_code == 400


def test_only_one_body_decides(cast: Cast, ref: str, as_: Browsers) -> None:
    amina, path = as_("amina"), f"/a/{ref}/route"
    page = soup(fill(amina, path, {"do": "add"}))
    answer = amina.post(
        path, data=fields(main_form(page)) | step(2, cast.alone_id, "decides") | {"do": "save"}
    )
    assert answer.status_code == 400
    assert "Only one body decides" in words(answer)


def test_the_second_who_changes_the_route_is_told(ref: str, as_: Browsers) -> None:
    amina, path = as_("amina"), f"/a/{ref}/route"
    old = fields(main_form(soup(amina.get(path))))
    fill(amina, f"/a/{ref}/details", {"title": "Another title"})
    answer = amina.post(path, data=old | {"do": "save"})
    assert answer.status_code == 409
    assert "Somebody else changed the assessment meanwhile" in words(answer)
    assert amina.post(path, data=fields(main_form(soup(answer))) | {"do": "save"}).status_code == 303


def test_details_are_changed_and_shown_to_those_who_read(app: Flask, ref: str, as_: Browsers) -> None:
    assert fill(as_("amina"), f"/a/{ref}/details", {"title": "Another title"}).status_code == 303
    assert stored(app, ref).title == "Another title"
    page = soup(as_("ben").get(f"/a/{ref}/details"))
    assert page.select("main form") == []
    assert "Another title" in page.get_text()
    assert soup(as_("ben").get(f"/a/{ref}/route")).select("main form") == []


# -- screening ---------------------------------------------------------------------------------


def answer_pages(client: Any, ref: str, values: dict[str, Any]) -> Any:
    """Walk through the pages of the screening, answering what is asked."""
    path = f"/a/{ref}/screening"
    for _ in range(8):
        form = main_form(soup(client.get(path)))
        typed = {
            f"q-{name}": value
            for name, value in values.items()
            if form.select_one(f"[name='q-{name}']") is not None
        }
        answer = client.post(form["action"], data=fields(form) | typed | {"then": "on"})
        assert answer.status_code == 303
        path = answer.headers["Location"].split("#")[0]
        if path.endswith("screening-result"):
            return client.get(path)
    raise AssertionError(path)


def test_the_screening_leads_to_a_full_assessment_with_its_reasons(
    app: Flask, ref: str, as_: Browsers
) -> None:
    amina = as_("amina")
    answer = answer_pages(amina, ref, writing.ALL_NO | {"worse_off": "unknown"})
    assert soup(answer).h1.get_text().endswith("A full assessment is needed")  # type: ignore[union-attr]
    assert (
        "It is not known whether somebody could be worse off than today; don't know counts as yes."
        in words(answer)
    )
    answer = fill(amina, f"/a/{ref}/screening-result", {}, follow_redirects=True)
    assert "The full assessment has begun" in words(answer)
    assert stored(app, ref).stage is Stage.WRITING


def test_an_existing_assessment_opens_two_more_questions_on_the_same_page(
    app: Flask, ref: str, as_: Browsers
) -> None:
    amina = as_("amina")
    values = writing.ALL_NO | {
        "existing": "yes",
        "existing_reference": "EHIIA-2025-003",
        "existing_covers": "yes",
    }
    answer = answer_pages(amina, ref, values)
    assert "An existing assessment covers it" in words(answer)
    fill(amina, f"/a/{ref}/screening-result", {})
    assert stored(app, ref).screening_result is ScreeningResult.USE_EXISTING


def test_what_is_unanswered_is_listed_with_links_and_blocks_the_result(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    page = soup(amina.get(f"/a/{ref}/screening-result"))
    assert page.select_one('a[href$="#question-who_notices"]')
    assert page.select("main form") == []


def test_ben_confirms_and_amina_cannot(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        writing.answer_screening(ref, cast, now)
        screening.finish(ref, by=cast.amina, now=now)
    assert as_("amina").get(f"/a/{ref}/countersign").status_code == 403
    ben = as_("ben")
    assert "Read the screening" in words(ben.get(f"/a/{ref}"))
    assert fill(ben, f"/a/{ref}/countersign", {}).status_code == 400
    assert fill(ben, f"/a/{ref}/countersign", {"answer": "refuse"}).status_code == 400
    assert fill(ben, f"/a/{ref}/countersign", {"answer": "confirm"}).status_code == 303
    assert stored(app, ref).stage is Stage.NOT_NEEDED


def test_ben_asks_for_a_full_assessment_and_amina_reads_why(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        writing.answer_screening(ref, cast, now)
        screening.finish(ref, by=cast.amina, now=now)
    typed = {"answer": "refuse", "reason": "Nobody asked the carers."}
    assert fill(as_("ben"), f"/a/{ref}/countersign", typed).status_code == 303
    amina = as_("amina")
    assert "Nobody asked the carers." in words(amina.get(f"/a/{ref}/screening-result"))
    assert "Being written" in words(amina.get(f"/a/{ref}"))


@pytest.mark.parametrize(
    "rest", ["", "/details", "/route", "/screening", "/screening-result", "/countersign"]
)
def test_a_stranger_knows_of_nothing(ref: str, as_: Browsers, rest: str) -> None:
    assert as_("esther").get(f"/a/{ref}{rest}").status_code == 404


def test_a_page_of_the_screening_that_is_not_there(ref: str, as_: Browsers, standing_clock: Clock) -> None:
    assert as_("amina").get(f"/a/{ref}/screening/nothing").status_code == 404


def test_a_double_click_leads_to_what_the_first_click_started(app: Flask, cast: Cast, as_: Browsers) -> None:
    amina = as_("amina")
    form = fields(main_form(soup(amina.get("/assessments/start")))) | NEW
    places = [amina.post("/assessments/start", data=form).headers["Location"] for _ in range(2)]
    assert places[0] == places[1]
    assert started(amina, cast) not in places[0]  # another page starts another
