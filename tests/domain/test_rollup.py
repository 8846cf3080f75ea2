"""How far the assessments under an umbrella are."""

from __future__ import annotations

import pytest

from ehiia.domain.rollup import HowFar, how_far, together
from ehiia.domain.vocabulary import Stage

COMPLETE, GOING, NEEDED = HowFar.COMPLETE, HowFar.IN_PROGRESS, HowFar.NEEDED


@pytest.mark.parametrize(
    ("stage", "answered", "far"),
    [
        (Stage.IN_FORCE, 0, COMPLETE),
        (Stage.NOT_NEEDED, 0, COMPLETE),
        (Stage.CHECKING, 0, GOING),
        (Stage.WRITING, 5, GOING),
        (Stage.WRITING, 4, NEEDED),
        (Stage.SCREENING, 10, NEEDED),
        (Stage.WITHDRAWN, 10, None),
    ],
)
def test_one(stage: Stage, answered: int, far: HowFar | None) -> None:
    assert how_far(stage, answered, 10) is far


@pytest.mark.parametrize(
    ("each", "far"),
    [
        ((COMPLETE, COMPLETE), COMPLETE),
        ((COMPLETE, NEEDED), GOING),
        ((COMPLETE, NEEDED, NEEDED), NEEDED),
        ((GOING, GOING), GOING),
        ((), None),
    ],
)
def test_all_together(each: tuple[HowFar, ...], far: HowFar | None) -> None:
    assert together(each) is far
