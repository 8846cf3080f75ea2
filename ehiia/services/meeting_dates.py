"""Days of the deciding meeting that were moved after they had passed: kept for ever, shown in the record."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import meeting_dates
from ehiia.domain.decision import MeetingMoved
from ehiia.services.sight import deciding_step
from ehiia.services.transaction import Invalid, note_on
from ehiia.store.assessments import Assessment
from ehiia.store.components import MeetingDateChange
from ehiia.store.people import Person

REASON_LENGTH = 2000


def keep(
    session: Session,
    assessment: Assessment,
    after: date | None,
    *,
    reason: str,
    by: int,
    now: datetime,
) -> None:
    """Keep the day of the deciding meeting that is changed after it had passed, in the caller's transaction.

    ``after``: the day that takes its place, or None. Called before the route is changed. Raises Invalid
    (fields ``moved_reason``, ``route``) without a reason, or where it cannot be moved so.
    """
    step = deciding_step(session, assessment.id)
    before = step[0].meeting_on if step else None
    try:
        change = meeting_dates.moved(before, after, today=day_of(now))
    except meeting_dates.CannotBeMoved as refused:
        raise Invalid(route=str(refused)) from refused
    if change is None:
        return
    if not reason.strip():
        raise Invalid(moved_reason="Enter why the meeting was moved after its day had passed; it is kept")
    if len(reason.strip()) > REASON_LENGTH:
        raise Invalid(moved_reason=f"The reason must be {REASON_LENGTH:,} characters or fewer")
    session.add(
        MeetingDateChange(
            assessment_id=assessment.id,
            version_no=assessment.version_no,
            from_on=change.from_on,
            to_on=change.to_on,
            reason=reason.strip(),
            by=by,
            at=now,
        )
    )
    session.flush()
    note_on(
        session,
        assessment,
        "meeting_moved",
        by=by,
        at=now,
        from_on=change.from_on.isoformat(),
        to_on=change.to_on.isoformat() if change.to_on else "",
        reason=reason.strip(),
    )


def kept_of(session: Session, assessment: Assessment) -> list[date]:
    """Return the days of the version in hand that had passed when they were moved."""
    return list(
        session.scalars(
            select(MeetingDateChange.from_on).where(
                MeetingDateChange.assessment_id == assessment.id,
                MeetingDateChange.version_no == assessment.version_no,
            )
        )
    )


def moved_of(session: Session, assessment_id: int, version_no: int) -> tuple[MeetingMoved, ...]:
    """Return the moves of a version, oldest first, as they are frozen and shown."""
    rows = session.execute(
        select(MeetingDateChange, Person.name)
        .join(Person, Person.id == MeetingDateChange.by)
        .where(MeetingDateChange.assessment_id == assessment_id, MeetingDateChange.version_no == version_no)
        .order_by(MeetingDateChange.id)
    )
    return tuple(MeetingMoved(row.from_on, row.to_on, row.reason, name, row.at) for row, name in rows)
