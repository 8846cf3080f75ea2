"""The backward plan on its pages: said from the first day, current, and late in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from flask import Flask

from ehiia.domain.vocabulary import RoutePart
from ehiia.services import assessments, overview
from ehiia.services.assessments import NewStep
from tests import writing
from tests.factories import current
from tests.people import Cast
from tests.web.conftest import Browsers, Clock, words


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    """The board decides on 1 May."""
    with app.app_context():
        return writing.writing(cast, now)


def test_by_when_to_submit_is_said_on_the_first_day_and_moves_with_the_meeting(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    amina = as_("amina")
    said = "Submit by Tuesday 31 March 2026 to make Friday 1 May 2026 (Integrated Care Board)."
    assert said in words(amina.get(f"/a/{ref}"))
    assert said in words(amina.get(f"/a/{ref}/route"))
    assert "submit by 31 March 2026" in words(amina.get("/"))
    with app.app_context():
        later = replace(
            overview.details_of(current(ref)),
            route=(NewStep(cast.board_id, RoutePart.DECIDES, date(2026, 5, 8)),),
        )
        assessments.change_details(ref, later, revision=current(ref).revision, by=cast.amina, now=now)
    assert "Submit by Wednesday 8 April 2026 to make Friday 8 May 2026" in words(amina.get(f"/a/{ref}"))


def test_a_late_step_says_so_in_words(app: Flask, ref: str, as_: Browsers, standing_clock: Clock) -> None:
    standing_clock.pass_on(days=35)
    text = words(as_("amina").get(f"/a/{ref}"))
    assert "Late: it should have been submitted by Tuesday 31 March 2026, 2 working days ago" in text
    assert "Late by 2 working days" in text


def test_the_start_says_which_meeting_can_still_be_made(as_: Browsers) -> None:
    """Submitted on 2 March: 5 days for the director, 10 for the check, 1, and 5 for the papers."""
    assert "on or after Tuesday 31 March 2026" in words(as_("amina").get("/assessments/start"))
