"""Whoever prepares the papers of a meeting is reminded once, two working days before they go out."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from ehiia.services import paper_packs, restriction
from ehiia.services.transaction import transaction
from ehiia.store.organisations import Body
from tests import factories
from tests.people import Cast, gather
from tests.services.test_dated import DAY, live, told

ON = date(2026, 4, 20)
"""The board meets on this Monday; its papers go out on 13 April."""
FIRST = date(2026, 4, 9)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    """Return an assessment that is still being written, for the meeting of the board."""
    return factories.screened(cast, now, route=factories.to_the_board(cast))


def prepare(cast: Cast, on: date) -> None:
    at = datetime(on.year, on.month, on.day, 7, tzinfo=UTC)
    assert paper_packs.prepare(cast.organisation_id, cast.board_id, ON, by=cast.grace, now=at)


def test_the_secretary_is_reminded_once_of_papers_that_are_not_put_together(cast: Cast, ref: str) -> None:
    live(ON - 30 * DAY, FIRST - DAY)
    assert told("papers_due") == []
    live(FIRST, ON + 5 * DAY)
    assert told("papers_due") == [("Grace", "papers_due")]


def test_nobody_is_reminded_while_a_pack_holds_the_papers_as_they_are(
    cast: Cast, ref: str, now: datetime
) -> None:
    prepare(cast, FIRST - DAY)
    live(FIRST, FIRST + DAY)
    assert told("papers_due") == []
    factories.complete_assessment(cast, ref, now)
    live(ON - 3 * DAY, ON)
    assert told("papers_due") == [("Grace", "papers_due")]


def test_without_a_secretary_the_chair_is_reminded_and_then_the_equality_leads(cast: Cast, ref: str) -> None:
    with transaction() as session:
        session.get_one(Body, cast.board_id).secretary_id = None
    live(FIRST, FIRST)
    assert told("papers_due") == [("Carol", "papers_due")]
    with transaction() as session:
        session.get_one(Body, cast.board_id).chair_id = None
    live(FIRST + DAY, FIRST + DAY)
    assert told("papers_due") == [(name, "papers_due") for name in ("Carol", "Ben", "Ivan")]


def test_of_restricted_papers_nobody_is_reminded(cast: Cast, ref: str, now: datetime) -> None:
    restriction.restrict(ref, reason="A contract.", until_on=ON + 30 * DAY, by=cast.amina, now=now)
    live(FIRST, ON)
    assert told("papers_due") == []
