"""Every rule about dates and outcomes fires where it should, and keeps quiet where it should not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from ehiia.domain.meeting_dates import CannotBeMoved, DateMoved, late, moved
from ehiia.domain.outcomes import overall
from ehiia.domain.schedule import (
    Deadline,
    DeadlineKind,
    ReviewIntervals,
    brought_forward,
    due_notices,
    review_date,
)
from ehiia.domain.vocabulary import Band, Conclusion, Outcome, ProposalKind, Stage
from ehiia.domain.workflow import stage_after_decision
from tests.domain.test_rules_fire import fires, quiet

TODAY = date(2027, 1, 21)
DAY = timedelta(days=1)
HOLIDAYS = frozenset({date(2027, 3, 26), date(2027, 3, 29)})

# rule, what makes it fire, what does not
REVIEWS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("REV-01", {"worst_left": Band.VERY_HIGH}, {"worst_left": Band.HIGH}),
    ("REV-02", {"worst_left": Band.HIGH}, {"worst_left": Band.MEDIUM}),
    ("REV-03", {"worst_left": Band.MEDIUM}, {"worst_left": Band.LOW}),
    ("REV-04", {"worst_left": Band.LOW}, {"worst_left": Band.NONE}),
    ("REV-05", {"worst_left": Band.NONE}, {"worst_left": Band.LOW}),
    ("REV-06", {"go_live_on": TODAY}, {"go_live_on": TODAY - DAY}),
    ("REV-07", {"go_live_on": TODAY - DAY}, {"go_live_on": TODAY}),
    ("REV-08", {}, {"go_live_on": TODAY}),
    ("REV-09", {"go_live_on": date(2027, 8, 31), "worst_left": Band.HIGH}, {"worst_left": Band.HIGH}),
    ("REV-10", {"go_live_on": date(2027, 3, 31)}, {"go_live_on": date(2027, 3, 29)}),
    ("REV-12", {"kind": ProposalKind.PROJECT}, {"kind": ProposalKind.PROJECT, "worst_left": Band.HIGH}),
]


def reviewed(changes: dict[str, Any]) -> set[str]:
    given: dict[str, Any] = {"worst_left": Band.LOW, "go_live_on": None} | changes
    found = review_date(
        given["worst_left"],
        decided_on=TODAY,
        go_live_on=given["go_live_on"],
        intervals=ReviewIntervals(),
        holidays=HOLIDAYS,
        kind=given.get("kind"),
    )
    return {reason.rule for reason in found.reasons}


@pytest.mark.parametrize(("rule", "given"), [fires(rule, given) for rule, given, _ in REVIEWS])
def test_a_reason_of_a_review_date_is_given(rule: str, given: dict[str, Any]) -> None:
    assert rule in reviewed(given)


@pytest.mark.parametrize(("rule", "given"), [quiet(rule, other) for rule, _, other in REVIEWS])
def test_a_reason_of_a_review_date_is_not_given(rule: str, given: dict[str, Any]) -> None:
    assert rule not in reviewed(given)


@pytest.mark.rule("REV-11", fires=True)
def test_an_action_that_does_not_work_brings_the_review_forward() -> None:
    friday = date(2027, 2, 19)  # 30 days on is a Saturday
    assert brought_forward(date(2028, 1, 3), today=TODAY, holidays=HOLIDAYS) == friday
    assert brought_forward(None, today=TODAY, holidays=HOLIDAYS) == friday


@pytest.mark.rule("REV-11", fires=False)
def test_a_review_that_is_due_sooner_anyway_stays() -> None:
    assert brought_forward(TODAY + DAY, today=TODAY, holidays=HOLIDAYS) == TODAY + DAY


# rule, days after the date it is due on, and a day on which it keeps quiet
NOTICES = [("NOT-01", -7, 0), ("NOT-02", 1, 0), ("NOT-03", 8, 1), ("NOT-04", 14, 13), ("NOT-05", 28, 27)]


def told(days: int) -> set[str]:
    """Return the rules of the notices of a day, so many days after something was due. All days work."""
    due_on = date(2027, 2, 10)
    today = due_on + days * DAY
    found = due_notices([Deadline(DeadlineKind.MITIGATION, "M1", due_on)], today=today, holidays=())
    return {notice.rule for notice in found}


@pytest.mark.parametrize(("rule", "days"), [fires(rule, days) for rule, days, _ in NOTICES])
def test_a_notice_goes_out_on_its_day(rule: str, days: int) -> None:
    assert rule in told(days)


@pytest.mark.parametrize(("rule", "days"), [quiet(rule, other) for rule, _, other in NOTICES])
def test_a_notice_does_not_go_out_on_another_day(rule: str, days: int) -> None:
    assert rule not in told(days)


@pytest.mark.rule("DAT-01", fires=True)
def test_a_meeting_moved_after_its_day_is_kept() -> None:
    assert moved(TODAY - DAY, TODAY + DAY, today=TODAY) == DateMoved(TODAY - DAY, TODAY + DAY)


@pytest.mark.rule("DAT-01", fires=False)
def test_a_meeting_still_to_come_is_moved_without_a_reason() -> None:
    assert moved(TODAY + DAY, TODAY + 9 * DAY, today=TODAY) is None


@pytest.mark.rule("DAT-02", fires=True)
def test_a_meeting_is_not_moved_from_one_day_that_has_passed_to_a_later_one() -> None:
    with pytest.raises(CannotBeMoved):
        moved(TODAY - 9 * DAY, TODAY - DAY, today=TODAY)


@pytest.mark.rule("DAT-02", fires=False)
def test_a_meeting_is_moved_from_a_day_that_has_passed_to_today() -> None:
    assert moved(TODAY - 9 * DAY, TODAY, today=TODAY) is not None


@pytest.mark.rule("DAT-03", fires=True)
def test_a_check_is_late_by_the_first_day_wherever_the_meeting_was_moved() -> None:
    assert late(TODAY, [TODAY - DAY], TODAY + 9 * DAY)


@pytest.mark.rule("DAT-03", fires=False)
def test_a_check_in_time_for_a_meeting_that_never_moved_is_not_late() -> None:
    assert not late(TODAY, [], TODAY + 9 * DAY)


@pytest.mark.parametrize(
    ("rule", "outcome", "conclusion", "followed", "stage"),
    [
        fires("DEC-01", Outcome.NOT_APPROVED, Conclusion.CHANGE, True, Stage.CLOSED),
        fires("DEC-01", Outcome.APPROVED, Conclusion.STOP, True, Stage.CLOSED),
        quiet("DEC-01", Outcome.APPROVED, Conclusion.STOP, False, Stage.IN_FORCE),
        quiet("DEC-01", Outcome.IN_PART, None, True, Stage.IN_FORCE),
        quiet("DEC-01", Outcome.DEFERRED, Conclusion.STOP, True, Stage.WRITING),
    ],
)
def test_a_decision_leads_to_a_stage(
    rule: str, outcome: Outcome, conclusion: Conclusion | None, followed: bool, stage: Stage
) -> None:
    assert stage_after_decision(outcome, conclusion, followed) is stage


@pytest.mark.rule("DEC-02", fires=True)
def test_parts_decided_differently_come_to_something_together() -> None:
    assert overall((Outcome.APPROVED, Outcome.DEFERRED)) is Outcome.IN_PART


@pytest.mark.rule("DEC-02", fires=False)
def test_parts_decided_alike_leave_nothing_to_work_out() -> None:
    assert overall((Outcome.DEFERRED, Outcome.DEFERRED)) is Outcome.DEFERRED
