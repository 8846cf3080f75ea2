"""Silly things that people do, and what must come of them: nothing lost, nothing done twice, a clear word."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, func, select

from ehiia import clock
from ehiia.domain.vocabulary import Claim
from ehiia.services import mitigations
from ehiia.services.transaction import read, transaction
from ehiia.store.answers import AuditItem
from ehiia.store.decisions import DecisionRow, RecordRow
from ehiia.store.history import History
from ehiia.store.people import LoginSession
from tests import factories
from tests.journeys.conftest import Town
from tests.journeys.person import Person
from tests.people import PASSWORD
from tests.servers.browser import Desk

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
]


def times(town: Town, verb: str) -> int:
    with town.inside():
        return read().scalar(select(func.count()).select_from(History).where(History.verb == verb)) or 0


def test_a_double_click_on_submit_submits_once(town: Town) -> None:
    with town.inside():
        ref = factories.answered(town.cast, clock.now())
    amina = town.enter("amina")
    amina.signs_in()
    amina.goes_to(f"/a/{ref}/submit")
    amina.ticks("This assessment is complete and true as far as I know")
    with amina.page.expect_navigation():
        amina.main.get_by_role("button", name="Submit").dblclick()
    amina.look()
    amina.sees(f"{ref} was sent on")
    assert times(town, "move_submit_to_director") == 1


def test_carol_goes_back_after_deciding_and_sends_the_form_again(town: Town) -> None:
    with town.inside():
        ref = factories.passed(town.cast, clock.now())
    carol = town.enter("carol")
    carol.signs_in()
    carol.goes_to(f"/a/{ref}/paper")
    carol.ticks("I have read this version")
    carol.presses("Continue")
    forgotten = Person("carol", Desk(carol.page.context.new_page(), carol.desk.context), carol.url)
    forgotten.goes_to(f"/a/{ref}/decide")  # a tab that stays open
    for tab in (carol, forgotten):
        tab.chooses("What is decided?", "Approved")
        tab.writes("Reasons for the decision", "It is the better place.")
        tab.chooses("Is the advice of the assessment followed?", "Yes")
        tab.page.get_by_label("Your password", exact=True).fill(PASSWORD)
    carol.presses("Make this decision")
    carol.is_at("Decided: Approved")
    carol.page.go_back()
    expect(carol.main).to_contain_text("There is no version to decide now")
    forgotten.presses("Make this decision")
    expect(forgotten.main.get_by_role("button", name="Make this decision")).to_have_count(0)
    with town.inside():
        assert read().scalar(select(func.count()).select_from(DecisionRow)) == 1
        assert read().scalar(select(func.count()).select_from(RecordRow)) == 1
    carol.goes_to(f"/a/{ref}")
    carol.sees("In force")


def test_two_tabs_save_the_same_answer_and_the_second_sees_both_texts(town: Town) -> None:
    with town.inside():
        ref = factories.screened(town.cast, clock.now())
    amina, other = town.enter("amina"), town.enter("amina")
    amina.signs_in()
    other.signs_in()
    question = "What is the problem, and whose problem is it?"
    for tab in (amina, other):
        tab.goes_to(f"/a/{ref}/section/proposal")
    amina.writes(question, "The roof leaks.")
    amina.presses("Save and go on")
    other.writes(question, "The floor is wet.")
    other.presses("Save and go on")
    other.desk.expect_error("status of 409")
    other.sees("What Amina Hassan saved")
    other.sees("The roof leaks.")
    other.has_written("Text from both", "The floor is wet.")
    other.chooses("Which shall stand?", "Save what you wrote in its place")
    other.presses("Save what you chose")
    amina.goes_to(f"/a/{ref}/section/proposal")
    amina.has_written(question, "The floor is wet.")


def test_fifty_thousand_characters_are_refused_with_a_word_and_kept_on_the_page(town: Town) -> None:
    with town.inside():
        ref = factories.screened(town.cast, clock.now())
    amina = town.enter("amina")
    amina.signs_in()
    amina.goes_to(f"/a/{ref}/section/proposal")
    text = "Everything at once. " * 2_500
    question = "What is the problem, and whose problem is it?"
    amina.writes(question, text)
    amina.writes("What is settled, and what can still change?", "The site is settled.")
    amina.is_refused("Save and go on", "characters")
    assert len(amina.main.get_by_label(question).input_value()) >= len(text.strip())
    amina.has_written("What is settled, and what can still change?", "The site is settled.")


def test_a_session_that_ended_in_the_middle_of_a_form_loses_nothing_typed(town: Town) -> None:
    with town.inside():
        ref = factories.screened(town.cast, clock.now())
    amina = town.enter("amina")
    amina.signs_in()
    amina.goes_to(f"/a/{ref}/section/proposal")
    question = "What is the problem, and whose problem is it?"
    amina.writes(question, "An hour of work.")
    with town.inside(), transaction() as session:
        session.execute(delete(LoginSession))
    amina.presses("Save and go on")
    amina.desk.expect_error("status of 401")
    amina.sees("What you typed")
    expect(amina.main.locator("textarea").first).to_have_value("An hour of work.")
    amina.follows("Sign in")
    amina.signs_in()
    amina.goes_to(f"/a/{ref}/section/proposal")
    amina.has_written(question, "")


def test_a_word_without_an_end_makes_no_page_wider_than_a_telephone(town: Town) -> None:
    with town.inside():
        long = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3
        row = factories.decided(town.cast, clock.now() - timedelta(days=1), title=long, summary=long * 2)[1]
        read().rollback()
    amina = town.enter("amina", narrow=True)
    amina.signs_in()
    for path in ("/", f"/records/{row.ref}", "/records", "/assessments", f"/a/{row.ref[:-3]}/publication"):
        amina.goes_to(path)
        amina.sees("Llanfair")


def test_a_program_that_is_called_pdf_is_refused(town: Town, tmp_path: Path) -> None:
    with town.inside():
        ref, _ = factories.decided(town.cast, clock.now(), worse=True)
        mitigations.claim(f"{ref}-M1", Claim.DONE, note_text="It runs.", by=town.cast.helen, now=clock.now())
    program = tmp_path / "log.pdf"
    program.write_bytes(b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(500))
    dev = town.enter("dev")
    dev.signs_in()
    dev.goes_to(f"/mitigations/{ref}-M1/verdict")
    dev.chooses("What did you find?", "Working")
    dev.writes("What did you look at", "The log of the driver.")
    dev.hands_over("A file that shows it", program)
    dev.is_refused("Keep this verdict", "file")
    dev.has_written("What did you look at", "The log of the driver.")
    with town.inside():
        assert read().scalar(select(func.count()).select_from(AuditItem)) == 0
