"""A review moves with go-live, unless its day was chosen; and it is counted how often it slipped."""

from __future__ import annotations

from datetime import date

import pytest

from ehiia.domain.review_dates import DateMove, go_live_moved, slipped
from ehiia.domain.vocabulary import ReviewTrigger

BEFORE, AFTER, DUE = date(2026, 9, 1), date(2026, 11, 2), date(2027, 9, 1)


def rule(trigger: ReviewTrigger) -> str:
    return go_live_moved(BEFORE, AFTER, started=False, trigger=trigger, due_on=DUE).rule


@pytest.mark.rule("REV-13", fires=True)
@pytest.mark.rule("REV-14", fires=False)
def test_a_planned_review_moves_with_go_live() -> None:
    assert rule(ReviewTrigger.PLANNED) == "REV-13"


@pytest.mark.rule("REV-14", fires=True)
@pytest.mark.rule("REV-13", fires=False)
@pytest.mark.parametrize("trigger", [ReviewTrigger.MOVED, ReviewTrigger.NOT_WORKING])
def test_a_review_whose_day_was_chosen_stays(trigger: ReviewTrigger) -> None:
    assert rule(trigger) == "REV-14"


def test_what_is_said_of_go_live_stands_in_the_reason() -> None:
    def words(before: date | None, *, started: bool) -> str:
        return go_live_moved(
            before, AFTER, started=started, trigger=ReviewTrigger.PLANNED, due_on=DUE
        ).text.partition(", so")[0]

    assert words(BEFORE, started=False) == (
        "Go-live moved from Tuesday 1 September 2026 to Monday 2 November 2026"
    )
    assert words(BEFORE, started=True) == (
        "It went live on Monday 2 November 2026; Tuesday 1 September 2026 was expected"
    )
    assert words(AFTER, started=True) == "It went live on Monday 2 November 2026"
    assert words(None, started=False) == "Go-live is expected on Monday 2 November 2026"


def test_only_what_people_put_off_counts_as_slipped() -> None:
    moves = [
        (DateMove.POSTPONED.value, BEFORE, AFTER),
        (DateMove.GO_LIVE.value, BEFORE, AFTER),
        (DateMove.SOONER.value, AFTER, BEFORE),
        ("", BEFORE, AFTER),
        ("", AFTER, BEFORE),
    ]
    assert slipped(moves) == 2
