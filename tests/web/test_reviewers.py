"""Public reviewers in a browser: Amina invites, somebody outside reads and comments without an account."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ehiia.domain.vocabulary import Stage
from ehiia.services import restriction
from ehiia.services.transaction import read, transaction
from ehiia.services.tries import TRIES
from ehiia.store.assessments import Assessment
from ehiia.store.duties import MailRow
from ehiia.store.engagement import ReviewerLink
from tests import writing
from tests.people import Cast, send
from tests.web.conftest import Browsers, Clock, soup, words
from tests.web.filling import chosen, fill

SUMMARY = {
    "proposal": "The clinic moves to Quay Street.",
    "affected": "Many.",
    "asked": "How would you come?",
}
INVITATION = {"name": "Healthwatch", "email": "hw@example.org", "days": "14"}


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        made = writing.writing(cast, now)
        writing.affected(made, cast, now, access=writing.WORSE)
        return made


def put_in_stage(app: Flask, ref: str, stage: Stage) -> None:
    with app.app_context(), transaction() as session:
        session.query(Assessment).filter_by(ref=ref).one().stage = stage


@pytest.fixture
def link(app: Flask, ref: str, as_: Browsers) -> str:
    """Return the address in the mail that Amina had sent."""
    amina = as_("amina")
    assert fill(amina, f"/a/{ref}/reviewers/summary", SUMMARY).status_code == 303
    assert fill(amina, f"/a/{ref}/reviewers/invite", INVITATION).status_code == 303
    with app.app_context():
        body = read().query(MailRow).filter_by(recipient="hw@example.org").one().body
        read().rollback()
    found = re.search(r"https?://[^/]+(/invited/[\w-]+)", body)
    assert found is not None
    return found[1]


@pytest.fixture
def outside(app: Flask, link: str) -> FlaskClient:
    """Return the browser of somebody outside who has pressed the button of the first page."""
    client = app.test_client()
    assert send(client, link, {}).status_code == 303
    return client


def test_amina_sees_the_summary_as_they_will_before_she_invites(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    assert "No summary yet" in words(amina.get(f"/a/{ref}/reviewers"))
    assert "Invite somebody" not in words(amina.get(f"/a/{ref}/reviewers"))
    fill(amina, f"/a/{ref}/reviewers/summary", SUMMARY)
    page = words(amina.get(f"/a/{ref}/reviewers/preview"))
    assert "The clinic moves to Quay Street." in page
    assert "Disability Access: worse, clearly" in page
    assert "Deaf people cannot use" not in page


def test_looking_at_a_link_uses_nothing_and_names_nothing(app: Flask, ref: str, link: str) -> None:
    client = app.test_client()
    answer = client.get(link)
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    page = words(answer)
    assert "You need no account" in page
    assert "Quay Street" not in page
    assert ref not in page
    assert client.get(f"{link}/summary").status_code == 303
    with app.app_context():
        assert read().query(ReviewerLink).one().opened == 0


def test_somebody_outside_reads_comments_and_finds_the_answer(
    ref: str, link: str, outside: FlaskClient, as_: Browsers
) -> None:
    page = words(outside.get(f"{link}/summary"))
    assert "The clinic moves to Quay Street." in page
    assert "Disability Access: worse, clearly" in page
    assert fill(outside, f"{link}/summary", {"text": "There is no bus.", "said_by": ""}).status_code == 303
    assert fill(outside, f"{link}/summary", {"text": "None at all.", "said_by": "HW"}).status_code == 303
    page = words(outside.get(f"{link}/summary"))
    assert "Comment 1, no name given (by your link)" in page
    assert "Comment 2, HW (by your link)" in page
    amina = as_("amina")
    task_list = soup(amina.get(f"/a/{ref}"))
    missing = [a for a in task_list.select("#missing a") if "public reviewer" in a.get_text()]
    assert [a["href"] for a in missing] == [f"/a/{ref}/reviewers#comment-1", f"/a/{ref}/reviewers#comment-2"]
    answered = fill(amina, f"/a/{ref}/reviewers/comments/1", {"answer": "A minibus runs now."})
    assert answered.status_code == 303
    assert "Answer 2 March 2026 A minibus runs now." in words(outside.get(f"{link}/summary"))


def test_what_was_typed_stays_when_a_comment_is_too_long(link: str, outside: FlaskClient) -> None:
    answer = fill(outside, f"{link}/summary", {"text": "x" * 4001, "said_by": "HW"})
    assert answer.status_code == 400
    assert chosen(soup(answer), "said_by") == ["HW"]
    assert chosen(soup(answer), "text") == ["x" * 4001]
    assert words(answer).startswith("Error:")


def test_what_people_outside_type_is_text_and_nothing_else(link: str, outside: FlaskClient) -> None:
    evil = "<script>alert(1)</script>"
    fill(outside, f"{link}/summary", {"text": evil, "said_by": evil})
    page = outside.get(f"{link}/summary").get_data(as_text=True)
    assert evil not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_comment_without_the_token_of_the_page_is_refused(
    app: Flask, link: str, outside: FlaskClient
) -> None:
    assert outside.post(f"{link}/summary", data={"text": "Hello"}).status_code == 400
    assert app.test_client().post(link).status_code == 400
    assert "Nobody has commented yet" in words(outside.get(f"{link}/summary"))


def test_a_wrong_link_is_not_found_and_guessing_ends(app: Flask, link: str) -> None:
    client = app.test_client()
    for guess in range(TRIES):
        assert client.get(f"/invited/guess-{guess}").status_code == 404
    assert client.get(link).status_code == 429


def test_an_expired_and_a_taken_back_link_explain_themselves(
    app: Flask, ref: str, link: str, outside: FlaskClient, as_: Browsers, standing_clock: Clock
) -> None:
    amina = as_("amina")
    address = soup(amina.get(f"/a/{ref}/reviewers")).select_one('form[action$="/take-back"]')["action"]  # type: ignore[index]
    standing_clock.pass_on(days=14)
    answer = app.test_client().get(link)
    assert answer.status_code == 410
    assert "Its last day has gone by" in words(answer)
    assert "Quay Street" not in words(answer)
    assert outside.get(f"{link}/summary").status_code == 303
    standing_clock.pass_on(days=-14)
    assert send(amina, f"/a/{ref}/reviewers", {}, to=str(address)).status_code == 303
    assert "took it back" in words(outside.get(link))
    assert outside.get(f"{link}/summary").status_code == 303


def test_restricting_it_kills_the_link_even_for_those_who_read_it_already(
    app: Flask, cast: Cast, ref: str, link: str, outside: FlaskClient, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    for path in (link, f"{link}/summary"):
        assert outside.get(path).status_code == 404
    refused = fill(as_("amina"), f"/a/{ref}/reviewers/invite", INVITATION)
    assert refused.status_code == 409
    assert "A restricted assessment has no public reviewers" in words(refused)
    assert chosen(soup(refused), "email") == ["hw@example.org"]


def test_a_link_opens_one_assessment_and_no_door_beside_it(
    app: Flask, cast: Cast, ref: str, link: str, outside: FlaskClient, now: datetime
) -> None:
    with app.app_context():
        other = writing.writing(cast, now, title="Something else altogether")
    for path in (f"/a/{ref}", f"/a/{ref}/reviewers", f"/a/{other}", f"/a/{ref}/reviewers/preview", "/"):
        answer = outside.get(path)
        assert answer.status_code == 302, path
        assert "/sign-in" in answer.location


def test_when_the_check_is_passed_nobody_outside_comments_and_ben_reads_what_they_said(
    app: Flask, ref: str, link: str, outside: FlaskClient, as_: Browsers
) -> None:
    fill(outside, f"{link}/summary", {"text": "There is no bus.", "said_by": "HW"})
    put_in_stage(app, ref, Stage.READY)
    assert "time to comment is over" in words(outside.get(link))
    page = words(as_("ben").get(f"/a/{ref}/reviewers"))
    assert "Comment 1, HW" in page
    assert "hw@example.org" in page
    assert "hw@example.org" not in words(as_("dev").get(f"/a/{ref}/reviewers"))


def test_two_who_answer_and_two_who_write_the_summary_lose_nothing(
    cast: Cast, ref: str, link: str, outside: FlaskClient, as_: Browsers
) -> None:
    amina, ben = as_("amina"), as_("ben")
    old = soup(amina.get(f"/a/{ref}/reviewers/summary"))
    assert fill(ben, f"/a/{ref}/reviewers/summary", {"asked": "What would help?"}).status_code == 303
    token: dict[str, Any] = {"csrf_token": chosen(old, "csrf_token")[0], "revision": "1"}
    answer = amina.post(f"/a/{ref}/reviewers/summary", data=SUMMARY | token | {"asked": "Mine"})
    assert answer.status_code == 409
    assert "What would help?" in words(answer)
    assert chosen(soup(answer), "asked") == ["Mine"]
    fill(outside, f"{link}/summary", {"text": "There is no bus.", "said_by": ""})
    page = f"/a/{ref}/reviewers/comments/1"
    assert as_("ben").get(page).status_code == 403
    fill(amina, page, {"answer": "One runs now."})
    answer = amina.post(page, data=token | {"answer": "Another answer"})
    assert answer.status_code == 409
    assert "One runs now." in words(answer)
