"""The equality lead's check: what forbids passing, and a clock that stands still while it is sent back."""

from __future__ import annotations

from datetime import date

import pytest

from ehiia.content.criteria import criteria
from ehiia.domain.checking import Criterion, Mark, Score, clock, objections
from ehiia.domain.meeting_dates import late

CRITICAL = Criterion("harm", "Harm", "Said plainly.", critical=True)
OTHER = Criterion("plain", "Plain", "Readable.")
BOTH = (CRITICAL, OTHER)
MONDAY = date(2027, 1, 11)


def rules(*marks: Mark) -> set[str]:
    return {one.rule for one in objections(BOTH, marks)}


GOOD = (Mark("harm", Score.GOOD), Mark("plain", Score.STRONG))


@pytest.mark.rule("CHK-02", fires=False)
@pytest.mark.rule("CHK-03", fires=False)
@pytest.mark.rule("CHK-04", fires=False)
def test_good_scores_forbid_nothing() -> None:
    assert rules(*GOOD) == set()
    assert rules(GOOD[0], Mark("plain", Score.WEAK, "Too many acronyms.")) == set()
    assert rules(GOOD[0], Mark("plain", None)) == set()


@pytest.mark.rule("CHK-02", fires=True)
def test_what_is_not_scored_forbids_passing() -> None:
    assert rules(GOOD[0]) == {"CHK-02"}
    assert rules(Mark("harm", None), GOOD[1]) == {"CHK-02"}


@pytest.mark.rule("CHK-03", fires=True)
@pytest.mark.parametrize("score", [Score.MISSING, Score.WEAK])
def test_a_critical_criterion_that_is_not_met_sends_it_back(score: Score) -> None:
    assert rules(Mark("harm", score, "Nobody is said to lose."), GOOD[1]) == {"CHK-03"}


@pytest.mark.rule("CHK-04", fires=True)
def test_a_low_score_says_why() -> None:
    assert rules(GOOD[0], Mark("plain", Score.WEAK, " ")) == {"CHK-04"}


@pytest.mark.rule("CHK-01", fires=True)
def test_a_check_after_the_meeting_is_late() -> None:
    assert late(MONDAY, (), date(2027, 1, 10))


@pytest.mark.rule("CHK-01", fires=False)
@pytest.mark.parametrize("meeting", [None, MONDAY, date(2027, 2, 1)])
def test_a_check_by_the_day_of_the_meeting_is_not(meeting: date | None) -> None:
    assert not late(MONDAY, (), meeting)


def test_the_criteria_name_what_every_checklist_has() -> None:
    critical = {one.id for one in criteria() if one.critical}
    assert critical == {"purpose", "every_group", "negatives", "engagement", "actions", "conclusion"}
    assert len(criteria()) == 19


# -- the clock -----------------------------------------------------------------------------------


def at(today: date, *periods: tuple[date, date | None]) -> tuple[int, date, int]:
    found = clock(periods, turnaround=10, today=today, holidays={date(2027, 1, 18)})
    assert found is not None
    return found.day, found.due_on, found.left


def test_the_clock_counts_working_days_after_the_day_it_came_in() -> None:
    assert at(MONDAY, (MONDAY, None)) == (0, date(2027, 1, 26), 10)  # a bank holiday on the way
    assert at(date(2027, 1, 15), (MONDAY, None)) == (4, date(2027, 1, 26), 6)
    assert at(date(2027, 1, 28), (MONDAY, None)) == (12, date(2027, 1, 26), -2)


def test_it_stands_still_while_the_author_has_it() -> None:
    returned = (MONDAY, date(2027, 1, 14))  # three days
    standing = clock([returned], turnaround=10, today=date(2027, 3, 1), holidays=())
    assert standing is not None
    assert (standing.day, standing.running) == (3, False)
    back = (date(2027, 2, 1), None)
    assert at(date(2027, 2, 1), returned, back) == (3, date(2027, 2, 10), 7)


def test_however_late_it_comes_back_a_day_is_left() -> None:
    long = (MONDAY, date(2027, 2, 26))
    _, due_on, left = at(date(2027, 3, 1), long, (date(2027, 3, 1), None))
    assert due_on == date(2027, 3, 2)
    assert left < 0


def test_there_is_no_clock_before_it_came_in() -> None:
    assert clock([], turnaround=10, today=MONDAY, holidays=()) is None
