"""Two people write one assessment: pages given, a draft put back, a clash settled, sent on together.

In a real browser, with axe on every page; what clashed is settled with the keyboard alone.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from ehiia import clock
from tests import factories
from tests.journeys.conftest import Town
from tests.journeys.person import Person
from tests.people import NAMES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
]

PROBLEM = "What is the problem, and whose problem is it?"
SETTLED = "What is settled, and what can still change?"


def test_two_people_write_an_assessment_together(town: Town) -> None:
    with town.inside():
        ref = factories.screened(town.cast, clock.now())
    amina, helen = town.enter("amina"), town.enter("helen")
    amina.signs_in()
    amina_shares_the_work(amina, ref)
    helen.signs_in()
    helen_finds_her_pages(helen, ref)
    helen_is_called_away_and_finds_her_draft(helen, ref)
    they_meet_on_one_page(amina, helen, ref)
    helen_rates_her_group(helen, ref)
    with town.inside():  # the other pages are written as any page is
        factories.complete_assessment(town.cast, ref, clock.now())
    amina_sends_it_on(amina, ref)


def amina_shares_the_work(amina: Person, ref: str) -> None:
    amina.goes_to(f"/a/{ref}/people")
    amina.picks("Who?", NAMES["helen"])
    amina.chooses("What do they do?", "Contributor")
    amina.writes("What do they know about?", "Buses and travel to care")
    amina.presses("Let them take part")
    amina.sees("Buses and travel to care")
    amina.follows("Who writes what, and by when")
    amina.sees("No page has been given to anybody yet")
    amina.picks("Who writes them?", NAMES["helen"])
    due = clock.today() + timedelta(days=5)
    amina.dates("By when?", due.day, due.month, due.year)
    amina.ticks("What is proposed, and the options")
    amina.main.get_by_label("Disability", exact=True).check()
    amina.presses("Give these pages")
    amina.sees("2 pages given")
    amina.goes_to(f"/a/{ref}")
    amina.sees(f"{NAMES['helen']}, by {due:%A} {due.day} {due:%B} {due.year}")


def helen_finds_her_pages(helen: Person, ref: str) -> None:
    helen.goes_to("/")
    helen.sees("2 pages are yours")
    helen.goes_to(f"/a/{ref}?show=mine")
    helen.sees("Only the pages given to you are shown")
    helen.does_not_see("Religion or belief")
    helen.follows("What is proposed, and the options")


def helen_is_called_away_and_finds_her_draft(helen: Person, ref: str) -> None:
    helen.writes(PROBLEM, "The last bus leaves before the surgery shuts.")
    expect(helen.page.locator("#draft-status")).to_contain_text("Draft kept at", timeout=10_000)
    helen.goes_to("/")  # without saving
    helen.goes_to(f"/a/{ref}/section/proposal")
    helen.sees("You typed something here")
    helen.has_written(PROBLEM, "")
    helen.follows("Put it back")
    helen.sees("It is not saved yet")
    helen.has_written(PROBLEM, "The last bus leaves before the surgery shuts.")
    helen.presses("Save and go to task list")
    helen.goes_to(f"/a/{ref}/section/proposal")
    helen.does_not_see("You typed something here")
    helen.has_written(PROBLEM, "The last bus leaves before the surgery shuts.")


def they_meet_on_one_page(amina: Person, helen: Person, ref: str) -> None:
    helen.goes_to(f"/a/{ref}/section/proposal")
    with helen.page.expect_response(re.compile("/open-page$")):
        helen.page.reload()
    amina.goes_to(f"/a/{ref}/section/proposal")
    amina.sees(f"{NAMES['helen']} has had this page open since")
    amina.writes(SETTLED, "The site is settled; the hours can change.")
    helen.writes(SETTLED, "The site is settled; the bus stop can move.")
    amina.presses("Save and go to task list")
    helen.presses("Save and go to task list")
    helen.desk.expect_error("status of 409")
    helen.is_at("Somebody else changed this page while you were writing")
    helen.sees("What Amina Hassan saved")
    helen.sees("the hours can change.")
    # with the keyboard alone: the third choice, the text from both, the button
    first = helen.main.get_by_label("Keep what they wrote")
    first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown"):
        helen.page.keyboard.press(key)
        if helen.main.get_by_label("Save the text below").is_checked():
            break
    expect(helen.main.get_by_label("Save the text below")).to_be_checked()
    while not helen.main.get_by_label("Text from both").evaluate("box => box === document.activeElement"):
        helen.page.keyboard.press("Tab" if helen.page.evaluate(BEFORE) else "Shift+Tab")
    helen.page.keyboard.press("ControlOrMeta+A")
    helen.page.keyboard.type("The site is settled; the hours and the bus stop can change.")
    button = helen.main.get_by_role("button", name="Save what you chose")
    while not button.evaluate("it => it === document.activeElement"):
        helen.page.keyboard.press("Tab")
    with helen.page.expect_navigation():
        helen.page.keyboard.press("Enter")
    helen.look()
    amina.goes_to(f"/a/{ref}/section/proposal")
    amina.has_written(SETTLED, "The site is settled; the hours and the bus stop can change.")
    helen.goes_to(f"/a/{ref}/who-writes-what")
    helen.presses("Say that it is finished")
    amina.goes_to(f"/a/{ref}")
    amina.sees(f"{NAMES['helen']} says it is finished")


BEFORE = """() => Boolean(document.activeElement.compareDocumentPosition(
  document.querySelector("textarea[name^=merged-]")) & Node.DOCUMENT_POSITION_FOLLOWING)"""
"""Whether the box for a text from both comes after what has the focus."""


def helen_rates_her_group(helen: Person, ref: str) -> None:
    helen.goes_to(f"/a/{ref}/group/disability")
    helen.chooses("be affected differently?", "Yes")
    helen.presses("Save and go on")
    for name in ("Access", "Experience", "Outcomes"):
        part = helen.main.get_by_role("region", name=name)
        part.get_by_label("Better", exact=True).check()
        part.get_by_label("A little", exact=True).check()
        part.get_by_label("Moderate", exact=True).check()
        part.get_by_label("Why do you think so?").fill(f"The new rooms have level floors: {name}.")
        part.get_by_label("About how many people?").select_option(label="100 to 999 people")
    helen.presses("Save and go on to")


def amina_sends_it_on(amina: Person, ref: str) -> None:
    amina.goes_to(f"/a/{ref}/matrix")
    amina.sees("100 to 999 people")
    amina.goes_to(f"/a/{ref}/submit")
    amina.ticks("This assessment is complete and true as far as I know")
    amina.presses("Submit")
    amina.sees(f"{ref} was sent on")
