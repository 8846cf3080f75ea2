"""Numbers of people left out of an edition by rule: kept by hand with a reason, told across editions."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from ehiia.domain.hiding import NUMBER_GONE
from ehiia.domain.publishing import Publishing
from ehiia.services import (
    agreeing_publications,
    freezing,
    history,
    organisations,
    publication_rules,
    publishing,
    redacting,
)
from ehiia.services.publishing import Plan
from ehiia.services.transaction import Invalid, NotAllowed, Refused, read
from ehiia.store.decisions import RecordRow
from tests import factories
from tests.factories import HOUR, current
from tests.people import Cast, gather
from tests.services.test_publishing import agreed, page, ref_of
from tests.services.test_publishing_before import page as waiting
from tests.services.test_publishing_before import published

SUMMARY = "The surgery moves. We heard 40 people: 12 women, 25 men and 3 who did not say."
FULL = Plan(Publishing.FULL)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def record(cast: Cast, now: datetime) -> RecordRow:
    return factories.decided(cast, now, summary=SUMMARY)[1]


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + 6 * HOUR


def threshold(number: int, cast: Cast, at: datetime) -> None:
    revision = organisations.get(cast.organisation_id).revision
    read().rollback()
    publication_rules.change(
        cast.organisation_id,
        threshold=number,
        named=[],
        working_days=10,
        first=None,
        last=None,
        before_decision=False,
        revision=revision,
        by=cast.farah,
        now=at,
    )


def test_an_edition_has_neither_the_small_number_nor_one_that_gives_it_away(
    cast: Cast, record: RecordRow, later: datetime
) -> None:
    kept = agreed(record, cast, later, FULL)
    shown = f"We heard 40 people: {NUMBER_GONE} women, 25 men and {NUMBER_GONE} who did not say."
    assert kept.record.snapshot.summary == f"The surgery moves. {shown}"
    assert "12 women" not in kept.row.text
    assert freezing.thaw_record(record.text).snapshot.summary == SUMMARY
    assert kept.record.published is not None
    (said,) = (one for one in kept.record.published.left_out if one.what == "Numbers of people")
    assert (said.times, said.by_hand) == (2, False)


def test_amina_keeps_a_number_with_a_reason_and_leaves_it_to_the_rule_again(
    cast: Cast, record: RecordRow, later: datetime
) -> None:
    ref = ref_of(record)
    publishing.begin(ref, FULL, by=cast.amina, now=later)
    twelve, three = page(record, cast, cast.amina, later).numbers.hidden
    with pytest.raises(Invalid) as refused:
        redacting.keep(ref, [], "Why", by=cast.amina, now=later)
    assert "numbers" in refused.value.errors
    with pytest.raises(Invalid) as refused:
        redacting.keep(ref, [three.key], " ", by=cast.amina, now=later)
    assert "reason" in refused.value.errors
    with pytest.raises(NotAllowed):
        redacting.keep(ref, [three.key], "Why", by=cast.carol, now=later)
    for _ in range(2):
        redacting.keep(ref, [three.key], "These are visits.", by=cast.amina, now=later)
    kept = page(record, cast, cast.amina, later)
    assert kept.numbers.hidden == ()
    assert [(one.found, kept.why_kept[one.key]) for one in kept.numbers.kept] == [("3", "These are visits.")]
    assert three.key not in {one.key for one in kept.to_look_at}, "it was looked at"
    redacting.keep(ref, [twelve.key], "Hidden no more", by=cast.amina, now=later)
    redacting.keep(ref, ["0" * 64], "There is none", by=cast.amina, now=later)
    for _ in range(2):
        redacting.hide_again(ref, three.key, by=cast.amina, now=later)
    assert page(record, cast, cast.amina, later).numbers.hidden == (twelve, three)
    said = [one.sentence for one in history.of_subject(f"assessment:{current(ref).id}").entries]
    assert sum("kept 1 numbers" in one for one in said) == 1
    assert sum("to the rule again" in one for one in said) == 1


def test_what_an_earlier_edition_showed_is_told_and_left_out_of_the_next(
    cast: Cast, record: RecordRow, later: datetime
) -> None:
    threshold(2, cast, later)
    first = agreed(record, cast, later, FULL)
    assert first.record.snapshot.summary == SUMMARY
    threshold(5, cast, later)
    publishing.begin(ref_of(record), FULL, by=cast.amina, now=later + 2 * HOUR)
    now = page(record, cast, cast.amina, later)
    assert [(one.what, one.by) for one in now.numbers.exposed] == [("3 who did not say", (first.row.ref,))]
    assert {one.found for one in now.numbers.hidden} == {"12", "3"}


def test_what_was_shown_of_the_version_that_waited_for_its_decision_is_known_too(
    cast: Cast, now: datetime, later: datetime
) -> None:
    threshold(2, cast, now)
    ref = factories.passed(cast, now, summary=SUMMARY)
    first = published(ref, cast, later)
    factories.decide_alone(cast, ref, later + HOUR)
    threshold(5, cast, later + HOUR)
    publishing.begin(ref, FULL, by=cast.amina, now=later + 2 * HOUR)
    (one,) = waiting(ref, cast.amina, later + 2 * HOUR).numbers.exposed
    assert (one.what, one.by) == ("3 who did not say", (first.row.ref,))


def test_nothing_is_kept_while_it_waits_for_agreement(cast: Cast, record: RecordRow, later: datetime) -> None:
    ref = ref_of(record)
    publishing.begin(ref, FULL, by=cast.amina, now=later)
    (_, three) = page(record, cast, cast.amina, later).numbers.hidden
    agreeing_publications.ask(ref, by=cast.amina, now=later)
    with pytest.raises(Refused, match="waits for agreement"):
        redacting.keep(ref, [three.key], "Why", by=cast.amina, now=later)
