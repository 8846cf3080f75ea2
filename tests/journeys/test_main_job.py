"""The main job in a real browser: from "should we assess this?" to a verdict on what was promised.

Several people, each at a browser of their own. One page of every kind is filled
in by hand; the other answers are given off the stage by the services, so that
the journey stays within minutes. Long because a journey is told from its
beginning to its end.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from ehiia import clock
from ehiia.domain.schedule import in_full
from ehiia.services import submission
from ehiia.services.transaction import read
from ehiia.store.decisions import Review
from tests import factories
from tests.factories import current
from tests.journeys.conftest import Town
from tests.journeys.person import Person
from tests.people import PASSWORD

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

TITLE = "Moving the Harbour Road surgery"


def test_a_proposal_from_the_first_question_to_the_first_verdict(town: Town, tmp_path: Path) -> None:
    amina = town.enter("amina")
    ref = amina_starts(amina)
    amina_screens(amina)
    amina_writes(amina)
    amina_names_her_evidence(amina)
    amina_looks_at_each_group(amina, ref)
    amina_promises_an_action(amina, ref)
    amina_leaves_and_comes_back(amina, town, ref)
    amina_checks_and_cannot_submit_yet(amina, ref)
    the_rest_is_written(town, ref)
    amina_submits(amina, ref)
    daniel_agrees(town.enter("daniel"), ref)
    ben = town.enter("ben")
    ben_sends_it_back(ben, ref)
    amina_answers_and_submits_again(amina, ref, town)
    ben_passes(ben, town, ref)
    carol = town.enter("carol")
    carol_reads(carol, ref)
    grace_enters_the_meeting(town.enter("grace"), ref)
    carol_confirms(carol, ref)
    signed = carol_reads_the_record(carol, ref)
    anybody_verifies(town.enter("stranger"), signed, tmp_path)
    amina_sees_what_comes_next(amina, town, ref)
    helen_claims(town.enter("helen"), ref)
    dev_gives_a_verdict(town.enter("dev"), ref, tmp_path)
    the_history_tells_it(amina, ref)


def amina_starts(amina: Person) -> str:
    amina.goes_to("/")
    amina.is_at("Sign in")
    amina.signs_in()
    amina.is_at("What waits for you")
    amina.follows("Start an assessment")
    amina.is_refused("Save and go on to the route", "Choose what kind of proposal it is")
    amina.writes("What is being decided?", TITLE)
    amina.writes("What is it about, in a few sentences?", "The surgery moves two miles inland.")
    amina.chooses("What kind of proposal is it?", "Change to a service")
    amina.chooses("Which places does it touch?", "North East Essex Alliance")
    amina.picks("Who is the accountable director?", "Daniel Ashby")
    amina.dates("When is it expected to start?", 1, 4, clock.today().year + 1)
    amina.presses("Save and go on to the route")

    amina.is_at("Route of the decision")
    meeting = clock.today() + timedelta(days=30)
    amina.picks("Committee or decision-maker", "Integrated Care Board")
    amina.picks("What does it do?", "Decides")
    amina.dates("When does it meet?", meeting.day, meeting.month, meeting.year)
    amina.presses("Add another step")
    amina.sees("Step 2")
    amina.presses("Remove step 2")
    amina.does_not_see("Step 2")
    amina.presses("Save and go on to the screening")
    found = re.search(r"/a/([^/]+)/", amina.page.url)
    assert found
    return found[1]


def amina_screens(amina: Person) -> None:
    amina.is_at("Who will notice")
    amina.chooses("Who will notice a difference?", "Patients")
    amina.chooses("About how many people could be affected?", "Don't know")
    amina.chooses("How much difference could it make", "A clear difference")
    amina.presses("Save and go on")
    amina.is_at("What could happen to them")
    for question in (
        "Could anybody feel this differently",
        "Are there inequalities in this area already?",
        "Do some groups rely on this more",
        "Are any of the people affected vulnerable?",
        "Does it change how a service is delivered",
        "Does it add or take away significant resources?",
        "Does it touch a population or clinical area",
        "Could it add up with other changes",
    ):
        amina.chooses(question, "No")
    amina.chooses("Which of these does it do?", "Moves it to another place")
    amina.chooses("Could anybody be worse off than today?", "Don't know yet")
    amina.presses("Save and go on")
    amina.is_at("What follows")
    amina.answers_everything("It could bring the doctor nearer to the newer estates.")
    amina.chooses("Is there an assessment already", "No, or I do not know of one")
    amina.presses("Save and see the result")
    amina.is_at("A full assessment is needed")
    amina.sees("worse off")
    amina.presses("Begin the full assessment")


def amina_writes(amina: Person) -> None:
    amina.sees("The full assessment has begun")
    amina.sees("Not started")
    amina.follows("What is proposed, and the options")
    amina.writes("What is the problem, and whose problem is it?", "The building is not safe.")
    amina.answers_everything()
    amina.chooses("What does it do to spending?", "It saves money")
    amina.presses("Save and go on")
    amina.sees("2 more questions")
    amina.writes("Where does the saving come from", "From the lease of the old building.")
    amina.presses("Save and go on")
    amina.is_at("Who lives here, and how things are now")
    amina.sees("Saved ")
    amina.answers_everything()
    amina.presses("Save and go on to Evidence")
    amina.sees("2 more questions")
    amina.writes("What share is it, in percent?", "31.5")
    amina.presses("Save and go on to Evidence")


def amina_names_her_evidence(amina: Person) -> None:
    amina.is_at("Evidence")
    amina.sees("No sources yet")
    amina.follows("Add a source")
    amina.picks("What kind of evidence is it?", "Census")
    amina.writes("Title", "Census 2021, car ownership")
    amina.writes("What does it show", "A third of the households near the harbour have no car.")
    amina.chooses("How strong is it for this decision?", "Strong")
    amina.presses("Add")
    amina.is_at("Evidence")
    amina.sees("Census 2021, car ownership")


def amina_looks_at_each_group(amina: Person, ref: str) -> None:
    amina.goes_to(f"/a/{ref}/group/age")
    amina.chooses("Could", "No")
    amina.writes("Why would", "Doors, floors and hours stay as they are for every age.")
    amina.presses("Save and go on")

    amina.is_at("Disability")
    amina.chooses("be affected differently?", "Yes")
    amina.presses("Save and go on")
    amina.sees("Saved. Now say how they would be affected")
    nothing_is_selected = amina.main.locator("input[name$='-direction']:checked")
    expect(nothing_is_selected).to_have_count(0)
    worse = amina.main.get_by_role("region", name="Access")
    worse.get_by_label("Worse", exact=True).check()
    worse.get_by_label("Clearly", exact=True).check()
    worse.get_by_label("Moderate", exact=True).check()
    worse.get_by_label("Why do you think so?").fill("The bus stops at five.")
    worse.get_by_label("About how many people?").select_option(index=3)
    worse.get_by_label("For how long?").select_option(index=3)
    worse.get_by_label("Could it be undone?").select_option(index=2)
    worse.get_by_label("Likelihood now").select_option(index=4)
    worse.get_by_label("Severity now").select_option(index=4)
    worse.get_by_label("Likelihood after action").select_option(index=2)
    worse.get_by_label("Severity after action").select_option(index=3)
    for name in ("Experience", "Outcomes"):
        part = amina.main.get_by_role("region", name=name)
        part.get_by_label("Better", exact=True).check()
        part.get_by_label("A little", exact=True).check()
        part.get_by_label("Moderate", exact=True).check()
        part.get_by_label("Why do you think so?").fill("New rooms have level floors.")
    amina.presses("Save and go on to")

    amina.goes_to(f"/a/{ref}/group/marriage")
    amina.is_at("Marriage and civil partnership")
    amina.sees("Why is only one question asked here?")
    amina.chooses("be affected differently?", "Don't know yet")
    amina.presses("Save and go on")
    amina.sees("risk of discrimination, harassment or victimisation")
    expect(amina.main.get_by_role("region", name="Access")).to_have_count(0)
    amina.chooses("How would it change the risk of discrimination", "No difference")
    amina.chooses("How strong is the evidence?", "Moderate")
    amina.writes("Why do you think so?", "Nobody is asked whether they are married.")
    amina.presses("Save and go on to")

    amina.goes_to(f"/a/{ref}/section/groups")
    homeless = amina.main.get_by_role("checkbox", name=re.compile("homeless", re.I))
    homeless.check()
    amina.writes("Why were the other groups left out?", "None of them lives near the harbour.")
    amina.presses("Save and go on")
    amina.is_at("omeless")


def amina_promises_an_action(amina: Person, ref: str) -> None:
    amina.goes_to(f"/a/{ref}/section/mitigations")
    amina.sees("Impacts that still need an action or a reason")
    amina.follows("Add a mitigating action")
    amina.writes("What will be done?", "A minibus from the harbour, twice a day.")
    amina.picks("Who owns it?", "Helen Marsh")
    amina.dates("When is it due?", 1, 3, clock.today().year + 1)
    amina.chooses("When must it be in place?", "Before it starts")
    amina.writes("How will we know that it works?", "Rides each week")
    amina.main.get_by_label("How likely is the harm").select_option(index=2)
    amina.main.get_by_label("How bad would it still be?").select_option(index=3)
    amina.question("Which impacts does it answer?").get_by_role("checkbox").first.check()
    amina.presses("Add")
    amina.sees(f"{ref}-M1")


def amina_leaves_and_comes_back(amina: Person, town: Town, ref: str) -> None:
    amina.signs_out()
    amina.is_at("You are signed out")
    amina = town.enter("amina")
    amina.signs_in()
    amina.sees(TITLE)
    amina.follows(TITLE)
    amina.follows("What is proposed, and the options")
    amina.has_written("What is the problem, and whose problem is it?", "The building is not safe.")
    amina.has_written("Where does the saving come from", "From the lease of the old building.")


def amina_checks_and_cannot_submit_yet(amina: Person, ref: str) -> None:
    amina.signs_in()
    amina.goes_to(f"/a/{ref}/check-answers")
    amina.sees("The building is not safe.")
    amina.sees("answers are missing")
    change = amina.main.get_by_role("link", name="Change What is the problem")
    assert "#question-problem" in (change.first.get_attribute("href") or "")
    amina.goes_to(f"/a/{ref}/matrix")
    amina.sees("Disability")
    amina.sees("Worse")
    amina.goes_to(f"/a/{ref}/submit")
    amina.sees("still to be done")
    expect(amina.main.get_by_role("button", name="Submit")).to_have_count(0)
    amina.main.get_by_role("listitem").get_by_role("link").first.click()
    amina.page.wait_for_url(re.compile(rf"/a/{ref}/(section|group)/"))
    amina.look()
    target = amina.page.url.partition("#")[2]
    assert target
    assert amina.page.locator(f"[id='{target}']").count() == 1


def the_rest_is_written(town: Town, ref: str) -> None:
    with town.inside():
        factories.complete_assessment(town.cast, ref, clock.now())


def amina_submits(amina: Person, ref: str) -> None:
    amina.goes_to(f"/a/{ref}")
    amina.follows("Check your answers")
    amina.follows("Go on to send it")
    amina.is_at("Submit")
    amina.is_refused("Submit")
    amina.ticks("This assessment is complete and true as far as I know")
    amina.presses("Submit")
    amina.sees(f"{ref} was sent on")
    amina.sees("Waiting for the accountable director")


def daniel_agrees(daniel: Person, ref: str) -> None:
    daniel.signs_in()
    daniel.is_at("What waits for you")
    daniel.follows("Read and agree")
    daniel.is_at("Agree this assessment")
    daniel.sees("The bus stops at five.")
    daniel.presses("Agree")
    daniel.sees(f"You agreed {ref}")


def ben_sends_it_back(ben: Person, ref: str) -> None:
    ben.signs_in()
    ben.goes_to("/checks")
    ben.follows(TITLE)
    ben.is_at("Check")
    ben.follows("What is proposed, and the options")
    ben.chooses("Does this section satisfy?", "No, the author should change something")
    ben.is_refused("Save and go to the next section")
    ben.writes("Comment", "Say who uses the building today.")
    ben.presses("Save and go to the next section")
    ben.chooses("Does this section satisfy?", "Yes")
    ben.presses("Save and go to the next section")
    ben.goes_to(f"/a/{ref}/check")
    ben.follows("send it back now")
    ben.sees("Say who uses the building today.")
    ben.writes("A word to the author", "Nearly there.")
    ben.presses("Send it back")
    ben.sees(f"{ref} was sent back to the author")


def amina_answers_and_submits_again(amina: Person, ref: str, town: Town) -> None:
    amina.goes_to("/")
    amina.sees(TITLE)
    amina.goes_to(f"/a/{ref}")
    amina.sees("Sent back")
    amina.follows("Read the comments")
    amina.sees("Say who uses the building today.")
    while (link := amina.main.get_by_role("link", name=re.compile("^Answer the comment"))).count():
        link.first.click()
        amina.look()
        amina.writes("Your answer", "Four thousand patients; the section says so now.")
        amina.presses("Keep this answer")
    amina.goes_to(f"/a/{ref}/section/proposal")
    amina.writes("What is the problem, and whose problem is it?", "It is not safe for its 4,000 patients.")
    amina.presses("Save and go on")
    amina.goes_to(f"/a/{ref}/submit")
    amina.ticks("This assessment is complete and true as far as I know")
    amina.presses("Submit")
    with town.inside():
        if current(ref).stage.value == "with_director":
            submission.agree(ref, by=town.cast.daniel, now=clock.now())


def ben_passes(ben: Person, town: Town, ref: str) -> None:
    ben.goes_to(f"/a/{ref}/check")
    ben.follows("What is proposed, and the options")
    ben.sees("It is not safe for its 4,000 patients.")
    ben.chooses("Does this section satisfy?", "Yes")
    ben.presses("Save and go to the next section")
    with town.inside():
        factories.satisfy(ref, town.cast.ben, clock.now())
    ben.goes_to(f"/a/{ref}/check")
    ben.follows("Pass this version")
    ben.writes("Reservations, if any", "Watch the last bus.")
    ben.presses("Pass and freeze this version")
    ben.sees("This version is frozen for the decision")


def carol_reads(carol: Person, ref: str) -> None:
    carol.signs_in()
    carol.goes_to("/papers")
    carol.follows(TITLE)
    carol.sees("Watch the last bus.")
    carol.sees("The bus stops at five.")
    carol.sees("Equality Act 2010")
    carol.is_refused("Continue", "Tick the box once you have read this version")
    carol.ticks("I have read this version")
    carol.presses("Continue")
    carol.sees("Nothing was entered yet. The secretary enters")


def grace_enters_the_meeting(grace: Person, ref: str) -> None:
    grace.signs_in()
    grace.is_at("What waits for you")
    grace.follows("Enter what the meeting decided")
    today = clock.today()
    grace.dates("Date of the meeting", today.day, today.month, today.year)
    grace.writes("Reference of the minute", "ICB-26-11, item 7")
    grace.writes("Members present", "Carol Whitfield\nJohn Reeve")
    grace.writes("Conflicts of interest declared", "None")
    grace.ticks("This version was circulated to the members before the meeting")
    grace.chooses("What is decided?", "Approved with conditions")
    grace.writes("Reasons for the decision", "The Board saw that the bus matters.")
    grace.chooses("Is the advice of the assessment followed?", "Yes")
    grace.is_refused("Send it to the chair", "condition")
    grace.writes("What must be done?", "The minibus runs before the doors open.")
    grace.picks("Who sees to it?", "Helen Marsh")
    soon = today + timedelta(days=60)
    grace.dates("By when?", soon.day, soon.month, soon.year)
    grace.presses("Send it to the chair")
    grace.sees("Its chair was asked to confirm it")


def carol_confirms(carol: Person, ref: str) -> None:
    carol.goes_to("/")
    carol.sees(TITLE)
    carol.goes_to(f"/a/{ref}/confirm-decision")
    carol.sees("The minibus runs before the doors open.")
    carol.sees("Grace Tilley")
    carol.page.get_by_label("Your password", exact=True).fill("not my password")
    carol.is_refused("Confirm this decision")
    carol.page.get_by_label("Your password", exact=True).fill(PASSWORD)
    carol.presses("Confirm this decision")
    carol.is_at("Decided: Approved with conditions")
    carol.sees("signed in the name of Carol Whitfield")


def carol_reads_the_record(carol: Person, ref: str) -> bytes:
    carol.follows("Read the record")
    carol.is_at(TITLE)
    carol.sees(f"Decision record {ref}-D1")
    carol.sees("Integrated Care Board")
    carol.sees("The minibus runs before the doors open.")
    carol.sees("Watch the last bus.")
    return carol.fetches("Download the PDF")


def anybody_verifies(stranger: Person, signed: bytes, folder: Path) -> None:
    good, bad = folder / "record.pdf", folder / "changed.pdf"
    middle = len(signed) // 3
    good.write_bytes(signed)
    bad.write_bytes(signed[:middle] + bytes([signed[middle] ^ 1]) + signed[middle + 1 :])
    stranger.goes_to("/verify")
    stranger.is_at("Verify a record")
    stranger.hands_over("Signed PDF", good)
    stranger.presses("Check this file")
    stranger.sees("This record is intact")
    stranger.sees("Nothing was changed since it was sealed.")
    stranger.sees("This very file is in our register.")
    stranger.hands_over("Signed PDF", bad)
    stranger.presses("Check this file")
    stranger.sees("Do not rely on this file")
    stranger.sees("This file is not in our register.")


def amina_sees_what_comes_next(amina: Person, town: Town, ref: str) -> None:
    with town.inside():
        due_on = read().scalar(select(Review.due_on).where(Review.assessment_id == current(ref).id))
    assert due_on is not None
    amina.goes_to(f"/a/{ref}")
    amina.sees("In force")
    amina.sees(in_full(due_on))
    amina.goes_to(f"/a/{ref}/review")
    amina.sees("Ask for another date")
    amina.sees(in_full(due_on))
    amina.goes_to("/assessments?q=harbour")
    amina.sees(TITLE)


def helen_claims(helen: Person, ref: str) -> None:
    helen.signs_in()
    helen.sees("minibus")
    helen.goes_to("/mitigations?whose=mine")
    helen.follows("A minibus from the harbour")
    helen.chooses("How is it going?", "Done")
    helen.writes("What was done, or why?", "It has run since Monday, forty rides so far.")
    helen.presses("Save")
    helen.sees("What you said was saved")


def dev_gives_a_verdict(dev: Person, ref: str, folder: Path) -> None:
    proof = folder / "rides.pdf"
    proof.write_bytes(SMALL_PDF)
    dev.signs_in()
    dev.goes_to("/audits")
    dev.follows("A minibus from the harbour")
    dev.sees("forty rides so far")
    dev.chooses("What did you find?", "Working")
    dev.writes("What did you look at", "The driver's log of four weeks.")
    dev.hands_over("A file that shows it", proof)
    dev.presses("Keep this verdict")
    dev.sees(f"Your verdict on {ref}-M1 was kept")
    assert dev.fetches("Download rides.pdf") == SMALL_PDF


def the_history_tells_it(amina: Person, ref: str) -> None:
    amina.goes_to(f"/a/{ref}/history")
    told = ""
    while True:
        told += amina.main.inner_text()
        if not amina.page.get_by_role("link", name="What happened before").count():
            break
        amina.follows("What happened before")
    for sentence in (
        f"Amina Hassan started the assessment “{TITLE}”",
        "Amina Hassan finished the first questions: a full assessment is needed",
        "Amina Hassan sent it to the accountable director",
        "Daniel Ashby agreed it as accountable director",
        "Ben Okoro sent it back with comments",
        "Ben Okoro passed the check; this version is frozen for the decision",
        "Carol Whitfield said: I have read this version",
        "Grace Tilley entered the decision of Integrated Care Board: Approved with conditions",
        f"Carol Whitfield made the decision record {ref}-D1",
        f"sealed the record {ref}-D1",
        f"Helen Marsh said that {ref}-M1 is “done”",
        f"Dev Patel gave the verdict “Working” on {ref}-M1",
    ):
        assert sentence in told


SMALL_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
