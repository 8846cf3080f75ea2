"""The pages of evidence gaps: in the evidence section, in the paper and at the decision."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from flask import Flask

from ehiia.domain.gaps import Acceptance
from ehiia.domain.vocabulary import GapState, Stage
from ehiia.services import checks, gaps, submission
from ehiia.services.gaps import Unknown
from ehiia.services.transaction import read
from tests import factories, writing
from tests.people import PASSWORD, Cast
from tests.web.conftest import Browsers, soup, words
from tests.web.filling import fields, fill, main_form

PLAIN = "Nobody knows how many deaf people would be cut off at night."


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return writing.writing(cast, now)


def test_amina_notes_a_gap_says_more_of_it_and_closes_it(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    assert fill(amina, f"/a/{ref}/gaps/add", {"unknown": ""}).status_code == 400
    made = fill(amina, f"/a/{ref}/gaps/add?subject=disability&dimension=access", {"unknown": "How many"})
    assert made.status_code == 303
    text = words(amina.get(f"/a/{ref}/section/evidence"))
    assert "G1: How many" in text
    assert "About: Disability" in text
    assert "Missing answer How will it be closed?" in text
    more = {
        "material": "yes",
        "plain": PLAIN,
        "plan": "Count calls",
        "due_on-day": "1",
        "due_on-month": "6",
        "due_on-year": "2026",
        "outside_owner": "Jo Bell, Suffolk Deaf Association",
    }
    assert fill(amina, f"/a/{ref}/gaps/1", more | {"due_on-month": "13"}).status_code == 400
    assert fill(amina, f"/a/{ref}/gaps/1", more).status_code == 303
    text = words(amina.get(f"/a/{ref}/section/evidence"))
    assert "Those who decide are told: " + PLAIN in text
    assert "Missing answer How will it be closed?" not in text
    assert fill(amina, f"/a/{ref}/gaps/1/close", {"found": ""}).status_code == 400
    assert fill(amina, f"/a/{ref}/gaps/1/close", {"found": "Twelve a night."}).status_code == 303
    page = soup(amina.get(f"/a/{ref}/section/evidence"))
    assert "Twelve a night." in page.get_text()
    form = next(f for f in page.select("main form") if "open-again" in str(f.get("action")))
    assert amina.post(str(form["action"]), data=fields(form)).status_code == 303
    form = next(
        f
        for f in soup(amina.get(f"/a/{ref}/gaps/1")).select("main form")
        if "take-out" in str(f.get("action"))
    )
    assert amina.post(str(form["action"]), data=fields(form)).status_code == 303
    assert amina.get(f"/a/{ref}/gaps/1").status_code == 404


def test_those_who_only_read_see_the_gaps_and_change_nothing(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        gaps.add(ref, Unknown("How many"), by=cast.amina, now=now)
    dev = as_("dev")
    assert "G1: How many" in words(dev.get(f"/a/{ref}/section/evidence"))
    for path in ("add", "1", "1/close"):
        assert dev.get(f"/a/{ref}/gaps/{path}").status_code == 403


def test_carol_decides_only_when_she_accepts_what_is_not_known(
    app: Flask, cast: Cast, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        ref = factories.passed(cast, now)
        given = Unknown("How many call", material=True, plan="Count", plain=PLAIN, owner_id=cast.helen)
        gaps.add(
            ref,
            Unknown(**(given.__dict__ | {"due_on": now.date().replace(month=6)})),
            by=cast.amina,
            now=now,
        )
        submission.submit(ref, declared=True, by=cast.amina, now=now)
        submission.agree(ref, by=cast.daniel, now=now)
        factories.satisfy(ref, cast.ben, now)
        assert factories.current(ref).stage is Stage.CHECKING
        read().rollback()
    assert "evidence gap that matters" in words(as_("ben").get(f"/a/{ref}/check/pass"))
    with app.app_context():
        checks.pass_check(ref, reservations="", by=cast.ben, now=now)
    carol = as_("carol")
    assert PLAIN in words(carol.get(f"/a/{ref}/paper"))
    assert fill(carol, f"/a/{ref}/paper", {"read": "y"}).status_code == 303
    deciding = {
        "outcome": "approved",
        "reasons": "The lease ends.",
        "advice_followed": "yes",
        "password": PASSWORD,
        "G1-reason": "The lease ends in May.",
    }
    refused = fill(carol, f"/a/{ref}/decide", deciding)
    assert refused.status_code == 400
    page = soup(refused)
    links = [str(link["href"]) for link in page.select(".nhsuk-error-summary a")]
    assert links == ["#G1-until-day", "#G1-protection"]
    assert "The lease ends in May." in page.get_text()
    kept = fields(main_form(page)) | {
        "password": PASSWORD,
        "G1-protection": "A text line.",
        "G1-until-day": "1",
        "G1-until-month": "6",
        "G1-until-year": "2026",
    }
    assert carol.post(f"/a/{ref}/decide", data=kept).status_code == 303
    with app.app_context():
        (one,) = gaps.list_of(factories.current(ref).id)
        assert (one.row.state, one.row.protection) == (GapState.ACCEPTED, "A text line.")


def test_amina_gives_a_gap_another_date_after_the_decision(
    app: Flask, cast: Cast, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        ref = factories.passed(cast, now)
        gap = Unknown(
            "How many",
            material=True,
            plain=PLAIN,
            plan="Count calls",
            due_on=date(2026, 6, 1),
            owner_id=cast.helen,
        )
        gaps.add(ref, gap, by=cast.amina, now=now)
        submission.submit(ref, declared=True, by=cast.amina, now=now)
        submission.agree(ref, by=cast.daniel, now=now)
        factories.satisfy(ref, cast.ben, now)
        checks.pass_check(ref, reservations="", by=cast.ben, now=now)
        accepted = Acceptance("G1", "The lease ends.", date(2026, 6, 1), "A text line runs all night.")
        factories.decide_alone(cast, ref, now, accepted=(accepted,))
    amina, path = as_("amina"), f"/a/{ref}/gaps/1/new-date"
    assert "Give it another date" in words(amina.get(f"/a/{ref}/section/evidence"))
    assert "Give it another date" not in words(as_("dev").get(f"/a/{ref}/section/evidence"))
    typed = {"to_on-day": "1", "to_on-month": "9", "to_on-year": "2026", "reason": ""}
    refused = fill(amina, path, typed)
    assert refused.status_code == 400
    assert soup(refused).select_one("#to_on-month")["value"] == "9"  # type: ignore[index]
    assert fill(amina, path, typed | {"reason": "The relay firm is late."}).status_code == 303
    text = words(amina.get(f"/a/{ref}/section/evidence"))
    assert "until Tuesday 1 September 2026" in text
    assert "The relay firm is late." in text
    assert as_("dev").get(path).status_code == 403
