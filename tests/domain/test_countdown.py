"""The plan counted back from the meetings: it keeps to working days and moves when a meeting moves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehiia.content.holidays import bank_holidays
from ehiia.domain.countdown import Meeting, Pace, Plan, earliest_meeting, plan
from ehiia.domain.schedule import is_working_day, on_or_after, on_or_before, working_days_between
from ehiia.domain.vocabulary import RoutePart, Stage

HOLIDAYS = bank_holidays()
BOARD = date(2026, 3, 24)
"""A Tuesday."""
TODAY = date(2026, 2, 2)
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
USUAL = Pace()
paces = st.builds(
    Pace,
    papers=st.integers(1, 15),
    check=st.integers(1, 20),
    director=st.integers(1, 15),
    director_agrees=st.booleans(),
)


def made(
    *route: Meeting,
    today: date = TODAY,
    stage: Stage = Stage.WRITING,
    go_live_on: date | None = None,
    pace: Pace = USUAL,
) -> Plan:
    return plan(route, go_live_on=go_live_on, pace=pace, holidays=HOLIDAYS, today=today, stage=stage)


def board(on: date | None = BOARD, part: RoutePart = RoutePart.DECIDES) -> Meeting:
    return Meeting("the Board", part, on)


def rules(found: Plan) -> list[str]:
    return [reason.rule for reason in found.problems]


def test_submit_by_third_of_march_to_make_the_twenty_fourth() -> None:
    """Five days for papers, one between, nine for the check and no director: from 24 back to 3 March."""
    found = made(board(), pace=Pace(papers=5, check=9, director_agrees=False))
    assert found.submit_by == date(2026, 3, 3)
    assert found.headline == ("Submit by Tuesday 3 March 2026 to make Tuesday 24 March 2026 (the Board).")
    assert [one.name for one in found.milestones] == ["checking", "ready", "papers", "decision"]


def test_bank_holidays_are_no_working_days() -> None:
    """Good Friday and Easter Monday lie between the papers and a meeting on 8 April 2026."""
    found = made(board(date(2026, 4, 8)))
    assert {one.name: one.on for one in found.milestones}["papers"] == date(2026, 3, 30)


def test_the_first_body_that_endorses_sets_the_day() -> None:
    first = Meeting("the Quality Committee", RoutePart.ENDORSES, date(2026, 3, 10))
    found = made(first, board(), Meeting("the Trust", RoutePart.RATIFIES, date(2026, 4, 2)))
    assert found.meeting == first
    assert [one.name for one in found.milestones][-3:] == ["meeting-1", "decision", "meeting-3"]
    assert made(Meeting("a forum", RoutePart.CONSULTED, date(2026, 2, 20)), board()).meeting == board()


def test_without_a_date_there_is_no_plan() -> None:
    found = made(board(None))
    assert (found.submit_by, found.milestones, found.headline) == (None, (), "")


def test_what_is_late_says_so_in_working_days_until_it_is_done() -> None:
    late = made(board(), today=date(2026, 3, 16))
    assert late.days_late > 0
    assert late.headline.startswith("Late: it should have been submitted by")
    assert {one.name for one in late.milestones if one.days_late} == {"with_director", "checking"}
    done = made(board(), today=date(2026, 3, 16), stage=Stage.CHECKING)
    assert (done.days_late, done.headline) == (0, "")
    assert {one.name for one in done.milestones if one.done} == {"with_director", "checking"}


@pytest.mark.parametrize("stage", [Stage.PAUSED, Stage.WITHDRAWN, Stage.IN_FORCE, Stage.CLOSED])
def test_nothing_is_late_once_it_is_decided_or_has_ended(stage: Stage) -> None:
    found = made(board(), today=date(2026, 5, 1), stage=stage)
    assert not any(one.days_late for one in found.milestones)
    assert found.days_late == 0


@pytest.mark.rule("PLN-01", fires=True)
@pytest.mark.rule("PLN-02", fires=True)
@pytest.mark.rule("PLN-03", fires=True)
@pytest.mark.rule("PLN-04", fires=True)
def test_what_does_not_fit_is_named() -> None:
    early = Meeting("the Trust", RoutePart.RATIFIES, date(2026, 3, 1))
    assert rules(made(board(), early)) == ["PLN-01"]
    assert rules(made(board(None))) == ["PLN-02"]
    assert rules(made(board(), today=date(2026, 3, 20))) == ["PLN-03"]
    assert rules(made(board(), go_live_on=date(2026, 3, 1))) == ["PLN-04"]


@pytest.mark.rule("PLN-01", fires=False)
@pytest.mark.rule("PLN-02", fires=False)
@pytest.mark.rule("PLN-03", fires=False)
@pytest.mark.rule("PLN-04", fires=False)
def test_a_plan_that_fits_has_no_problem() -> None:
    first = Meeting("the Quality Committee", RoutePart.ENDORSES, date(2026, 3, 17))
    assert rules(made(first, board(), go_live_on=date(2026, 4, 1))) == []


@given(days, paces)
def test_every_step_before_the_meeting_is_a_working_day_in_order(on: date, pace: Pace) -> None:
    found = made(board(on), pace=pace)
    steps = [one.on for one in found.milestones]
    assert steps == sorted(steps)
    assert all(is_working_day(one.on, HOLIDAYS) for one in found.milestones if one.name != "decision")
    by = {one.name: one.on for one in found.milestones}
    assert working_days_between(by["checking"], by["ready"], HOLIDAYS) == pace.check
    assert found.submit_by == min(steps)


@given(days, st.integers(1, 60), paces)
def test_a_later_meeting_never_has_to_be_submitted_for_earlier(on: date, more: int, pace: Pace) -> None:
    sooner, later = made(board(on), pace=pace), made(board(on + timedelta(days=more)), pace=pace)
    assert sooner.submit_by is not None
    assert later.submit_by is not None
    assert sooner.submit_by <= later.submit_by


@given(days, paces)
def test_the_earliest_meeting_can_be_made_and_the_day_before_cannot(today: date, pace: Pace) -> None:
    """Submitting on the first working day from today makes exactly the meetings from that day on."""
    first = earliest_meeting(today, pace=pace, holidays=HOLIDAYS)
    by = made(board(first), today=today, pace=pace).submit_by
    assert by is not None
    assert by >= today
    sooner = on_or_before(first - timedelta(days=1), HOLIDAYS)
    before = made(board(sooner), today=today, pace=pace).submit_by
    assert before is not None
    assert before < on_or_after(today, HOLIDAYS)
