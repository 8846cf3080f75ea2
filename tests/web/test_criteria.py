"""Scoring on the page, the clock, what changed, and threads: as Ben and Amina meet them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask

from ehiia.content.criteria import criteria
from ehiia.services import answering, checks, submission, threads
from ehiia.services.answering import Given
from tests import factories
from tests.factories import current
from tests.people import Cast
from tests.web.conftest import Browsers, Clock, soup, words
from tests.web.filling import chosen, fill

ALL = {f"score_{one.id}": "2" for one in criteria()}


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return factories.agreed(cast, now)


def test_ben_scores_with_gaps_and_comes_back(ref: str, as_: Browsers) -> None:
    ben = as_("ben")
    path = f"/a/{ref}/check/criteria"
    assert fill(ben, path, {"score_plain": "1", "comment_plain": "Too many acronyms."}).status_code == 303
    page = soup(ben.get(path))
    assert chosen(page, "score_plain") == ["1"]
    assert chosen(page, "comment_plain") == ["Too many acronyms."]
    assert "1 of 19 given" in words(ben.get(f"/a/{ref}/check"))


def test_a_comment_that_is_too_long_is_refused_and_kept(ref: str, as_: Browsers) -> None:
    long = "x" * 4001
    answer = fill(as_("ben"), f"/a/{ref}/check/criteria", {"score_plain": "2", "comment_plain": long})
    assert answer.status_code == 400
    assert long in answer.get_data(as_text=True)


def test_the_check_page_leads_from_sections_to_scores_to_passing(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    ben = as_("ben")
    with app.app_context():
        for page in checks.pages_to_check(current(ref)):
            checks.find_section(ref, key=page.key, satisfied=True, note_text="", by=cast.ben, now=now)
    assert "Score the assessment" in words(ben.get(f"/a/{ref}/check"))
    assert "not scored yet" in words(fill(ben, f"/a/{ref}/check/pass", {"reservations": ""}))
    fill(ben, f"/a/{ref}/check/criteria", ALL | {"score_actions": "1", "comment_actions": "Who drives?"})
    text = words(ben.get(f"/a/{ref}/check"))
    assert "this is critical" in text
    assert "Send it back" in text
    fill(ben, f"/a/{ref}/check/criteria", ALL)
    assert "Pass this version" in words(ben.get(f"/a/{ref}/check"))


def test_the_queue_and_the_check_tell_the_day_of_the_clock(
    ref: str, as_: Browsers, standing_clock: Clock
) -> None:
    standing_clock.pass_on(days=4)
    ben = as_("ben")
    assert "Day 4 of 10, due Monday 16 March 2026" in words(ben.get("/checks"))
    text = words(ben.get(f"/a/{ref}/check"))
    assert "Day 4 of 10" in text
    assert "Monday 16 March 2026" in text


def test_the_first_page_tells_the_same_day_after_it_came_back(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime, standing_clock: Clock
) -> None:
    with app.app_context():
        back = now + timedelta(days=4)
        checks.send_back(ref, message="Say more.", by=cast.ben, now=back)
        submission.submit(ref, declared=True, by=cast.amina, now=back + timedelta(days=3))
        submission.agree(ref, by=cast.daniel, now=back + timedelta(days=3))
    standing_clock.pass_on(days=8)
    ben = as_("ben")
    due = re.search(r"Day \d+ of 10, due (\w+ \d+ \w+ \d+)", words(ben.get("/checks")))
    assert due
    assert f"Due {due[1]}" in words(ben.get("/")), "time with the author does not count, on both pages"


def test_what_changed_since_it_was_sent_back_is_shown(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    later = now + timedelta(days=1)
    with app.app_context():
        checks.send_back(ref, message="Who loses?", by=cast.ben, now=later)
        answering.save_page(
            ref, answers={"problem": Given("Nobody gets there.", 1)}, by=cast.amina, now=later
        )
        submission.submit(ref, declared=True, by=cast.amina, now=later)
        submission.agree(ref, by=cast.daniel, now=later)
    ben = as_("ben")
    text = words(ben.get(f"/a/{ref}/check"))
    assert "Changed since it was sent on the last time (1)" in text
    page = soup(ben.get(f"/a/{ref}/check"))
    link = page.select_one("a[href*='versions/compare']")
    assert link is not None
    assert "Nobody gets there." in words(ben.get(str(link["href"])))
    assert "Nobody gets there." in words(ben.get(f"/a/{ref}/check/proposal"))
    assert "Nothing on this page was changed." in words(ben.get(f"/a/{ref}/check/population"))


def test_a_thread_on_a_question_is_answered_and_closed(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    ben = as_("ben")
    link = soup(ben.get(f"/a/{ref}/check/proposal")).select_one("a[href*='question=problem']")
    assert link is not None
    fill(ben, str(link["href"]).partition("#")[0], {"text": "Whose problem is it?"})
    assert "Waits for the author" in words(ben.get(f"/a/{ref}/check"))
    with app.app_context():
        checks.send_back(ref, message="See the comment.", by=cast.ben, now=now)
        (said,) = threads.comments_of(current(ref).id)
        assert said.question == "problem"
    amina = as_("amina")
    page = soup(amina.get(f"/a/{ref}/comments"))
    assert page.select_one(f'a[href="/a/{ref}/section/proposal#question-problem"]')
    assert not [button for button in page.select("button") if "Close it" in button.get_text()]
    token = page.select_one("input[name=csrf_token]")["value"]  # type: ignore[index]
    amina.post(
        f"/a/{ref}/comments",
        data={"csrf_token": token, "act": "answer", "comment": said.id, "answer": "The crews'."},
    )
    page = soup(ben.get(f"/a/{ref}/comments"))
    assert [button for button in page.select("button") if "Close it" in button.get_text()]
    token = page.select_one("input[name=csrf_token]")["value"]  # type: ignore[index]
    answer = ben.post(
        f"/a/{ref}/comments",
        data={"csrf_token": token, "act": "close", "comment": said.id},
        follow_redirects=True,
    )
    assert "Closed (1)" in words(answer)
    assert "Closed by Ben Okoro" in words(answer)
