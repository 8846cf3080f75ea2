"""The overview and what hangs on it: matrix, answers, people, restriction, pausing, actions, evidence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Claim, Part, Stage
from ehiia.services import answering, mitigations, restriction, team
from ehiia.services.answering import Given
from ehiia.services.transaction import read, transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.library import EvidenceUse
from tests import writing
from tests.people import Cast
from tests.web.conftest import Browsers, Clock, counted, soup, words
from tests.web.filling import chosen, fields, fill, main_form


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    """Disabled people are worse off in access; Helen owns the action that answers it."""
    with app.app_context():
        made = writing.writing(cast, now)
        writing.affected(made, cast, now, access=writing.WORSE)
        writing.promised(made, cast, now, answers=(("disability", "access"),))
    return made


def put_in_stage(app: Flask, ref: str, stage: Stage) -> None:
    """Take a short cut to a stage that other services reach."""
    with app.app_context(), transaction() as session:
        session.scalars(select(Assessment).where(Assessment.ref == ref)).one().stage = stage


def row_of(app: Flask, mitigation_ref: str) -> MitigationRow:
    with app.app_context():
        return read().scalars(select(MitigationRow).where(MitigationRow.ref == mitigation_ref)).one()


# -- overview ----------------------------------------------------------------------------------


def test_the_task_list_says_what_to_do_next_and_where_everything_is(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    page = soup(amina.get(f"/a/{ref}"))
    assert page.select_one("#next").get_text().startswith("Next: ")  # type: ignore[union-attr]
    assert page.select_one(".eh-stages [aria-current=step]").get_text().startswith("Now: Being written")  # type: ignore[union-attr]
    assert "Access: worse; Experience still to answer; Outcomes still to answer" in page.get_text()
    assert "1 promised" in page.get_text()
    for link in page.select("main a[href^='/a/'], main a[href^='/mitigations']"):
        answer = amina.get(str(link["href"]).split("#")[0])
        assert answer.status_code in (200, 303), link


def test_every_missing_answer_leads_to_its_field(ref: str, as_: Browsers) -> None:
    """Each link of the list ends at an id that is on the page it leads to."""
    amina = as_("amina")
    pages: dict[str, Any] = {}
    lost = []
    for link in soup(amina.get(f"/a/{ref}")).select("#missing a"):
        path, _, anchor = str(link["href"]).partition("#")
        if path not in pages:
            pages[path] = soup(amina.get(path))
        if anchor and pages[path].find(id=anchor) is None:
            lost.append(link["href"])
    assert pages
    assert lost == []


def test_dates_are_counted_back_from_the_decision(ref: str, as_: Browsers) -> None:
    text = words(as_("amina").get(f"/a/{ref}"))
    assert "Friday 1 May 2026 Integrated Care Board decides (in 60 days)" in text
    assert "Friday 24 April 2026 Papers go out" in text
    assert "Thursday 23 April 2026 Check passed" in text
    assert "Thursday 9 April 2026 To the equality lead, who has 10 working days" in text


def test_the_task_list_asks_the_database_a_few_times_only(app: Flask, ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    amina.get(f"/a/{ref}")
    with counted(app) as queries:
        amina.get(f"/a/{ref}")
    assert len(queries) <= 27, "\n".join(queries)


def test_those_who_only_read_get_no_way_to_write(ref: str, as_: Browsers) -> None:
    text = words(as_("carol").get(f"/a/{ref}"))
    assert "You can read what is there so far." in text
    assert "Pause it" not in text
    assert "Restrict it" not in text


def test_an_equality_lead_sees_of_a_restricted_one_only_that_it_exists(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        restriction.restrict(ref, reason="Staff not told.", until_on=None, by=cast.amina, now=now)
    text = words(as_("ben").get(f"/a/{ref}"))
    assert "The author is Amina Hassan" in text
    assert "Telephone first" not in text
    assert as_("carol").get(f"/a/{ref}").status_code == 404


@pytest.mark.parametrize("stage", list(Stage))
def test_the_overview_speaks_at_every_stage(app: Flask, ref: str, as_: Browsers, stage: Stage) -> None:
    put_in_stage(app, ref, stage)
    for who in ("amina", "ben", "daniel", "carol"):
        assert stage.label in words(as_(who).get(f"/a/{ref}"))


@pytest.mark.parametrize(
    "rest", ["", "/matrix", "/check-answers", "/people", "/details", "/restrict", "/pause"]
)
def test_doors_of_the_pages_around_it(app: Flask, ref: str, as_: Browsers, rest: str) -> None:
    assert as_("esther").get(f"/a/{ref}{rest}").status_code == 404
    assert "/sign-in" in app.test_client().get(f"/a/{ref}{rest}").headers["Location"]
    assert as_("amina").get(f"/a/EHIIA-1999-001{rest}").status_code == 404


# -- matrix and all answers --------------------------------------------------------------------


def test_the_matrix_shows_before_and_after_with_links(
    app: Flask, cast: Cast, ref: str, as_: Browsers
) -> None:
    page = soup(as_("carol").get(f"/a/{ref}/matrix"))
    row = next(row for row in page.select(".eh-matrix tr") if row.th and row.th.get_text() == "Disability")
    cell = row.select("td")[0]
    assert cell.a is not None
    assert str(cell.a["href"]).endswith("/group/disability#access-heading")
    for part in (
        "Worse",
        "clearly",
        "before action: high (12)",
        "after action: medium (4)",
        "1 mitigating action",
    ):
        assert part in cell.get_text()
    assert "1 group of 9 would find something worse." in page.get_text()


def test_a_group_that_is_not_affected_stands_there_with_its_reason(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    given = {"affected": Given("no"), "not_affected_reason": Given("Nobody is <b>treated</b> by age.")}
    with app.app_context():
        answering.save_page(ref, subject="age", answers=given, by=cast.amina, now=now)
    text = words(as_("amina").get(f"/a/{ref}/matrix"))
    assert "Not affected differently : Nobody is <b>treated</b> by age." in text


def test_all_answers_are_on_one_page_with_change_links_for_those_who_write(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        answering.save_page(ref, answers={"problem": Given("Long waits.")}, by=cast.amina, now=now)
    page = soup(as_("amina").get(f"/a/{ref}/check-answers"))
    assert "Long waits." in page.get_text()
    assert "Deaf people cannot use the telephone line." in page.get_text()
    assert page.select_one('a[href$="section/proposal#question-problem"]')
    reader = soup(as_("dev").get(f"/a/{ref}/check-answers"))
    assert "Long waits." in reader.get_text()
    assert reader.select(".nhsuk-summary-list__actions") == []


# -- people, restriction, pausing --------------------------------------------------------------


def test_somebody_is_asked_to_take_part_and_takes_part_no_more(cast: Cast, ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    typed = {"person_id": str(cast.grace), "part": "contributor", "expertise": "Carers"}
    assert fill(amina, f"/a/{ref}/people", typed).status_code == 303
    table = soup(amina.get(f"/a/{ref}/people")).select_one("main table")
    assert table is not None
    row = next(row for row in table.select("tr") if "Grace Tilley" in row.get_text())
    assert "Contributor" in row.get_text()
    assert "Carers" in row.get_text()
    assert as_("grace").get(f"/a/{ref}/evidence/add").status_code == 200
    page = soup(amina.get(f"/a/{ref}/people"))
    (form,) = page.select("main table form")
    assert amina.post(str(form["action"]), data=fields(form)).status_code == 303
    assert as_("grace").get(f"/a/{ref}/evidence/add").status_code == 403


@pytest.mark.parametrize("typed", [{"person_id": "999"}, {"part": "king"}, {"person_id": ""}])
def test_an_invitation_that_cannot_be_is_refused(
    cast: Cast, ref: str, as_: Browsers, typed: dict[str, str]
) -> None:
    base = {"person_id": str(cast.grace), "part": "reader"}
    assert fill(as_("amina"), f"/a/{ref}/people", base | typed).status_code == 400


def test_who_may_not_invite_sees_no_form_and_cannot_post(cast: Cast, ref: str, as_: Browsers) -> None:
    dev = as_("dev")
    assert soup(dev.get(f"/a/{ref}/people")).select("main form") == []
    token = fields(main_form(soup(as_("amina").get(f"/a/{ref}/people"))))
    answer = dev.post(f"/a/{ref}/people", data=token | {"person_id": str(cast.dev), "part": "reader"})
    assert answer.status_code in (400, 403)
    assert dev.get(f"/a/{ref}/restrict").status_code == 403


def test_amina_restricts_it_and_lifts_it_again(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    yesterday = {"until_on-day": "1", "until_on-month": "3", "until_on-year": "2026"}
    assert fill(amina, f"/a/{ref}/restrict", {"reason": "x"} | yesterday).status_code == 400
    assert fill(amina, f"/a/{ref}/restrict", {"reason": "Staff not told."}).status_code == 303
    assert as_("carol").get(f"/a/{ref}").status_code == 404
    form = next(f for f in soup(amina.get(f"/a/{ref}")).select("main form") if "lift" in str(f["action"]))
    assert amina.post(str(form["action"]), data=fields(form)).status_code == 303
    assert as_("carol").get(f"/a/{ref}").status_code == 200


def test_it_is_paused_with_a_reason_and_taken_up_again(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    assert fill(amina, f"/a/{ref}/pause", {"reason": " "}).status_code == 400
    assert fill(amina, f"/a/{ref}/pause", {"reason": "No money."}).status_code == 303
    assert "Take it up again" in words(amina.get(f"/a/{ref}"))
    assert amina.get(f"/a/{ref}/pause").status_code == 409
    assert fill(amina, f"/a/{ref}/resume", {"reason": "Money came."}).status_code == 303
    assert "Now: Being written" in words(amina.get(f"/a/{ref}"))
    assert as_("carol").get(f"/a/{ref}/withdraw").status_code == 403


# -- actions and evidence ----------------------------------------------------------------------


def test_an_action_is_promised_through_the_page(app: Flask, cast: Cast, ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    path = f"/a/{ref}/mitigations/add?answers=disability:access"
    assert chosen(soup(amina.get(path)), "answers") == ["disability:access"]
    typed = {
        "what": "Ask the Deaf community",
        "owner_id": str(cast.helen),
        "due_on-day": "1",
        "due_on-month": "9",
        "due_on-year": "2026",
        "in_place": "before",
        "measure": "Calls",
        "expected_likelihood": "2",
        "expected_severity": "2",
        "kind": "reduce",
        "starts_on-day": "1",
        "starts_on-month": "8",
        "starts_on-year": "2026",
        "baseline": "Nobody was asked",
        "target": "Thirty people by autumn",
        "data_source": "Our notes",
        "resources": "An interpreter for two evenings",
        "funding": "agreed",
        "clause": "None",
    }
    assert fill(amina, path, typed).status_code == 303
    row = row_of(app, f"{ref}-M2")
    shown = words(amina.get(f"/mitigations/{ref}-M2"))
    for part in ("Nobody was asked", "Thirty people by autumn", "two evenings", "The money is agreed"):
        assert part in shown
    kept = fields(main_form(soup(amina.get(f"/mitigations/{ref}-M2/change"))))
    assert {name: kept[name] for name in typed} == typed
    assert (row.owner_id, str(row.due_on), row.expected_severity) == (cast.helen, "2026-09-01", 2)
    with app.app_context():
        assert mitigations.links_of(row.id) == (("disability", "access"),)


@pytest.mark.parametrize(
    "typed",
    [
        {"what": ""},
        {"what": "x" * 4001},
        {"due_on-day": "31", "due_on-month": "2", "due_on-year": "2026"},
        {"owner_id": "999"},
        {"answers": ["martians:access"]},
        {"expected_likelihood": "9"},
        {"expected_likelihood": "2", "expected_severity": ""},
        {"kind": "magic"},
        {"clause": "x" * 301},
        {
            "starts_on-day": "2",
            "starts_on-month": "9",
            "starts_on-year": "2026",
            "due_on-day": "1",
            "due_on-month": "9",
            "due_on-year": "2026",
        },
    ],
)
def test_an_action_that_cannot_be_is_refused_and_kept(ref: str, as_: Browsers, typed: dict[str, Any]) -> None:
    answer = fill(as_("amina"), f"/a/{ref}/mitigations/add", {"what": "A", "measure": "Calls"} | typed)
    assert answer.status_code == 400
    assert chosen(soup(answer), "measure") == ["Calls"]


def test_the_second_who_changes_an_action_sees_the_first(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    path = f"/mitigations/{ref}-M1/change"
    old = fields(main_form(soup(amina.get(path))))
    fill(amina, path, {"what": "A relay and a video line"})
    answer = amina.post(path, data=old | {"what": "A leaflet"})
    assert answer.status_code == 409
    assert "A relay and a video line" in words(answer)
    assert chosen(soup(answer), "what") == ["A leaflet"]
    assert amina.post(path, data=fields(main_form(soup(answer)))).status_code == 303


def test_helen_says_how_her_action_is_going(app: Flask, ref: str, as_: Browsers) -> None:
    put_in_stage(app, ref, Stage.IN_FORCE)
    helen, path = as_("helen"), f"/mitigations/{ref}-M1"
    assert fill(helen, path, {}).status_code == 400
    answer = fill(helen, path, {"claim": "done"})
    assert answer.status_code == 400
    assert "Say what was done" in words(answer)
    assert fill(helen, path, {"claim": "done", "note": "Open since May."}).status_code == 303
    assert row_of(app, f"{ref}-M1").claim is Claim.DONE
    assert "Open since May." in words(as_("carol").get(path))


def test_who_may_not_claim_sees_the_action_without_a_form(ref: str, as_: Browsers) -> None:
    page = soup(as_("carol").get(f"/mitigations/{ref}-M1"))
    assert page.select("main form") == []
    assert as_("carol").get(f"/mitigations/{ref}-M1/change").status_code == 403
    assert as_("esther").get(f"/mitigations/{ref}-M1").status_code == 404
    assert as_("carol").get(f"/mitigations/{ref}-M99").status_code == 404


def test_the_register_shows_three_facts_and_is_filtered(
    ref: str, as_: Browsers, standing_clock: Clock
) -> None:
    standing_clock.pass_on(days=33)
    dev = as_("dev")
    text = words(dev.get("/mitigations"))
    for part in (
        "Offer a text relay line",
        "Helen Marsh",
        "Overdue by 3 days",
        "Not started",
        "Not audited yet",
    ):
        assert part in text
    assert "Nothing fits" in words(dev.get("/mitigations?claim=done"))
    assert "Offer a text relay line" in words(dev.get("/mitigations?due=overdue&verdict=none"))
    assert "Nothing fits" in words(dev.get("/mitigations?whose=mine"))
    assert dev.get("/mitigations?claim=nonsense&after=nonsense").status_code == 200
    assert "Offer a text relay line" not in words(as_("esther").get("/mitigations"))


def test_the_register_asks_the_database_a_few_times_only(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        for days in range(27):
            writing.promised(ref, cast, now, due_on=day_of(now) + timedelta(days=days))
    dev = as_("dev")
    page = soup(dev.get("/mitigations"))
    assert len(page.select("tbody tr")) == 25
    following = page.select_one("a[rel=next]")
    assert following is not None
    with counted(app) as queries:
        page = soup(dev.get(str(following["href"])))
    assert len(page.select("tbody tr")) == 3
    assert len(queries) <= 6, "\n".join(queries)


def test_a_source_is_added_changed_and_taken_out(app: Flask, ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    assert fill(amina, f"/a/{ref}/evidence/add", {"kind": "census", "title": ""}).status_code == 400
    assert (
        fill(amina, f"/a/{ref}/evidence/add", {"kind": "census", "title": "Census 2021"}).status_code == 303
    )
    text = words(amina.get(f"/a/{ref}/section/evidence"))
    assert "Census 2021" in text
    assert "Missing answer What does it show?" in text
    with app.app_context():
        number = read().scalars(select(EvidenceUse.id)).one()
    path = f"/a/{ref}/evidence/{number}"
    assert fill(amina, path, {"shows": "One in five.", "strength": "strong"}).status_code == 303
    assert "One in five." in words(amina.get(f"/a/{ref}/section/evidence"))
    assert as_("ben").get(path).status_code == 403
    form = next(f for f in soup(amina.get(path)).select("main form") if "take-out" in str(f.get("action")))
    assert amina.post(str(form["action"]), data=fields(form)).status_code == 303
    assert "No sources yet" in words(amina.get(f"/a/{ref}/section/evidence"))
    assert amina.get(path).status_code == 404


def test_owners_who_take_part_in_nothing_else_can_read_what_they_promised(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        restriction.restrict(ref, reason="Staff not told.", until_on=None, by=cast.amina, now=now)
        assert Part.OWNER in {one.part for one in team.involved(read().scalars(select(Assessment.id)).one())}
    assert as_("helen").get(f"/mitigations/{ref}-M1").status_code == 200
    assert as_("grace").get(f"/mitigations/{ref}-M1").status_code == 404
