"""Owners accept or decline what is put on them, and another owner is asked anew."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.mitigating import Acceptance
from ehiia.domain.vocabulary import Claim
from ehiia.domain.workflow import Refused
from ehiia.services import history, mitigations, stopping, taking_on
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Stale, read
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Participant
from ehiia.store.duties import Notice
from tests import factories, people, writing
from tests.people import Cast

OUTSIDE = "Jo Bell, Suffolk Deaf Association"
HOUR = timedelta(hours=1)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


def row_of(mitigation_ref: str) -> MitigationRow:
    query = select(MitigationRow).where(MitigationRow.ref == mitigation_ref)
    return read().scalars(query.execution_options(populate_existing=True)).one()


def told(message: str) -> list[int]:
    return sorted(read().scalars(select(Notice.person_id).where(Notice.message == message)))


def newest(ref: str) -> str:
    return history.of_subject(f"assessment:{factories.current(ref).id}").entries[0].sentence


def test_helen_accepts_what_was_put_on_her_once(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    made = writing.promised(ref, cast, now)
    assert row_of(made).acceptance is Acceptance.WAITING
    taking_on.accept(made, revision=1, by=cast.helen, now=now)
    taking_on.accept(made, revision=1, by=cast.helen, now=now + HOUR)
    row = row_of(made)
    assert (row.acceptance, row.accepted_at, row.accepted_by) == (Acceptance.ACCEPTED, now, cast.helen)
    assert newest(ref) == f"Helen Marsh accepted the mitigating action {made}"


def test_helen_declines_with_a_reason_and_amina_and_daniel_are_told(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    made = writing.promised(ref, cast, now)
    with pytest.raises(Invalid) as refused:
        taking_on.decline(made, reason=" ", revision=1, by=cast.helen, now=now)
    assert set(refused.value.errors) == {"reason"}
    for _ in range(2):
        taking_on.decline(made, reason="I leave in May.", revision=1, by=cast.helen, now=now)
    row = row_of(made)
    assert (row.acceptance, row.acceptance_reason) == (Acceptance.DECLINED, "I leave in May.")
    assert (row.owner_id, row.accepted_at) == (cast.helen, None)
    assert told("mitigation_declined") == sorted([cast.amina, cast.daniel])
    taking_on.accept(made, revision=1, by=cast.helen, now=now)
    assert (row_of(made).acceptance, row_of(made).acceptance_reason) == (Acceptance.ACCEPTED, "")


@pytest.mark.parametrize("who", ["amina", "daniel", "ben", "grace"])
def test_nobody_accepts_or_declines_for_the_owner(cast: Cast, now: datetime, who: str) -> None:
    made = writing.promised(writing.writing(cast, now), cast, now)
    with pytest.raises(NotAllowed):
        taking_on.accept(made, revision=1, by=cast.ids[who], now=now)
    with pytest.raises(NotAllowed):
        taking_on.decline(made, reason="No.", revision=1, by=cast.ids[who], now=now)
    with pytest.raises(NotFound):
        taking_on.accept(made, revision=1, by=cast.esther, now=now)
    assert row_of(made).acceptance is Acceptance.WAITING


def test_who_accepts_has_read_what_it_says_now(cast: Cast, now: datetime) -> None:
    made = writing.promised(writing.writing(cast, now), cast, now)
    mitigations.claim(made, Claim.ON_TRACK, note_text="", by=cast.amina, now=now)
    with pytest.raises(Stale):
        taking_on.accept(made, revision=1, by=cast.helen, now=now)
    with pytest.raises(Stale):
        taking_on.decline(made, reason="No.", revision=1, by=cast.helen, now=now)


def test_whoever_puts_it_on_themselves_has_accepted_it(cast: Cast, now: datetime) -> None:
    made = writing.promised(writing.writing(cast, now), cast, now, owner_id=cast.amina)
    row = row_of(made)
    assert (row.acceptance, row.accepted_by, row.accepted_at) == (Acceptance.ACCEPTED, cast.amina, now)


def test_another_owner_is_asked_anew_while_it_is_written(cast: Cast, now: datetime) -> None:
    made = writing.promised(writing.writing(cast, now), cast, now)
    taking_on.accept(made, revision=1, by=cast.helen, now=now)
    promise = mitigations.Promise("Offer a text relay line", owner_id=cast.helen)
    mitigations.change(made, promise, revision=1, by=cast.amina, now=now)
    assert row_of(made).acceptance is Acceptance.ACCEPTED
    promise = mitigations.Promise("Offer a text relay line", owner_id=cast.grace)
    mitigations.change(made, promise, revision=2, by=cast.amina, now=now)
    row = row_of(made)
    assert (row.acceptance, row.accepted_at, row.accepted_by) == (Acceptance.WAITING, None, None)


@pytest.mark.parametrize("who", ["amina", "daniel", "ben"])
def test_another_owner_is_named_after_the_decision_and_asked(cast: Cast, now: datetime, who: str) -> None:
    ref, record = factories.decided(cast, now, worse=True)
    made = f"{ref}-M1"
    taking_on.decline(made, reason="I leave in May.", revision=1, by=cast.helen, now=now)
    for _ in range(2):
        taking_on.give(made, owner_id=cast.grace, revision=1, by=cast.ids[who], now=now)
    row = row_of(made)
    assert (row.owner_id, row.acceptance, row.acceptance_reason) == (cast.grace, Acceptance.WAITING, "")
    assert cast.grace in told("mitigation_given")
    ended = read().scalars(select(Participant.ended_at).where(Participant.person_id == cast.helen)).all()
    assert None not in ended
    taking_on.accept(made, revision=2, by=cast.grace, now=now)
    assert newest(ref) == f"Grace Tilley accepted the mitigating action {made}"
    with pytest.raises(NotAllowed):
        taking_on.give(made, owner_id=cast.helen, revision=2, by=cast.grace, now=now)
    read().refresh(record)
    assert "Helen Marsh" in record.text


def test_an_owner_cannot_be_nobody_both_or_a_stranger(cast: Cast, now: datetime) -> None:
    made = f"{factories.decided(cast, now, worse=True)[0]}-M1"
    for owner_id, outside, field in (
        (None, " ", "owner_id"),
        (cast.grace, OUTSIDE, "outside_owner"),
        (cast.esther, "", "owner_id"),
        (None, "x" * 301, "outside_owner"),
    ):
        with pytest.raises(Invalid) as refused:
            taking_on.give(made, owner_id=owner_id, outside_owner=outside, revision=1, by=cast.amina, now=now)
        assert set(refused.value.errors) == {field}
    with pytest.raises(Stale):
        taking_on.give(made, owner_id=cast.grace, revision=7, by=cast.amina, now=now)


def test_an_owner_outside_accepts_by_name(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    made = writing.promised(ref, cast, now, owner_id=None, outside_owner=OUTSIDE)
    taking_on.accept(made, revision=1, by=None, named="Jo Bell", now=now)
    row = row_of(made)
    assert (row.accepted_by, row.accepted_name, row.accepted_at) == (None, "Jo Bell", now)
    assert newest(ref) == f"Jo Bell accepted the mitigating action {made}"


def test_nobody_outside_does_anything_where_somebody_here_owns_it(cast: Cast, now: datetime) -> None:
    made = writing.promised(writing.writing(cast, now), cast, now)
    with pytest.raises(NotAllowed):
        taking_on.accept(made, revision=1, by=None, named="Jo Bell", now=now)
    with pytest.raises(NotFound):
        taking_on.accept("EHIIA-2026-001-M9", revision=1, by=None, named="Jo Bell", now=now)


def test_nothing_is_taken_on_where_the_work_has_ended(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    made = writing.promised(ref, cast, now)
    stopping.stop(ref, "withdraw", reason="Given up.", by=cast.amina, now=now)
    with pytest.raises(Refused):
        taking_on.accept(made, revision=1, by=cast.helen, now=now)
