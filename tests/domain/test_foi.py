"""Requests for information: by when they are answered, and for what the public interest is weighed."""

from __future__ import annotations

from datetime import date

from ehiia.content.holidays import anywhere, bank_holidays
from ehiia.domain.foi import (
    ABSOLUTE,
    CLAIMS,
    MOVES,
    OPEN,
    RUNNING,
    STEPS,
    Answered,
    Ground,
    RequestMove,
    RequestState,
    Who,
    claimed,
    closed_by,
    due_on,
    needs_test,
    reached,
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


def test_the_time_runs_from_the_day_on_which_what_clarifies_it_came() -> None:
    received, came = date(2026, 2, 2), date(2026, 2, 16)
    assert due_on(received, anywhere(), clarified_on=came) == due_on(came, anywhere())
    assert due_on(came, anywhere(), clarified_on=received) == due_on(came, anywhere()), "never sooner"


def test_a_longer_balance_moves_the_day_on_and_never_back() -> None:
    received = date(2026, 2, 2)
    assert due_on(received, anywhere(), extended_to=date(2026, 3, 20)) == date(2026, 3, 20)
    assert due_on(received, anywhere(), extended_to=date(2026, 2, 20)) == date(2026, 3, 2)


def test_what_was_reviewed_stays_closed_and_only_an_approval_leads_to_withholding() -> None:
    assert not [step for step in STEPS if step.before is RequestState.REVIEWED]
    leads = {(step.before, step.move, step.who) for step in STEPS if step.after is RequestState.APPROVED}
    extends = (RequestState.APPROVED, RequestMove.EXTEND, Who.KEEPER)
    assert leads == {(RequestState.TO_APPROVE, RequestMove.APPROVE, Who.APPROVER), extends}
    for outcome in (Answered.PART, Answered.REFUSED):
        befores = {step.before for step in STEPS if step.move is closed_by(outcome)}
        assert befores == {RequestState.APPROVED}
    lapses = [step.before for step in STEPS if step.move is closed_by(Answered.UNCLEAR)]
    assert lapses == [RequestState.CLARIFYING]


def test_every_state_is_reached_and_each_move_leads_to_one_place() -> None:
    assert {step.after for step in STEPS} == set(RequestState)
    assert len(MOVES) == len(STEPS)
    assert reached(RequestState.REVIEWING, RequestMove.ASK_REVIEW)
    assert not reached(RequestState.OPEN, RequestMove.ASK_REVIEW)


def test_the_time_runs_only_while_there_is_something_to_answer() -> None:
    assert RUNNING < OPEN
    assert {RequestState.CLARIFYING, RequestState.REVIEWING} == OPEN - RUNNING
