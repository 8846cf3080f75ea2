"""The scale of opinions on assurance, what an opinion needs, and who may give one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ehiia.domain.access import Actor, may_give_opinion
from ehiia.domain.assurance import (
    SHIPPED,
    Basis,
    Degree,
    GradeCount,
    OpinionWords,
    basis_from,
    missing_of,
    wrong_with,
)
from ehiia.domain.vocabulary import Role

WHOLE = OpinionWords(
    "Moderate", "Rules are clear.", "Limited", "Four were late.", "All.", "Files.", "Nothing"
)
HERE = 1


def test_what_ships_is_the_four_words_and_nothing_is_wrong_with_them() -> None:
    assert [degree.word for degree in SHIPPED] == ["Substantial", "Moderate", "Limited", "No"]
    assert wrong_with(SHIPPED) == {}


@pytest.mark.parametrize(
    ("scale", "fields"),
    [
        (SHIPPED[:1], {"word_1"}),
        ((*SHIPPED, Degree("limited", "Again.")), {"word_5"}),
        ((*SHIPPED, Degree("", "A meaning alone.")), {"word_5"}),
        ((*SHIPPED, Degree("High", "")), {"meaning_5"}),
        ((*SHIPPED, Degree("x" * 41, "y" * 301)), {"word_5", "meaning_5"}),
    ],
)
def test_what_is_wrong_with_a_scale_is_named_by_field(scale: tuple[Degree, ...], fields: set[str]) -> None:
    assert set(wrong_with(scale)) == fields


def test_a_whole_opinion_misses_nothing_and_an_empty_one_everything() -> None:
    assert missing_of(WHOLE, SHIPPED, corrects=False) == {}
    assert set(missing_of(OpinionWords(), SHIPPED, corrects=False)) == {
        *("design", "design_reasons", "operation", "operation_reasons"),
        *("scope", "rests_on", "not_looked_at"),
    }


def test_a_word_that_the_scale_has_not_is_missing_and_a_correction_says_why() -> None:
    other = replace(WHOLE, design="High")
    assert set(missing_of(other, SHIPPED, corrects=True)) == {"design", "correction"}
    assert missing_of(replace(WHOLE, correction="I counted wrongly."), SHIPPED, corrects=True) == {}


def test_a_basis_comes_back_from_what_was_kept() -> None:
    basis = Basis(2, 40, 10, 7, (("Working", 5), ("Not done", 2)), (GradeCount("High", 1, 2, 3),))
    assert basis_from(json.loads(json.dumps(basis.plain()))) == basis
    assert basis.not_audited == 3


def test_only_an_auditor_without_equality_lead_duties_gives_an_opinion() -> None:
    auditor = Actor(7, {HERE: frozenset({Role.AUDITOR})})
    assert may_give_opinion(auditor, HERE, led=False, checked=False)
    assert "equality lead" in may_give_opinion(auditor, HERE, led=True, checked=False).reason
    assert "checked" in may_give_opinion(auditor, HERE, led=False, checked=True).reason
    for other in (
        replace(auditor, active=False),
        Actor(7, {HERE: frozenset({Role.EQUALITY_LEAD, Role.DIRECTOR})}),
        Actor(7, {2: frozenset({Role.AUDITOR})}),
    ):
        assert "Only an auditor" in may_give_opinion(other, HERE, led=False, checked=False).reason
