"""System checks: each fires where the register does not stand as it should, and keeps quiet where it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from ehiia.domain.mitigating import Acceptance
from ehiia.domain.vocabulary import Claim, GapState, ReviewState, Stage
from ehiia.services import organisations, sealing, systems
from ehiia.services.transaction import NotFound, read, transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.decisions import QualityCheck, Review
from ehiia.store.engagement import EngagementRow
from ehiia.store.library import GapRow
from ehiia.store.organisations import Body
from ehiia.store.people import Person
from ehiia.store.systems import system_checks
from tests import factories
from tests import people as cast_of
from tests.domain.test_rules_fire import fires, quiet
from tests.services.world import DUE, LONG_AGO, World, make_world

TODAY = date(2027, 2, 1)
BEFORE = TODAY - timedelta(days=1)
ACT, REV, ASS = MitigationRow, Review, Assessment


@pytest.fixture
def world(inside: Flask) -> World:
    return make_world()


def found(here: int, rule: str, today: date = TODAY) -> int:
    looked = systems.one(here, rule, today=today)
    read().rollback()
    return looked.number


def put(row: Any) -> None:
    with transaction() as session:
        session.add(row)


Change = tuple[type[Any], dict[str, Any]]
ROW = {ACT: "mitigation", REV: "review", ASS: "assessment"}

# rule, what makes it fire, what keeps it quiet
CHANGED: list[tuple[str, Change, Change]] = [
    ("SYS-01", (ASS, {"late": True}), (ASS, {"late": False})),
    ("SYS-02", (REV, {"due_on": BEFORE}), (REV, {"due_on": TODAY})),
    ("SYS-03", (REV, {"state": ReviewState.CANCELLED}), (REV, {"due_on": BEFORE})),
    ("SYS-04", (ACT, {"owner_id": None}), (ACT, {"owner_id": None, "outside_owner": "Jo Bell"})),
    ("SYS-05", (ACT, {"due_on": None}), (ACT, {"due_on": DUE})),
    ("SYS-06", (ACT, {"measure": " "}), (ACT, {"measure": "Rides each week"})),
    ("SYS-07", (ACT, {"claim": Claim.AT_RISK}), (ACT, {"acceptance": Acceptance.ACCEPTED})),
    (
        "SYS-08",
        (ACT, {"due_on": TODAY - timedelta(days=31)}),
        (ACT, {"due_on": TODAY - timedelta(days=30)}),
    ),
]


def change(world: World, given: Change) -> None:
    table, values = given
    world.change(table, getattr(world, ROW[table]), **values)


@pytest.mark.parametrize(("rule", "given"), [fires(rule, given) for rule, given, _ in CHANGED])
def test_a_check_finds_what_does_not_stand_as_it_should(world: World, rule: str, given: Change) -> None:
    change(world, given)
    assert found(world.icb, rule) == 1


@pytest.mark.parametrize(("rule", "given"), [quiet(rule, given) for rule, _, given in CHANGED])
def test_a_check_keeps_quiet(world: World, rule: str, given: Change) -> None:
    change(world, given)
    assert found(world.icb, rule) == 0


def gap(world: World, **values: Any) -> GapRow:
    return GapRow(
        organisation_id=world.icb,
        assessment_id=world.assessment,
        number=1,
        unknown="How many are deaf.",
        groups=[],
        by=world.amina,
        at=LONG_AGO,
        **values,
    )


def check(world: World, by: int) -> QualityCheck:
    return QualityCheck(
        assessment_id=world.assessment, version_no=1, begun_at=LONG_AGO, checked_by=by, passed=True
    )


def heard(world: World) -> EngagementRow:
    return EngagementRow(assessment_id=world.assessment, number=1, by=world.amina, at=LONG_AGO)


def body(world: World, chair: int | None) -> Body:
    return Body(organisation_id=world.icb, code="board", name="The Board", chair_id=chair)


ADDED: list[tuple[str, Callable[[World], Any], Callable[[World], Any]]] = [
    (
        "SYS-10",
        lambda w: gap(w, state=GapState.ACCEPTED, accepted_until=BEFORE),
        lambda w: gap(w, state=GapState.CLOSED, due_on=BEFORE),
    ),
    ("SYS-12", lambda w: check(w, w.amina), lambda w: check(w, w.ben)),
    ("SYS-14", lambda w: body(w, None), lambda w: body(w, w.carol)),
]


def wrote(world: World) -> None:
    with transaction() as session:
        row = session.get_one(Participant, (world.assessment, world.amina, "author"))
        row.wrote_at = LONG_AGO


@pytest.mark.parametrize(("rule", "row"), [fires(rule, row) for rule, row, _ in ADDED])
def test_a_check_finds_what_was_added(world: World, rule: str, row: Callable[[World], Any]) -> None:
    wrote(world)
    put(row(world))
    assert found(world.icb, rule) == 1


@pytest.mark.parametrize(("rule", "row"), [quiet(rule, row) for rule, _, row in ADDED])
def test_a_check_keeps_quiet_about_what_was_added(
    world: World, rule: str, row: Callable[[World], Any]
) -> None:
    wrote(world)
    put(row(world))
    assert found(world.icb, rule) == 0


@pytest.mark.rule("SYS-09", fires=True)
@pytest.mark.rule("SYS-09", fires=False)
def test_an_owner_who_has_left_is_found(world: World) -> None:
    assert found(world.icb, "SYS-09") == 0
    world.change(Person, world.grace, left_on=BEFORE)
    assert found(world.icb, "SYS-09") == 1


@pytest.mark.rule("SYS-11", fires=True)
@pytest.mark.rule("SYS-11", fires=False)
def test_an_empty_engagement_log_is_found(world: World) -> None:
    assert found(world.icb, "SYS-11") == 1
    put(heard(world))
    assert found(world.icb, "SYS-11") == 0


@pytest.mark.rule("SYS-13", fires=True)
@pytest.mark.rule("SYS-13", fires=False)
def test_a_record_that_is_not_sealed_by_the_next_day_is_found(inside: Flask, now: datetime) -> None:
    cast = cast_of.gather(now)
    _, record = factories.decided(cast, now)
    assert found(cast.organisation_id, "SYS-13", now.date()) == 0  # it waits for the next run
    assert found(cast.organisation_id, "SYS-13", now.date() + timedelta(days=1)) == 1
    assert sealing.seal_at_once(record.id, now=now + timedelta(hours=5))
    assert found(cast.organisation_id, "SYS-13", now.date() + timedelta(days=1)) == 0


def test_what_is_restricted_or_belongs_to_others_is_found_by_nobody(world: World) -> None:
    for _, given, _ in CHANGED[4:]:
        change(world, given)
    other = organisations.create(code="o", name="Other", ref_prefix="OTH", by=None, now=LONG_AGO).id
    assert any(one.number for one in systems.every(world.icb, today=TODAY))
    assert not any(one.number for one in systems.every(other, today=TODAY))
    world.change(Assessment, world.assessment, restricted=True)
    assert not any(one.number for one in systems.every(world.icb, today=TODAY))


def test_what_is_written_or_rests_promises_nothing_yet(world: World) -> None:
    world.change(Assessment, world.assessment, stage=Stage.WRITING)
    assert not any(one.number for one in systems.every(world.icb, today=TODAY))


def test_a_check_that_is_none_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        systems.one(world.icb, "SYS-99", today=TODAY)


def test_a_finding_begins_with_what_a_check_found(world: World) -> None:
    world.change(MitigationRow, world.mitigation, what="A minibus " * 200)
    begins = systems.prepared(world.icb, "SYS-06", today=TODAY)
    assert "Found on Monday 1 February 2027: 1 (SYS-06)." in begins.condition
    assert "ICB-2026-001-M1: A minibus" in begins.condition
    assert len(begins.condition) < 400
    assert begins.criterion.startswith("Say what is counted")


def test_every_check_has_its_words(world: World) -> None:
    assert [one.rule.id for one in systems.every(world.icb, today=TODAY)] == list(
        system_checks(world.icb, TODAY)
    )
