"""Requests for information: by when they are answered, and for what the public interest is weighed."""

from __future__ import annotations

from datetime import date

from ehiia.content.holidays import anywhere, bank_holidays
from ehiia.domain.foi import (
    ABSOLUTE,
    CLAIMS,
    MOVES,
    Ground,
    RequestMove,
    RequestState,
    claimed,
    due_on,
    needs_test,
)
from ehiia.domain.publishing import Exemption
from ehiia.domain.schedule import working_days_between


def test_the_day_on_which_it_came_is_not_counted() -> None:
    assert due_on(date(2026, 2, 2), anywhere()) == date(2026, 3, 2), "a Monday, four weeks without a holiday"
    assert due_on(date(2026, 1, 31), anywhere()) == date(2026, 2, 27), "what came on a Saturday"


def test_a_bank_holiday_anywhere_in_the_united_kingdom_counts_for_nothing() -> None:
    received = date(2026, 3, 2)
    assert due_on(received, bank_holidays()) == date(2026, 3, 30)
    assert due_on(received, anywhere()) == date(2026, 3, 31), "17 March is a holiday in Northern Ireland"
    assert working_days_between(received, due_on(received, anywhere()), anywhere()) == 20


def test_the_public_interest_is_weighed_for_qualified_exemptions_only() -> None:
    assert needs_test([Exemption.PERSONAL, Exemption.COMMERCIAL])
    assert not needs_test([*ABSOLUTE, *Ground])
    assert [claimed(one.value) for one in CLAIMS] == list(CLAIMS)
    assert {one for one in Exemption if needs_test([one])} == {
        Exemption.FUTURE,
        Exemption.LAW,
        Exemption.CONDUCT,
        Exemption.SAFETY,
        Exemption.PRIVILEGE,
        Exemption.COMMERCIAL,
    }


def test_what_is_closed_stays_closed_and_only_an_approval_leads_to_approved() -> None:
    assert not [move for state, move in MOVES if state is RequestState.CLOSED]
    leads = {(state, move) for (state, move), to in MOVES.items() if to is RequestState.APPROVED}
    assert leads == {(RequestState.TO_APPROVE, RequestMove.APPROVE)}
