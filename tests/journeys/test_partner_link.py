"""A link for an owner outside: sent, opened, used, taken back; with scripts, and narrow without them."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from ehiia import clock
from ehiia.services.transaction import read
from ehiia.store.duties import MailRow
from tests import writing
from tests.journeys.conftest import Town
from tests.journeys.person import Person

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

JO = "Jo Bell, Suffolk Deaf Association"
ADDRESS = "jo@deaf.example.org"


def promised(town: Town) -> str:
    """Return the reference of an action that Jo owns, who has no account and no address here yet."""
    with town.inside():
        ref = writing.writing(town.cast, clock.now())
        return writing.promised(ref, town.cast, clock.now(), owner_id=None, outside_owner=JO)


def path_in_the_mail(town: Town) -> str:
    with town.inside():
        bodies = read().scalars(select(MailRow.body).where(MailRow.recipient == ADDRESS)).all()
        read().rollback()
    found = re.search(r"https?://[^/]+(/partner/[\w.-]+)", bodies[-1])
    assert found is not None
    return found[1]


def sends(amina: Person, action: str) -> None:
    """Amina finds her way from the action to the page of its owner outside, and sends a link."""
    amina.goes_to(f"/mitigations/{action}")
    amina.follows("Send the owner outside a link")
    amina.is_refused("Send the link", "Enter an e-mail address")
    amina.writes("Their e-mail address", ADDRESS)
    amina.chooses("For how long does the link open?", "Two weeks")
    amina.presses("Send the link")
    amina.sees(f"{JO} gets an e-mail with a link")


def tells_more(jo: Person) -> None:
    """Jo notes progress, gives a figure, and reads whom to ask for another date before it is decided."""
    jo.follows("Note what was done, with a file")
    jo.is_refused("Keep this note", "Say what was done")
    jo.writes("What was done, or what holds it up?", "Two people were trained.")
    jo.presses("Keep this note")
    jo.sees("Two people were trained.")
    jo.follows("Your action")
    jo.follows("Give a figure")
    jo.is_refused("Keep this figure", "Enter the figure", "Enter the day of the figure")
    jo.writes("What is the figure?", "12")
    jo.dates("Of which day is it?", 1, 5, 2026)
    jo.presses("Keep this figure")
    jo.sees("12")
    jo.follows("Your action")
    jo.follows("Ask for another date")
    jo.sees("It was not decided yet, so its date can still be written anew. Ask Amina Hassan")


@pytest.mark.parametrize(("script", "narrow"), [(True, False), (False, True)])
def test_jo_says_how_their_action_is_going_and_the_link_ends(town: Town, script: bool, narrow: bool) -> None:
    action = promised(town)
    amina = town.enter("amina", script=script, narrow=narrow)
    amina.signs_in()
    sends(amina, action)
    link = path_in_the_mail(town)

    jo = town.enter("jo", script=script, narrow=narrow)
    jo.goes_to(link)
    jo.sees("You need no account")
    jo.presses("Show the action")
    jo.sees("Offer a text relay line")
    jo.is_refused("Send", "Choose how it is going")
    jo.chooses("How is it going?", "At risk")
    jo.is_refused("Send", "Say what was done, or why")
    jo.writes("What was done, or what holds it up?", "The line is ordered and comes in June.")
    jo.presses("Send")
    jo.sees("Suffolk and North East Essex was told")
    jo.sees("The line is ordered and comes in June.")
    tells_more(jo)

    amina.goes_to(f"/mitigations/{action}")
    amina.sees(f"{JO}, by a link")
    amina.follows("Send the owner outside a link")
    amina.sees("The line is ordered and comes in June.")
    amina.presses("Take the links back")
    amina.sees("The links were taken back")

    jo.goes_to(link)
    jo.sees("took it back")
    jo.sees("Ask Amina Hassan")
    jo.desk.expect_error("status of 4")
    jo.goes_to("/partner/no-such-link")
    jo.sees("ask whoever sent you the e-mail")
    jo.desk.expect_error("status of 4")
