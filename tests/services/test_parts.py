"""Decisions beyond one outcome: parts decided apart, conditions that become commitments, what is awaited."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.comparing import compare
from ehiia.domain.frozen import Component
from ehiia.domain.vocabulary import Outcome, Permission, Stage
from ehiia.services import (
    checks,
    commitments,
    components,
    decided,
    deciding,
    freezing,
    papers,
    people,
    recorded,
    submission,
)
from ehiia.services.decision_entry import Decision, PartDecided, Term, content_of, decision_from
from ehiia.services.sight import Seen, see
from ehiia.services.transaction import Invalid, NotAllowed, Stale, read
from ehiia.store.decisions import RecordRow
from tests import factories
from tests.factories import HOUR, current
from tests.people import Cast, gather

DAY = timedelta(days=1)
PARTS = (
    Component("The surgery moves", "To Mill Lane, in September."),
    Component("The pharmacy closes"),
    Component("The bus is paid for", "For two years."),
)
TERM = Term("The minibus runs before the doors open.", None, "Jo Bell, Harbour Minibuses", date(2026, 8, 31))


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def listed(cast: Cast, ref: str, now: datetime, parts: tuple[Component, ...] = PARTS) -> None:
    revision = current(ref).revision
    read().rollback()
    components.set_components(ref, parts, revision=revision, by=cast.amina, now=now)


def passed(cast: Cast, now: datetime, **changes: Any) -> str:
    """Return an assessment of three parts that is ready for decision."""
    ref = factories.answered(cast, now, **changes)
    listed(cast, ref, now)
    submission.submit(ref, declared=True, by=cast.amina, now=now + HOUR)
    submission.agree(ref, by=cast.daniel, now=now + HOUR)
    factories.satisfy(ref, cast.ben, now + 2 * HOUR)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now + 2 * HOUR)
    return ref


def said(*outcomes: Outcome | None) -> tuple[PartDecided, ...]:
    return tuple(
        PartDecided(part.name, outcome, f"Because of part {at}.")
        for at, (part, outcome) in enumerate(zip(PARTS, outcomes, strict=True), 1)
    )


def decide(cast: Cast, ref: str, now: datetime, **more: Any) -> RecordRow:
    return factories.decide_alone(cast, ref, now + 3 * HOUR, **more)


def test_each_part_has_its_own_outcome_and_the_whole_follows(cast: Cast, now: datetime) -> None:
    ref = passed(cast, now)
    record = decide(
        cast,
        ref,
        now,
        outcome=Outcome.APPROVED,  # whatever is said of the whole, it follows from the parts
        parts=said(Outcome.APPROVED, Outcome.NOT_APPROVED, Outcome.APPROVED),
    )
    found = recorded.find_record(ref=record.ref).record
    assert found.snapshot.components == PARTS
    assert [(one.name, one.outcome, one.reason) for one in found.decided.parts] == [
        ("The surgery moves", "approved", "Because of part 1."),
        ("The pharmacy closes", "not_approved", "Because of part 2."),
        ("The bus is paid for", "approved", "Because of part 3."),
    ]
    assert (found.decided.outcome, found.decided.outcome_label) == ("in_part", "Approved in part")
    assert current(ref).stage is Stage.IN_FORCE
    assert found.digest() == record.sha256


def test_every_part_is_decided_with_a_reason(cast: Cast, now: datetime) -> None:
    ref = passed(cast, now)
    parts = said(Outcome.APPROVED, None, Outcome.IN_PART)
    with pytest.raises(Invalid) as refused:
        decide(cast, ref, now, parts=(replace(parts[0], reason=" "), *parts[1:]))
    assert set(refused.value.errors) == {"part-1-reason", "part-2-outcome", "part-3-outcome"}
    with pytest.raises(Invalid) as refused:
        decide(cast, ref, now, parts=parts[:2])
    assert "outcome" in refused.value.errors


def test_a_meeting_decides_part_by_part_too(cast: Cast, now: datetime) -> None:
    ref = passed(cast, now, route=factories.to_the_board(cast))
    sha256 = factories.version(ref).sha256
    entered = factories.meeting(
        parts=said(Outcome.WITH_CONDITIONS, Outcome.DEFERRED, Outcome.APPROVED),
        awaited="What the pharmacists say.",
        awaited_until=date(2026, 6, 30),
    )
    later = now + DAY
    deciding.enter(ref, entered, sha256=sha256, by=cast.grace, now=later)
    deciding.enter(ref, entered, sha256=sha256, by=cast.grace, now=later)  # sent twice
    papers.say_read(ref, sha256=sha256, by=cast.carol, now=later)
    seen = papers.paper_of(read(), seen_by_carol(cast, ref))
    assert seen is not None
    assert seen.entry is not None
    entry_id = seen.entry.id
    assert decision_from(seen.entry.content).outcome is Outcome.IN_PART
    read().rollback()
    record = deciding.confirm(
        ref, entry_id=entry_id, reauthenticated=factories.again(later), by=cast.carol, now=later
    )
    decision = recorded.find_record(ref=record.ref).record.decided
    assert decision.awaited == "What the pharmacists say."
    assert decision.awaited_until == date(2026, 6, 30)
    assert [one.owner for one in decision.terms] == ["Jo Bell, Harbour Minibuses"]
    last = decided.last_decision(current(ref).id)
    assert last is not None
    assert last.deferred == ("The pharmacy closes",)


def seen_by_carol(cast: Cast, ref: str) -> Seen:
    return see(ref, Permission.READ, actor=people.actor_of(cast.carol, today=date(2026, 3, 3)))


def test_conditions_become_commitments_with_owners_and_dates(cast: Cast, now: datetime) -> None:
    ref = factories.passed(cast, now)
    terms = (TERM, Term("Refusals are counted.", cast.helen, "", date(2026, 12, 1)))
    record = decide(cast, ref, now, outcome=Outcome.WITH_CONDITIONS, terms=terms)
    decision = recorded.find_record(ref=record.ref).record.decided
    assert [(one.what, one.owner, one.due_on) for one in decision.terms] == [
        (TERM.what, TERM.outside_owner, TERM.due_on),
        ("Refusals are counted.", "Helen Marsh", date(2026, 12, 1)),
    ]
    rows = read().scalars(
        select(commitments.CommitmentRow).where(
            commitments.CommitmentRow.assessment_id == current(ref).id,
            commitments.CommitmentRow.source == f"Condition of the decision {record.ref}",
        )
    )
    assert [(one.what, one.owner_id, one.due_on) for one in rows] == [
        (TERM.what, None, TERM.due_on),
        ("Refusals are counted.", cast.helen, date(2026, 12, 1)),
    ]


@pytest.mark.parametrize(
    ("term", "field"),
    [
        (replace(TERM, what=" "), "term-1-what"),
        (replace(TERM, what="x" * 1001), "term-1-what"),
        (replace(TERM, outside_owner=""), "term-1-owner_id"),
        (replace(TERM, owner_id=1), "term-1-owner_id"),
        (replace(TERM, due_on=None), "term-1-due_on"),
        (replace(TERM, due_on=date(2026, 3, 1)), "term-1-due_on"),
    ],
)
def test_a_condition_says_what_who_and_by_when(cast: Cast, now: datetime, term: Term, field: str) -> None:
    ref = factories.passed(cast, now)
    with pytest.raises(Invalid) as refused:
        decide(cast, ref, now, outcome=Outcome.WITH_CONDITIONS, terms=(term,))
    assert set(refused.value.errors) == {field}


def test_conditions_belong_to_an_approval_with_conditions(cast: Cast, now: datetime) -> None:
    ref = factories.passed(cast, now)
    with pytest.raises(Invalid) as refused:
        decide(cast, ref, now, outcome=Outcome.APPROVED, terms=(TERM,))
    assert set(refused.value.errors) == {"outcome"}


def test_what_is_deferred_says_what_is_awaited_and_until_when(cast: Cast, now: datetime) -> None:
    ref = factories.passed(cast, now)
    with pytest.raises(Invalid) as refused:
        decide(cast, ref, now, outcome=Outcome.DEFERRED, awaited=" ", awaited_until=None)
    assert set(refused.value.errors) == {"awaited", "awaited_until"}
    with pytest.raises(Invalid) as refused:
        decide(cast, ref, now, outcome=Outcome.DEFERRED, awaited="A survey.", awaited_until=date(2026, 3, 1))
    assert set(refused.value.errors) == {"awaited_until"}
    decide(cast, ref, now, outcome=Outcome.DEFERRED, awaited="A survey.", awaited_until=date(2026, 3, 30))
    assert current(ref).stage is Stage.WRITING
    last = decided.last_decision(current(ref).id)
    assert last is not None
    assert (last.entered.awaited, last.entered.awaited_until) == ("A survey.", date(2026, 3, 30))


def test_listing_parts_counts_as_writing_and_twice_is_once(cast: Cast, now: datetime) -> None:
    ref = factories.passed(cast, now)
    revision = current(ref).revision
    read().rollback()
    components.set_components(ref, PARTS, revision=revision, by=cast.amina, now=now + DAY)
    assert current(ref).stage is Stage.WRITING
    components.set_components(ref, PARTS, revision=revision, by=cast.amina, now=now + DAY)  # sent twice
    with pytest.raises(Stale):
        components.set_components(ref, PARTS[:1], revision=revision, by=cast.amina, now=now + DAY)
    with pytest.raises(NotAllowed):
        components.set_components(ref, (), revision=revision, by=cast.ben, now=now + DAY)
    assert components.of_assessment(current(ref).id) == PARTS


def test_parts_have_names_of_their_own(cast: Cast, now: datetime) -> None:
    ref = factories.screened(cast, now)
    wrong = (Component("One"), Component("one "), Component(" "), Component("x" * 201, "y" * 2001))
    with pytest.raises(Invalid) as refused:
        listed(cast, ref, now, wrong)
    assert set(refused.value.errors) == {"part-2-name", "part-3-name", "part-4-name", "part-4-what"}
    with pytest.raises(Invalid):
        listed(cast, ref, now, tuple(Component(f"Part {at}") for at in range(13)))


def test_a_change_of_the_parts_is_told_when_versions_are_compared(cast: Cast, now: datetime) -> None:
    ref = factories.screened(cast, now)
    before = freezing.snapshot_of(read(), current(ref), now=now)
    listed(cast, ref, now)
    after = freezing.snapshot_of(read(), current(ref), now=now)
    assert {one.item for one in compare(before, after)} == {part.name for part in PARTS}


def test_a_decision_is_read_back_from_its_values_as_it_was_entered() -> None:
    given = Decision(
        outcome=Outcome.IN_PART,
        reasons="Many.",
        meeting_on=date(2026, 3, 2),
        members_present=("Carol", "John"),
        parts=said(Outcome.APPROVED, Outcome.DEFERRED, Outcome.WITH_CONDITIONS),
        terms=(TERM,),
        awaited="A survey.",
        awaited_until=date(2026, 6, 1),
    )
    assert decision_from(content_of(given)) == given
    # what was decided before there were parts is read too
    old: dict[str, Any] = {
        "outcome": "approved",
        "reasons": "Many.",
        "meeting_on": None,
        "members_present": [],
    }
    assert decision_from(old) == Decision(outcome=Outcome.APPROVED, reasons="Many.")
