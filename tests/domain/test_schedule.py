"""Dates: reviews, working days, and who is told when."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehiia.domain import schedule
from ehiia.domain.schedule import (
    Audience,
    Deadline,
    DeadlineKind,
    DueNotice,
    NoticeStep,
    NoticeTiming,
    ReviewIntervals,
    due_notices,
    review_date,
)
from ehiia.domain.vocabulary import Band

HOLIDAYS = frozenset(
    {date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29)}
)
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
HOLIDAY_SETS = st.frozensets(DAYS, max_size=20)
INTERVALS = ReviewIntervals()


def due(on: date) -> Deadline:
    return Deadline(DeadlineKind.MITIGATION, "EHIIA-2026-014-M1", on)


def everything(deadline: Deadline, until: date) -> tuple[DueNotice, ...]:
    """All notices of a deadline from long before it."""
    start = deadline.due_on - timedelta(days=120)
    return due_notices([deadline], today=until, holidays=HOLIDAYS, since=start)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 31), 24, date(2028, 1, 31)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_are_added_with_care_for_their_ends(start: date, months: int, end: date) -> None:
    assert schedule.add_months(start, months) == end


def test_ten_working_days_over_christmas() -> None:
    assert schedule.add_working_days(date(2026, 12, 18), 10, HOLIDAYS) == date(2027, 1, 6)
    assert schedule.working_days_between(date(2026, 12, 18), date(2027, 1, 6), HOLIDAYS) == 10
    assert schedule.working_days_between(date(2027, 1, 6), date(2026, 12, 18), HOLIDAYS) == 0


def test_no_working_days_after_a_holiday_is_the_next_working_day() -> None:
    assert schedule.add_working_days(date(2026, 12, 25), 0, HOLIDAYS) == date(2026, 12, 29)
    with pytest.raises(ValueError, match="forwards"):
        schedule.add_working_days(date(2026, 12, 25), -1, HOLIDAYS)


@given(day=DAYS, count=st.integers(0, 30), holidays=HOLIDAY_SETS)
def test_counting_working_days_there_and_back_agrees(
    day: date, count: int, holidays: frozenset[date]
) -> None:
    end = schedule.add_working_days(day, count, holidays)
    assert schedule.is_working_day(end, holidays)
    if count:
        assert schedule.working_days_between(day, end, holidays) == count


# -- reviews ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("band", "due_on", "rule"),
    [
        (Band.VERY_HIGH, date(2027, 10, 1), "REV-01"),
        (Band.HIGH, date(2027, 10, 1), "REV-02"),
        (Band.MEDIUM, date(2028, 3, 31), "REV-03"),
        (Band.LOW, date(2029, 3, 30), "REV-04"),
        (Band.NONE, date(2029, 3, 30), "REV-05"),
    ],
)
def test_the_worse_what_is_left_the_sooner_the_review(band: Band, due_on: date, rule: str) -> None:
    found = review_date(
        band,
        decided_on=date(2027, 1, 21),
        go_live_on=date(2027, 4, 1),
        intervals=INTERVALS,
        holidays=HOLIDAYS,
    )
    assert found.due_on == due_on
    assert [reason.rule for reason in found.reasons][:2] == [rule, "REV-06"]


def test_without_go_live_it_counts_from_the_decision() -> None:
    found = review_date(
        Band.HIGH, decided_on=date(2027, 1, 21), go_live_on=None, intervals=INTERVALS, holidays=HOLIDAYS
    )
    assert found.due_on == date(2027, 7, 21)
    assert [reason.rule for reason in found.reasons] == ["REV-02", "REV-08"]


def test_a_go_live_that_had_passed_does_not_put_the_review_into_the_past() -> None:
    found = review_date(
        Band.HIGH,
        decided_on=date(2027, 1, 21),
        go_live_on=date(2024, 1, 1),
        intervals=INTERVALS,
        holidays=HOLIDAYS,
    )
    assert found.due_on == date(2027, 7, 21)
    assert "REV-07" in [reason.rule for reason in found.reasons]


def test_a_month_without_that_day_and_a_weekend_are_told() -> None:
    found = review_date(
        Band.HIGH, decided_on=date(2026, 8, 31), go_live_on=None, intervals=INTERVALS, holidays=HOLIDAYS
    )
    assert found.due_on == date(2027, 2, 26)
    assert [reason.rule for reason in found.reasons] == ["REV-02", "REV-08", "REV-09", "REV-10"]
    assert (
        found.reasons[-1].text
        == "Sunday 28 February 2027 is no working day, so it is the working day before."
    )


def test_intervals_outside_reason_are_refused() -> None:
    with pytest.raises(ValueError, match="1 to 60"):
        ReviewIntervals(high=0)


@given(
    band=st.sampled_from(Band),
    decided=DAYS,
    go_live=st.none() | DAYS,
    holidays=HOLIDAY_SETS,
)
def test_a_review_is_on_a_working_day_and_never_later_than_the_interval(
    band: Band, decided: date, go_live: date | None, holidays: frozenset[date]
) -> None:
    found = review_date(band, decided_on=decided, go_live_on=go_live, intervals=INTERVALS, holidays=holidays)
    start = max(decided, go_live or decided)
    assert schedule.is_working_day(found.due_on, holidays)
    assert start < found.due_on <= schedule.add_months(start, INTERVALS.months(band))
    assert all(reason.rule.startswith("REV-") and reason.text for reason in found.reasons)


# -- notices ---------------------------------------------------------------------------------


def test_an_owner_is_reminded_before_and_told_when_it_is_overdue_and_then_each_week() -> None:
    told = [
        (n.step, n.days, n.send_on)
        for n in everything(due(date(2027, 2, 10)), date(2027, 3, 5))
        if n.audience == Audience.OWNER
    ]
    assert told == [
        (NoticeStep.BEFORE, 30, date(2027, 1, 11)),
        (NoticeStep.BEFORE, 7, date(2027, 2, 3)),
        (NoticeStep.BEFORE, 1, date(2027, 2, 9)),
        (NoticeStep.OVERDUE, 1, date(2027, 2, 11)),
        (NoticeStep.STILL_OVERDUE, 8, date(2027, 2, 18)),
        (NoticeStep.STILL_OVERDUE, 15, date(2027, 2, 25)),
        (NoticeStep.STILL_OVERDUE, 22, date(2027, 3, 4)),
    ]


def test_the_director_hears_after_fourteen_days_and_the_equality_lead_after_twenty_eight() -> None:
    told = {n.audience: n.send_on for n in everything(due(date(2027, 2, 10)), date(2027, 3, 31))}
    assert told[Audience.DIRECTOR] == date(2027, 2, 24)
    assert told[Audience.EQUALITY_LEAD] == date(2027, 3, 10)


def test_nobody_is_told_on_the_day_itself() -> None:
    day = date(2027, 2, 10)
    assert due_notices([due(day)], today=day, holidays=HOLIDAYS) == ()
    assert schedule.overdue(day, day) == 0
    assert schedule.overdue(day, day + timedelta(days=3)) == 3


def test_a_reminder_of_the_last_day_moves_back_over_christmas() -> None:
    (notice,) = due_notices([due(date(2026, 12, 29))], today=date(2026, 12, 24), holidays=HOLIDAYS)
    assert (notice.step, notice.days) == (NoticeStep.BEFORE, 1)


@pytest.mark.parametrize(
    ("due_on", "days", "send_on"),
    [
        (date(2027, 3, 1), 30, date(2027, 2, 1)),  # a Saturday: on Monday
        (date(2027, 3, 1), 7, date(2027, 2, 22)),  # a Monday
        (date(2027, 3, 1), 1, date(2027, 2, 26)),  # a Sunday; Monday is the day itself: back to Friday
        (date(2027, 3, 1), 2, date(2027, 2, 26)),  # a Saturday, likewise
        (date(2027, 3, 7), 7, date(2027, 3, 1)),  # due on a Sunday: on Monday
        (date(2027, 3, 7), 1, date(2027, 3, 5)),
        (date(2027, 4, 2), 7, date(2027, 3, 30)),  # Good Friday: on the Tuesday after Easter
        (date(2027, 3, 30), 1, date(2027, 3, 25)),  # Easter Monday: back to Maundy Thursday
    ],
)
def test_a_reminder_moves_on_to_a_working_day_and_back_where_it_would_be_too_late(
    due_on: date, days: int, send_on: date
) -> None:
    assert schedule.remind_on(due_on, days, HOLIDAYS) == send_on


@given(due_on=DAYS, days=st.integers(1, schedule.MOST_BEFORE), holidays=HOLIDAY_SETS)
def test_a_reminder_is_on_a_working_day_before_the_date_and_never_early_without_need(
    due_on: date, days: int, holidays: frozenset[date]
) -> None:
    wanted = due_on - timedelta(days=days)
    send_on = schedule.remind_on(due_on, days, holidays)
    assert schedule.is_working_day(send_on, holidays)
    assert send_on < due_on
    off = [wanted + timedelta(days=n) for n in range((send_on - wanted).days)]
    assert not any(schedule.is_working_day(day, holidays) for day in off)  # the first that there is
    if send_on < wanted:  # early only where no working day is left before the date
        left = [wanted + timedelta(days=n) for n in range(days)]
        assert not any(schedule.is_working_day(day, holidays) for day in left)
        assert schedule.is_last_day(send_on, due_on, holidays)


@given(due_on=DAYS, holidays=HOLIDAY_SETS)
def test_the_reminder_of_one_day_before_is_sent_on_the_last_working_day(
    due_on: date, holidays: frozenset[date]
) -> None:
    send_on = schedule.remind_on(due_on, 1, holidays)
    assert schedule.is_last_day(send_on, due_on, holidays)
    assert not any(
        schedule.is_working_day(send_on + timedelta(days=n), holidays)
        for n in range(1, (due_on - send_on).days)
    )
    assert not schedule.is_last_day(due_on + timedelta(days=1), due_on, holidays)


def test_what_fell_due_while_the_scheduler_was_down_is_made_up_for() -> None:
    found = due_notices(
        [due(date(2027, 2, 10))], today=date(2027, 2, 12), holidays=HOLIDAYS, since=date(2027, 2, 8)
    )
    assert [notice.step for notice in found] == [NoticeStep.BEFORE, NoticeStep.OVERDUE]


def test_a_new_date_makes_new_notices() -> None:
    old, new = due(date(2027, 2, 10)), due(date(2027, 2, 17))
    keys = [{n.key for n in everything(deadline, date(2027, 3, 31))} for deadline in (old, new)]
    assert keys[0].isdisjoint(keys[1])


@pytest.mark.parametrize(
    "wrong",
    [
        {"before": (0,)},
        {"before": (7, 7)},
        {"before": (61,)},
        {"before": (9, 8, 7, 6, 5, 4, 3)},
        {"weekly_every": 0},
    ],
)
def test_timing_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="days"):
        NoticeTiming(**wrong)  # type: ignore[arg-type]


@given(due_on=DAYS, holidays=HOLIDAY_SETS, span=st.integers(0, 120))
def test_day_by_day_every_notice_goes_out_once_on_a_working_day(
    due_on: date, holidays: frozenset[date], span: int
) -> None:
    first, last = due_on - timedelta(days=60), due_on + timedelta(days=span)
    daily: list[DueNotice] = []
    day = first
    while day < last:
        day += timedelta(days=1)
        daily += due_notices([due(due_on)], today=day, holidays=holidays)
    at_once = due_notices([due(due_on)], today=last, holidays=holidays, since=first)
    assert sorted(n.key for n in daily) == sorted(n.key for n in at_once)
    assert len({n.key for n in daily}) == len(daily)
    for notice in daily:
        assert schedule.is_working_day(notice.send_on, holidays)
        if notice.step == NoticeStep.BEFORE:
            assert notice.send_on < due_on
        else:
            assert notice.send_on > due_on
