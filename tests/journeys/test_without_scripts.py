"""The essentials with JavaScript switched off, and one page with the keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from ehiia import clock
from tests import factories
from tests.factories import current
from tests.journeys.conftest import Town
from tests.journeys.keyboard import focus_is_visible, tabs_to

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


def test_amina_starts_and_screens_on_a_telephone_without_scripts(town: Town) -> None:
    amina = town.enter("amina", script=False, narrow=True)
    amina.signs_in()
    amina.follows("Start an assessment")
    amina.writes("What is being decided?", "Moving the Harbour Road surgery")
    amina.is_refused("Save and go on to the route", "Choose what kind of proposal it is")
    amina.has_written("What is being decided?", "Moving the Harbour Road surgery")
    amina.chooses("What kind of proposal is it?", "Change to a service")
    amina.presses("Save and go on to the route")
    amina.presses("Add another step")
    amina.sees("Step 2")
    amina.presses("Remove step 2")
    amina.picks("Committee or decision-maker", "Director of Commissioning")
    amina.picks("What does it do?", "Decides")
    amina.presses("Save and go on to the screening")
    amina.chooses("Who will notice a difference?", "Patients")
    amina.presses("Save and go on")
    amina.chooses("Could anybody be worse off than today?", "Yes")
    amina.presses("Save and go on")
    amina.presses("Save and see the result")
    amina.sees("still to be answered")


def test_amina_writes_a_section_a_group_and_an_action_without_scripts(town: Town) -> None:
    with town.inside():
        ref = factories.screened(town.cast, clock.now())
    amina = town.enter("amina", script=False)
    amina.signs_in()
    amina.goes_to(f"/a/{ref}/section/proposal")
    amina.writes("What is the problem", "The building is not safe.")
    amina.chooses("What does it do to spending?", "It saves money")
    amina.presses("Save and go on")
    amina.sees("2 more questions")
    amina.has_written("What is the problem", "The building is not safe.")
    amina.goes_to(f"/a/{ref}/group/disability")
    amina.chooses("be affected differently?", "Yes")
    amina.presses("Save and go on")
    access = amina.main.get_by_role("region", name="Access")
    access.get_by_label("Worse", exact=True).check()
    access.get_by_label("Likelihood now").select_option(index=4)
    access.get_by_label("Severity now").select_option(index=4)
    amina.presses("Save and go on to")
    amina.goes_to(f"/a/{ref}/group/disability")
    amina.sees("16")
    amina.follows("Add a mitigating action for access")
    amina.writes("What will be done?", "A minibus from the harbour, twice a day.")
    amina.presses("Add")
    amina.sees(f"{ref}-M1")
    amina.goes_to(f"/a/{ref}/matrix")
    amina.sees("Worse")


def test_amina_submits_without_scripts(town: Town) -> None:
    with town.inside():
        ref = factories.answered(town.cast, clock.now(), worse=True)
    amina = town.enter("amina", script=False)
    amina.signs_in()
    amina.goes_to(f"/a/{ref}/check-answers")
    amina.follows("Go on to send it")
    amina.is_refused("Submit")
    amina.ticks("This assessment is complete and true as far as I know")
    amina.presses("Submit")
    amina.sees(f"{ref} was sent on")
    with town.inside():
        assert current(ref).stage.value == "with_director"


def test_a_page_of_questions_is_answered_with_the_keyboard_alone(town: Town) -> None:
    with town.inside():
        ref = factories.screened(town.cast, clock.now())
    amina = town.enter("amina")
    amina.signs_in()
    amina.goes_to(f"/a/{ref}/section/population")
    page = amina.page

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    focus_is_visible(amina)
    page.keyboard.press("Enter")
    expect(page.locator("#maincontent")).to_be_focused()

    tabs_to(amina, "q-users_now")
    page.keyboard.type("Four thousand people, more of them old than elsewhere.")
    tabs_to(amina, "q-deprived_known")
    page.keyboard.press("Space")
    expect(page.locator("[name=q-deprived_known]").first).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=q-deprived_known]").nth(1)).to_be_checked()
    tabs_to(amina, "q-differences_now", backwards_from="q-data_gaps")
    page.keyboard.type("Nobody knows yet.")
    tabs_to(amina, "then")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    amina.look()
    amina.sees("2 more questions")
    amina.has_written("Who uses it now?", "Four thousand people, more of them old than elsewhere.")


def test_the_summary_of_errors_leads_to_the_field_by_keyboard(town: Town) -> None:
    amina = town.enter("amina")
    amina.signs_in()
    amina.goes_to("/assessments/start")
    amina.is_refused("Save and go on to the route", "Enter what is being decided")
    amina.page.keyboard.press("Tab")
    expect(amina.page.locator(".nhsuk-error-summary a").first).to_be_focused()
    focus_is_visible(amina)
    amina.page.keyboard.press("Enter")
    expect(amina.page.get_by_label(re.compile("What is being decided"))).to_be_focused()
