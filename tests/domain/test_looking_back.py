"""What was predicted beside what happened: what is still to be said, and the worst that is left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ehiia.domain.answers import Risk
from ehiia.domain.frozen import RatedImpact
from ehiia.domain.looking_back import EFFECTS, Found, Predicted, Turned, Worked, lacking, worst_now
from ehiia.domain.vocabulary import Band, Likelihood, Severity

WORSE = Predicted("disability", "access", "Disability", RatedImpact("Access", "worse", "Worse"))
BAD = Risk(Likelihood(5), Severity(4))
SAID = Found(Turned.AS_PREDICTED, "Nine of ten came.")


def rules(found: Found | None, one: Predicted = WORSE) -> list[str]:
    return [lack.reason.rule for lack in lacking([one], {one.key: found} if found else {}, {})]


@pytest.mark.rule("REV-15", fires=True)
@pytest.mark.parametrize(
    "found",
    [None, Found(), Found(Turned.AS_PREDICTED), Found(Turned.NOT_KNOWN), Found(Turned.WORSE, "Nobody came.")],
)
def test_what_happened_is_still_to_be_said(found: Found | None) -> None:
    assert rules(found) == ["REV-15"]


@pytest.mark.rule("REV-15", fires=False)
@pytest.mark.parametrize(
    "found", [SAID, Found(Turned.NOT_KNOWN, "Nobody counts."), Found(Turned.WORSE, "Nobody came.", "", BAD)]
)
def test_what_happened_is_said(found: Found) -> None:
    assert rules(found) == []


def test_where_no_difference_was_predicted_something_may_be_said_and_need_not() -> None:
    same = replace(WORSE, impact=replace(WORSE.impact, direction="same"))
    assert rules(None, same) == []
    assert rules(Found(Turned.WORSE, "Nobody came."), same) == ["REV-15"]


@pytest.mark.rule("REV-16", fires=True)
def test_whether_an_action_worked_is_still_to_be_said() -> None:
    assert [one.reason.text for one in lacking([], {}, {"M1": None})] == ["M1: say whether it worked"]


@pytest.mark.rule("REV-16", fires=False)
def test_too_early_to_tell_is_an_answer() -> None:
    assert lacking([], {}, {"M1": Worked.TOO_EARLY}) == ()


def test_the_worst_counts_and_nothing_is_averaged() -> None:
    assert worst_now(Band.LOW, [SAID, Found(Turned.WORSE, "A", "", BAD)]) is Band.VERY_HIGH
    assert worst_now(Band.HIGH, [SAID]) is Band.HIGH


def test_what_is_answered_in_one_question_has_a_page_of_its_own() -> None:
    effect = Predicted("cancer", "overall", "Cancer", RatedImpact("", "worse", "Worse"))
    assert (effect.page, effect.words) == (EFFECTS, "Cancer")
    assert (WORSE.page, WORSE.words) == ("disability", "Disability, access")
