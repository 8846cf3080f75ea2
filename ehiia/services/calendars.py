"""Dates in people's calendars: sent with what tells of them, moved and cancelled there afterwards.

An invitation goes with a message that is sent anyway. From then on a row knows
what the person's calendar shows: when the date moves they are told with the next
SEQUENCE of the same UID, and when it is done, paused, closed or somebody else's,
with a CANCEL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.access import QUIET
from ehiia.domain.auditing import FindingState, state_of
from ehiia.domain.schedule import in_full
from ehiia.domain.telling import DateKind
from ehiia.domain.vocabulary import ReviewState, Stage
from ehiia.notify.calendar import Event, queued, uid_of
from ehiia.services import people
from ehiia.services.installation import config
from ehiia.services.notices import Attach, tell
from ehiia.services.one_by_one import each
from ehiia.services.promises import OPEN_CLAIMS
from ehiia.services.sight import deciding_step, sees
from ehiia.services.transaction import looking, read, transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import FindingRow, action_due
from ehiia.store.decisions import Review
from ehiia.store.telling import CalendarEvent, show_all

UNDECIDED = (
    Stage.SCREENING,
    Stage.WRITING,
    Stage.SENT_BACK,
    Stage.WITH_DIRECTOR,
    Stage.CHECKING,
    Stage.READY,
)
"""Stages in which a meeting is still to decide."""


@dataclass(frozen=True)
class Dated:
    """What a message is about that has a date."""

    kind: DateKind
    subject_id: int
    on: date


def words(
    session: Session, kind: DateKind, subject_id: int, assessment: Assessment | None
) -> tuple[str, str, str]:
    """Return name, text and path of a dated thing. Of a restricted assessment there is the reference only.

    Of a finding there is the reference only, as in mail; every other thing belongs to an assessment.
    """
    if kind is DateKind.FINDING or assessment is None:
        finding = session.get_one(FindingRow, subject_id)
        return f"finding {finding.ref}", "", f"/audits/findings/{finding.ref}"
    title = "" if assessment.restricted else f"“{assessment.title}”"
    match kind:
        case DateKind.MITIGATION:
            row = session.get_one(MitigationRow, subject_id)
            return (
                f"mitigating action {row.ref}",
                "" if assessment.restricted else row.what,
                f"/mitigations/{row.ref}",
            )
        case DateKind.REVIEW:
            return f"review of {assessment.ref}", title, f"/a/{assessment.ref}"
        case DateKind.MEETING:
            return f"meeting that decides {assessment.ref}", title, f"/a/{assessment.ref}"


def event_of(
    session: Session,
    kind: DateKind,
    subject_id: int,
    on: date,
    assessment: Assessment | None,
    *,
    sequence: int,
    now: datetime,
    cancelled: bool = False,
) -> Event:
    """Return a dated thing as it stands in a calendar."""
    name, text, path = words(session, kind, subject_id, assessment)
    return Event(
        uid=uid_of(kind.value, subject_id, _organisation(session, subject_id, assessment)),
        sequence=sequence,
        on=on,
        title=name[:1].upper() + name[1:] if kind is DateKind.MEETING else f"Due: {name}",
        text="" if cancelled else text,
        link=config().public_url.rstrip("/") + path,
        at=now,
        cancelled=cancelled,
    )


def _organisation(session: Session, subject_id: int, assessment: Assessment | None) -> int:
    """Return the organisation of a dated thing; only a finding may be about no assessment."""
    return (assessment or session.get_one(FindingRow, subject_id)).organisation_id


@dataclass(frozen=True)
class Invited:
    """Somebody whose calendar gets a date with a message."""

    person_id: int
    address: str
    dated: Dated
    assessment: Assessment | None


def invite_all(session: Session, wanted: Sequence[Invited], *, now: datetime) -> list[str]:
    """Return the invitations for messages, in the order of these, in the caller's transaction.

    From now on they are kept up to date. The same date again has the same SEQUENCE; another one, or one
    that was cancelled, the next.
    """
    invitations = []
    for one, sequence in zip(wanted, show_all(session, [_entry(one, now) for one in wanted]), strict=True):
        dated = one.dated
        event = event_of(
            session, dated.kind, dated.subject_id, dated.on, one.assessment, sequence=sequence, now=now
        )
        invitations.append(_queued(event, one.address))
    return invitations


def _entry(one: Invited, now: datetime) -> dict[str, object]:
    return {
        "person_id": one.person_id,
        "kind": one.dated.kind,
        "subject_id": one.dated.subject_id,
        "assessment_id": one.assessment.id if one.assessment else None,
        "on": one.dated.on,
        "sequence": 0,
        "made_at": now,
        "changed_at": now,
    }


def _queued(event: Event, address: str) -> str:
    return queued(event, organiser=config().mail.sender, attendee=address)


# -- keeping them up to date ----------------------------------------------------------------------


def current(session: Session, row: CalendarEvent, *, today: date) -> date | None:
    """Return the date that a calendar should show, or None where it should show none any more."""
    assessment = _assessment(session, row)
    if assessment is not None and not sees(session, assessment, row.person_id, today=today):
        return None
    if row.kind is DateKind.FINDING or assessment is None:
        finding = session.get_one(FindingRow, row.subject_id, populate_existing=True)
        due_ = state_of(finding.response, finding.followed) is FindingState.ACTION_DUE
        return finding.due_on if due_ and finding.owner_id == row.person_id else None
    if assessment.stage in QUIET:
        return None
    match row.kind:
        case DateKind.MITIGATION:
            action = session.get_one(MitigationRow, row.subject_id, populate_existing=True)
            open_ = action.claim in OPEN_CLAIMS and action.taken_out_at is None
            return action.due_on if open_ and action.owner_id == row.person_id else None
        case DateKind.REVIEW:
            review = session.get_one(Review, row.subject_id, populate_existing=True)
            return review.due_on if review.state is ReviewState.PLANNED else None
        case DateKind.MEETING:
            if assessment.stage not in UNDECIDED:
                return None if row.on > today else row.on  # a day that has come is the day it was decided on
            step = deciding_step(session, assessment.id)
            return step[0].meeting_on if step else None


def _assessment(session: Session, row: CalendarEvent) -> Assessment | None:
    if row.assessment_id is None:
        return None
    return session.get_one(Assessment, row.assessment_id, populate_existing=True)


def _differs(today: date) -> Mapping[DateKind, ColumnElement[bool]]:
    """Return for each kind the predicate of rows that may show something else than they should."""
    rests = Assessment.stage.in_(QUIET)
    return {
        DateKind.MITIGATION: or_(
            rests,
            MitigationRow.due_on.is_distinct_from(CalendarEvent.on),
            MitigationRow.owner_id.is_distinct_from(CalendarEvent.person_id),
            MitigationRow.claim.not_in(OPEN_CLAIMS),
            MitigationRow.taken_out_at.is_not(None),
        ),
        DateKind.FINDING: or_(
            FindingRow.due_on.is_distinct_from(CalendarEvent.on),
            FindingRow.owner_id.is_distinct_from(CalendarEvent.person_id),
            ~action_due(),
        ),
        DateKind.REVIEW: or_(rests, Review.due_on != CalendarEvent.on, Review.state != ReviewState.PLANNED),
        DateKind.MEETING: or_(
            and_(CalendarEvent.on > today, Assessment.stage.not_in(UNDECIDED)),
            and_(CalendarEvent.on >= today, or_(rests, Assessment.stage.in_(UNDECIDED))),
        ),
    }


_TABLES: dict[DateKind, type[Any]] = {
    DateKind.MITIGATION: MitigationRow,
    DateKind.REVIEW: Review,
    DateKind.FINDING: FindingRow,
    DateKind.MEETING: Assessment,
}


def out_of_date(*, now: datetime) -> list[int]:
    """Return the ids of the rows to look at: calendars that may show something else than they should."""
    session = read()
    found: list[int] = []
    for kind, differs in _differs(day_of(now)).items():
        query = (
            select(CalendarEvent.id)
            .outerjoin(Assessment, Assessment.id == CalendarEvent.assessment_id)
            .where(CalendarEvent.cancelled_at.is_(None), CalendarEvent.kind == kind, differs)
        )
        table = _TABLES[kind]
        if table is not Assessment:
            query = query.join(table, table.id == CalendarEvent.subject_id)
        found += session.scalars(query.order_by(CalendarEvent.id)).all()
    session.rollback()
    return found


def bring_up_to_date(*, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Tell people whose calendars show a date that was moved or is over; return how many were told.

    Each calendar entry is a transaction of its own. Raises one_by_one.SomeFailed after all others are done.
    """
    return each(
        out_of_date(now=now),
        lambda row_id: _bring(row_id, now=now),
        called=lambda row_id: f"calendar entry {row_id}",
        verb="told",
        go_on=go_on,
    )


