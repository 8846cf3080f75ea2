"""Farah says that Helen has left; Ben sees that nobody answers, and hands over what was hers."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from ehiia.services import administration, restriction
from tests import writing
from tests.people import Cast, send
from tests.web.conftest import Browsers, Clock, counted, soup, words
from tests.web.filling import fill

TITLE = "Telephone first"


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        made = writing.writing(cast, now)
        writing.promised(made, cast, now)
        return made


@pytest.fixture
def gone(app: Flask, ref: str, cast: Cast, standing_clock: Clock) -> str:
    """Helen left yesterday; return the address of what she left behind."""
    with app.app_context():
        administration.leave(cast.organisation_id, cast.helen, by=cast.farah, now=standing_clock.now)
    standing_clock.pass_on(days=1)
    return f"/organisation/left/{cast.helen}"


def field(page: str) -> str:
    return next(name for name in page.split('"') if name.startswith("action-"))


def test_farah_sees_what_helen_would_leave_and_is_led_to_hand_it_over(
    ref: str, cast: Cast, as_: Browsers
) -> None:
    farah = as_("farah")
    page = f"/organisation/people/{cast.helen}/left"
    assert f"Owner of a mitigating action: {ref}-M1" in words(farah.get(page))
    answer = fill(farah, page, {})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/organisation/left/{cast.helen}"
    assert "What Helen Marsh left behind" in words(farah.get(answer.headers["Location"]))


def test_ben_sees_on_his_first_page_that_nobody_answers_and_hands_it_over(
    ref: str, gone: str, cast: Cast, as_: Browsers
) -> None:
    ben = as_("ben")
    assert "Nobody answers for this (1) Hand over what Helen Marsh left behind" in words(ben.get("/"))
    assert "Helen Marsh" in words(ben.get("/organisation/left"))
    name = field(ben.get(gone).get_data(as_text=True))
    assert fill(ben, gone, {name: str(cast.grace)}).status_code == 303
    assert "Nothing is in their name any more" in words(ben.get(gone))
    assert "Nobody answers for this" not in words(ben.get("/"))
    assert "Offer a text relay line" in words(as_("grace").get("/"))
    assert f"{ref}-M1" in words(as_("ben").get(f"/a/{ref}/history"))


def test_one_choice_takes_everything_that_is_not_chosen(gone: str, cast: Cast, as_: Browsers) -> None:
    ben = as_("ben")
    assert fill(ben, gone, {"everything": str(cast.grace)}).status_code == 303
    assert "1 duty was handed over" in words(ben.get(gone))


def test_what_cannot_be_is_said_at_its_field_and_the_choices_stay(
    gone: str, cast: Cast, as_: Browsers
) -> None:
    ben = as_("ben")
    answer = fill(ben, gone, {})
    assert answer.status_code == 400
    assert "Choose who takes over at least one of these" in words(answer)
    name = field(ben.get(gone).get_data(as_text=True))
    answer = fill(ben, gone, {name: "9999", "everything": str(cast.grace)})
    assert answer.status_code == 400
    assert soup(answer).select_one(f'a[href="#{name}"]') is not None
    chosen = soup(answer).select_one("#everything option[selected]")
    assert chosen is not None
    assert chosen["value"] == str(cast.grace)


def test_nobody_else_comes_near(gone: str, cast: Cast, as_: Browsers) -> None:
    for who in ("amina", "dev", "carol"):
        browser = as_(who)
        assert browser.get(gone).status_code == 403
        assert browser.get("/organisation/left").status_code == 403
        assert send(browser, "/", {"everything": str(cast.grace)}, to=gone).status_code == 403
        assert "Nobody answers for this" not in words(browser.get("/"))
    assert as_("esther").get(gone).status_code == 404
    assert as_("ben").get("/organisation/left/9999").status_code == 404
    assert "Nobody answers" not in words(as_("esther").get("/"))


def test_whoever_is_still_here_keeps_their_duties(ref: str, cast: Cast, as_: Browsers) -> None:
    ben = as_("ben")
    page = f"/organisation/left/{cast.helen}"
    assert "has not left, so this stays theirs" in words(ben.get(page))
    answer = send(ben, "/", {"everything": str(cast.grace)}, to=page)
    assert answer.status_code == 409


def test_of_a_restricted_one_farah_learns_how_much_and_no_word(
    app: Flask, ref: str, gone: str, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    with app.app_context():
        restriction.restrict(
            ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=standing_clock.now
        )
    for who in ("farah", "ben"):
        page = words(as_(who).get(gone))
        assert "1 more matter of restricted assessments" in page
        assert ref not in page
        assert TITLE not in page
        assert "text relay" not in page


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_more_that_was_left_asks_no_more_queries(
    app: Flask, ref: str, gone: str, cast: Cast, as_: Browsers, now: datetime
) -> None:
    ben = as_("ben")
    with counted(app) as few:
        ben.get("/organisation/left")
    with app.app_context():
        for number in range(5):
            writing.promised(ref, cast, now, what=f"Action {number}", owner_id=cast.ivan)
        administration.leave(cast.organisation_id, cast.ivan, by=cast.farah, now=now)
    with counted(app) as more:
        assert "Ivan Petrov" in words(ben.get("/organisation/left"))
    assert len(more) == len(few)
