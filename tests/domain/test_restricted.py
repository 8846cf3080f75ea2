"""Who has to be able to see a restricted assessment before it is sent on."""

from __future__ import annotations

import pytest

from ehiia.domain.restricted import unseen

AMINA, BEN, CAROL = 1, 2, 3


@pytest.mark.rule("RES-01", fires=True)
def test_without_an_equality_lead_among_those_who_take_part_nobody_checks_it() -> None:
    assert unseen(checkers={BEN}, decider=CAROL, taking_part={AMINA, CAROL}) == ("RES-01",)
    assert unseen(checkers=(), decider=None, taking_part={AMINA}) == ("RES-01",)


@pytest.mark.rule("RES-02", fires=True)
def test_whoever_decides_has_to_take_part() -> None:
    assert unseen(checkers={BEN}, decider=CAROL, taking_part={AMINA, BEN}) == ("RES-02",)


@pytest.mark.rule("RES-01", fires=False)
@pytest.mark.rule("RES-02", fires=False)
def test_it_is_seen_by_whoever_checks_and_whoever_decides() -> None:
    assert unseen(checkers={BEN}, decider=CAROL, taking_part={AMINA, BEN, CAROL}) == ()
    assert unseen(checkers={BEN}, decider=None, taking_part={AMINA, BEN}) == ()
