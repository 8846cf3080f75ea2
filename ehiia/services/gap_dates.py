"""Evidence gaps whose date has gone by without being closed: read for the daily reminders."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from ehiia.domain.vocabulary import GapState
from ehiia.store.assessments import Assessment
from ehiia.store.library import GapRow


def passed(today: date) -> ColumnElement[bool]:
    """Return the predicate for gaps that were to be closed before a day (London) and are not."""
    return and_(
        GapRow.taken_out_at.is_(None),
        or_(
            and_(GapRow.state == GapState.OPEN, GapRow.due_on < today),
            and_(GapRow.state == GapState.ACCEPTED, GapRow.accepted_until < today),
        ),
    )


def one(session: Session, gap_id: int, today: date) -> tuple[GapRow, Assessment, date] | None:
    """Return a gap whose date has gone by, with its assessment and that date; None where it was closed."""
    found = session.execute(
        select(GapRow, Assessment)
        .join(Assessment, Assessment.id == GapRow.assessment_id)
        .where(GapRow.id == gap_id, passed(today))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        return None
    row, assessment = found
    due_on = row.accepted_until if row.state is GapState.ACCEPTED else row.due_on
    return (row, assessment, due_on) if due_on else None
