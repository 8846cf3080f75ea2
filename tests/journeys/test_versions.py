"""Versions in a real browser: frozen before consultation, compared, and begun anew after the decision."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ehiia import clock
from ehiia.domain.vocabulary import RoutePart
from ehiia.services import checks, submission
from ehiia.services.assessments import NewStep
from tests import factories
from tests.factories import HOUR
from tests.journeys.conftest import Town
from tests.journeys.person import Person
from tests.people import PASSWORD

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

BEFORE = "The surgery is too small, and nobody can reach it by bus after five on any day of the week."
AFTER = "The surgery is too small, and nobody can reach it by bus after eight on any day of the week."
TITLE = "Moving the Harbour Road surgery"


def test_two_versions_are_compared_and_the_second_gets_a_record_of_its_own(town: Town) -> None:
    began = clock.now() - timedelta(days=2)
    with town.inside():
        soon = clock.today() + timedelta(days=30)
        route = (NewStep(town.cast.alone_id, RoutePart.DECIDES, soon),)
        ref = factories.answered(town.cast, began, route=route)
    amina = town.enter("amina")
    amina.signs_in()
    amina_writes(amina, ref, BEFORE)
    amina_freezes(amina, ref)
    amina_writes(amina, ref, AFTER)
    amina_compares(amina, ref)
    sent_and_passed(town, ref)
    carol = town.enter("carol")
    carol.signs_in()
    carol_decides(carol, ref)
    amina_begins_the_second_version(amina, ref)
    sent_and_passed(town, ref)
    carol_decides(carol, ref)
    carol_finds_both_records(carol, ref)
    carol_compares_what_was_decided(carol, ref)


def amina_writes(amina: Person, ref: str, text: str) -> None:
    amina.goes_to(f"/a/{ref}/section/proposal")
    amina.writes("What is the problem, and whose problem is it?", text)
    amina.presses("Save")


def amina_freezes(amina: Person, ref: str) -> None:
    amina.goes_to(f"/a/{ref}/versions")
    amina.sees("Nothing is frozen yet")
    amina.follows("Freeze it before consultation")
    amina.is_refused("Freeze it", "Enter why it is frozen now")
    amina.writes("Why is it frozen now?", "It goes out with the consultation papers.")
    amina.presses("Freeze it")
    amina.sees("It goes out with the consultation papers.")
    amina.follows("Before consultation")
    amina.sees("This is the content as of")
    amina.sees("after five on any day")


def amina_compares(amina: Person, ref: str) -> None:
    amina.goes_to(f"/a/{ref}/versions")
    amina.presses("Compare them")
    amina.is_at("What changed")
    amina.sees("1 difference.")
    assert "five" in amina.main.locator(".eh-difference del").inner_text()
    assert "eight" in amina.main.locator(".eh-difference ins").inner_text()
    amina.follows("Show everything")
    amina.follows("Show only what changed")
    amina.sees("1 difference.")


def sent_and_passed(town: Town, ref: str) -> None:
    """Send it, agree it and pass the check, off the stage."""
    now = clock.now() - HOUR
    with town.inside():
        factories.complete_assessment(town.cast, ref, now)
        submission.submit(ref, declared=True, by=town.cast.amina, now=now)
        submission.agree(ref, by=town.cast.daniel, now=now)
        factories.satisfy(ref, town.cast.ben, now)
        checks.pass_check(ref, reservations="", by=town.cast.ben, now=now)


def carol_decides(carol: Person, ref: str) -> None:
    carol.goes_to(f"/a/{ref}/paper")
    carol.ticks("I have read this version")
    carol.presses("Continue")
    carol.chooses("What is decided?", "Approved")
    carol.writes("Reasons for the decision", "It is the better place.")
    carol.chooses("Is the advice of the assessment followed?", "Yes")
    carol.page.get_by_label("Your password", exact=True).fill(PASSWORD)
    carol.presses("Make this decision")
    carol.is_at("Decided: Approved")


def amina_begins_the_second_version(amina: Person, ref: str) -> None:
    amina.goes_to(f"/a/{ref}")
    amina.follows("Start a new version")
    amina.is_refused("Start version 2", "Enter why a new version is needed")
    amina.writes("Why is a new version needed?", "A second site was added.")
    amina.presses("Start version 2")
    amina.sees("Every answer was carried over")
    amina.sees(f"The decision {ref}-D1 stands until this version is decided.")
    amina.goes_to(f"/records/{ref}-D1")
    amina.sees("A newer version is being written")
    amina_writes(amina, ref, "There are two sites now, and a bus to each of them until eight in the evening.")


def carol_finds_both_records(carol: Person, ref: str) -> None:
    carol.goes_to(f"/records/{ref}-D1")
    carol.sees("A newer decision has replaced this one")
    carol.follows(f"{ref}-D2")
    carol.is_at(TITLE)
    carol.sees("There are two sites now")
    carol.does_not_see("A newer")


def carol_compares_what_was_decided(carol: Person, ref: str) -> None:
    carol.goes_to(f"/a/{ref}/versions")
    carol.picks("From", "Version 1, version for decision")
    carol.picks("To", "Version 2, version for decision")
    carol.presses("Compare them")
    carol.sees("There are two sites now")
    carol.sees("From")
