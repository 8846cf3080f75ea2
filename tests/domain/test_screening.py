"""Screening: don't know counts as yes, and nobody slips through as not relevant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehiia.content import load
from ehiia.domain.screening import FULL_BY_DEFAULT, TRIGGERS, Trigger, screen
from ehiia.domain.vocabulary import ProposalKind, ScreeningResult

QUESTIONS = load.question_set("screening")
NOTHING: dict[str, object] = {
    "who_notices": ["nobody"],
    "how_many": "under_100",
    "how_sure": "estimated",
    "how_much": "hardly",
    "steps": ["none"],
    **{trigger.question: "no" for trigger in TRIGGERS},
    "opportunity": "None: it changes the colour of a folder.",
    "existing": "no",
}
EXISTING: dict[str, object] = {
    "existing": "yes",
    "existing_reference": "EHIIA-2025-003",
    "existing_covers": "yes",
}


def rules(kind: ProposalKind, answers: dict[str, object]) -> list[str]:
    return [reason.rule for reason in screen(kind, answers, QUESTIONS).reasons]


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: trigger.rule)
@pytest.mark.parametrize("answer", ["yes", "unknown"])
def test_one_yes_or_dont_know_is_enough_for_an_assessment(trigger: Trigger, answer: str) -> None:
    found = screen(ProposalKind.POLICY, NOTHING | {trigger.question: answer}, QUESTIONS)
    short = trigger.low and answer == "yes"
    assert found.result == (ScreeningResult.SHORT if short else ScreeningResult.FULL)
    assert [reason.rule for reason in found.reasons] == [trigger.rule] + (["SCR-15"] if short else [])
    assert found.reasons[0].questions == (trigger.question,)
    assert ("don't know counts as yes" in found.reasons[0].text) == (answer == "unknown")


LOW: dict[str, object] = NOTHING | {"felt_differently": "yes", "manner_or_range": "yes"}


@pytest.mark.rule("SCR-15", fires=True)
@pytest.mark.rule("SCR-14", fires=False)
def test_the_short_form_is_enough_where_every_impact_is_low() -> None:
    found = screen(ProposalKind.POLICY, LOW, QUESTIONS)
    assert found.result == ScreeningResult.SHORT
    assert [reason.rule for reason in found.reasons] == ["SCR-01", "SCR-05", "SCR-15"]
    assert set(found.reasons[-1].questions) == {"how_many", "worse_off", "resources", "adds_up"}


@pytest.mark.rule("SCR-14", fires=True)
@pytest.mark.rule("SCR-15", fires=False)
@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"worse_off": "yes"}, "SCR-04"),
        ({"resources": "yes"}, "SCR-06"),
        ({"adds_up": "yes"}, "SCR-08"),
        ({"known_inequality": "unknown"}, "SCR-02"),
        ({"how_many": "unknown"}, "SCR-10"),
        ({"how_many": "to_10000"}, "SCR-14"),
        ({"how_many": "over_10000"}, "SCR-14"),
        ({"steps": ["ends"]}, "SCR-18"),
        ({"steps": ["hours", "digital", "buys"]}, "SCR-19"),
        ({"how_much": "a_lot"}, "SCR-20"),
        ({"how_much": "unknown"}, "SCR-20"),
        ({"how_sure": "guess"}, "SCR-21"),
        (EXISTING | {"existing_covers": "no"}, "SCR-12"),
    ],
)
def test_a_possible_harm_money_many_people_or_dont_know_asks_for_the_extended_form(
    change: dict[str, object], rule: str
) -> None:
    found = screen(ProposalKind.POLICY, LOW | change, QUESTIONS)
    assert found.result == ScreeningResult.FULL
    assert rule in [reason.rule for reason in found.reasons]
    assert "SCR-15" not in [reason.rule for reason in found.reasons]


@pytest.mark.parametrize("kind", FULL_BY_DEFAULT)
def test_a_closure_or_a_saving_is_never_short(kind: ProposalKind) -> None:
    assert screen(kind, LOW, QUESTIONS).result == ScreeningResult.FULL


def test_a_small_step_or_patients_who_notice_it_may_be_short() -> None:
    small = NOTHING | {"steps": ["hours", "digital"], "who_notices": ["patients", "staff"]}
    found = screen(ProposalKind.POLICY, small, QUESTIONS)
    assert found.result == ScreeningResult.SHORT
    assert [reason.rule for reason in found.reasons] == ["SCR-17", "SCR-18", "SCR-15"]
    assert found.reasons[1].text == (
        "It changes hours or waiting times and makes the first way in a digital one."
    )


def test_what_only_staff_and_partners_notice_may_be_a_technical_matter() -> None:
    told = NOTHING | {"who_notices": ["staff", "partners"], "not_relevant_reason": "A new folder."}
    assert rules(ProposalKind.POLICY, told) == ["SCR-13"]
    for who in ("patients", "carers", "public"):
        assert rules(ProposalKind.POLICY, told | {"who_notices": [who]}) == ["SCR-17", "SCR-15"]


def test_nothing_asks_how_sure_a_number_is_that_nobody_knows() -> None:
    answers = {key: value for key, value in NOTHING.items() if key != "how_sure"}
    assert "how_sure" in screen(ProposalKind.POLICY, answers, QUESTIONS).unanswered
    unknown = answers | {"how_many": "unknown"}
    assert screen(ProposalKind.POLICY, unknown, QUESTIONS).unanswered == ()


def test_many_people_by_themselves_ask_for_nothing() -> None:
    told = NOTHING | {"how_many": "over_10000", "not_relevant_reason": "Nobody sees it."}
    assert rules(ProposalKind.POLICY, told) == ["SCR-13"]


def test_not_relevant_needs_a_written_reason() -> None:
    found = screen(ProposalKind.POLICY, NOTHING, QUESTIONS)
    assert found.result is None
    assert found.unanswered == ("not_relevant_reason",)
    blank = screen(ProposalKind.POLICY, NOTHING | {"not_relevant_reason": "  "}, QUESTIONS)
    assert blank.result is None
    told = screen(ProposalKind.POLICY, NOTHING | {"not_relevant_reason": "Nobody sees it."}, QUESTIONS)
    assert told.result == ScreeningResult.NOT_RELEVANT
    assert [reason.rule for reason in told.reasons] == ["SCR-13"]


@pytest.mark.parametrize("kind", FULL_BY_DEFAULT)
def test_closures_and_savings_are_assessed_in_full_by_default(kind: ProposalKind) -> None:
    found = screen(kind, NOTHING | {"not_relevant_reason": "Nobody sees it."}, QUESTIONS)
    assert found.result == ScreeningResult.FULL
    assert [reason.rule for reason in found.reasons] == ["SCR-09"]


def test_not_knowing_how_many_counts_as_yes() -> None:
    assert rules(ProposalKind.POLICY, NOTHING | {"how_many": "unknown"}) == ["SCR-10"]


def test_an_existing_assessment_that_is_named_and_covers_everybody_will_do() -> None:
    found = screen(ProposalKind.CLOSURE, NOTHING | EXISTING | {"worse_off": "yes"}, QUESTIONS)
    assert found.result == ScreeningResult.USE_EXISTING
    assert [reason.rule for reason in found.reasons] == ["SCR-11", "SCR-04", "SCR-09"]
    assert "EHIIA-2025-003" in found.reasons[0].text


@pytest.mark.parametrize("covers", ["no", "unknown"])
def test_an_existing_assessment_that_may_leave_somebody_out_will_not_do(covers: str) -> None:
    found = screen(ProposalKind.POLICY, NOTHING | EXISTING | {"existing_covers": covers}, QUESTIONS)
    assert found.result == ScreeningResult.FULL
    assert [reason.rule for reason in found.reasons] == ["SCR-12"]


def test_an_existing_assessment_without_a_name_will_not_do() -> None:
    found = screen(ProposalKind.POLICY, NOTHING | EXISTING | {"existing_reference": " "}, QUESTIONS)
    assert found.result is None
    assert "existing_reference" in found.unanswered


def test_answers_about_an_existing_assessment_are_forgotten_when_there_is_none() -> None:
    answers = NOTHING | EXISTING | {"existing": "no", "existing_covers": "no", "not_relevant_reason": "None."}
    assert screen(ProposalKind.POLICY, answers, QUESTIONS).result == ScreeningResult.NOT_RELEVANT


def test_what_is_unanswered_is_listed_and_what_fired_is_told_all_the_same() -> None:
    found = screen(ProposalKind.POLICY, {"worse_off": "yes"}, QUESTIONS)
    assert found.result is None
    assert not found.complete
    assert [reason.rule for reason in found.reasons] == ["SCR-04"]
    assert "worse_off" not in found.unanswered
    assert {"who_notices", "how_many", "opportunity", "existing"} <= set(found.unanswered)
    assert "existing_reference" not in found.unanswered


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "who_notices": st.lists(st.sampled_from(["patients", "staff", "nobody"]), unique=True),
        "how_many": st.sampled_from(["under_100", "over_10000", "unknown"]),
        "how_sure": st.sampled_from(["counted", "guess"]),
        "how_much": st.sampled_from(["hardly", "a_lot", "unknown"]),
        "steps": st.lists(st.sampled_from(["ends", "hours", "digital", "none"]), unique=True),
        **{trigger.question: st.sampled_from(["yes", "no", "unknown"]) for trigger in TRIGGERS},
        "opportunity": st.sampled_from(["", "Some."]),
        "existing": st.sampled_from(["yes", "no"]),
        "existing_reference": st.sampled_from(["", "EHIIA-2025-003"]),
        "existing_covers": st.sampled_from(["yes", "no", "unknown"]),
        "not_relevant_reason": st.sampled_from(["", "Nobody sees it."]),
    },
)


@given(kind=st.sampled_from(ProposalKind), answers=ANSWERS)
def test_nothing_is_not_relevant_while_any_trigger_is_yes_or_unknown(
    kind: ProposalKind, answers: dict[str, object]
) -> None:
    found = screen(kind, answers, QUESTIONS)
    fires = kind in FULL_BY_DEFAULT or answers.get("how_many") == "unknown"
    fires = fires or answers.get("how_much") in ("a_lot", "unknown")
    fires = fires or "patients" in answers.get("who_notices", [])  # type: ignore[operator]
    fires = fires or bool({"ends", "hours", "digital"} & set(answers.get("steps", [])))  # type: ignore[call-overload]
    fires = fires or any(answers.get(trigger.question) in ("yes", "unknown") for trigger in TRIGGERS)
    if fires:
        assert found.result != ScreeningResult.NOT_RELEVANT
    if found.result == ScreeningResult.NOT_RELEVANT:
        assert answers["not_relevant_reason"]
        assert all(answers[trigger.question] == "no" for trigger in TRIGGERS)
    assert (found.result is None) == bool(found.unanswered)
    if found.result is not None:
        assert found.reasons


@given(
    kind=st.sampled_from(ProposalKind),
    answers=ANSWERS,
    trigger=st.sampled_from(TRIGGERS),
    worse=st.sampled_from(["yes", "unknown"]),
)
def test_one_more_trigger_never_takes_a_full_assessment_away(
    kind: ProposalKind,
    answers: dict[str, object],
    trigger: Trigger,
    worse: str,
) -> None:
    if answers.get(trigger.question) == "unknown":
        worse = "unknown"  # finding out that it is so may be better news than not knowing
    before = screen(kind, answers, QUESTIONS)
    after = screen(kind, answers | {trigger.question: worse}, QUESTIONS)
    if before.result == ScreeningResult.FULL:
        assert after.result == ScreeningResult.FULL
    assert trigger.rule in [reason.rule for reason in after.reasons]
