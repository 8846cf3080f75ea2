"""The private calendar of a person: a secret address, and what it shows: what they may see now."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.access import QUIET
from ehiia.domain.telling import DateKind
from ehiia.domain.vocabulary import Part, ReviewState, RoutePart
from ehiia.notify.calendar import Event, feed
from ehiia.services import by_link, people
from ehiia.services.calendars import UNDECIDED, event_of
from ehiia.services.notices import address_of
from ehiia.services.promises import OPEN_CLAIMS
from ehiia.services.sight import see_many
from ehiia.services.transaction import NotAllowed, read, transaction
from ehiia.services.tries import digest
from ehiia.store import due
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Participant, RouteStep
from ehiia.store.auditing import FindingRow, action_due
from ehiia.store.decisions import Review
from ehiia.store.organisations import Body
from ehiia.store.telling import CalendarEvent, CalendarFeed

MOST = 500
"""More dates than this, the nearest first, no calendar shows."""
PAST = timedelta(days=365)
"""What was due longer ago is left to the pages."""


def address(token: str) -> str:
    """Return the path of a feed."""
    return f"/calendar/{token}.ics"


def made_at(person_id: int) -> datetime | None:
    """Return when the address of a person was made, None where there is none."""
    return read().scalar(select(CalendarFeed.made_at).where(CalendarFeed.person_id == person_id))


def make(*, by: int, now: datetime) -> str:
    """Make one's address, or another one in place of it; return the token, which is shown once.

    The address before opens nothing any more. Raises NotAllowed for somebody who cannot sign in.
    """
    token = by_link.new_token()
    with transaction() as session:
        if address_of(session, by, today=day_of(now)) is None:
            raise NotAllowed("Only somebody with an account and a post has a calendar.")
        values = {"person_id": by, "token_sha256": digest(token), "made_at": now}
        due.insert_once(session, CalendarFeed, [CalendarFeed.person_id], values)
        row = session.scalars(
            select(CalendarFeed)
            .where(CalendarFeed.person_id == by)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        row.token_sha256, row.made_at = digest(token), now
    return token


def switch_off(*, by: int) -> None:
    """Let one's address open nothing any more. Harmless twice."""
    with transaction() as session:
        row = session.scalar(select(CalendarFeed).where(CalendarFeed.person_id == by).with_for_update())
        if row is not None:
            session.delete(row)


def fetch(token: str, *, network_address: str, now: datetime) -> str:
    """Return the calendar at a secret address (RFC 5545). Raises NotFound, TooManyTries.

    Whoever has left, or has no account or post today, has none; a wrong address is counted as a guess.
    """
    person_id = by_link.find(lambda: _owner(token, now), kind="calendar", address=network_address, now=now)
    return feed(events(person_id, now=now), name="Impact assessments")


def _owner(token: str, now: datetime) -> int | None:
    session = read()
    person_id = session.scalar(
        select(CalendarFeed.person_id).where(CalendarFeed.token_sha256 == digest(token))
    )
    known = person_id is not None and address_of(session, person_id, today=day_of(now)) is not None
    return person_id if known else None


def events(person_id: int, *, now: datetime) -> list[Event]:
    """Return the dates of a person that they may see now, the nearest first: a fixed number of queries."""
    session = read()
    found = _dated(session, person_id, now)
    wanted = {assessment.id: assessment for _, _, _, assessment in found if assessment is not None}
    actor = people.actor_of(person_id, today=day_of(now), session=session)
    seen = {one.assessment.id for one in see_many(session, list(wanted.values()), actor=actor)}
    sent = {
        (row.kind, row.subject_id): row
        for row in session.scalars(select(CalendarEvent).where(CalendarEvent.person_id == person_id))
    }
    at_hand = [
        session.scalars(
            select(table).where(table.id.in_([one for kind, one, _, _ in found if kind is of]))
        ).all()
        for of, table in ((DateKind.MITIGATION, MitigationRow), (DateKind.FINDING, FindingRow))
    ]
    made: dict[str, Event] = {}
    for kind, subject_id, on, assessment in found:
        if assessment is None or assessment.id in seen:
            row = sent.get((kind, subject_id))
            sequence = row.sequence if row else 0
            one = event_of(session, kind, subject_id, on, assessment, sequence=sequence, now=now)
            made.setdefault(one.uid, one)
    del at_hand  # until here the session knew them, so that none was asked for by itself
    return sorted(made.values(), key=lambda one: (one.on, one.uid))[:MOST]


def _dated(
    session: Session, person_id: int, now: datetime
) -> list[tuple[DateKind, int, date, Assessment | None]]:
    since = day_of(now) - PAST
    part = select(Participant.assessment_id).where(
        Participant.person_id == person_id, Participant.ended_at.is_(None)
    )
    mine: ColumnElement[bool] = or_(
        Assessment.id.in_(part.where(Participant.part.in_((Part.AUTHOR, Part.DIRECTOR)))),
        Assessment.director_id == person_id,
    )
    awake = Assessment.stage.not_in(QUIET)
    queries: dict[DateKind, Any] = {
        DateKind.MITIGATION: select(MitigationRow.id, MitigationRow.due_on, Assessment)
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .where(
            MitigationRow.owner_id == person_id,
            MitigationRow.claim.in_(OPEN_CLAIMS),
            MitigationRow.taken_out_at.is_(None),
            MitigationRow.due_on >= since,
            awake,
        )
        .order_by(MitigationRow.due_on)
        .limit(MOST),
        DateKind.REVIEW: select(Review.id, Review.due_on, Assessment)
        .join(Assessment, Assessment.id == Review.assessment_id)
        .where(Review.state == ReviewState.PLANNED, Review.due_on >= since, mine, awake)
        .order_by(Review.due_on)
        .limit(MOST),
        DateKind.FINDING: select(FindingRow.id, FindingRow.due_on, Assessment)
        .outerjoin(Assessment, Assessment.id == FindingRow.assessment_id)
        .where(FindingRow.owner_id == person_id, action_due(), FindingRow.due_on >= since)
        .order_by(FindingRow.due_on)
        .limit(MOST),
        DateKind.MEETING: select(Assessment.id, RouteStep.meeting_on, Assessment)
        .join(RouteStep, RouteStep.assessment_id == Assessment.id)
        .join(Body, Body.id == RouteStep.body_id)
        .where(
            RouteStep.part == RoutePart.DECIDES,
            RouteStep.meeting_on >= since,
            Assessment.stage.in_(UNDECIDED),
            or_(mine, Body.chair_id == person_id, Body.secretary_id == person_id),
        )
        .order_by(RouteStep.meeting_on)
        .limit(MOST),
    }
    return [
        (kind, subject_id, on, assessment)
        for kind, query in queries.items()
        for subject_id, on, assessment in session.execute(query)
    ]
