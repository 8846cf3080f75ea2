"""Carol decides; then Daniel as executive lead and Grace as chair sign the record, each in their turn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from ehiia import clock
from ehiia.services import verifying
from ehiia.services.transaction import read
from tests import factories
from tests.journeys.conftest import Town
from tests.journeys.person import Person
from tests.people import PASSWORD

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


def test_three_people_decide_and_sign(town: Town) -> None:
    farah_says_who_also_signs(town)
    with town.inside():
        ref = factories.passed(town.cast, clock.now() - timedelta(days=1))
        read().rollback()
    carol_decides(town.enter("carol"), ref)
    grace = town.enter("grace")
    grace.signs_in()
    grace.goes_to(f"/records/{ref}-D1/sign")
    grace.sees("Nothing waits for you to sign here now")
    signs(town.enter("daniel", narrow=True), ref, "Executive lead", signed_in=False)
    grace.goes_to("/")
    signs(grace, ref, "Chair of the board", signed_in=True)
    grace.goes_to(f"/records/{ref}-D1")
    for name in ("Carol Whitfield", "Daniel Ashby", "Grace Tilley"):
        grace.sees(f"Signature of {name}")
    verified_by_anybody(grace.fetches("Download the PDF"), town)


def farah_says_who_also_signs(town: Town) -> None:
    farah = town.enter("farah")
    farah.signs_in()
    farah.goes_to(f"/organisation/committees/{town.cast.alone_id}")
    farah.page.locator("[name=chair_id]").select_option(value=str(town.cast.carol))
    farah.page.locator("[name=person_2]").select_option(value="director")
    farah.page.locator("[name=role_2]").fill("Executive lead")
    farah.page.locator("[name=person_3]").select_option(value=str(town.cast.grace))
    farah.is_refused("Save", "Enter as what they sign")
    farah.page.locator("[name=role_3]").fill("Chair of the board")
    farah.presses("Save")


def carol_decides(carol: Person, ref: str) -> None:
    carol.signs_in()
    carol.goes_to(f"/a/{ref}/paper")
    carol.ticks("I have read this version")
    carol.presses("Continue")
    carol.chooses("What is decided?", "Approved")
    carol.writes("Reasons for the decision", "It is the better place.")
    carol.chooses("Is the advice of the assessment followed?", "Yes")
    carol.writes("Your password", PASSWORD)
    carol.presses("Make this decision")
    carol.is_at("Decided: Approved")
    carol.sees("Daniel Ashby, Executive lead")


def signs(person: Person, ref: str, role: str, *, signed_in: bool) -> None:
    """Somebody finds on their first page that they are asked to sign, reads and signs."""
    if not signed_in:
        person.signs_in()
    person.follows("Sign the record")
    person.sees(f"You sign as {role}")
    person.writes("Your password", PASSWORD)
    person.is_refused("Sign this record", "Tick the box once you have read this record")
    person.ticks("I have read this record")
    person.writes("Your password", "not my password")
    person.is_refused("Sign this record")
    person.writes("Your password", PASSWORD)
    person.presses("Sign this record")
    person.goes_to("/")
    person.does_not_see("Sign the record")


def verified_by_anybody(pdf: bytes, town: Town) -> None:
    """The last file has the seal, three signatures and the time-stamp that closes it."""

    def look() -> tuple[bool, int]:
        with town.inside():
            found = verifying.check_file(pdf)
            seen = found.current, len(found.file.signatures)
            read().rollback()
            return seen

    with ThreadPoolExecutor(1) as aside:
        assert aside.submit(look).result() == (True, 5)
