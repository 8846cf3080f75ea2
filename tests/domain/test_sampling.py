"""Samples: the same on any machine, with their shares, minimums and strata kept."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehiia.domain.programmes import BEGINS_WITH, Period, Rhythm, closed_periods, period_of
from ehiia.domain.sampling import (
    BadFrame,
    Candidate,
    Frame,
    Item,
    Pool,
    Take,
    allocate,
    canonical,
    digest,
    draw,
    key,
    parse,
    pool_of,
    seed_of,
)

SEED = seed_of(4711, "ab" * 32)
TAKES = st.builds(
    Take, st.sampled_from(list(Pool)), st.integers(min_value=1, max_value=100), st.integers(0, 12)
)
RULES = st.lists(TAKES, max_size=4, unique_by=lambda take: take.pool).map(tuple)


@st.composite
def frames(draws: st.DrawFn) -> Frame:
    """Make frames of any shape, each reference once."""
    kinds = st.tuples(st.sampled_from(list(Pool)), st.sampled_from(["a/x", "a/y", "b/x", "c/z"]))
    drawn = draws(st.lists(kinds, max_size=60))
    items = [Item(pool, stratum, f"ICB-2026-{n:03d}-M1") for n, (pool, stratum) in enumerate(drawn)]
    return Frame(draws(RULES), tuple(items))


@given(frames(), st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same_sample_whatever_the_order_of_the_frame(
    frame: Frame, mixed: object
) -> None:
    items = list(frame.items)
    mixed.shuffle(items)  # type: ignore[attr-defined]
    other = Frame(tuple(reversed(frame.rule)), tuple(items))
    assert draw(frame, SEED) == draw(other, SEED)
    assert digest(canonical(frame)) == digest(canonical(other))


@given(frames())
def test_a_frame_is_read_back_from_its_text_and_draws_the_same(frame: Frame) -> None:
    again = parse(canonical(frame))
    assert canonical(again) == canonical(frame)
    assert draw(again, SEED) == draw(frame, SEED)


@given(frames(), st.integers(0, 5))
def test_shares_minimums_and_strata_are_kept(frame: Frame, number: int) -> None:
    drawn = draw(frame, seed_of(number, "0" * 64))
    assert len({one.item.ref for one in drawn}) == len(drawn)
    takes = {take.pool: take for take in frame.rule}
    for pool in Pool:
        could = [one for one in frame.items if one.pool is pool]
        got = [one.item for one in drawn if one.item.pool is pool]
        if pool not in takes:
            assert not got
            continue
        take, size = takes[pool], len(could)
        assert len(got) == min(size, max(math.ceil(size * take.share / 100 - 1e-9), take.least))
        sizes, numbers = Counter(one.stratum for one in could), Counter(one.stratum for one in got)
        for stratum, of in sizes.items():
            exact = len(got) * of / size
            assert math.floor(exact + 1e-9) <= numbers[stratum] <= math.ceil(exact - 1e-9)


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(1, 50), min_size=1), st.data())
def test_what_is_spread_comes_to_what_was_wanted(sizes: dict[str, int], data: st.DataObject) -> None:
    wanted = data.draw(st.integers(0, sum(sizes.values())))
    numbers = allocate(sizes, wanted, SEED)
    assert sum(numbers.values()) == wanted
    assert all(0 <= numbers[stratum] <= size for stratum, size in sizes.items())


def test_a_draw_made_by_hand_with_ordinary_tools_comes_to_the_same() -> None:
    refs = [f"ICB-2026-{n:03d}-M1" for n in range(1, 41)]
    rule = (Take(Pool.COMPLETED, 25, 5),)
    frame = Frame(rule, tuple(Item(Pool.COMPLETED, "director-1/age", ref) for ref in refs))
    by_hand = sorted(refs, key=lambda ref: hashlib.sha256(f"{SEED}|{ref}".encode()).hexdigest())[:10]
    assert [one.item.ref for one in draw(frame, SEED)] == by_hand


def test_this_sample_never_changes() -> None:
    """A sample drawn once must be drawn again in ten years."""
    items = [
        Item(pool, f"director-{n % 3}/{'age' if n % 2 else 'sex'}", f"SNEE-2026-{n:03d}-M{n % 4}")
        for n, pool in enumerate([Pool.COMPLETED] * 30 + [Pool.HARM_LEFT] * 3 + [Pool.SCREENED_OUT] * 11)
    ]
    rule = (Take(Pool.HARM_LEFT, 100), Take(Pool.COMPLETED, 25, 5), Take(Pool.SCREENED_OUT, 10))
    frame = Frame(rule, tuple(items))
    assert digest(canonical(frame)) == FRAME
    assert [one.item.ref for one in draw(frame, SEED)] == SAMPLE


FRAME = "03ba2ed228f4890b0241e3a9981b04712d5d115a0602f22cbb3a401fb6f8786d"
SAMPLE = [
    "SNEE-2026-031-M3",
    "SNEE-2026-030-M2",
    "SNEE-2026-032-M0",
    "SNEE-2026-026-M2",
    "SNEE-2026-022-M2",
    "SNEE-2026-010-M2",
    "SNEE-2026-007-M3",
    "SNEE-2026-018-M2",
    "SNEE-2026-006-M2",
    "SNEE-2026-017-M1",
    "SNEE-2026-027-M3",
    "SNEE-2026-036-M0",
    "SNEE-2026-040-M0",
]


@pytest.mark.parametrize(
    "text",
    ["", "ehiia-frame-2\n", "ehiia-frame-1\nitem\tcompleted\tx\n", "ehiia-frame-1\nrule\tcompleted\t0\t5\n"],
)
def test_what_is_no_frame_is_refused(text: str) -> None:
    with pytest.raises(BadFrame):
        parse(text)


def test_a_reference_stands_in_a_frame_once() -> None:
    line = "item\tcompleted\tx\tICB-1\n"
    with pytest.raises(BadFrame, match="twice"):
        parse("ehiia-frame-1\n" + line + line)


def test_a_key_is_the_sha_256_of_seed_bar_and_name() -> None:
    assert key("1:ab", "ICB-1") == hashlib.sha256(b"1:ab|ICB-1").hexdigest()


def test_each_action_is_in_the_first_pool_that_it_fits() -> None:
    assert pool_of(Candidate(overdue=True, risk_high=True, harm_left=True)) is Pool.OVERDUE_HIGH
    assert pool_of(Candidate(overdue=True, harm_left=True)) is Pool.HARM_LEFT
    assert pool_of(Candidate(despite=True, done_in_period=True)) is Pool.HARM_LEFT
    assert pool_of(Candidate(done_in_period=True)) is Pool.COMPLETED
    assert pool_of(Candidate(overdue=True)) is None
    assert pool_of(Candidate(risk_high=True)) is None


def test_what_ships_is_what_is_recommended() -> None:
    quarterly = {take.pool: take.words() for take in BEGINS_WITH[Rhythm.QUARTERLY]}
    assert quarterly == {Pool.OVERDUE_HIGH: "all", Pool.COMPLETED: "25%, at least 5"}
    yearly = {take.pool: take.words() for take in BEGINS_WITH[Rhythm.YEARLY]}
    assert yearly == {Pool.OVERDUE_HIGH: "all", Pool.HARM_LEFT: "all", Pool.SCREENED_OUT: "10%"}


# -- periods -----------------------------------------------------------------------------------


def test_a_year_is_the_financial_year_and_has_four_quarters() -> None:
    assert period_of(Rhythm.YEARLY, date(2027, 3, 31)) == Period(date(2026, 4, 1), date(2027, 3, 31))
    assert period_of(Rhythm.YEARLY, date(2027, 4, 1)).first_on == date(2027, 4, 1)
    assert period_of(Rhythm.QUARTERLY, date(2027, 1, 1)) == Period(date(2027, 1, 1), date(2027, 3, 31))
    assert period_of(Rhythm.QUARTERLY, date(2026, 12, 31)) == Period(date(2026, 10, 1), date(2026, 12, 31))
    assert period_of(Rhythm.QUARTERLY, date(2028, 2, 29)).name() == "January to March 2028"
    assert period_of(Rhythm.YEARLY, date(2028, 2, 29)).name() == "April 2027 to March 2028"


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.sampled_from(Rhythm))
def test_every_day_lies_in_one_period_and_the_next_begins_when_it_closes(day: date, rhythm: Rhythm) -> None:
    period = period_of(rhythm, day)
    assert period.first_on <= day <= period.last_on
    assert period_of(rhythm, period.closes_on).first_on == period.closes_on


def test_nothing_is_drawn_of_a_period_that_had_closed_before_the_programme_was_begun() -> None:
    begun = date(2026, 5, 20)
    assert closed_periods(Rhythm.QUARTERLY, begun_on=begun, today=date(2026, 6, 30)) == ()
    found = closed_periods(Rhythm.QUARTERLY, begun_on=begun, today=date(2026, 10, 1))
    assert [one.first_on for one in found] == [date(2026, 7, 1), date(2026, 4, 1)]
