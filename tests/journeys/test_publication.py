"""A record is published with words left out; somebody outside objects, and a review is asked for."""

from __future__ import annotations

import re
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ehiia import clock
from ehiia.services import feedback
from ehiia.services.transaction import read
from tests import factories
from tests.journeys.conftest import Town
from tests.journeys.keyboard import tabs_to
from tests.journeys.person import Person
from tests.journeys.test_verify import DROP

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

SUMMARY = "The surgery moves two miles inland. Ring 01206 555 123, or 01206 555 789 and ask for Maud."
SAID = "The new bus stops running at six, and the last clinic ends at seven."


def test_a_redacted_edition_is_published_and_what_the_public_says_leads_to_a_review(
    town: Town, tmp_path: Path
) -> None:
    with town.inside():
        ref = factories.decided(town.cast, clock.now() - timedelta(days=1), worse=True, summary=SUMMARY)[0]
        read().rollback()
    amina_prepares(town.enter("amina"), ref)
    ben = town.enter("ben")
    ben_agrees_by_keyboard(ben, ref)
    edition = f"{ref}-D1-P1"
    pdf = anybody_reads(town.enter("reader"), edition)
    anybody_objects(town.enter("patient", script=False, narrow=True), town, edition, pdf, tmp_path)
    ben_asks_for_a_review(ben, ref)


def amina_prepares(amina: Person, ref: str) -> None:
    """She leaves out one number that was pointed at, and says why the other may stay."""
    amina.signs_in()
    amina.goes_to(f"/a/{ref}/publication")
    amina.follows("Say how it is published")
    amina.is_refused("Save", "Choose how it is published")
    amina.chooses("How is it published?", "With parts left out")
    amina.writes("why?", "One passage would show who somebody is.")
    amina.presses("Save")
    amina.follows("Left out by hand")
    amina.writes("Which words are left out?", "and ask for Maud")
    amina.is_refused("Leave it out", "Say why it is left out")
    amina.has_written("Which words are left out?", "and ask for Maud")
    amina.writes("Why are they left out?", "It names a member of staff.")
    amina.presses("Leave it out")
    amina.sees("Marked by Amina Hassan")
    amina.goes_to(f"/a/{ref}/publication/points")
    amina.sees("01206 555 789")
    second = amina.main.get_by_role("listitem").filter(has=amina.page.locator("mark", has_text="555 789"))
    with amina.page.expect_navigation():
        second.get_by_role("link", name="Leave it out").click()
    amina.look()
    amina.has_written("Which words are left out?", "01206 555 789")
    amina.writes("Why are they left out?", "It is the number of one person.")
    amina.presses("Leave it out")
    amina.goes_to(f"/a/{ref}/publication/points")
    amina.does_not_see("01206 555 789")
    for box in amina.main.get_by_role("checkbox").all():
        box.check()
    amina.writes("Why may they stay?", "It is the number of the surgery.")
    amina.presses("They may stay")
    amina.follows("Go on")
    amina.follows("Read it as the public would")
    amina.sees("Ring 01206 555 123, or [left out]")
    amina.does_not_see("Maud")
    amina.goes_to(f"/a/{ref}/publication")
    amina.presses("Ask for agreement")
    amina.sees("It waits for agreement")


def ben_agrees_by_keyboard(ben: Person, ref: str) -> None:
    ben.signs_in()
    ben.goes_to(f"/a/{ref}/publication")
    ben.follows("Agree, or send it back")
    tabs_to(ben, "agree")
    ben.page.keyboard.press("Space")
    expect(ben.page.get_by_label("Yes, this is how it is published")).to_be_checked()
    tabs_to(ben, "note")
    ben.page.keyboard.press("Tab")
    with ben.page.expect_navigation():
        ben.page.keyboard.press("Enter")
    ben.look()
    ben.sees(f"{ref}-D1-P1")


def anybody_reads(reader: Person, edition: str) -> bytes:
    """Somebody without an account finds it, reads it, downloads the file and drops it to have it verified."""
    reader.goes_to("/published")
    reader.writes("Words", "Harbour")
    reader.presses("Search")
    reader.follows("Moving the Harbour Road surgery")
    reader.sees(edition)
    reader.does_not_see("Maud")
    reader.does_not_see("01206 555 789")
    shown = reader.main.get_by_role("link", name="PDF, sealed").evaluate("link => link.href")
    pdf = reader.page.request.get(shown).body()
    reader.follows("verification page")
    form = reader.page.locator("form[data-drop]").element_handle()
    reader.page.evaluate(DROP, [form, b64encode(pdf).decode()])
    reader.presses("Check this file")
    reader.is_at("intact")
    reader.sees("Current")
    reader.goes_to(f"/published/{edition}/feedback")  # for axe, which needs scripts
    return pdf


def anybody_objects(patient: Person, town: Town, edition: str, pdf: bytes, tmp_path: Path) -> None:
    """On a telephone, without scripts: the file is verified too, and something is said."""
    file = tmp_path / "edition.pdf"
    file.write_bytes(pdf)
    patient.goes_to("/verify")
    patient.hands_over("Signed PDF", file)
    patient.presses("Check this file")
    patient.is_at("intact")
    patient.goes_to("/published")
    patient.follows("Moving the Harbour Road surgery")
    patient.follows("Say something about this assessment")
    patient.writes("What do you want to say?", SAID)
    patient.is_refused("Send it", "Tick the box")
    patient.has_written("What do you want to say?", SAID)
    patient.ticks("The organisation may keep and read")
    long_open(patient, town, edition)
    patient.presses("Send it")
    patient.is_at("Thank you. It was sent")
    patient.follows("Back to the assessment")
    patient.does_not_see(SAID)


def long_open(patient: Person, town: Town, edition: str) -> None:
    """Let the form have been open for a minute: what comes back at once is taken for spam."""

    def begun() -> str:
        with town.inside():
            return feedback.opened(edition, now=clock.now() - timedelta(minutes=1))

    with ThreadPoolExecutor(1) as aside:
        token = aside.submit(begun).result()
    patient.page.locator("[name=opened]").evaluate("(field, token) => { field.value = token }", token)


def ben_asks_for_a_review(ben: Person, ref: str) -> None:
    ben.goes_to("/feedback")
    ben.follows("The new bus stops running")
    ben.follows("Ask for an early review")
    ben.is_refused("Ask for a review", "Choose what has happened")
    ben.chooses("What has happened?", "Complaints, incidents or what Healthwatch hears point the same way")
    ben.presses("Ask for a review")
    expect(ben.page).to_have_url(re.compile(f"/a/{ref}/review$"))
    ben.sees(SAID)
    ben.goes_to("/feedback")
    ben.sees("Led to a review being asked for")
