"""Evidence gaps: what they must say, when they stop a decision, and what accepting one takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ehiia.domain import gaps
from ehiia.domain.answers import EvidenceGap
from ehiia.domain.completeness import missing
from ehiia.domain.gaps import Acceptance
from ehiia.domain.vocabulary import Conclusion, GapState
from tests.domain import whole as make

TODAY = date(2026, 3, 2)
GAP = EvidenceGap(
    "G1",
    "How many deaf people call at night",
    groups=("disability",),
    material=True,
    plan="Count relay calls for four weeks",
    due_on=date(2026, 6, 1),
    owner="Helen Marsh",
    plain="Nobody knows how many deaf people would be cut off at night.",
)
ACCEPTED = replace(
    GAP,
    state=GapState.ACCEPTED,
    accepted_reason="The lease ends.",
    accepted_until=date(2026, 6, 1),
    protection="A text line runs all night.",
)
CLOSED = replace(GAP, state=GapState.CLOSED, found="Twelve a night.")
WHOLE = make.whole()
SAFE = make.whole(conclusion=Conclusion.NO_MAJOR_CHANGE)
YES = Acceptance("G1", "The lease ends.", date(2026, 6, 1), "A text line runs all night.")


def asked(**changes: Any) -> set[str]:
    found = missing(make.QUESTIONS, replace(WHOLE, gaps=(replace(GAP, **changes),)))
    assert {item.section_id for item in found} <= {"evidence"}
    return {item.rule for item in found}


LACKING: list[tuple[str, dict[str, Any]]] = [
    ("GAP-01", {"material": None}),
    ("GAP-02", {"plan": " "}),
    ("GAP-03", {"due_on": None}),
    ("GAP-04", {"owner": ""}),
    ("GAP-05", {"plain": ""}),
]


@pytest.mark.parametrize(
    ("rule", "changes"), [pytest.param(*one, marks=pytest.mark.rule(one[0], fires=True)) for one in LACKING]
)
def test_an_open_gap_says_what_is_done_about_it(rule: str, changes: dict[str, Any]) -> None:
    assert asked(**changes) == {rule}


@pytest.mark.parametrize(
    "rule", [pytest.param(rule, marks=pytest.mark.rule(rule, fires=False)) for rule, _ in LACKING]
)
def test_nothing_is_asked_of_a_gap_that_says_it_all_or_that_is_settled(rule: str) -> None:
    assert rule not in asked()
    assert rule not in asked(state=GapState.CLOSED, plan="", material=None, owner="", due_on=None)


@pytest.mark.rule("GAP-05", fires=False)
def test_a_gap_that_does_not_matter_is_not_put_to_those_who_decide() -> None:
    assert asked(material=False, plain="") == set()


@pytest.mark.rule("CON-07", fires=True)
@pytest.mark.parametrize("gap", [GAP, ACCEPTED])
def test_no_major_change_is_refused_while_a_gap_that_matters_is_not_closed(gap: EvidenceGap) -> None:
    found = missing(make.QUESTIONS, replace(SAFE, gaps=(gap,)))
    assert [(item.rule, item.question_id) for item in found] == [("CON-07", "conclusion")]
    assert "evidence gap" in found[0].text
    assert "missing" not in found[0].text


@pytest.mark.rule("CON-07", fires=False)
def test_other_conclusions_and_gaps_that_are_closed_or_do_not_matter_stand() -> None:
    assert missing(make.QUESTIONS, replace(WHOLE, gaps=(GAP,))) == ()
    for gap in (CLOSED, replace(GAP, material=False)):
        assert missing(make.QUESTIONS, replace(SAFE, gaps=(gap,))) == ()


@pytest.mark.rule("GAP-06", fires=True)
def test_an_open_gap_that_matters_stops_an_approval() -> None:
    assert [(one.rule, one.ref) for one in gaps.stops((GAP,), TODAY)] == [("GAP-06", "G1")]


@pytest.mark.rule("GAP-06", fires=False)
def test_a_gap_that_is_closed_or_does_not_matter_stops_nothing() -> None:
    assert gaps.stops((CLOSED, replace(GAP, material=False), replace(GAP, material=None)), TODAY) == ()


@pytest.mark.rule("GAP-07", fires=True)
def test_what_was_accepted_until_yesterday_stops_an_approval_again() -> None:
    assert [one.rule for one in gaps.stops((ACCEPTED,), date(2026, 6, 2))] == ["GAP-07"]


@pytest.mark.rule("GAP-07", fires=False)
def test_what_was_accepted_stops_nothing_up_to_its_date() -> None:
    assert gaps.stops((ACCEPTED,), date(2026, 6, 1)) == ()


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        pytest.param("GAP-08", {"reason": " "}, marks=pytest.mark.rule("GAP-08", fires=True)),
        pytest.param("GAP-09", {"until": None}, marks=pytest.mark.rule("GAP-09", fires=True)),
        pytest.param("GAP-09", {"until": TODAY}, marks=pytest.mark.rule("GAP-09", fires=True)),
        pytest.param("GAP-10", {"protection": ""}, marks=pytest.mark.rule("GAP-10", fires=True)),
    ],
)
def test_accepting_takes_a_reason_a_date_and_protection(rule: str, changes: dict[str, Any]) -> None:
    assert [one.rule for one in gaps.refused(replace(YES, **changes), TODAY)] == [rule]


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(rule, marks=pytest.mark.rule(rule, fires=False))
        for rule in ("GAP-08", "GAP-09", "GAP-10")
    ],
)
def test_an_acceptance_that_has_all_three_lacks_nothing(rule: str) -> None:
    assert rule not in {one.rule for one in gaps.refused(YES, TODAY)}
