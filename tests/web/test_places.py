"""The links between the pages of an assessment, and from its questions to comments on them."""

from __future__ import annotations

from datetime import datetime

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from tests import writing
from tests.people import Cast
from tests.web.conftest import Browsers, soup
from tests.web.filling import fill


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        made = writing.writing(cast, now)
        writing.affected(made, cast, now, access=writing.WORSE)
        return made


def shown(page: BeautifulSoup) -> list[str]:
    return [link.get_text() for link in page.select("nav.eh-places > ul > li > a")]


def test_what_is_needed_daily_stands_there_and_the_rest_under_more(ref: str, as_: Browsers) -> None:
    page = soup(as_("amina").get(f"/a/{ref}"))
    assert shown(page) == ["Task list", "Impact matrix", "All answers", "Comments"]
    folded = [link.get_text() for link in page.select("nav.eh-places details a")]
    assert {"Self-check", "Engagement", "Versions", "History"} <= set(folded)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("", "Task list"),
        ("/matrix", "Impact matrix"),
        ("/history", "History"),
        ("/commitments", "Commitments"),
        ("/reviewers", "Public reviewers"),
        ("/word", "Work in Word"),
        ("/who-writes-what", "People"),
    ],
)
def test_the_page_that_is_shown_is_marked_and_never_folded_away(
    ref: str, as_: Browsers, path: str, label: str
) -> None:
    page = soup(as_("amina").get(f"/a/{ref}{path}"))
    assert [link.get_text() for link in page.select("nav.eh-places > ul > li > a[aria-current=page]")] == [
        label
    ]
    assert label not in [link.get_text() for link in page.select("nav.eh-places details a")]


@pytest.mark.parametrize(
    ("who", "path", "about", "words"),
    [
        ("amina", "section/proposal", "problem", "What is the problem"),
        ("ben", "section/proposal", "problem", "What is the problem"),
        ("amina", "group/disability", "affected", "affected differently"),
        ("amina", "group/disability", "access", "Access"),
        ("ben", "group/disability", "access", "Access"),
    ],
)
def test_one_question_or_impact_is_commented_on_from_its_own_page(
    ref: str, as_: Browsers, who: str, path: str, about: str, words: str
) -> None:
    browser = as_(who)
    links = soup(browser.get(f"/a/{ref}/{path}")).select("a[href*='/comments?']")
    href = next(str(link["href"]) for link in links if str(link["href"]).endswith(f"question={about}#say"))
    answer = fill(browser, href.partition("#")[0], {"text": "Who says so?"}, follow_redirects=True)
    said = soup(answer).select_one("section[id^=comment-]")
    assert said is not None
    assert words in said.get_text()
    assert "Who says so?" in said.get_text()


def test_whoever_may_not_comment_is_shown_no_link(ref: str, as_: Browsers) -> None:
    assert soup(as_("dev").get(f"/a/{ref}/group/disability")).select("a[href*='/comments?']") == []
