"""Freezing before and after consultation, and reading and comparing what was frozen."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from ehiia.domain.gates import Key
from ehiia.domain.vocabulary import Gate, Outcome, ReviewOutcome
from ehiia.domain.workflow import Refused
from ehiia.services import answering, assessments, gates
from ehiia.services.answered import page_of
from ehiia.services.answering import Given
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, read
from tests import factories, lookback
from tests.factories import HOUR, current
from tests.people import Cast, gather

DAY = timedelta(days=1)
WHY = "It goes out with the consultation papers."


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def edit(ref: str, by: int, now: datetime, words: str = "Changed words.") -> None:
    revision = page_of(current(ref)).revisions.get("problem", 0)
    read().rollback()
    answering.save_page(ref, answers={"problem": Given(words, revision)}, by=by, now=now)


def keys(ref: str) -> list[str]:
    found = [str(one.key) for one in gates.of_assessment(current(ref).id)]
    read().rollback()
    return found


def test_amina_freezes_it_before_and_after_consultation(cast: Cast, now: datetime) -> None:
    ref = factories.screened(cast, now)
    frozen, new = gates.freeze_by_hand(ref, Gate.PRE_CONSULTATION, reason=WHY, by=cast.amina, now=now)
    assert new
    assert (frozen.title, frozen.by, frozen.reason) == ("Version 1, before consultation", "Amina Hassan", WHY)
    edit(ref, cast.amina, now + DAY)
    gates.freeze_by_hand(ref, Gate.POST_CONSULTATION, reason="They said so.", by=cast.amina, now=now + DAY)
    assert keys(ref) == ["1-post_consultation-1", "1-pre_consultation-1"]


def test_frozen_twice_with_nothing_changed_is_one_version(cast: Cast, now: datetime) -> None:
    ref = factories.screened(cast, now)
    first, _ = gates.freeze_by_hand(ref, Gate.PRE_CONSULTATION, reason=WHY, by=cast.amina, now=now)
    again, new = gates.freeze_by_hand(
        ref, Gate.PRE_CONSULTATION, reason="Again.", by=cast.amina, now=now + DAY
    )
    assert (again, new) == (first, False)
    edit(ref, cast.amina, now + DAY)
    second, new = gates.freeze_by_hand(ref, Gate.PRE_CONSULTATION, reason=WHY, by=cast.amina, now=now + DAY)
    assert new
    assert second.key == Key(1, Gate.PRE_CONSULTATION, 2)
    assert second.title == "Version 1, before consultation (2)"


def test_a_reason_is_asked_for(cast: Cast, now: datetime) -> None:
    ref = factories.screened(cast, now)
    for reason in (" ", "x" * 2001):
        with pytest.raises(Invalid) as refused:
            gates.freeze_by_hand(ref, Gate.PRE_CONSULTATION, reason=reason, by=cast.amina, now=now)
        assert "reason" in refused.value.errors
    assert keys(ref) == []


def test_only_the_author_freezes_and_only_at_these_gates(cast: Cast, now: datetime) -> None:
    ref = factories.screened(cast, now)
    for by in (cast.ben, cast.daniel, cast.carol):
        with pytest.raises(NotAllowed):
            gates.freeze_by_hand(ref, Gate.PRE_CONSULTATION, reason=WHY, by=by, now=now)
    with pytest.raises(NotFound):
        gates.freeze_by_hand(ref, Gate.PRE_CONSULTATION, reason=WHY, by=cast.ids["esther"], now=now)
    for gate in (Gate.SUBMITTED, Gate.FOR_DECISION, Gate.REVIEWED):
        with pytest.raises(NotFound):
            gates.freeze_by_hand(ref, gate, reason=WHY, by=cast.amina, now=now)
    early = factories.started(cast, now)
    with pytest.raises(Refused):
        gates.freeze_by_hand(early, Gate.PRE_CONSULTATION, reason=WHY, by=cast.amina, now=now)


def test_submission_check_and_review_freeze_by_themselves(cast: Cast, now: datetime) -> None:
    ref, _ = factories.decided(cast, now, Outcome.APPROVED)
    lookback.carry_out(
        ref, ReviewOutcome.KEEP, happened="As many people came as before.", by=cast.amina, now=now + 200 * DAY
    )
    assert keys(ref) == ["1-reviewed-1", "1-for_decision-1", "1-submitted-1"]


def test_what_was_frozen_stays_as_it_was(cast: Cast, now: datetime) -> None:
    ref = factories.screened(cast, now)
    edit(ref, cast.amina, now, "The first words.")
    gates.freeze_by_hand(ref, Gate.PRE_CONSULTATION, reason=WHY, by=cast.amina, now=now)
    edit(ref, cast.amina, now + HOUR, "Quite other words.")
    assessment = current(ref)
    frozen = gates.one(assessment.id, Key(1, Gate.PRE_CONSULTATION, 1))
    said = [
        one.answer
        for part in frozen.snapshot.sections
        for one in part.answers
        if one.question_id == "problem"
    ]
    assert said == [("The first words.",)]
    read().rollback()
    other = factories.started(cast, now)
    with pytest.raises(NotFound):
        gates.one(current(other).id, Key(1, Gate.PRE_CONSULTATION, 1))


def test_two_versions_are_compared_and_one_with_what_it_is_now(cast: Cast, now: datetime) -> None:
    ref = factories.screened(cast, now)
    edit(ref, cast.amina, now, "The first words.")
    gates.freeze_by_hand(ref, Gate.PRE_CONSULTATION, reason=WHY, by=cast.amina, now=now)
    edit(ref, cast.amina, now + HOUR, "The second words.")
    found = gates.compared(current(ref), "1-pre_consultation-1", "now", now=now + HOUR)
    assert [(one.item, one.before, one.after) for one in found.lines if one.before != one.after] == [
        ("problem", ("The first words.",), ("The second words.",))
    ]
    assert found.after.frozen is None
    assert len(found.lines) > 5
    for wrong in ("", "2-submitted-1", "1-pre_consultation-9"):
        with pytest.raises(NotFound):
            gates.compared(current(ref), wrong, "now", now=now)


def test_the_reference_of_a_title_that_changed_is_compared_too(cast: Cast, now: datetime) -> None:
    ref = factories.screened(cast, now)
    gates.freeze_by_hand(ref, Gate.PRE_CONSULTATION, reason=WHY, by=cast.amina, now=now)
    revision = current(ref).revision
    read().rollback()
    assessments.change_details(
        ref, factories.details(cast, title="Closing it"), revision=revision, by=cast.amina, now=now
    )
    found = gates.compared(current(ref), "1-pre_consultation-1", "now", now=now)
    assert ("title", "changed") in [(one.item, one.how) for one in found.lines]
