"""A review postponed, and one carried out, in a real browser: on a telephone, without scripts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ehiia import clock
from ehiia.domain.schedule import in_full
from ehiia.domain.vocabulary import RoutePart
from ehiia.services import reviews
from ehiia.services.assessments import NewStep
from ehiia.services.transaction import read
from tests import factories
from tests.factories import current
from tests.journeys.conftest import Town
from tests.journeys.person import Person

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

WHY = "The survey of patients comes in the spring only."


def in_force(town: Town) -> tuple[str, date]:
    """Return an assessment in force, and the day of its review."""
    began = clock.now() - timedelta(days=2)
    with town.inside():
        soon = clock.today() + timedelta(days=30)
        route = (NewStep(town.cast.alone_id, RoutePart.DECIDES, soon),)
        ref, _ = factories.decided(town.cast, began, worse=True, route=route, expected_go_live_on=soon)
        planned = reviews.open_review(read(), current(ref))
        assert planned is not None
        return ref, planned.due_on


def test_a_review_is_postponed_only_when_somebody_else_approves(town: Town) -> None:
    ref, due_on = in_force(town)
    later = due_on + timedelta(days=60)
    amina = town.enter("amina")
    amina.signs_in()
    amina_asks(amina, ref, due_on, later)
    daniel = town.enter("daniel", script=False, narrow=True)
    daniel.signs_in()
    daniel_approves(daniel, ref, due_on, later)
    amina.goes_to(f"/a/{ref}/review")
    amina.sees("postponed 1 time")
    amina.sees(WHY)
    amina.goes_to("/reviews")
    amina.sees("Postponed 1 time")


def amina_asks(amina: Person, ref: str, due_on: date, later: date) -> None:
    amina.goes_to(f"/a/{ref}")
    amina.goes_to(f"/a/{ref}/review")
    amina.sees(in_full(due_on))
    amina.follows("Ask for another date")
    amina.dates("New date", later.day, later.month, later.year)
    amina.is_refused("Send", "Enter why the review is moved")
    amina.writes("Why is it moved?", WHY)
    amina.presses("Send")
    amina.sees("Amina Hassan asks that it be postponed")
    amina.sees(in_full(due_on))
    amina.follows("Look at the request")
    amina.sees("Only the accountable director or an equality lead")


def daniel_approves(daniel: Person, ref: str, due_on: date, later: date) -> None:
    daniel.goes_to(f"/a/{ref}/review")
    daniel.sees(f"Until somebody approves it, {in_full(due_on)} counts")
    daniel.follows("Look at the request")
    daniel.sees(WHY)
    daniel.chooses("Is the review postponed?", "Yes, postpone it")
    daniel.presses("Save")
    daniel.sees(in_full(later))


def test_a_review_is_carried_out_without_scripts_on_a_telephone(town: Town) -> None:
    ref, _ = in_force(town)
    amina = town.enter("amina", script=False, narrow=True)
    amina.signs_in()
    amina.goes_to(f"/a/{ref}/review")
    amina.follows("Carry it out")
    amina.is_at("What really happened?")
    amina.follows("Go on: Disability")
    amina.sees("The bus stops at five.")
    turned_out(amina, "access", "worse", "The minibus is full by nine.")
    amina.presses("Save and go to the list")
    amina.sees("Begun")
    amina.follows("Disability")
    amina.main.locator('[name="disability-access-likelihood"]').select_option("5")
    amina.is_refused("Save and go on", "Choose both likelihood and severity")
    amina.main.locator('[name="disability-access-severity"]').select_option("4")
    for dimension in ("experience", "outcomes"):
        turned_out(amina, dimension, "as_predicted", "As we said.")
    amina.presses("Save and go on")
    amina.goes_to(f"/a/{ref}/review/carry-out/actions")
    amina.chooses("Did it work?", "Partly")
    amina.presses("Save and go on")
    amina.is_refused("Finish the review", "Choose how it goes on")
    amina.writes("What really happened, over all?", "Access is worse; the rest went as we said.")
    amina.chooses("How does it go on?", "Keep it as it is")
    amina.writes("Why?", "A second minibus begins in May.")
    amina.presses("Finish the review")
    amina.sees("Done: Keep it as it is")
    amina.follows("What it found, as it was frozen")
    amina.sees("What the review found")
    amina.sees("The minibus is full by nine.")


def turned_out(amina: Person, dimension: str, how: str, text: str) -> None:
    amina.main.locator(f'[name="disability-{dimension}-turned"][value="{how}"]').check()
    amina.main.locator(f'[name="disability-{dimension}-happened"]').fill(text)
