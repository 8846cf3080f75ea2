"""The short form: what it asks, how long it takes, and when it is no longer enough."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehiia.domain import completeness, depth
from ehiia.domain.answers import Answers, Impact, Risk
from ehiia.domain.asked import asked_questions, asked_sections
from ehiia.domain.questions import Depth, SectionKind
from ehiia.domain.vocabulary import (
    Confidence,
    Dimension,
    Direction,
    Likelihood,
    Magnitude,
    ProposalKind,
    Severity,
    YesNoUnknown,
)
from tests.domain.whole import CHARACTERISTICS, QUESTIONS, subject, whole

SMALL = Risk(Likelihood.RARE, Severity.SMALL)
LARGE = Risk(Likelihood.LIKELY, Severity.MAJOR)
EFFECTS = ("travel",)


def short(kind: ProposalKind = ProposalKind.POLICY, *impacts: Impact) -> Answers:
    groups = tuple(
        subject(code, YesNoUnknown.YES if any(one.subject == code for one in impacts) else YesNoUnknown.NO)
        for code in CHARACTERISTICS
    )
    return Answers(kind, {}, groups, impacts, depth=Depth.SHORT)


def low(direction: Direction = Direction.WORSE, **changes: object) -> Impact:
    made = Impact(
        "disability",
        Dimension.ACCESS,
        direction,
        Magnitude.LOW,
        Confidence.STRONG,
        "A little further to walk.",
        SMALL,
        SMALL,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ProposalKind)
def test_a_small_proposal_takes_under_an_hour(kind: ProposalKind) -> None:
    assert 30 <= depth.minutes(QUESTIONS, short(kind)) <= 60


@pytest.mark.parametrize("kind", ProposalKind)
def test_the_extended_form_asks_all_that_the_short_one_asks_and_more(kind: ProposalKind) -> None:
    few, many = short(kind), replace(short(kind), depth=Depth.EXTENDED)

    def ids(answers: Answers) -> set[str]:
        return {
            question.id
            for section in asked_sections(QUESTIONS, answers)
            for question in asked_questions(QUESTIONS, answers, section)
        }

    assert ids(few) < ids(many)
    assert depth.minutes(QUESTIONS, few) < depth.minutes(QUESTIONS, many) / 3


def test_what_the_short_form_does_not_ask_is_not_missing() -> None:
    listed = {item.question_id for item in completeness.missing(QUESTIONS, short())}
    assert "problem" in listed
    assert "still_open" not in listed
    assert "still_open" in {
        item.question_id for item in completeness.missing(QUESTIONS, replace(short(), depth=Depth.EXTENDED))
    }


@pytest.mark.rule("GRO-01", fires=False)
@pytest.mark.rule("GRO-02", fires=False)
def test_a_low_impact_stays_in_the_short_form() -> None:
    assert depth.reasons_to_grow(short(ProposalKind.POLICY, low()), EFFECTS) == ()
    better = low(Direction.BETTER, magnitude=Magnitude.HIGH, before=None, after=None)
    assert depth.reasons_to_grow(short(ProposalKind.POLICY, better), EFFECTS) == ()


@pytest.mark.rule("GRO-01", fires=True)
@pytest.mark.parametrize("direction", [Direction.WORSE, Direction.MIXED])
@pytest.mark.parametrize("change", [{"before": LARGE}, {"magnitude": Magnitude.MEDIUM}])
def test_an_impact_that_is_more_than_low_makes_it_grow(
    direction: Direction, change: dict[str, object]
) -> None:
    found = depth.reasons_to_grow(short(ProposalKind.POLICY, low(direction, **change)), EFFECTS)
    assert [reason.rule for reason in found] == ["GRO-01"]
    assert "Disability, access" in found[0].text


@pytest.mark.rule("GRO-02", fires=True)
def test_an_impact_that_is_not_known_makes_it_grow() -> None:
    unknown = low(Direction.UNKNOWN, magnitude=None, before=None, after=None)
    found = depth.reasons_to_grow(short(ProposalKind.POLICY, unknown), EFFECTS)
    assert [reason.rule for reason in found] == ["GRO-02"]


@pytest.mark.rule("GRO-03", fires=True)
@pytest.mark.rule("GRO-03", fires=False)
@pytest.mark.parametrize(("said", "grows"), [("worse", True), ("unknown", True), ("same", False)])
def test_an_effect_asked_once_makes_it_grow_because_nobody_rates_it(said: str, grows: bool) -> None:
    answers = replace(short(), values={("travel", ""): {"direction": said, "reason": "The bus."}})
    found = [reason.rule for reason in depth.reasons_to_grow(answers, EFFECTS)]
    assert found == (["GRO-03"] if grows else [])
    assert depth.reasons_to_grow(answers, ()) == ()


def test_ratings_of_a_group_that_is_not_affected_make_nothing_grow() -> None:
    answers = short(ProposalKind.POLICY, low(before=LARGE))
    gone = tuple(replace(group, affected=YesNoUnknown.NO) for group in answers.groups)
    assert depth.reasons_to_grow(replace(answers, groups=gone), EFFECTS) == ()


def test_what_only_the_extended_form_asks_is_known_once_it_is_answered() -> None:
    assert depth.extended_answers(QUESTIONS, short()) == ()
    blank = replace(short(), values={("still_open", ""): "  ", ("problem", ""): "Long waits."})
    assert depth.extended_answers(QUESTIONS, blank) == ()
    told = replace(short(), values={("still_open", ""): "The hours."})
    assert depth.extended_answers(QUESTIONS, told) == ("still_open",)


@given(st.sampled_from(Depth), st.sampled_from(ProposalKind))
def test_pages_and_counts_agree_at_every_depth(form: Depth, kind: ProposalKind) -> None:
    """The task list has exactly the pages that are asked, and nothing else is counted."""
    answers = replace(whole(kind), depth=form)
    asked = asked_sections(QUESTIONS, answers)
    pages = {state.section_id for state in completeness.review(QUESTIONS, answers).states}
    assert pages == {section.id for section in asked}
    for section in asked:
        assert form.asks(section.depth)
        if section.kind is SectionKind.QUESTIONS:
            assert asked_questions(QUESTIONS, answers, section)