def would_bring_up_to_date(*, now: datetime) -> list[str]:
    """Return in sentences what ``bring_up_to_date`` would tell whom."""
    found = []
    ids = out_of_date(now=now)
    with looking() as session:
        for row in session.scalars(
            select(CalendarEvent).where(CalendarEvent.id.in_(ids)).order_by(CalendarEvent.id)
        ):
            should = current(session, row, today=day_of(now))
            if should == row.on:
                continue
            assessment = session.get_one(Assessment, row.assessment_id)
            name, _, _ = words(session, row.kind, row.subject_id, assessment)
            whose = ", ".join(people.names({row.person_id}, session=session).values())
            act = f"moves to {in_full(should)} in" if should else "is taken out of"
            found.append(f"{name} {act} the calendar of {whose}")
    return found


def _bring(row_id: int, *, now: datetime) -> int:
    with transaction() as session:
        row = session.get_one(CalendarEvent, row_id, with_for_update=True, populate_existing=True)
        if row.cancelled_at is not None:
            return 0
        should = current(session, row, today=day_of(now))
        if should == row.on:
            return 0
        row.sequence, row.changed_at = row.sequence + 1, now
        if should is None:
            row.cancelled_at = now
        else:
            row.on = should
        session.flush()
        assessment = _assessment(session, row)
        event = event_of(
            session,
            row.kind,
            row.subject_id,
            row.on,
            assessment,
            sequence=row.sequence,
            now=now,
            cancelled=should is None,
        )
        name, _, path = words(session, row.kind, row.subject_id, assessment)
        values: dict[str, object] = {"item": name, "due_on": row.on}
        tell(
            session,
            person_id=row.person_id,
            message_name="calendar_moved" if should else "calendar_gone",
            values=values | {"path": path if should else "/"},
            dedupe_key=f"calendar:{row.id}:{row.sequence}",
            # of what they may not see any more the name is left
            organisation_id=_organisation(session, row.subject_id, assessment),
            now=now,
            attach=lambda _, address: _queued(event, address),
        )
        return 1


def going_with(session: Session, dated: Dated, assessment: Assessment | None, *, now: datetime) -> Attach:
    """Return what attaches the invitation to a message about a dated thing."""

    def attach(person_id: int, address: str) -> str:
        (invitation,) = invite_all(session, [Invited(person_id, address, dated, assessment)], now=now)
        return invitation

    return attach
