"""What is due by month, and what lies behind a month."""

from __future__ import annotations

from datetime import date, timedelta

from ehiia.domain.ahead import LATE, DueKind, by_month, key_of, last_day, span
from ehiia.domain.programmes import Rhythm, closing

TODAY = date(2026, 11, 22)


def test_late_this_month_and_the_twelve_that_follow() -> None:
    months = by_month([], TODAY)
    assert [month.short for month in months] == [
        *("Late", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr"),
        *("May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"),
    ]
    assert months[0].name == "Overdue"
    assert months[-1].name == "November 2027"


def test_each_day_is_counted_in_its_month_and_nothing_after_a_year() -> None:
    yesterday = TODAY - timedelta(days=1)
    found = [
        (DueKind.ACTION, yesterday, 2),
        (DueKind.ACTION, TODAY, 1),
        (DueKind.REVIEW, date(2026, 11, 30), 4),
        (DueKind.REVIEW, date(2027, 11, 22), 1),
        (DueKind.REVIEW, date(2027, 11, 23), 1),
    ]
    months = {month.key: month for month in by_month(found, TODAY)}
    assert months[LATE].counts == {DueKind.ACTION: 2}
    assert months["2026-11"].counts == {DueKind.ACTION: 1, DueKind.REVIEW: 4}
    assert months["2026-11"].how_many == 5
    assert months["2027-11"].how_many == 1


def test_the_days_behind_each_key_are_those_that_were_counted() -> None:
    assert last_day(TODAY) == date(2027, 11, 22)
    for month in by_month([], TODAY):
        days = span(month.key, TODAY)
        assert days is not None
        first_on, last_on = days
        assert key_of(last_on, TODAY) == month.key
        assert first_on is None or key_of(first_on, TODAY) == month.key
    assert span("2026-10", TODAY) is None
    assert span("nonsense", TODAY) is None


def test_the_samples_that_will_be_drawn_between_two_days() -> None:
    found = closing(Rhythm.QUARTERLY, first_on=TODAY, last_on=date(2027, 10, 1))
    assert [one.closes_on.isoformat() for one in found] == [
        "2027-01-01",
        "2027-04-01",
        "2027-07-01",
        "2027-10-01",
    ]
    assert [
        one.closes_on for one in closing(Rhythm.YEARLY, first_on=date(2027, 4, 1), last_on=date(2027, 4, 1))
    ] == [date(2027, 4, 1)]
    assert closing(Rhythm.YEARLY, first_on=TODAY, last_on=date(2027, 3, 31)) == ()
