"""How a paper may be used at a meeting."""

from __future__ import annotations

import pytest

from ehiia.domain.meeting import PaperMark, mark_of
from ehiia.domain.vocabulary import Stage


def test_only_a_frozen_version_that_waits_is_for_decision() -> None:
    assert mark_of(Stage.READY, version_ready=True) is PaperMark.CHECKED
    assert mark_of(Stage.READY, version_ready=False) is PaperMark.DRAFT


@pytest.mark.parametrize("stage", [Stage.WRITING, Stage.CHECKING, Stage.SENT_BACK, Stage.WITH_DIRECTOR])
def test_what_is_on_its_way_is_a_draft_whatever_was_frozen_before(stage: Stage) -> None:
    assert mark_of(stage, version_ready=True) is PaperMark.DRAFT


@pytest.mark.parametrize("stage", [Stage.IN_FORCE, Stage.AWAITING_SIGNATURES, Stage.CLOSED, Stage.REPLACED])
def test_what_was_decided_is_marked_so(stage: Stage) -> None:
    assert mark_of(stage, version_ready=False) is PaperMark.DECIDED
