"""The frame of an audit holds what stood at the close, whatever is said or moved before the draw."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select, text

from ehiia.domain import sampling
from ehiia.domain.mitigating import Asking
from ehiia.domain.sampling import Pool
from ehiia.domain.vocabulary import Claim
from ehiia.services import mitigations
from ehiia.services.transaction import transaction
from ehiia.store.promised import DateChange
from tests import people as cast_of
from tests.people import Cast
from tests.services.test_programmes import begun, done, draw_of, drawn


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return cast_of.gather(now)


def test_what_is_said_or_moved_after_the_close_takes_nothing_out_of_the_frame(
    cast: Cast, now: datetime
) -> None:
    """Helen says it again, says something else, or gets another date: what stood at the close is drawn."""
    programme = begun(cast, now)
    again, unsaid, moved, early = (done(cast, now, title=f"Proposal {n}") for n in range(4))
    due = date(2026, 3, 20)
    with transaction() as session:
        for ref in (moved, early):
            row = session.scalars(
                select(mitigations.MitigationRow).where(mitigations.MitigationRow.ref == f"{ref}-M1")
            ).one()
            row.due_on = due
        session.execute(text("UPDATE impact SET likelihood_before = 5, severity_before = 5"))
    mitigations.claim(f"{moved}-M1", Claim.AT_RISK, note_text="Late.", by=cast.helen, now=now)
    night = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
    for ref, said in ((again, Claim.DONE), (unsaid, Claim.ON_TRACK), (early, Claim.DONE)):
        mitigations.claim(f"{ref}-M1", said, note_text="Said after the close.", by=cast.helen, now=night)
    with transaction() as session:
        row = session.scalars(
            select(mitigations.MitigationRow).where(mitigations.MitigationRow.ref == f"{moved}-M1")
        ).one()
        session.add(
            DateChange(
                organisation_id=row.organisation_id,
                mitigation_id=row.id,
                state=Asking.MADE,
                from_on=due,
                to_on=date(2026, 12, 1),
                reason="It takes longer.",
                by=cast.helen,
                at=night,
            )
        )
        row.due_on = date(2026, 12, 1)
    frame = sampling.parse(draw_of(drawn(cast, programme)).frame)
    assert {one.ref: one.pool for one in frame.items} == {
        f"{again}-M1": Pool.COMPLETED,
        f"{unsaid}-M1": Pool.COMPLETED,
        f"{early}-M1": Pool.COMPLETED,
        f"{moved}-M1": Pool.OVERDUE_HIGH,
    }
