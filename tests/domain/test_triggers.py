"""What brings a review forward without anybody saying so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ehiia.content import load
from ehiia.domain.triggers import (
    CUMULATIVE,
    INEFFECTIVE,
    OVERDUE,
    Crowd,
    found_ineffective,
    overdue_too_long,
    too_many,
)
from ehiia.domain.vocabulary import Claim, Verdict

TODAY = date(2027, 3, 1)


def late(days: int, claim: Claim = Claim.ON_TRACK) -> str:
    found = overdue_too_long("M1", TODAY - timedelta(days=days), claim, today=TODAY)
    return found.rule if found else ""


@pytest.mark.rule("REV-17", fires=True)
def test_an_action_late_by_more_than_thirty_days() -> None:
    assert late(31) == "REV-17"


@pytest.mark.rule("REV-17", fires=False)
def test_an_action_late_by_thirty_days_or_done() -> None:
    assert late(30) == ""
    assert late(31, Claim.DONE) == ""
    assert overdue_too_long("M1", None, Claim.AT_RISK, today=TODAY) is None


@pytest.mark.rule("REV-18", fires=True)
def test_an_action_that_does_not_work() -> None:
    found = found_ineffective("M1", Verdict.NOT_WORKING)
    assert found is not None
    assert found.rule == "REV-18"


@pytest.mark.rule("REV-18", fires=False)
@pytest.mark.parametrize("verdict", [None, Verdict.WORKING, Verdict.TOO_EARLY, Verdict.NO_PROOF])
def test_an_action_of_which_that_was_not_found(verdict: Verdict | None) -> None:
    assert found_ineffective("M1", verdict) is None


@pytest.mark.rule("REV-19", fires=True)
def test_three_proposals_for_one_group_and_place() -> None:
    crowds = (
        Crowd("Disability", "West Suffolk", 3),
        Crowd("Disability", "Colchester", 4),
        Crowd("Age", "C", 2),
    )
    found = too_many(crowds)
    assert found is not None
    assert found.rule == "REV-19"
    assert found.text.startswith("Disability (West Suffolk, Colchester): 3 or more")


@pytest.mark.rule("REV-19", fires=False)
def test_two_proposals_for_one_group_and_place() -> None:
    assert too_many([Crowd("Disability", "West Suffolk", 2)]) is None
    assert too_many([]) is None


def test_what_the_service_finds_is_in_the_list() -> None:
    assert {OVERDUE, INEFFECTIVE, CUMULATIVE} < {one.id for one in load.review_triggers()}
    assert len(load.review_triggers()) == 11
