"""What waits for the message of the day, and which day that is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehiia.content.holidays import bank_holidays
from ehiia.domain.schedule import is_working_day
from ehiia.domain.telling import DIGEST_AT, Telling, alone, digest_day

LONDON = ZoneInfo("Europe/London")
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("choice", "urgent", "single"),
    [
        (Telling.URGENT_AT_ONCE, True, True),
        (Telling.URGENT_AT_ONCE, False, False),
        (Telling.DAILY, True, False),
        (Telling.DAILY, False, False),
        (Telling.AT_ONCE, True, True),
        (Telling.AT_ONCE, False, True),
    ],
)
def test_what_comes_alone_depends_on_the_choice_and_on_what_it_is(
    choice: Telling, urgent: bool, single: bool
) -> None:
    assert alone(choice, urgent=urgent) is single


@pytest.mark.parametrize(
    ("day", "at", "told_on"),
    [
        (date(2027, 3, 26), time(7, 0), date(2027, 3, 30)),  # Good Friday, then Easter Monday; summer time
        (date(2027, 3, 25), time(7, 59), date(2027, 3, 25)),
        (date(2027, 3, 25), time(8, 0), date(2027, 3, 30)),
        (date(2027, 10, 29), time(16, 0), date(2027, 11, 1)),  # the clocks go back on the Sunday between
        (date(2027, 10, 31), time(1, 30), date(2027, 11, 1)),  # this time comes twice on that Sunday
    ],
)
def test_it_is_told_on_the_next_working_morning(day: date, at: time, told_on: date) -> None:
    assert digest_day(datetime.combine(day, at, LONDON), bank_holidays()) == told_on


@given(moment=MOMENTS, reminder=st.booleans())
def test_the_morning_is_a_working_one_still_to_come_and_the_first_such(
    moment: datetime, reminder: bool
) -> None:
    local = moment.astimezone(LONDON)
    told_on = digest_day(local, bank_holidays(), reminder=reminder)
    assert is_working_day(told_on, bank_holidays())
    goes_out = datetime.combine(told_on, DIGEST_AT, LONDON)
    assert goes_out > local or (reminder and told_on == local.date())
    between = [local.date() + timedelta(days=n) for n in range(1, (told_on - local.date()).days)]
    assert not any(is_working_day(day, bank_holidays()) for day in between)


@given(day=st.dates(date(2026, 1, 1), date(2032, 12, 31)))
def test_eight_o_clock_in_london_is_once_on_every_day_of_the_year(day: date) -> None:
    morning = datetime.combine(day, DIGEST_AT, LONDON)
    there = morning.astimezone(UTC)
    assert there.astimezone(LONDON).replace(tzinfo=None) == morning.replace(tzinfo=None)
    assert morning.utcoffset() == morning.replace(fold=1).utcoffset()  # no change of clocks is at eight
    assert there.hour in (7, 8)
