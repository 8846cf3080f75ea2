"""The date of a publication: by when a record is published, or withheld with a reason.

It is told once, when that day has gone by and nothing was agreed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.publishing import PublicationState
from ehiia.domain.schedule import overdue
from ehiia.services import telling
from ehiia.services.being_published import due_on, settings_in
from ehiia.services.deadlines import Reminder, days, reachable
from ehiia.services.remembering import remembered
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import RecordRow
from ehiia.store.publications import open_one, undecided

LATE = timedelta(days=14)
"""For so long after its date it is told, so that records from long before are not all told at once."""
LOOKED_BACK = timedelta(days=120)
"""No record that was made before this is looked at: 60 working days, the most there may be, and ``LATE``."""


def unpublished(today: date) -> ColumnElement[bool]:
    """Return the predicate of records that may be late: nothing was agreed about publishing them."""
    since = datetime.combine(today - LOOKED_BACK, time(), UTC)
    return and_(RecordRow.made_at >= since, undecided())


def late(session: Session, row: RecordRow, assessment: Assessment, now: datetime) -> Iterator[Reminder]:
    """Tell whoever prepares it, or else the equality leads, once that the date has gone by."""
    here = row.organisation_id
    settings = remembered(session, "settings", here, lambda: settings_in(session, assessment))
    today, due = day_of(now), due_on(row.made_at, settings)
    if settings.public_register and 0 < overdue(due, today) <= LATE.days:
        yield Reminder(
            about=f"the publication of {row.ref}",
            message="publication_late",
            key=f"publication:{row.id}",
            person_ids=tuple(sorted(_told(session, row, assessment, now))),
            assessment=assessment,
            organisation_id=here,
            subject=f"assessment:{assessment.id}",
            values=days(due, today) | {"item": row.ref, "path": f"/a/{assessment.ref}/publication"},
        )


def _told(session: Session, row: RecordRow, assessment: Assessment, now: datetime) -> set[int]:
    found = open_one(session, row.assessment_id, row.id)
    preparing = found is not None and found.state is PublicationState.PREPARING
    preparers = reachable(session, {found.begun_by}, day_of(now)) if found and preparing else set()
    return preparers or telling.equality_leads(session, assessment, now)
