"""The date of an expected signature: who signs next is reminded, and those who may end the wait are told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased

from ehiia.clock import day_of
from ehiia.domain.schedule import overdue
from ehiia.services import telling
from ehiia.services.deadlines import Reminder, days, reachable
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import RecordRow
from ehiia.store.signatures import RecordSignatory, RecordSignature

LATE = timedelta(days=14)
"""For so long after its date it is told; then it stands on the first page only."""


def awaited(today: date) -> ColumnElement[bool]:
    """Return the predicate of signatures that are late, whose turn it is and that nobody released."""
    earlier, given = aliased(RecordSignatory), aliased(RecordSignature)

    def not_given(row: type[RecordSignatory]) -> ColumnElement[bool]:
        return (
            ~select(given.position)
            .where(given.record_id == row.record_id, given.position == row.position)
            .correlate(row)
            .exists()
        )

    return and_(
        RecordSignatory.due_on < today,
        RecordSignatory.due_on >= today - LATE,
        not_given(RecordSignatory),
        ~select(earlier.id)
        .where(
            earlier.record_id == RecordSignatory.record_id,
            earlier.position < RecordSignatory.position,
            not_given(earlier),
        )
        .correlate(RecordSignatory)
        .exists(),
    )


def late(session: Session, row: RecordSignatory, assessment: Assessment, now: datetime) -> Iterator[Reminder]:
    """Remind whoever signs next, and tell the equality leads that the record waits for them: each once."""
    today = day_of(now)
    if not 0 < overdue(row.due_on, today) <= LATE.days:
        return
    record = session.get_one(RecordRow, row.record_id)
    leads = telling.equality_leads(session, assessment, now) - {row.person_id}
    told = (
        ("signature_late", reachable(session, {row.person_id}, today), f"/records/{record.ref}/sign"),
        ("signature_awaited", leads, f"/records/{record.ref}"),
    )
    for message, people, path in told:
        yield Reminder(
            about=f"the signature of {row.name} on {record.ref}",
            message=message,
            key=f"signature:{row.id}:{message}",
            person_ids=tuple(sorted(people)),
            assessment=assessment,
            organisation_id=assessment.organisation_id,
            subject=f"assessment:{assessment.id}",
            values=days(row.due_on, today) | {"item": record.ref, "owner": row.name, "path": path},
        )
