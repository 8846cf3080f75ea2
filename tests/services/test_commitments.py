"""Commitments: what was promised, by whom and by when."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Promise
from ehiia.services import commitments, restriction
from ehiia.services import people as accounts
from ehiia.services.commitments import Commitment
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Stale, read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.engagement import CommitmentRow
from tests import people, writing
from tests.people import Cast


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


def id_of(ref: str) -> int:
    return read().scalars(select(Assessment.id).where(Assessment.ref == ref)).one()


def promise(ref: str, cast: Cast, now: datetime, **changes: object) -> CommitmentRow:
    """Record a commitment the way a decision does: in somebody else's transaction."""
    values = {
        "what": "Come back to the forum in June",
        "source": "Consultation paper, page 12",
        "owner_id": cast.helen,
        "due_on": date(2026, 6, 30),
    } | changes
    with transaction() as session:
        assessment = session.scalars(select(Assessment).where(Assessment.ref == ref)).one()
        return commitments.add(session, assessment, by=cast.amina, now=now, **values)  # type: ignore[arg-type]


def test_a_commitment_is_kept_once_however_often_it_is_recorded(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    promise(ref, cast, now)
    promise(ref, cast, now)
    assert [row.number for row in read().scalars(select(CommitmentRow))] == [1]
    assert promise(ref, cast, now, what="Keep the bus").number == 2


def test_a_commitment_says_what_and_where_and_has_one_owner(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    for changes, names in (
        ({"what": " "}, {"what"}),
        ({"source": ""}, {"source"}),
        ({"outside_owner": "A council"}, {"owner_id"}),
        ({"owner_id": 10_000}, {"owner_id"}),
    ):
        with pytest.raises(Invalid) as refused:
            promise(ref, cast, now, **changes)
        assert set(refused.value.errors) == names


def test_amina_records_changes_and_takes_out(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    row = commitments.record(ref, Commitment("Keep the bus", "Paper 7"), by=cast.amina, now=now)
    changed = Commitment("Keep the bus on Tuesdays", "Paper 7, page 2", cast.helen, due_on=date(2026, 6, 1))
    commitments.change(ref, 1, changed, revision=1, by=cast.ben, now=now)
    commitments.change(ref, 1, changed, revision=1, by=cast.ben, now=now)  # the form was sent twice
    ((row, owner),) = commitments.list_of(id_of(ref))
    assert (row.what, owner) == ("Keep the bus on Tuesdays", "Helen Marsh")
    with pytest.raises(Stale):
        commitments.change(ref, 1, changed, revision=1, by=cast.amina, now=now)
    commitments.take_out(ref, 1, by=cast.amina, now=now)
    assert commitments.list_of(id_of(ref)) == []
    with pytest.raises(NotFound):
        commitments.take_out(ref, 1, by=cast.amina, now=now)


def test_helen_who_owns_it_says_whether_it_was_kept(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    promise(ref, cast, now)

    def say(state: Promise, text: str, by: int, revision: int = 1) -> None:
        commitments.say(ref, 1, state=state, note_text=text, revision=revision, by=by, now=now)

    with pytest.raises(NotAllowed):
        say(Promise.KEPT, "We came.", cast.dev)
    with pytest.raises(NotFound):
        say(Promise.KEPT, "We came.", cast.esther)
    with pytest.raises(Invalid) as refused:
        say(Promise.NOT_KEPT, " ", cast.helen)
    assert set(refused.value.errors) == {"note"}
    say(Promise.KEPT, "We came on 14 June.", cast.helen)
    say(Promise.KEPT, "We came on 14 June.", cast.helen)
    with pytest.raises(Stale):
        say(Promise.NOT_KEPT, "Nobody came.", cast.amina)
    ((row, _),) = commitments.list_of(id_of(ref))
    assert (row.state, row.note, row.said_by) == (Promise.KEPT, "We came on 14 June.", cast.helen)


def test_it_waits_for_its_owner_until_it_is_said(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    promise(ref, cast, now)
    actor = accounts.actor_of(cast.helen, today=day_of(now))
    ((row, where, _),) = commitments.mine(actor, limit=9)
    assert (row.number, where) == (1, ref)
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    assert commitments.mine(actor, limit=9) == []


def test_an_owner_is_somebody_who_can_see_it(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    given = Commitment("Keep the bus", "Paper 7", owner_id=cast.helen)
    with pytest.raises(Invalid):
        commitments.record(
            ref, Commitment("Keep the bus", "Paper 7", owner_id=cast.esther), by=cast.amina, now=now
        )
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    with pytest.raises(Invalid) as refused:
        commitments.record(ref, given, by=cast.amina, now=now)
    assert set(refused.value.errors) == {"owner_id"}
