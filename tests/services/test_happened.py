"""The extract of the history in a record: the steps of its own version, with their place in the chain."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from ehiia.domain.decision import DecisionRecord
from ehiia.domain.vocabulary import Outcome
from ehiia.services import checks, submission
from ehiia.services.freezing import thaw_record
from tests import factories
from tests.people import Cast, gather


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def _steps(record: DecisionRecord) -> list[str]:
    return [f"{one.who} {one.what}" for one in record.history]


def test_a_record_tells_who_took_which_step_of_its_version_and_where_it_stands_in_the_chain(
    cast: Cast, now: datetime
) -> None:
    record = thaw_record(factories.decided(cast, now)[1].text)
    steps = _steps(record)
    assert steps[0].startswith("Amina Hassan finished the first questions")
    assert steps[-2:] == [
        "Carol Whitfield said: I have read this version",
        "Carol Whitfield made the decision",
    ]
    assert any(step.endswith("passed the check; this version is frozen for the decision") for step in steps)
    numbers = [one.number for one in record.history]
    assert numbers == sorted(numbers)
    assert numbers[-1] <= record.history_sequence
    assert record.status == "In force"


def test_why_somebody_took_a_step_is_not_repeated_from_the_history(cast: Cast, now: datetime) -> None:
    ref = factories.submitted(cast, now)
    submission.return_to_author(ref, reason="The tide table was wrong.", by=cast.daniel, now=now)
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    submission.agree(ref, by=cast.daniel, now=now)
    factories.satisfy(ref, cast.ben, now)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now)
    row = factories.decide_alone(cast, ref, now)
    assert "Daniel Ashby sent it back as accountable director" in _steps(thaw_record(row.text))
    assert "tide table" not in row.text


def test_the_next_version_tells_its_own_steps_only(cast: Cast, now: datetime) -> None:
    ref, first = factories.decided(cast, now, Outcome.DEFERRED)
    later = now + timedelta(days=7)
    submission.submit(ref, declared=True, by=cast.amina, now=later)
    submission.agree(ref, by=cast.daniel, now=later)
    factories.satisfy(ref, cast.ben, later)
    checks.pass_check(ref, reservations="", by=cast.ben, now=later)
    second = thaw_record(factories.decide_alone(cast, ref, later).text)
    before = thaw_record(first.text)
    assert before.status == "Not in force: deferred"
    assert before.history[-1].what == "made the decision"
    assert second.history[0].number > before.history[-1].number
    assert not any("first questions" in step for step in _steps(second))
    assert _steps(second)[-1] == "Carol Whitfield made the decision"
