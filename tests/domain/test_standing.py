"""What the cover says of a decision: in force or not, and why."""

from __future__ import annotations

import pytest

from ehiia.domain.standing import Standing, standing, standing_of
from ehiia.domain.vocabulary import Conclusion, Outcome, Stage
from ehiia.domain.workflow import stage_after_decision


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("conclusion", [*Conclusion, None])
@pytest.mark.parametrize("followed", [True, False])
def test_a_status_says_in_force_where_the_decision_leads_there_and_nowhere_else(
    outcome: Outcome, conclusion: Conclusion | None, followed: bool
) -> None:
    stage = stage_after_decision(outcome, conclusion, followed)
    assert standing(stage, outcome).startswith("In force") == (stage is Stage.IN_FORCE)


def test_conditions_a_deferral_a_rejection_and_a_stop_are_told_apart() -> None:
    assert standing(Stage.IN_FORCE, Outcome.WITH_CONDITIONS) == "In force, with conditions"
    assert standing(Stage.IN_FORCE, Outcome.IN_PART) == "In force in part"
    assert standing(Stage.WRITING, Outcome.DEFERRED) == "Not in force: deferred"
    assert standing(Stage.CLOSED, Outcome.NOT_APPROVED) == "Not in force: not approved"
    assert "stop and rethink" in standing(Stage.CLOSED, Outcome.APPROVED)


def test_while_signatures_are_awaited_it_is_not_in_force_yet() -> None:
    said = standing(Stage.AWAITING_SIGNATURES, Outcome.APPROVED)
    assert said == "Decided; in force when everybody named has signed"


def test_a_record_is_withdrawn_with_its_proposal_unless_a_newer_one_speaks_for_it() -> None:
    assert standing_of(Stage.IN_FORCE, superseded=False) is Standing.CURRENT
    assert standing_of(Stage.CLOSED, superseded=False) is Standing.CURRENT
    assert standing_of(Stage.WITHDRAWN, superseded=False) is Standing.WITHDRAWN
    assert standing_of(Stage.WITHDRAWN, superseded=True) is Standing.SUPERSEDED
