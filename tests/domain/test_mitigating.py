"""The rules of mitigating actions: when another date needs an approval, and who gives one up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ehiia.domain.mitigating import (
    Answering,
    Deciding,
    Ending,
    OverdueAge,
    Promised,
    Slip,
    approval_needed,
    may_approve,
    may_end,
    must_be_decided,
    slips,
    weaker,
)
from ehiia.domain.vocabulary import Band
from tests.domain.test_rules_fire import fires, quiet

TODAY = date(2027, 1, 21)
DAY = timedelta(days=1)
DUE = date(2027, 3, 1)
LATER = Slip(DUE, DUE + 30 * DAY)


def needed(change: Slip = LATER, **given: Any) -> set[str]:
    facts: dict[str, Any] = {"residual": Band.LOW, "go_live_on": None, "today": TODAY} | given
    return {reason.rule for reason in approval_needed(change, **facts)}


DATES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("ACT-01", {"residual": Band.HIGH}, {"residual": Band.MEDIUM}),
    ("ACT-02", {"go_live_on": TODAY}, {"go_live_on": TODAY + DAY}),
    ("ACT-03", {"before": [Slip(DUE - 9 * DAY, DUE)]}, {"before": [Slip(DUE + 9 * DAY, DUE)]}),
]


@pytest.mark.parametrize(("rule", "given"), [fires(rule, given) for rule, given, _ in DATES])
def test_a_later_date_needs_an_approval(rule: str, given: dict[str, Any]) -> None:
    assert needed(**given) == {rule}


@pytest.mark.parametrize(("rule", "given"), [quiet(rule, other) for rule, _, other in DATES])
def test_a_later_date_needs_no_approval(rule: str, given: dict[str, Any]) -> None:
    assert needed(**given) == set()


@pytest.mark.parametrize("change", [Slip(DUE, DUE - DAY), Slip(None, DUE), Slip(DUE, DUE)])
def test_an_earlier_date_or_a_first_one_needs_nobody(change: Slip) -> None:
    worst: dict[str, Any] = {"residual": Band.VERY_HIGH, "go_live_on": TODAY, "before": [LATER, LATER]}
    assert needed(change, **worst) == set()
    assert len(needed(**worst)) == 3


def test_only_what_puts_a_date_off_is_a_slip() -> None:
    assert slips([LATER, Slip(DUE, DUE - DAY), Slip(None, DUE), LATER]) == 2


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        fires("ACT-04", Answering(director=True, owner=True)),
        fires("ACT-04", Answering(equality_lead=True, asked=True)),
        fires("ACT-04", Answering()),
    ],
)
def test_neither_the_owner_nor_whoever_asked_approves_a_date(rule: str, who: Answering) -> None:
    refused = may_approve(who)
    assert refused is not None
    assert refused.rule == rule


@pytest.mark.parametrize(
    ("rule", "who"),
    [quiet("ACT-04", Answering(director=True)), quiet("ACT-04", Answering(equality_lead=True))],
)
def test_the_director_or_an_equality_lead_approves_a_date(rule: str, who: Answering) -> None:
    assert may_approve(who) is None


@pytest.mark.parametrize(("rule", "ending"), [fires("ACT-05", ending) for ending in Ending])
def test_what_the_decision_relied_on_is_given_up_by_the_body_only(rule: str, ending: Ending) -> None:
    refused = must_be_decided(ending, relied_on=True)
    assert refused is not None
    assert refused.rule == rule


@pytest.mark.parametrize(("rule", "ending"), [quiet("ACT-05", ending) for ending in Ending])
def test_what_no_decision_relied_on_is_given_up_by_whoever_claims(rule: str, ending: Ending) -> None:
    assert must_be_decided(ending, relied_on=False) is None


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        fires("ACT-06", Deciding(committee=True, decides=True)),
        fires("ACT-06", Deciding(committee=False, secretary=True, decides=True)),
        fires("ACT-06", Deciding(committee=False, chair=True)),
        fires("ACT-06", Deciding(committee=True, chair=True, owner=True)),
        fires("ACT-06", Deciding(committee=True, secretary=True, asked=True)),
    ],
)
def test_nobody_else_answers_for_the_body_that_decided(rule: str, who: Deciding) -> None:
    refused = may_end(who)
    assert refused is not None
    assert refused.rule == rule


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        quiet("ACT-06", Deciding(committee=True, chair=True)),
        quiet("ACT-06", Deciding(committee=True, secretary=True)),
        quiet("ACT-06", Deciding(committee=False, chair=True, decides=True)),
    ],
)
def test_the_body_that_decided_is_answered_for(rule: str, who: Deciding) -> None:
    assert may_end(who) is None


def test_the_bands_of_age_leave_no_day_out_and_take_none_twice() -> None:
    for days in range(1, 200):
        found = [age for age in OverdueAge if age.days[0] <= days <= (age.days[1] or days)]
        assert len(found) == 1, days


PROMISED = Promised(
    {"what": "A minibus", "measure": "Rides", "target": "40", "in_place": None, "due_on": date(2026, 8, 1)},
    owned=True,
    scope=frozenset({("disability", "access")}),
)


@pytest.mark.parametrize(
    ("field", "less"),
    [
        ("what", replace(PROMISED, words={**PROMISED.words, "what": "A leaflet"})),
        ("measure", replace(PROMISED, words={**PROMISED.words, "measure": ""})),
        ("target", replace(PROMISED, words={**PROMISED.words, "target": "4"})),
        ("due_on", replace(PROMISED, words={**PROMISED.words, "due_on": date(2027, 8, 1)})),
        ("due_on", replace(PROMISED, words={**PROMISED.words, "due_on": None})),
        ("owner_id", replace(PROMISED, owned=False)),
        ("answers", replace(PROMISED, scope=frozenset({("age", "access")}))),
    ],
)
def test_owner_date_measure_target_and_scope_are_what_a_decision_relies_on(
    field: str, less: Promised
) -> None:
    """ACT-05: each of them alone makes it weaker."""
    assert weaker(PROMISED, less) == {field}


def test_what_stays_or_does_more_is_not_weaker() -> None:
    """ACT-05 does not stop what promises as much, or more."""
    more = replace(PROMISED, scope=PROMISED.scope | {("age", "access")})
    assert weaker(PROMISED, more) == weaker(PROMISED, PROMISED) == frozenset()
    assert weaker(replace(PROMISED, owned=False), PROMISED) == frozenset()
