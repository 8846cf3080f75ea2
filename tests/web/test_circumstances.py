"""Pages about what is out of the ordinary: urgent, decided already, written outside."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from ehiia.domain.vocabulary import ProposalKind
from tests import factories, writing
from tests.factories import current
from tests.people import Cast, send
from tests.web.conftest import Browsers, soup, words
from tests.web.filling import fill


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return writing.writing(cast, now)


def test_amina_says_that_it_cannot_wait_and_is_led_to_the_one_page(
    app: Flask, cast: Cast, ref: str, as_: Browsers
) -> None:
    amina = as_("amina")
    assert "The decision cannot wait" in words(amina.get(f"/a/{ref}"))
    changes = {"reason": "The roof is unsafe.", "agreed_by": str(cast.daniel)}
    answer = fill(amina, f"/a/{ref}/urgent", changes, follow_redirects=True)
    text = words(answer)
    assert "One page is asked now" in text
    for challenge in ("Who loses?", "How do you know?", "Did you ask them?", "How will we know?"):
        assert challenge in text
    overview = words(amina.get(f"/a/{ref}"))
    assert "Daniel Ashby agreed on" in overview
    assert "0 of 9 questions are answered" in overview
    send(amina, f"/a/{ref}", {}, to=f"/a/{ref}/not-urgent")
    with app.app_context():
        assert current(ref).depth == "extended"


def test_an_urgency_without_reason_or_director_is_refused_at_the_fields(ref: str, as_: Browsers) -> None:
    answer = fill(as_("amina"), f"/a/{ref}/urgent", {"reason": "The roof is unsafe."})
    assert answer.status_code == 400
    assert "Choose the director who agreed that it is urgent" in words(answer)
    assert "The roof is unsafe." in words(answer)


def test_decided_already_is_late_for_ever_and_asks_for_a_second_look(
    app: Flask, ref: str, as_: Browsers
) -> None:
    amina = as_("amina")
    day = {"decided_before_on-day": "2", "decided_before_on-month": "2", "decided_before_on-year": "2026"}
    missing = fill(amina, f"/a/{ref}/circumstances", day)
    assert "Enter who decided it" in words(missing)
    fill(amina, f"/a/{ref}/circumstances", day | {"decided_before_by": "The Board"})
    text = words(amina.get(f"/a/{ref}"))
    assert "The Board decided on Monday 2 February 2026, before the assessment began." in text
    assert "It was decided already: thinking again" in text
    assert "Late, for ever" in words(amina.get("/assessments"))
    none = {f"decided_before_on-{part}": "" for part in ("day", "month", "year")}
    kept = fill(amina, f"/a/{ref}/circumstances", none | {"decided_before_by": ""})
    assert "kept for ever" in words(kept)


def test_daniel_adopts_what_was_written_outside(ref: str, as_: Browsers) -> None:
    amina, daniel = as_("amina"), as_("daniel")
    fill(
        amina,
        f"/a/{ref}/circumstances",
        {"outside_author": "Jo Lane", "outside_body": "A support unit"},
    )
    assert "The accountable director has not adopted it yet" in words(amina.get(f"/a/{ref}"))
    assert amina.get(f"/a/{ref}/adopt").status_code == 403
    assert "Adopt it as accountable director" in words(daniel.get(f"/a/{ref}"))
    fill(daniel, f"/a/{ref}/adopt", {"statement": "I read all of it and we stand by it."})
    assert "Daniel Ashby adopted it on" in words(amina.get(f"/a/{ref}"))


def test_only_a_workforce_change_is_asked_when_staff_are_consulted(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    amina = as_("amina")
    assert soup(amina.get(f"/a/{ref}/circumstances")).find(id="consultation_opens_on-day") is None
    with app.app_context():
        staff = writing.started(cast, now, kind=ProposalKind.WORKFORCE)
    assert soup(amina.get(f"/a/{staff}/circumstances")).find(id="consultation_opens_on-day")


def test_an_external_checker_is_named_and_finds_the_one_assessment(
    app: Flask, cast: Cast, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        ref = factories.agreed(cast, now)
    ben, esther = as_("ben"), as_("esther")
    assert esther.get(f"/a/{ref}").status_code == 404
    answer = fill(ben, f"/a/{ref}/external-checker", {"email": "esther@example.org"}, follow_redirects=True)
    assert "Esther Lindqvist is named" in words(answer)
    assert "You are its external checker" in words(esther.get("/"))
    assert esther.get(f"/a/{ref}/check").status_code == 200
    assert esther.get("/advice").status_code == 200, "of her own organisation"
    send(
        ben,
        f"/a/{ref}/external-checker",
        {"person_id": str(cast.esther)},
        to=f"/a/{ref}/external-checker/end",
    )
    assert esther.get(f"/a/{ref}").status_code == 404


def test_at_the_start_it_can_be_said_that_it_was_decided_already(
    app: Flask, cast: Cast, as_: Browsers
) -> None:
    changes = {
        "title": "Closing the day centre",
        "kind": "closure",
        "decided_before_on-day": "2",
        "decided_before_on-month": "2",
        "decided_before_on-year": "2026",
    }
    amina = as_("amina")
    refused = fill(amina, "/assessments/start", changes)
    assert "Enter who decided it" in words(refused)
    fill(amina, "/assessments/start", changes | {"decided_before_by": "The Board"})
    with app.app_context():
        found = current("EHIIA-2026-001")
        assert (found.late, found.decided_before_by) == (True, "The Board")
