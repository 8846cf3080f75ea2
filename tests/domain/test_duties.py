"""The duties statement: which duties are engaged and why, and where they are shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ehiia.content import load
from ehiia.content.rules import rules
from ehiia.domain.answers import Answers, Engagement
from ehiia.domain.duties import Statement, statements
from ehiia.domain.vocabulary import Direction, ProposalKind, YesNoUnknown
from tests.domain.whole import QUESTIONS, given, subject, whole, without

FILLED = replace(
    given(whole(), involvement_applies="yes", people_involved="yes"),
    engagements=(Engagement(1, groups=("disability",), said="The bus stops at five."),),
)


def told(duty: str, answers: Answers = FILLED) -> Statement:
    return next(one for one in statements(load.duties(), QUESTIONS, answers) if one.id == duty)


def missing(duty: str, answers: Answers = FILLED) -> list[str]:
    return [place.label for place in told(duty, answers).missing]


def found(duty: str, answers: Answers = FILLED) -> dict[str, str]:
    return {place.label: place.detail for place in told(duty, answers).found}


def of_kind(kind: ProposalKind) -> Answers:
    return replace(whole(kind), engagements=FILLED.engagements)


def test_every_duty_is_told_of_in_the_order_of_the_file_with_a_rule_that_is_explained() -> None:
    for kind in ProposalKind:
        told_now = statements(load.duties(), QUESTIONS, of_kind(kind))
        assert [one.id for one in told_now] == [duty.id for duty in load.duties()]
        assert {one.rule for one in told_now} <= set(rules())
        assert all(one.reason for one in told_now)


@pytest.mark.rule("DUT-01", fires=True)
@pytest.mark.rule("DUT-04", fires=False)
def test_dut_01_the_equality_duty_is_owed_in_every_proposal() -> None:
    for kind in ProposalKind:
        one = told("equality_duty", of_kind(kind))
        assert (one.engaged, one.rule) == (True, "DUT-01")


@pytest.mark.rule("DUT-02", fires=True)
@pytest.mark.rule("DUT-01", fires=False)
def test_dut_02_social_value_is_engaged_by_a_procurement() -> None:
    one = told("social_value", of_kind(ProposalKind.PROCUREMENT))
    assert (one.engaged, one.rule) == (True, "DUT-02")
    assert "procurement" in one.reason


@pytest.mark.rule("DUT-04", fires=True)
@pytest.mark.rule("DUT-02", fires=False)
def test_dut_04_social_value_is_not_engaged_by_a_strategy() -> None:
    one = told("social_value")
    assert (one.engaged, one.rule) == (False, "DUT-04")
    assert one.complete
    assert not one.found + one.missing


@pytest.mark.rule("DUT-03", fires=True)
@pytest.mark.rule("DUT-05", fires=False)
@pytest.mark.parametrize(("answer", "words"), [("yes", "with yes"), ("unknown", "counts as yes")])
def test_dut_03_involvement_is_engaged_when_manner_or_range_changes_or_that_is_not_known(
    answer: str, words: str
) -> None:
    one = told("involvement", given(FILLED, involvement_applies=answer))
    assert (one.engaged, one.rule) == (True, "DUT-03")
    assert words in one.reason


def test_dut_03_involvement_is_engaged_while_nobody_has_said() -> None:
    one = told("involvement", without(FILLED, "involvement_applies"))
    assert (one.engaged, one.rule) == (True, "DUT-03")


@pytest.mark.rule("DUT-05", fires=True)
@pytest.mark.rule("DUT-03", fires=False)
def test_dut_05_involvement_is_not_engaged_when_neither_changes_and_its_short_answer_is_shown() -> None:
    one = told("involvement", given(FILLED, involvement_applies="no"))
    assert (one.engaged, one.rule) == (False, "DUT-05")
    assert "no" in one.reason
    assert one.short[0].place.question_id == "involvement_applies"


@pytest.mark.rule("DUT-06", fires=True)
@pytest.mark.rule("DUT-06", fires=False)
def test_dut_06_a_short_answer_that_is_missing_is_named_and_one_that_is_given_is_not() -> None:
    gone = told("human_rights", without(FILLED, "human_rights"))
    assert [short.given for short in gone.short] == [True, False]
    assert not gone.complete
    assert [short.given for short in told("human_rights").short] == [True, True]


def test_the_wider_effects_are_asked_in_three_boxes() -> None:
    asked = [short.place.question_id for short in told("wider_effects").short]
    assert asked == ["wider_health", "wider_quality", "wider_resources"]
    for question in asked:
        found = QUESTIONS.question(question)
        assert found is not None
        assert "14Z43" in found.hint


def test_involvement_asks_why_not_only_where_people_were_not_involved() -> None:
    with_people = [short.place.question_id for short in told("involvement").short]
    assert with_people == ["involvement_applies", "people_involved", "involvement"]
    without_people = told("involvement", given(FILLED, people_involved="no", not_involved_reason=None))
    assert [(short.place.question_id, short.given) for short in without_people.short][-1] == (
        "not_involved_reason",
        False,
    )


# -- pointers --------------------------------------------------------------------------------------


def test_a_whole_assessment_shows_every_duty_but_those_of_groups_it_left_out() -> None:
    open_ones = {
        one.id: [p.label for p in one.missing] for one in statements(load.duties(), QUESTIONS, FILLED)
    }
    assert {duty: labels for duty, labels in open_ones.items() if labels} == {
        "armed_forces": ["Armed forces community"]
    }


@pytest.mark.rule("DUT-07", fires=True)
@pytest.mark.rule("DUT-07", fires=False)
def test_dut_07_a_page_of_a_group_that_is_not_answered_is_a_missing_pointer() -> None:
    groups = tuple(
        replace(group, affected=None, not_affected_reason="") if group.code == "race" else group
        for group in FILLED.groups
    )
    assert missing("aim_advance", replace(FILLED, groups=groups)) == ["Race"]
    assert missing("aim_advance") == []


def test_dut_07_no_without_a_reason_shows_nothing() -> None:
    groups = tuple(
        replace(group, not_affected_reason=" ") if group.code == "race" else group for group in FILLED.groups
    )
    assert missing("aim_eliminate", replace(FILLED, groups=groups)) == ["Race"]


def test_dut_07_an_answer_an_entry_or_a_source_that_is_missing_is_named() -> None:
    assert "Engagement log" in missing("equality_duty", replace(FILLED, engagements=()))
    assert found("equality_duty")["Engagement log"] == "1 entry"
    travel = QUESTIONS.question("travel")
    assert travel is not None
    assert missing("inequalities_access", without(FILLED, "travel")) == [travel.label]
    assert "Evidence" in missing("equality_duty", replace(FILLED, evidence=()))


def test_dut_07_a_question_that_is_not_asked_of_this_proposal_is_no_gap() -> None:
    labels = missing("aim_eliminate") + list(found("aim_eliminate"))
    asked = QUESTIONS.question("who_is_filtered")
    assert asked is not None
    assert asked.label not in labels
    assert asked.label in found("aim_eliminate", of_kind(ProposalKind.POLICY))


def test_dut_07_mitigating_actions_are_pointed_to_only_where_somebody_would_be_worse_off() -> None:
    worse = replace(FILLED, mitigations=())
    assert "Mitigating actions" in missing("equality_duty", worse)
    better = tuple(replace(one, direction=Direction.BETTER) for one in FILLED.impacts)
    assert "Mitigating actions" not in missing("equality_duty", replace(worse, impacts=better))


def test_dut_07_impacts_in_one_respect_are_pointed_to_group_by_group() -> None:
    assert found("inequalities_access")["Disability: access"] == "worse"
    assert "Access, for any group" in missing("inequalities_access", replace(FILLED, impacts=()))


def test_dut_07_the_armed_forces_are_pointed_to_once_their_group_is_chosen() -> None:
    chosen = replace(FILLED, groups=(*FILLED.groups, subject("armed_forces", YesNoUnknown.NO)))
    assert missing("armed_forces", chosen) == []
    assert "Armed forces community" in found("armed_forces", chosen)


@pytest.mark.rule("DUT-08", fires=True)
@pytest.mark.rule("DUT-08", fires=False)
def test_dut_08_marriage_and_civil_partnership_stands_under_the_first_aim_only() -> None:
    marriage = "Marriage and civil partnership"
    assert marriage in found("aim_eliminate")
    for aim in ("aim_advance", "aim_foster"):
        assert marriage not in [*found(aim), *missing(aim)]
        assert "149(7)" in told(aim).note
        assert len([p for p in told(aim).found if p.subject]) == 8
    assert told("aim_eliminate").note == ""


def test_dut_07_a_short_answer_that_may_be_left_open_is_a_pointer_and_no_missing_answer() -> None:
    climate = QUESTIONS.question("climate")
    assert climate is not None
    assert not climate.required
    gone = told("climate", without(FILLED, "climate"))
    assert gone.short == ()
    assert climate.label in [place.label for place in gone.missing]
    there = told("climate")
    assert [short.given for short in there.short] == [True]
    assert climate.label not in [place.label for place in there.missing]
