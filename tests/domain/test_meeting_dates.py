"""The day of the deciding meeting: once it has passed it cannot be put back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehiia.domain.meeting_dates import CannotBeMoved, DateMoved, late, moved, rests_on

TODAY = date(2026, 3, 20)
DAY = timedelta(days=1)
DAYS = st.integers(-20, 20).map(lambda days: TODAY + days * DAY)


@pytest.mark.parametrize("after", [None, TODAY, TODAY + DAY, TODAY - 30 * DAY])
def test_a_day_that_has_passed_is_kept_when_it_is_moved(after: date | None) -> None:
    assert moved(TODAY - 10 * DAY, after, today=TODAY) == DateMoved(TODAY - 10 * DAY, after)


def test_a_day_that_has_passed_is_not_moved_to_a_later_one_that_has_passed() -> None:
    with pytest.raises(CannotBeMoved):
        moved(TODAY - 10 * DAY, TODAY - DAY, today=TODAY)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, TODAY - DAY),  # entered for the first time, as for what was decided already
        (TODAY, TODAY + DAY),  # it is today: the day has not passed
        (TODAY + DAY, TODAY - DAY),  # brought forward, which cannot make a check less late
        (TODAY - DAY, TODAY - DAY),
    ],
)
def test_anything_else_needs_no_reason(before: date | None, after: date | None) -> None:
    assert moved(before, after, today=TODAY) is None


def test_lateness_rests_on_the_first_day() -> None:
    assert rests_on([TODAY - DAY, TODAY - 3 * DAY], TODAY + DAY) == TODAY - 3 * DAY
    assert rests_on([], TODAY) == TODAY
    assert rests_on([], None) is None
    assert late(TODAY, [TODAY - DAY], TODAY + DAY)
    assert not late(TODAY, [], TODAY)
    assert not late(TODAY, [], None)


@given(st.lists(st.one_of(st.none(), DAYS), max_size=8), st.lists(st.integers(0, 5), max_size=8))
def test_whatever_is_moved_a_check_after_a_day_that_had_passed_is_late(
    moves: list[date | None], waits: list[int]
) -> None:
    """Days are changed while time goes by; whoever moves them cannot undo that a day had passed."""
    today, current, kept = TODAY - 20 * DAY, None, []
    passed_days: list[date] = []
    for wait, wanted in zip(waits, moves, strict=False):
        today += wait * DAY
        if current is not None and current < today:
            passed_days.append(current)
        try:
            change = moved(current, wanted, today=today)
        except CannotBeMoved:
            continue
        if change is not None:
            kept.append(change.from_on)
        current = wanted
    today += DAY
    if passed_days:
        assert late(today, kept, current)
