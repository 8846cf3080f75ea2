"""The pages of parts decided apart, of conditions, of what is awaited, and of a meeting that moved."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from ehiia.domain.frozen import Component
from ehiia.domain.vocabulary import Outcome
from ehiia.services import checks, components, papers, submission
from ehiia.services.transaction import read
from tests import factories
from tests.factories import HOUR, current
from tests.people import PASSWORD, Cast
from tests.web.conftest import Browsers, Clock, soup, words
from tests.web.filling import fields, fill, main_form

PARTS = (Component("The surgery moves", "To Mill Lane."), Component("The pharmacy closes"))


@pytest.fixture
def ready(app: Flask, cast: Cast, now: datetime) -> str:
    """An assessment of two parts is ready for Carol, who has read it."""
    with app.app_context():
        ref = factories.answered(cast, now - timedelta(days=1))
        revision = current(ref).revision
        read().rollback()
        at = now - timedelta(hours=20)
        components.set_components(ref, PARTS, revision=revision, by=cast.amina, now=at)
        submission.submit(ref, declared=True, by=cast.amina, now=at)
        submission.agree(ref, by=cast.daniel, now=at)
        factories.satisfy(ref, cast.ben, at)
        checks.pass_check(ref, reservations="", by=cast.ben, now=at + HOUR)
        papers.say_read(ref, sha256=factories.version(ref).sha256, by=cast.carol, now=at + HOUR)
    return ref


def test_amina_lists_parts_and_others_read_them(app: Flask, cast: Cast, now: datetime, as_: Browsers) -> None:
    with app.app_context():
        ref = factories.screened(cast, now)
    amina, path = as_("amina"), f"/a/{ref}/parts"
    page = soup(amina.get(path))
    assert "Part 2" in page.get_text()
    sent = fields(main_form(page)) | {"part-1-name": "The surgery moves", "do": "add"}
    added = amina.post(path, data=sent)
    assert added.status_code == 200
    assert "Part 3" in words(added)
    assert "The surgery moves" in added.get_data(as_text=True)
    assert "decided as a whole" in words(as_("ben").get(path)), "adding a row saves nothing"
    twice = amina.post(path, data=sent | {"do": "save", "part-2-name": "the surgery moves"})
    assert twice.status_code == 400
    assert "Another part has this name already" in words(twice)
    assert (
        fill(amina, path, {"part-1-name": "The surgery moves", "part-1-what": "To Mill Lane."}).status_code
        == 303
    )
    seen = words(as_("ben").get(path))
    assert "1. The surgery moves" in seen
    assert "To Mill Lane." in seen


def test_carol_decides_part_by_part(ready: str, as_: Browsers) -> None:
    carol, path = as_("carol"), f"/a/{ready}/decide"
    page = soup(carol.get(path))
    assert [one.get_text() for one in page.select("legend.nhsuk-fieldset__legend--m")][:2] == [
        "1. The surgery moves",
        "2. The pharmacy closes",
    ]
    assert not page.select("input[name=outcome]")
    given = {
        "reasons": "Each part was weighed.",
        "advice_followed": "yes",
        "password": PASSWORD,
        "part-1-outcome": "with_conditions",
        "part-1-reason": "The bus matters.",
        "part-2-reason": "Nobody is left without one.",
    }
    refused = fill(carol, path, given)
    assert refused.status_code == 400
    told = words(refused)
    assert "Choose what is decided of “The pharmacy closes”" in told
    assert "Enter the conditions: what must be done" in told
    assert "The bus matters." in told, "nothing typed is lost"
    given |= {
        "part-2-outcome": "deferred",
        "term-1-what": "The minibus runs.",
        "term-1-outside_owner": "Jo Bell, Harbour Minibuses",
        "term-1-due_on-day": "1",
        "term-1-due_on-month": "6",
        "term-1-due_on-year": "2027",
        "awaited": "What the pharmacists say.",
        "awaited_until-day": "30",
        "awaited_until-month": "6",
        "awaited_until-year": "2027",
    }
    assert fill(carol, path, given).status_code == 303
    record = soup(carol.get(f"/records/{ready}-D1")).get_text(" ", strip=True)
    assert "Approved in part" in record
    assert "The minibus runs. Jo Bell, Harbour Minibuses, by Tuesday 1 June 2027" in record
    assert "What the pharmacists say." in record
    overview = words(carol.get(f"/a/{ready}"))
    assert "Deferred: something is awaited" in overview
    assert "The pharmacy closes: deferred on" in overview


def test_another_condition_is_a_row_more_and_nothing_is_decided(ready: str, as_: Browsers) -> None:
    carol, path = as_("carol"), f"/a/{ready}/decide"
    more = fill(
        carol, path, {"do": "add-condition", "term-1-what": "The minibus runs.", "reasons": "Because."}
    )
    assert more.status_code == 200
    page = soup(more)
    assert "Condition 2" in page.get_text()
    assert "There is a problem" not in page.get_text()
    assert page.select_one("textarea[name=term-1-what]").get_text().strip() == "The minibus runs."  # type: ignore[union-attr]
    assert page.select_one("textarea[name=reasons]").get_text().strip() == "Because."  # type: ignore[union-attr]


def test_a_meeting_whose_day_has_passed_is_moved_with_a_reason_only(
    app: Flask, cast: Cast, now: datetime, standing_clock: Clock, as_: Browsers
) -> None:
    with app.app_context():
        ref = factories.screened(cast, now, route=factories.to_the_board(cast, date(2026, 3, 3)))
    amina, path = as_("amina"), f"/a/{ref}/route"
    assert "has passed" not in words(amina.get(path))
    standing_clock.pass_on(days=3)
    amina = as_("amina")
    assert "Tuesday 3 March 2026, has passed" in words(amina.get(path))
    other_day = {"step-1-meeting_on-day": "24", "do": "save"}
    refused = fill(amina, path, other_day)
    assert refused.status_code == 400
    assert "Enter why the meeting was moved after its day had passed" in words(refused)
    past = fill(amina, path, other_day | {"step-1-meeting_on-day": "4", "moved_reason": "It was on the 4th."})
    assert past.status_code == 400
    assert "cannot be moved to a later day that has passed" in words(past)
    assert fill(amina, path, other_day | {"moved_reason": "Too few members came."}).status_code == 303
    history = words(amina.get(f"/a/{ref}/history"))
    assert "moved the deciding meeting from Tuesday 3 March 2026, which had passed" in history
    assert "Too few members came." in history


def test_what_was_deferred_is_shown_with_what_is_awaited(
    app: Flask, cast: Cast, now: datetime, as_: Browsers
) -> None:
    with app.app_context():
        ref, record = factories.decided(cast, now, Outcome.DEFERRED)
    page = words(as_("amina").get(f"/a/{ref}"))
    assert f"The decision was deferred on 2 March 2026 ( {record.ref} )" in page
    assert "The survey of patients." in page
    assert "stands until this version is decided" not in page
