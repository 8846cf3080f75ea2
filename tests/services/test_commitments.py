"""Commitments: what was promised, by whom and by when."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.services import commitments
from ehiia.services.transaction import Invalid, read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.engagement import CommitmentRow
from tests import people, writing
from tests.people import Cast


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


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
