"""Ben sends it back with a comment; Amina changes it and answers; Ben sees what changed and closes it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ehiia import clock
from ehiia.services import submission
from tests import factories
from tests.journeys.conftest import Town

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
]

SECTION = "What is proposed, and the options"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_sent_back_changed_answered_and_sent_on_again(town: Town, script: bool) -> None:
    with town.inside():
        ref = factories.agreed(town.cast, clock.now() - timedelta(hours=4))
    ben, amina = town.enter("ben", script=script), town.enter("amina", script=script)
    ben.signs_in()
    ben.goes_to(f"/a/{ref}/check")
    ben.sees(" of 10")
    ben.follows(SECTION)
    ben.chooses("Does this section satisfy?", "No, the author should change something")
    ben.writes("Comment", "Say who uses the building today.")
    ben.presses("Save and go to the next section")
    ben.goes_to(f"/a/{ref}/check")
    ben.follows("send it back now")
    ben.writes("A word to the author", "Nearly there.")
    ben.presses("Send it back")
    ben.sees(f"{ref} was sent back to the author")

    amina.signs_in()
    amina.goes_to(f"/a/{ref}")
    amina.sees("Sent back")
    amina.follows("Read the comments")
    amina.sees("Say who uses the building today.")
    amina.follows("Answer the comment on")
    amina.writes("Your answer", "It says so now: four thousand patients.")
    amina.presses("Keep this answer")
    amina.goes_to(f"/a/{ref}/section/proposal")
    amina.writes("What is the problem, and whose problem is it?", "Four thousand patients climb the stairs.")
    amina.presses("Save and go")
    amina.goes_to(f"/a/{ref}/submit")
    amina.ticks("This assessment is complete and true as far as I know")
    amina.presses("Submit")
    amina.sees(f"{ref} was sent on")
    with town.inside():
        submission.agree(ref, by=town.cast.daniel, now=clock.now())

    ben.goes_to(f"/a/{ref}/check")
    ben.sees("Changed since it was sent on the last time")
    ben.follows("Compare the two, question by question")
    ben.sees("Four thousand patients climb the stairs.")
    ben.does_not_see("Which other groups to look at")
    ben.goes_to(f"/a/{ref}/comments")
    ben.sees("It says so now: four thousand patients.")
    ben.presses("Close it")
    ben.sees("Closed (1)")
