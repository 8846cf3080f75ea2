"""The date of a publication: by when a record is published, or withheld with a reason; or what waits for it.

It is told once, when that day has gone by and nothing was agreed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.publishing import PublicationState, paper_ref
from ehiia.domain.schedule import overdue
from ehiia.domain.vocabulary import RoutePart, Stage
from ehiia.services import telling
from ehiia.services.being_published import due_on, paper_due_on, settings_in
from ehiia.services.deadlines import Reminder, days, reachable
from ehiia.services.organisations import Settings
from ehiia.services.remembering import remembered
from ehiia.services.sight import deciding_step
from ehiia.store.assessments import Assessment, RouteStep
from ehiia.store.decisions import RecordRow
from ehiia.store.publications import Publication, agreed_before, open_one, undecided, waiting

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
    due = due_on(row.made_at, _settings(session, assessment))
    found = open_one(session, assessment.id, row.id)
    yield from _late(session, assessment, row.ref, row.id, due, [found] if found else [], now)


def waiting_unpublished(today: date) -> ColumnElement[bool]:
    """Return the predicate of assessments that wait for a decision before long and may not be out."""
    return and_(
        Assessment.stage == Stage.READY,
        Assessment.restricted.is_(False),
        Assessment.practice.is_(False),
        exists().where(
            RouteStep.assessment_id == Assessment.id,
            RouteStep.part == RoutePart.DECIDES,
            RouteStep.meeting_on.between(today - LATE, today + LOOKED_BACK),
        ),
        ~agreed_before(),
    )


def late_before(
    session: Session, row: Assessment, assessment: Assessment, now: datetime
) -> Iterator[Reminder]:
    """Tell the same once of what waits for its decision, where that is published with the papers."""
    settings = _settings(session, assessment)
    step = deciding_step(session, row.id) if settings.publish_before_decision else None
    if step is not None and step[0].meeting_on is not None:
        due, ref = paper_due_on(step[0].meeting_on, settings), paper_ref(row.ref, row.version_no)
        at_hand = waiting(session, row.id, row.version_no)
        yield from _late(session, row, ref, ref, due, at_hand, now)


def _settings(session: Session, assessment: Assessment) -> Settings:
    here = assessment.organisation_id
    return remembered(session, "settings", here, lambda: settings_in(session, assessment))


def _late(
    session: Session,
    assessment: Assessment,
    ref: str,
    key: int | str,
    due: date,
    at_hand: Sequence[Publication],
    now: datetime,
) -> Iterator[Reminder]:
    """``ref``: of what is late; ``key``: by which it is told once; ``at_hand``: how it is prepared."""
    today = day_of(now)
    if not _settings(session, assessment).public_register or not 0 < overdue(due, today) <= LATE.days:
        return
    preparers = {one.begun_by for one in at_hand if one.state is PublicationState.PREPARING}
    told = reachable(session, preparers, today) or telling.equality_leads(session, assessment, now)
    yield Reminder(
        about=f"the publication of {ref}",
        message="publication_late",
        key=f"publication:{key}",
        person_ids=tuple(sorted(told)),
        assessment=assessment,
        organisation_id=assessment.organisation_id,
        subject=f"assessment:{assessment.id}",
        values=days(due, today) | {"item": ref, "path": f"/a/{assessment.ref}/publication"},
    )
