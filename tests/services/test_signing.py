"""Three people sign: the decision-maker, then those whom the body names, each in their turn."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Outcome, Part, SealState, Stage
from ehiia.services import (
    bodies,
    history,
    people,
    recorded,
    restriction,
    sealing,
    signatories,
    signing,
    team,
    verifying,
    waiting,
)
from ehiia.services.bodies import AlsoSigns
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, read, transaction
from ehiia.store.assessments import Participant
from ehiia.store.decisions import RecordRow
from ehiia.store.duties import Notice
from ehiia.store.people import Person
from tests import factories
from tests.factories import HOUR, again, current
from tests.people import Cast, gather
from tests.services.world import DAY, live

EXECUTIVE, CHAIR = "Executive lead", "Chair of the board"


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    found = gather(now)
    two_more(found, now, AlsoSigns(EXECUTIVE), AlsoSigns(CHAIR, found.grace))
    return found


def two_more(cast: Cast, now: datetime, *named: AlsoSigns) -> None:
    """Name who also signs what Carol decides alone; nobody named signs as director of the assessment."""
    body = next(
        one for one in bodies.listed(cast.organisation_id, today=day_of(now)) if one.id == cast.alone_id
    )
    bodies.change(
        cast.organisation_id,
        body.id,
        chair_id=body.chair_id,
        secretary_id=body.secretary_id,
        signs=named,
        revision=body.revision,
        by=cast.farah,
        now=now,
    )


def kept(record: RecordRow) -> recorded.KeptRecord:
    read().rollback()
    read().expire_all()
    found = recorded.find_record(ref=record.ref)
    read().rollback()
    return found


def sign(record: RecordRow, person_id: int, now: datetime) -> None:
    signing.sign(record.ref, sha256=record.sha256, reauthenticated=again(now), by=person_id, now=now)


def waits_for(cast: Cast, name: str, now: datetime) -> list[str]:
    actor = people.actor_of(cast.ids[name], today=day_of(now))
    items = waiting.waiting_for(actor, cast.organisation_id, day_of(now)).this_week
    read().rollback()
    return [item.item for item in items if item.do == waiting.SIGN]


def test_the_decision_waits_for_two_more_signatures_and_is_in_force_with_the_last(
    cast: Cast, now: datetime
) -> None:
    ref, record = factories.decided(cast, now)
    assert current(ref).stage is Stage.AWAITING_SIGNATURES
    assert sealing.seal_at_once(record.id, now=now + 5 * HOUR)
    assert kept(record).state is SealState.AWAITED
    assert kept(record).record.review.due_on is not None
    assert waits_for(cast, "daniel", now) == [record.ref]
    assert waits_for(cast, "grace", now) == []

    sign(record, cast.daniel, now + 6 * HOUR)
    assert kept(record).state is SealState.AWAITED
    assert current(ref).stage is Stage.AWAITING_SIGNATURES
    assert waits_for(cast, "daniel", now) == []
    assert waits_for(cast, "grace", now) == [record.ref]
    sign(record, cast.grace, now + 7 * HOUR)
    assert current(ref).stage is Stage.IN_FORCE
    assert kept(record).state is SealState.SEALED  # the file follows
    for position in (2, 3):
        sealing.seal_at_once(record.id, position, now=now + 8 * HOUR)
    found = kept(record)
    assert found.state is SealState.SIGNED
    names = ["Suffolk and North East Essex", "Carol Whitfield", "Daniel Ashby", "Grace Tilley"]
    assert [file.signatory for file in found.files][:4] == names
    checked = verifying.check_file(sealing.signed_files().get(found.files[-1].storage_key))
    assert checked.good
    assert checked.current
    assert history.verify_chain(cast.organisation_id) == []


def test_each_is_told_when_it_is_their_turn(cast: Cast, now: datetime) -> None:
    _, record = factories.decided(cast, now)

    def told() -> list[int]:
        found = read().scalars(
            select(Notice.person_id).where(Notice.dedupe_key.startswith("asked_to_sign")).order_by(Notice.id)
        )
        ids = list(found)
        read().rollback()
        return ids

    assert told() == [cast.daniel]
    sign(record, cast.daniel, now + 6 * HOUR)
    assert told() == [cast.daniel, cast.grace]


def test_nobody_signs_out_of_turn_for_another_or_another_record(cast: Cast, now: datetime) -> None:
    _, record = factories.decided(cast, now)
    later = now + 6 * HOUR
    for name in ("grace", "carol", "ben", "amina"):
        with pytest.raises(NotAllowed):
            sign(record, cast.ids[name], later)
    with pytest.raises(NotFound):
        sign(record, cast.esther, later)
    with pytest.raises(Refused):
        signing.sign(record.ref, sha256="0" * 64, reauthenticated=again(later), by=cast.daniel, now=later)
    assert all(one.awaited for one in kept(record).signatures)


def test_signing_twice_signs_once(cast: Cast, now: datetime) -> None:
    ref, record = factories.decided(cast, now)
    sign(record, cast.daniel, now + 6 * HOUR)
    first = kept(record).signatures[0].signed_at
    sign(record, cast.daniel, now + 7 * HOUR)
    assert kept(record).signatures[0].signed_at == first
    assert current(ref).stage is Stage.AWAITING_SIGNATURES


def test_an_equality_lead_ends_the_wait_for_somebody_who_left(cast: Cast, now: datetime) -> None:
    ref, record = factories.decided(cast, now)
    sealing.seal_record(record.id, now=now + 5 * HOUR)
    later, why = now + 6 * HOUR, "Daniel left before he could sign."
    with pytest.raises(Invalid):
        signing.release(record.ref, 2, reason=" ", by=cast.ben, now=later)
    for name in ("amina", "carol", "daniel"):  # who decided does not free themselves of a second signature
        with pytest.raises(NotAllowed):
            signing.release(record.ref, 2, reason=why, by=cast.ids[name], now=later)
    signing.release(record.ref, 2, reason=why, by=cast.ben, now=later)
    signing.release(record.ref, 2, reason="Again.", by=cast.ben, now=later)
    assert kept(record).signatures[0].reason == why
    with pytest.raises(NotAllowed):
        sign(record, cast.daniel, later)
    sign(record, cast.grace, later)
    assert current(ref).stage is Stage.IN_FORCE
    sealing.seal_record(record.id, now=now + 7 * HOUR)
    found = kept(record)
    assert found.state is SealState.SIGNED
    assert [file.signatory for file in found.files][1:3] == ["Carol Whitfield", "Grace Tilley"]
    with pytest.raises(Refused):
        signing.release(record.ref, 3, reason=why, by=cast.ben, now=later)


def test_all_is_as_before_where_nobody_else_signs_or_it_is_not_approved(cast: Cast, now: datetime) -> None:
    ref, record = factories.decided(cast, now, Outcome.NOT_APPROVED)
    assert current(ref).stage is Stage.CLOSED
    assert kept(record).signatures == ()
    two_more(cast, now, AlsoSigns("Chair", cast.carol))
    ref, record = factories.decided(cast, now)
    assert current(ref).stage is Stage.IN_FORCE
    assert kept(record).signatures == ()
    page = history.of_subject(f"assessment:{current(ref).id}")
    said = [f"{entry.sentence} {entry.detail}" for entry in page.entries]
    assert any("they made the decision and sign as such" in one for one in said)


def test_whoever_signs_a_restricted_one_is_let_in_to_read_it(cast: Cast, now: datetime) -> None:
    ref = factories.passed(cast, now)
    restriction.restrict(ref, reason="Staff are not told.", until_on=None, by=cast.amina, now=now + 3 * HOUR)
    with transaction() as session:  # Carol decides it, so she takes part
        team.take_part(session, current(ref).id, cast.carol, Part.READER, by=cast.amina, now=now)
    record = factories.decide_alone(cast, ref, now + 4 * HOUR)
    part = read().get(Participant, (current(ref).id, cast.grace, Part.READER))
    assert part is not None
    assert part.ended_at is None
    read().rollback()
    grace = people.actor_of(cast.grace, today=day_of(now))
    assert signing.page_of(record.ref, actor=grace).kept.row.ref == record.ref


def test_what_was_expected_and_given_is_never_changed(cast: Cast, now: datetime) -> None:
    _, record = factories.decided(cast, now)
    sign(record, cast.daniel, now + 6 * HOUR)
    for table in ("record_signatory", "record_signature"):
        with pytest.raises(DBAPIError):
            read().execute(text(f"UPDATE {table} SET position = 9"))
        read().rollback()


def test_a_late_signature_is_reminded_of_once_and_the_leads_are_told(cast: Cast, now: datetime) -> None:
    _, record = factories.decided(cast, now)
    due = signatories.of_record(record.id)[0].due_on
    read().rollback()
    live(due, due)
    assert not late_ones()
    live(due + DAY, due + 20 * DAY)
    leads = [("Ben Okoro", "signature_awaited"), ("Ivan Petrov", "signature_awaited")]
    assert late_ones() == [*leads, ("Daniel Ashby", "signature_late")], "Grace is not asked before Daniel"


def test_nobody_is_reminded_of_what_was_signed(cast: Cast, now: datetime) -> None:
    _, record = factories.decided(cast, now)
    due = signatories.of_record(record.id)[0].due_on
    read().rollback()
    for person in (cast.daniel, cast.grace):
        sign(record, person, now + 6 * HOUR)
    live(due + DAY, due + 3 * DAY)
    assert not late_ones()


def late_ones() -> list[tuple[str, str]]:
    """Return who was told of a late signature."""
    query = select(Person.name, Notice.message).join(Notice, Notice.person_id == Person.id)
    rows = read().execute(query.where(Notice.message.in_(("signature_late", "signature_awaited"))))
    found = sorted(((name, message) for name, message in rows), key=lambda one: (one[1], one[0]))
    read().rollback()
    return found
