"""Scores: the worst stays visible, and every harm has an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehiia.domain.answers import Answers, Impact, Risk
from ehiia.domain.scoring import (
    BandBorders,
    UnansweredImpact,
    band,
    band_of_score,
    matrix,
    needs_action,
    worst,
)
from ehiia.domain.vocabulary import (
    Band,
    Claim,
    Dimension,
    Direction,
    Likelihood,
    ProposalKind,
    Severity,
    YesNoUnknown,
)
from tests.domain import whole as make

RISKS = st.builds(Risk, st.sampled_from(Likelihood), st.sampled_from(Severity))
IMPACTS = st.builds(
    Impact,
    st.sampled_from(["age", "race"]),
    st.sampled_from(Dimension),
    st.sampled_from([None, *Direction]),
    before=st.none() | RISKS,
    after=st.none() | RISKS,
)


@pytest.mark.parametrize(
    ("score", "name"),
    [
        (0, Band.NONE),
        (1, Band.LOW),
        (3, Band.LOW),
        (4, Band.MEDIUM),
        (9, Band.MEDIUM),
        (10, Band.HIGH),
        (16, Band.HIGH),
        (20, Band.VERY_HIGH),
        (25, Band.VERY_HIGH),
    ],
)
def test_the_usual_borders(score: int, name: Band) -> None:
    assert band_of_score(score) == name


def test_an_organisation_may_set_its_own_borders() -> None:
    assert band(make.HIGH, BandBorders(low=2, medium=6, high=11)) == Band.VERY_HIGH
    assert band(None) == Band.NONE


@pytest.mark.parametrize("borders", [(0, 9, 16), (9, 9, 16), (3, 16, 9), (3, 9, 25)])
def test_borders_out_of_order_are_refused(borders: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="borders"):
        BandBorders(*borders)


@pytest.mark.parametrize("score", [-1, 26])
def test_a_score_that_cannot_be_is_refused(score: int) -> None:
    with pytest.raises(ValueError, match="score"):
        band_of_score(score)


def test_one_bad_rating_of_a_small_group_stays_visible_among_many_good_ones() -> None:
    mild = [replace(make.impact("age", d), before=make.LOW) for d in Dimension] * 10
    bad = replace(make.impact("gender_reassignment"), before=Risk(Likelihood.ALMOST_CERTAIN, Severity.SEVERE))
    found = worst([*mild, bad], "before")
    assert (found.band, found.score, found.impact) == (Band.VERY_HIGH, 25, bad)


@given(st.lists(IMPACTS))
def test_the_worst_is_one_of_the_ratings_and_none_is_worse(impacts: list[Impact]) -> None:
    found = worst(impacts, "before")
    scores = [impact.before.score for impact in impacts if impact.adverse and impact.before]
    assert found.score == max(scores, default=0)
    assert (found.impact is None) == (not scores)


@given(st.lists(IMPACTS), IMPACTS)
def test_one_more_impact_never_makes_the_worst_better(impacts: list[Impact], more: Impact) -> None:
    assert worst([*impacts, more], "before").score >= worst(impacts, "before").score
    assert worst([*impacts, more], "after").score >= worst(impacts, "after").score


def test_what_is_left_is_what_was_there_until_somebody_says_otherwise() -> None:
    unrated = replace(make.impact("age"), after=None)
    assert worst([unrated], "after").score == make.HIGH.score


def test_a_better_impact_has_no_risk_whatever_was_rated_before() -> None:
    assert worst([replace(make.impact("age"), direction=Direction.BETTER)], "before").band == Band.NONE


def test_every_worse_or_mixed_impact_needs_an_action_or_a_reason() -> None:
    answers = make.whole()
    assert needs_action(answers) == ()
    without = replace(answers, mitigations=())
    assert needs_action(without) == (
        UnansweredImpact("disability", "access", Direction.WORSE),
        UnansweredImpact("fishing", "access", Direction.WORSE),
    )
    reasoned = replace(
        without,
        impacts=tuple(
            replace(i, justification="It costs lives to delay." if i.subject == "fishing" else "")
            for i in answers.impacts
        ),
    )
    assert [item.subject for item in needs_action(reasoned)] == ["disability"]


@pytest.mark.parametrize("claim", [Claim.CANCELLED, Claim.SUPERSEDED])
def test_an_action_that_was_given_up_answers_nothing(claim: Claim) -> None:
    answers = make.whole()
    given_up = replace(answers, mitigations=tuple(replace(a, claim=claim) for a in answers.mitigations))
    assert len(needs_action(given_up)) == 2


def test_an_effect_that_is_worse_needs_an_action_or_a_reason_too() -> None:
    worse = {"direction": "worse", "reason": "Further to go."}
    answers = make.given(make.whole(), core20_areas=worse)
    assert needs_action(answers) == (UnansweredImpact("core20_areas", "overall", Direction.WORSE),)
    acted = replace(
        answers, mitigations=(*answers.mitigations, make.action(("core20_areas", "overall"), ref="M2"))
    )
    assert needs_action(acted) == ()
    reasoned = make.given(answers, core20_areas=worse | {"justification": "Nothing else is open there."})
    assert needs_action(reasoned) == ()


def test_an_effect_that_is_no_longer_asked_needs_nothing() -> None:
    answers = make.given(make.whole(), core20_areas={"direction": "mixed", "reason": "Some."})
    assert needs_action(answers, effects=()) == ()
    assert len(needs_action(answers, effects=("core20_areas",))) == 1


def test_a_group_that_was_taken_out_or_answered_no_counts_no_more() -> None:
    answers = replace(make.whole(), mitigations=())
    out = replace(answers, groups=tuple(g for g in answers.groups if g.code != "fishing"))
    assert [item.subject for item in needs_action(out)] == ["disability"]
    no = replace(
        answers,
        groups=tuple(
            replace(g, affected=YesNoUnknown.NO) if g.code == "fishing" else g for g in answers.groups
        ),
    )
    assert [item.subject for item in needs_action(no)] == ["disability"]


def test_the_matrix_shows_each_group_before_and_after() -> None:
    found = matrix(make.whole())
    rows = {row.subject: row for row in found.rows}
    assert list(rows) == [*make.CHARACTERISTICS, "fishing"]
    cell = rows["disability"].cells[0]
    assert (cell.dimension, cell.direction) == (Dimension.ACCESS, Direction.WORSE)
    assert (cell.band_before, cell.band_after) == (Band.HIGH, Band.LOW)
    assert cell.actions == ("M1",)
    assert not cell.needs_action
    assert rows["race"].cells == ()
    assert rows["race"].reason
    assert [cell.dimension for cell in rows["marriage"].cells] == [Dimension.ELIMINATE]
    assert (found.worst_before.score, found.worst_after.score) == (12, 3)


def test_the_matrix_says_which_cell_has_no_answer_yet() -> None:
    answers = replace(make.whole(), mitigations=())
    open_cells = [
        (row.subject, cell.dimension)
        for row in matrix(answers).rows
        for cell in row.cells
        if cell.needs_action
    ]
    assert open_cells == [("disability", Dimension.ACCESS), ("fishing", Dimension.ACCESS)]


def test_a_cell_nobody_has_rated_is_empty_and_not_good() -> None:
    answers = Answers(ProposalKind.POLICY, groups=(make.subject("age", YesNoUnknown.UNKNOWN),))
    (row,) = matrix(answers).rows
    assert [cell.direction for cell in row.cells] == [None, None, None]
