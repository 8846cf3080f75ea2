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
def test_one_yes_or_dont_know_is_enough_for_a_full_assessment(trigger: Trigger, answer: str) -> None:
    found = screen(ProposalKind.POLICY, NOTHING | {trigger.question: answer}, QUESTIONS)
    assert found.result == ScreeningResult.FULL
    assert [(reason.rule, reason.questions) for reason in found.reasons] == [
        (trigger.rule, (trigger.question,))
    ]
    assert ("don't know counts as yes" in found.reasons[0].text) == (answer == "unknown")


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
    before = screen(kind, answers, QUESTIONS)
    after = screen(kind, answers | {trigger.question: worse}, QUESTIONS)
    if before.result == ScreeningResult.FULL:
        assert after.result == ScreeningResult.FULL
    assert trigger.rule in [reason.rule for reason in after.reasons]
