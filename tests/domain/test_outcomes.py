"""What the outcomes of several parts come to together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehiia.domain.outcomes import FOR_A_PART, overall
from ehiia.domain.vocabulary import Outcome

O = Outcome  # noqa: E741 - one letter, so that the table below can be read


@pytest.mark.parametrize("outcome", FOR_A_PART)
def test_parts_that_all_end_alike_end_the_whole_like_that(outcome: Outcome) -> None:
    assert overall((outcome, outcome, outcome)) is outcome


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ((O.APPROVED, O.NOT_APPROVED), O.IN_PART),
        ((O.APPROVED, O.DEFERRED), O.IN_PART),
        ((O.WITH_CONDITIONS, O.NOT_APPROVED, O.DEFERRED), O.IN_PART),
        ((O.APPROVED, O.WITH_CONDITIONS), O.WITH_CONDITIONS),
        ((O.NOT_APPROVED, O.DEFERRED), O.DEFERRED),
    ],
)
def test_parts_that_end_differently(parts: tuple[Outcome, ...], whole: Outcome) -> None:
    assert overall(parts) is whole
    assert overall(parts[::-1]) is whole


def test_without_parts_there_is_nothing_to_add_up() -> None:
    with pytest.raises(ValueError, match="no parts"):
        overall(())


@given(st.lists(st.sampled_from(FOR_A_PART), min_size=1, max_size=8))
def test_nothing_is_called_approved_of_which_no_part_was_and_nothing_whole_that_is_not(
    parts: list[Outcome],
) -> None:
    approved = {O.APPROVED, O.WITH_CONDITIONS}
    whole = overall(parts)
    assert (whole in approved | {O.IN_PART}) == bool(approved & set(parts))
    assert (whole in approved) == (set(parts) <= approved)
