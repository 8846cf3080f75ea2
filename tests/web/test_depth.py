"""Pages of the short form: what is asked, what the other form would ask, and growing."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from ehiia.domain.vocabulary import ProposalKind
from ehiia.services import screening
from tests import writing
from tests.factories import current
from tests.people import Cast, send
from tests.web.conftest import Browsers, soup, words
from tests.web.filling import fill


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    """The screening found low impacts only; Amina has not taken the result yet."""
    with app.app_context():
        made = writing.started(cast, now, kind=ProposalKind.POLICY)
        writing.answer_screening(made, cast, now, felt_differently="yes")
        return made


def begun(app: Flask, cast: Cast, ref: str, now: datetime) -> None:
    with app.app_context():
        screening.finish(ref, by=cast.amina, now=now)


def test_the_result_of_the_screening_says_that_a_short_one_is_enough(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    text = words(amina.get(f"/a/{ref}/screening-result"))
    assert "A short assessment is enough" in text
    assert "SCR-15" in text
    answer = send(amina, f"/a/{ref}/screening-result", {}, follow_redirects=True)
    assert "The short assessment has begun" in words(answer)
    assert "Short form: about" in words(answer)


def test_the_short_form_shows_and_asks_less(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    begun(app, cast, ref, now)
    amina = as_("amina")
    assert "When several things come together" not in words(amina.get(f"/a/{ref}"))
    page = soup(amina.get(f"/a/{ref}/section/proposal"))
    assert page.find(id="question-problem")
    assert page.find(id="question-still_open") is None
    assert amina.get(f"/a/{ref}/section/combinations").status_code == 404


def test_amina_goes_on_to_the_extended_form(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    begun(app, cast, ref, now)
    amina = as_("amina")
    assert "What the extended form asks besides" in words(amina.get(f"/a/{ref}/form"))
    answer = send(amina, f"/a/{ref}/form", {}, follow_redirects=True)
    assert "This is the extended form now. Everything answered so far is kept" in words(answer)
    assert amina.get(f"/a/{ref}/section/combinations").status_code == 200


def test_an_impact_that_is_not_known_says_on_save_that_the_form_grew(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    begun(app, cast, ref, now)
    amina = as_("amina")
    fill(amina, f"/a/{ref}/group/sex", {"affected": "yes"})
    answer = fill(amina, f"/a/{ref}/group/sex", {"access-direction": "unknown"}, follow_redirects=True)
    assert "This is the extended form now, because an impact is more than low." in words(answer)
    assert "GRO-02" in words(amina.get(f"/a/{ref}/form"))
    with app.app_context():
        assert current(ref).depth == "extended"


def test_those_who_read_get_no_button(app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime) -> None:
    begun(app, cast, ref, now)
    page = soup(as_("ben").get(f"/a/{ref}/form"))
    assert page.select("main form") == []
    assert send(as_("ben"), f"/a/{ref}", {}, to=f"/a/{ref}/form").status_code == 403
