"""Sections and groups: what is typed is saved, shown again, refused only where malformed, and never lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from ehiia.content import load
from ehiia.domain.questions import AnswerKind
from ehiia.domain.vocabulary import Part, Stage
from ehiia.services import restriction, team
from ehiia.services.transaction import transaction
from ehiia.store.assessments import Assessment
from tests import writing
from tests.people import Cast
from tests.web.conftest import Browsers, Clock, counted, soup, words
from tests.web.filling import chosen, fields, fill, main_form


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return writing.writing(cast, now)


def put_in_stage(app: Flask, ref: str, stage: Stage) -> None:
    """Take a short cut to a stage that other services reach."""
    with app.app_context(), transaction() as session:
        session.query(Assessment).filter_by(ref=ref).one().stage = stage


def at(ref: str, rest: str) -> str:
    return f"/a/{ref}/{rest}"


KINDS: dict[AnswerKind, tuple[str, dict[str, Any], dict[str, list[str]]]] = {
    AnswerKind.TEXT: (
        "section/proposal",
        {"q-problem": "Long waits.\r\n\r\n<b>For all</b>"},
        {"q-problem": ["Long waits.\n\n<b>For all</b>"]},
    ),
    AnswerKind.CHOICE: ("section/proposal", {"q-money": "costs"}, {"q-money": ["costs"]}),
    AnswerKind.MULTI: (
        "section/monitoring",
        {"q-early_review": [load.question_set("assessment").question("early_review").options[1].id]},  # type: ignore[union-attr]
        {"q-early_review": [load.question_set("assessment").question("early_review").options[1].id]},  # type: ignore[union-attr]
    ),
    AnswerKind.UNKNOWABLE: (
        "section/conclusion",
        {"q-unlawful_risk": "unknown"},
        {"q-unlawful_risk": ["unknown"]},
    ),
    AnswerKind.EFFECT: (
        "section/core20",
        {"q-core20_areas-direction": "worse", "q-core20_areas-reason": "Fewer buses."},
        {"q-core20_areas-direction": ["worse"], "q-core20_areas-reason": ["Fewer buses."]},
    ),
    AnswerKind.GROUPS: (
        "section/groups",
        {"q-groups_chosen": ["homeless", "armed_forces"]},
        {"q-groups_chosen": ["armed_forces", "homeless"]},
    ),
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_kind_of_answer_is_saved_and_shown_again(ref: str, as_: Browsers, kind: AnswerKind) -> None:
    path, typed, stands = KINDS[kind]
    amina = as_("amina")
    answer = fill(amina, at(ref, path), typed)
    assert answer.status_code == 303
    page = soup(amina.get(at(ref, path)))
    for name, values in stands.items():
        assert sorted(chosen(page, name)) == sorted(values)


@pytest.mark.parametrize("kind", [AnswerKind.TEXT, AnswerKind.MULTI, AnswerKind.GROUPS])
def test_an_answer_can_be_taken_out_again(ref: str, as_: Browsers, kind: AnswerKind) -> None:
    path, typed, _ = KINDS[kind]
    (name,) = typed
    amina = as_("amina")
    fill(amina, at(ref, path), typed)
    assert fill(amina, at(ref, path), {name: "" if kind is AnswerKind.TEXT else []}).status_code == 303
    page = soup(amina.get(at(ref, path)))
    assert chosen(page, name) == ([""] if kind is AnswerKind.TEXT else [])


def test_a_percentage_is_asked_once_somebody_knows_it(ref: str, as_: Browsers) -> None:
    """Without scripts: the save opens the question on the same page."""
    amina = as_("amina")
    path = at(ref, "section/population")
    assert chosen(soup(amina.get(path)), "q-deprived_percent") == []
    answer = fill(amina, path, {"q-deprived_known": "counted"})
    assert answer.headers["Location"].endswith("#question-deprived_percent")
    assert "opened 2 more questions" in words(amina.get(path))
    fill(amina, path, {"q-deprived_percent": "12.5 %"})
    assert chosen(soup(amina.get(path)), "q-deprived_percent") == ["12.5"]


def test_saving_is_never_refused_because_something_is_missing(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    for path in ("section/proposal", "section/core20", "section/conclusion", "group/age"):
        assert fill(amina, at(ref, path), {}).status_code == 303


def test_leaving_and_coming_back_loses_nothing(ref: str, as_: Browsers, standing_clock: Clock) -> None:
    amina = as_("amina")
    fill(amina, at(ref, "section/proposal"), {"q-problem": "Long waits.", "then": "list"})
    standing_clock.pass_on(minutes=20)
    again = as_("amina")
    assert chosen(soup(again.get(at(ref, "section/proposal"))), "q-problem") == ["Long waits."]
    assert "1 of 5 answered" in words(again.get(f"/a/{ref}"))


def test_what_was_saved_says_when(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    answer = fill(amina, at(ref, "section/proposal"), {"q-problem": "Long waits."}, follow_redirects=True)
    assert "Saved 10:00" in words(answer)
    assert "Who lives here" in soup(answer).h1.get_text()  # type: ignore[union-attr]


def test_text_that_is_too_long_is_refused_and_kept(ref: str, as_: Browsers) -> None:
    long = "x" * 4001
    answer = fill(as_("amina"), at(ref, "section/proposal"), {"q-problem": long, "q-options": "Three."})
    assert answer.status_code == 400
    page = soup(answer)
    assert page.title.get_text().startswith("Error:")  # type: ignore[union-attr]
    assert page.select_one('.nhsuk-error-summary a[href="#q-problem"]')
    assert chosen(page, "q-problem") == [long]
    assert chosen(page, "q-options") == ["Three."]


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("section/proposal", {"q-money": "martian"}),
        ("section/groups", {"q-groups_chosen": ["martians"]}),
        ("section/core20", {"q-core20_areas-direction": "sideways"}),
        ("group/disability", {"affected": "perhaps"}),
    ],
)
def test_an_option_that_was_not_offered_is_refused(
    ref: str, as_: Browsers, path: str, typed: dict[str, Any]
) -> None:
    assert fill(as_("amina"), at(ref, path), typed).status_code == 400


@pytest.mark.parametrize(
    "path", ["section/nothing", "section/characteristics", "group/martians", "group/homeless"]
)
def test_a_page_that_is_not_there_is_a_404(ref: str, as_: Browsers, path: str) -> None:
    assert as_("amina").get(at(ref, path)).status_code == 404


def test_a_form_without_its_token_is_refused(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    form = fields(main_form(soup(amina.get(at(ref, "section/proposal")))))
    answer = amina.post(at(ref, "section/proposal"), data=form | {"csrf_token": "", "q-problem": "x"})
    assert answer.status_code == 400


# -- two people --------------------------------------------------------------------------------


def test_the_second_who_saves_sees_what_the_first_wrote_and_keeps_what_they_typed(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        team.invite(ref, person_id=cast.helen, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
    amina, helen = as_("amina"), as_("helen")
    path = at(ref, "section/proposal")
    mine = fields(main_form(soup(helen.get(path))))
    fill(amina, path, {"q-problem": "Amina's words."})
    answer = helen.post(path, data=mine | {"q-problem": "Helen's words.", "q-options": "Helen's options."})
    assert answer.status_code == 409
    page = soup(answer)
    assert "What Amina Hassan saved on 2 March 2026 at 10:00" in words(answer)
    assert "Amina's words." in words(answer)
    assert chosen(page, "q-problem") == ["Helen's words."]
    # what did not clash was saved; she chooses hers for what did
    assert chosen(soup(amina.get(path)), "q-options") == ["Helen's options."]
    again = helen.post(path, data=fields(main_form(page)) | {"keep-problem": "mine"})
    assert again.status_code == 303
    assert chosen(soup(amina.get(path)), "q-problem") == ["Helen's words."]


def test_two_people_who_answer_different_questions_do_not_meet(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        team.invite(ref, person_id=cast.helen, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
    amina, helen = as_("amina"), as_("helen")
    path = at(ref, "section/proposal")
    mine = fields(main_form(soup(helen.get(path))))
    fill(amina, path, {"q-problem": "Amina's words."})
    assert helen.post(path, data=mine | {"q-options": "Three."}).status_code == 303
    page = soup(amina.get(path))
    assert (chosen(page, "q-problem"), chosen(page, "q-options")) == (["Amina's words."], ["Three."])


def test_an_impact_that_somebody_else_changed_is_shown_beside_mine(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        team.invite(ref, person_id=cast.helen, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
        writing.affected(ref, cast, now, access=writing.WORSE)
    helen = as_("helen")
    path = at(ref, "group/disability")
    mine = fields(main_form(soup(helen.get(path))))
    fill(as_("amina"), path, {"access-direction": "better"})
    answer = helen.post(path, data=mine | {"access-reason": "Two hours by bus."})
    assert answer.status_code == 409
    assert "Better" in soup(answer).select_one(".eh-conflict").get_text()  # type: ignore[union-attr]
    assert "Why: Two hours by bus." in words(answer)


# -- groups ------------------------------------------------------------------------------------


def test_yes_opens_the_three_dimensions_and_no_leads_on(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    path = at(ref, "group/disability")
    assert chosen(soup(amina.get(path)), "affected") == []
    assert "Could disabled people be affected differently?" in words(amina.get(path))
    answer = fill(amina, path, {"affected": "unknown"}, follow_redirects=True)
    assert [h.get_text() for h in soup(answer).select("section.eh-question h2")] == [
        "Access",
        "Experience",
        "Outcomes",
    ]
    assert "Save and go on to Gender reassignment" in words(answer)
    answer = fill(amina, at(ref, "group/age"), {"affected": "no", "not_affected_reason": "All ages ring."})
    assert answer.headers["Location"].split("?")[0].endswith("group/disability")


def test_an_impact_is_saved_and_its_risk_said_in_words(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    path = at(ref, "group/disability")
    fill(amina, path, {"affected": "yes"})
    typed = {f"access-{name}": str(value) for name, value in writing.WORSE.items()}
    assert fill(amina, path, typed).status_code == 303
    page = soup(amina.get(path))
    for name, value in typed.items():
        assert chosen(page, name) == [value]
    assert "Likely × moderate is 12, high. After action, unlikely × small is 4, medium." in page.get_text()


def test_half_a_risk_is_kept(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    path = at(ref, "group/disability")
    fill(amina, path, {"affected": "yes"})
    fill(amina, path, {"access-likelihood_before": "4"})
    fill(amina, path, {"experience-direction": "better"})
    page = soup(amina.get(path))
    assert chosen(page, "access-likelihood_before") == ["4"]
    assert chosen(page, "experience-direction") == ["better"]


def test_nothing_is_chosen_beforehand(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    fill(amina, at(ref, "group/race"), {"affected": "yes"})
    page = soup(amina.get(at(ref, "group/race")))
    assert len(page.select("main input[type=radio][checked]")) == 1
    assert page.select("main option[selected][value]:not([value=''])") == []


def test_marriage_asks_about_the_first_aim_only_and_says_why(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    answer = fill(amina, at(ref, "group/marriage"), {"affected": "yes"}, follow_redirects=True)
    assert [h.get_text() for h in soup(answer).select("section.eh-question h2")] == ["Discrimination"]
    assert "section 149(7) of the Equality Act 2010 lists eight characteristics" in words(answer)


def test_groups_are_chosen_and_taken_out_again(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    path = at(ref, "section/groups")
    assert "Statutory duty" in words(amina.get(path))
    fill(amina, path, {"q-groups_chosen": ["homeless", "armed_forces"]})
    assert amina.get(at(ref, "group/homeless")).status_code == 200
    fill(amina, path, {"q-groups_chosen": ["armed_forces"]})
    assert amina.get(at(ref, "group/homeless")).status_code == 404
    assert "Armed forces community" in words(amina.get(f"/a/{ref}"))


def test_actions_stand_beside_the_impact_they_answer(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        writing.affected(ref, cast, now, access=writing.WORSE)
        writing.promised(ref, cast, now, answers=(("disability", "access"),))
    page = soup(as_("amina").get(at(ref, "group/disability")))
    assert "Offer a text relay line" in page.select_one("[aria-labelledby=known-access]").get_text()  # type: ignore[union-attr]
    assert "None yet" in page.select_one("[aria-labelledby=known-outcomes]").get_text()  # type: ignore[union-attr]


# -- who may, and when -------------------------------------------------------------------------

PAGES = ["section/proposal", "section/evidence", "section/mitigations", "section/groups", "group/disability"]


@pytest.mark.parametrize("path", PAGES)
def test_who_only_reads_sees_the_answers_without_a_form(ref: str, as_: Browsers, path: str) -> None:
    fill(as_("amina"), at(ref, "section/proposal"), {"q-problem": "Long waits."})
    ben = as_("ben")
    page = soup(ben.get(at(ref, path)))
    assert page.select("main form") == []
    assert "Only the author and contributors change answers." in page.get_text()
    if path == "section/proposal":
        assert "Long waits." in page.get_text()


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_meets_a_404_and_somebody_signed_out_the_sign_in_page(
    app: Flask, ref: str, as_: Browsers, path: str
) -> None:
    assert as_("esther").get(at(ref, path)).status_code == 404
    assert "/sign-in" in app.test_client().get(at(ref, path)).headers["Location"]


@pytest.mark.parametrize("path", PAGES)
def test_a_restricted_assessment_is_a_404_to_everybody_else(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime, path: str
) -> None:
    with app.app_context():
        restriction.restrict(ref, reason="Not told yet.", until_on=None, by=cast.amina, now=now)
    for who in ("ben", "carol", "dev", "farah", "esther"):
        assert as_(who).get(at(ref, path)).status_code == 404
    assert as_("amina").get(at(ref, path)).status_code == 200


def test_what_was_typed_is_not_lost_when_the_stage_moved_on_meanwhile(
    app: Flask, ref: str, as_: Browsers
) -> None:
    amina = as_("amina")
    path = at(ref, "section/proposal")
    form = fields(main_form(soup(amina.get(path))))
    put_in_stage(app, ref, Stage.CHECKING)
    answer = amina.post(path, data=form | {"q-problem": "Half an hour of typing."})
    assert answer.status_code == 403
    assert chosen(soup(answer), "q-problem") == ["Half an hour of typing."]
    assert "Answers cannot be changed while it is “Being checked”" in words(answer)
    assert soup(amina.get(path)).select("main form") == []


def test_saving_after_the_check_warns_first_and_says_that_it_was_undone(
    app: Flask, ref: str, as_: Browsers
) -> None:
    amina = as_("amina")
    put_in_stage(app, ref, Stage.READY)
    assert "Saving a change here undoes it" in words(amina.get(at(ref, "section/proposal")))
    answer = fill(amina, at(ref, "section/proposal"), {"q-problem": "Longer."}, follow_redirects=True)
    assert "The check was undone" in words(answer)
    assert "Being written" in words(amina.get(f"/a/{ref}"))


def test_saving_nothing_new_after_the_check_undoes_nothing(app: Flask, ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    put_in_stage(app, ref, Stage.READY)
    answer = fill(amina, at(ref, "section/proposal"), {}, follow_redirects=True)
    assert "The check was undone" not in words(answer)


# -- cost --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "most"),
    [("section/proposal", 27), ("section/core20", 27), ("group/disability", 29), ("section/mitigations", 38)],
)
def test_a_page_asks_the_database_a_few_times_only(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime, path: str, most: int
) -> None:
    with app.app_context():
        writing.affected(ref, cast, now, access=writing.WORSE)
        for _ in range(3):
            writing.promised(ref, cast, now, answers=(("disability", "access"),))
    amina = as_("amina")
    amina.get(at(ref, path))
    with counted(app) as queries:
        amina.get(at(ref, path))
    assert len(queries) <= most, "\n".join(queries)
