"""The register of reviews: whose, when, of what kind, and what waits for an answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from ehiia.domain.vocabulary import ProposalKind
from ehiia.services import people, review_dates, reviews, stopping, triggers
from ehiia.services.review_list import Due, Planned, ReviewFilter, register
from ehiia.services.transaction import read, transaction
from ehiia.store.decisions import Review
from tests import factories
from tests.factories import current
from tests.people import Cast, gather

DAY = timedelta(days=1)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def two(cast: Cast, now: datetime) -> tuple[str, str]:
    """A change to a service, and a closure; reviews on 1 September 2028 and 2027."""
    first, _ = factories.decided(cast, now)
    second, _ = factories.decided(cast, now, kind=ProposalKind.CLOSURE)
    read().rollback()
    return first, second


def shown(cast: Cast, by: int, today: date = date(2026, 3, 2), **wanted: object) -> tuple[Planned, ...]:
    actor = people.actor_of(by, today=today)
    rows, _ = register(actor, cast.organisation_id, ReviewFilter(**wanted), today=today)  # type: ignore[arg-type]
    read().rollback()
    return rows


def test_by_kind_and_by_whose_it_is(cast: Cast, two: tuple[str, str]) -> None:
    first, second = two
    assert [one.ref for one in shown(cast, cast.dev)] == [second, first]
    assert [one.ref for one in shown(cast, cast.dev, kind=ProposalKind.CLOSURE)] == [second]
    assert len(shown(cast, cast.amina, mine=True)) == len(shown(cast, cast.daniel, mine=True)) == 2
    assert shown(cast, cast.dev, mine=True) == ()
    assert shown(cast, cast.esther) == ()


@pytest.mark.parametrize(
    ("days", "bands"),
    [
        (-1, {Due.OVERDUE, Due.LATE_14}),
        (-14, {Due.OVERDUE, Due.LATE_14}),
        (-15, {Due.OVERDUE, Due.LATE_28}),
        (-28, {Due.OVERDUE, Due.LATE_28}),
        (-29, {Due.OVERDUE, Due.LATER}),
        (0, {Due.MONTH}),
        (30, {Due.MONTH}),
        (31, set()),
    ],
)
def test_by_how_late_it_is(cast: Cast, now: datetime, days: int, bands: set[Due]) -> None:
    factories.decided(cast, now)
    read().rollback()
    today = now.date()
    with transaction() as session:
        session.execute(update(Review).values(due_on=today + days * DAY))
    assert {band for band in Due if shown(cast, cast.amina, today, due=band)} == bands


def test_how_often_it_slipped_and_what_waits_for_an_answer(
    cast: Cast, two: tuple[str, str], now: datetime
) -> None:
    first, second = two
    assert shown(cast, cast.ben, asked=True) == ()
    for n in range(2):
        row = reviews.open_review(read(), current(first))
        assert row is not None
        revision, review_id = row.revision, row.id
        read().rollback()
        later = date(2029, 1, 2) + n * DAY
        review_dates.ask(first, to_on=later, reason="Late.", revision=revision, by=cast.amina, now=now)
        if n == 0:
            (wish,) = review_dates.requests_of(review_id)
            review_dates.answer(first, wish.id, approve=True, words="", by=cast.ben, now=now)
    triggers.raise_one(second, trigger="law", reason="A new act.", by=cast.dev, now=now)
    rows = {one.ref: one for one in shown(cast, cast.ben, asked=True)}
    assert (rows[first].postponed, rows[first].asked, rows[first].raised) == (1, True, False)
    assert (rows[second].postponed, rows[second].asked, rows[second].raised) == (0, False, True)


def test_what_rests_is_not_listed(cast: Cast, two: tuple[str, str], now: datetime) -> None:
    stopping.stop(two[0], "pause", reason="It rests.", by=cast.amina, now=now)
    assert [one.ref for one in shown(cast, cast.amina)] == [two[1]]
