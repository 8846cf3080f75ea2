"""Effects that are answers to one question count in the worst rating; a scale says what its degrees mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ehiia.content import load
from ehiia.domain import paper, scales
from ehiia.domain.answers import Risk
from ehiia.domain.asked import asked_effects
from ehiia.domain.completeness import missing
from ehiia.domain.scales import USUAL
from ehiia.domain.scoring import BandBorders, effect, matrix, rated, worst
from ehiia.domain.vocabulary import Band, Conclusion, Direction, Likelihood, Severity
from tests.domain import whole as make

Q = load.question_set("assessment")
BAD = {
    "direction": "worse",
    "reason": "The clinic closes.",
    "likelihood_before": "5",
    "severity_before": "4",
    "likelihood_after": "5",
    "severity_after": "4",
    "justification": "Nothing else is open.",
}


def test_an_effect_that_is_worse_counts_in_the_worst_rating() -> None:
    answers = make.given(make.whole(), adults_touched=["smoking"], smoking=BAD)
    found = worst(rated(answers, asked_effects(Q, answers)), "after")
    assert (found.band, found.score) == (Band.VERY_HIGH, 20)
    assert matrix(answers, asked=asked_effects(Q, answers)).worst_after.score == 20


def test_an_effect_that_is_not_asked_any_more_does_not_count() -> None:
    answers = make.given(make.whole(), adults_touched=["smoking"], smoking=BAD)
    assert worst(rated(answers, ()), "after").score < 20


def test_a_better_effect_has_no_rating_whatever_was_chosen_before() -> None:
    answers = make.given(make.whole(), adults_touched=["smoking"], smoking=BAD | {"direction": "better"})
    assert worst(rated(answers), "after").score < 20


def test_no_major_change_cannot_stand_while_an_effect_leaves_a_high_risk() -> None:
    calm = make.whole(conclusion=Conclusion.NO_MAJOR_CHANGE)
    assert "CON-04" not in {item.rule for item in missing(Q, calm)}
    answers = make.given(calm, adults_touched=["smoking"], smoking=BAD)
    assert "CON-04" in {item.rule for item in missing(Q, answers)}


def test_a_worse_effect_asks_how_likely_and_how_bad_by_its_short_name() -> None:
    half = {key: value for key, value in BAD.items() if not key.endswith("after")}
    (item,) = missing(Q, make.given(make.whole(), adults_touched=["smoking"], smoking=half))
    assert item.anchor == "q-smoking-likelihood_after"
    assert item.text == "Smoking: how likely and how bad is it after action?"
    assert missing(Q, make.given(make.whole(), adults_touched=["smoking"], smoking=BAD)) == ()


@pytest.mark.parametrize("value", [None, "text", {}, {"direction": "sideways"}, {"direction": ""}])
def test_what_holds_no_direction_is_no_effect(value: object) -> None:
    assert effect("smoking", value) is None


def test_a_degree_that_does_not_exist_is_no_rating() -> None:
    found = effect("smoking", BAD | {"likelihood_before": "6"})
    assert found is not None
    assert found.before is None
    assert found.after == Risk(Likelihood(5), Severity(4))


def test_every_effect_has_a_short_name_for_papers() -> None:
    answers = make.whole()
    for question_id in asked_effects(Q, answers):
        question = Q.question(question_id)
        assert question is not None
        assert 0 < len(question.short) <= 40


# -- scales --------------------------------------------------------------------------------------


def test_five_by_five_and_four_by_four_are_shipped() -> None:
    assert [scale.id for scale in load.scales()] == ["5x5", "4x4"]
    assert load.scale("5x5") == USUAL


def test_a_scale_says_a_risk_in_its_own_words() -> None:
    four = load.scale("4x4")
    risk = Risk(Likelihood(4), Severity(4))
    assert four.words(risk) == "Almost certain × severe is 16, very high"
    assert USUAL.words(risk) == "Likely × major is 16, high"
    assert four.with_bands(BandBorders(3, 8, 15)).words(Risk(Likelihood(3), Severity(3))).endswith("9, high")


def test_a_degree_beyond_the_scale_is_not_on_it() -> None:
    four = load.scale("4x4")
    assert four.holds(4, None)
    assert not four.holds(5, 1)
    assert not four.holds(1, 5)


def test_a_scale_with_bands_beyond_its_highest_score_is_refused() -> None:
    assert scales.problems(load.scale("4x4")) == []
    wrong = load.scale("4x4").with_bands(BandBorders(3, 8, 16))
    assert scales.problems(wrong) == ["scale 4x4.bands: high must end below 16"]
    assert scales.problems(replace(wrong, likelihood=("Rare",))) != []


def test_paper_names_the_highest_score_of_the_scale() -> None:
    assert paper.risk_words("High", 12, 16) == "high (12 of 16)"
    assert paper.risk_words("High", 12, 16, "Likely", "Major") == "high (likely × major, 12 of 16)"
    assert paper.risk_words("", None) == ""


def test_a_direction_is_a_direction_in_every_effect() -> None:
    assert {effect("q", {"direction": word.value}).direction for word in Direction} == set(Direction)  # type: ignore[union-attr]
