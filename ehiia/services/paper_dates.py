"""The date of the papers of a meeting: when they go out, whoever prepares them is reminded once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content.holidays import bank_holidays
from ehiia.domain.countdown import working_days_before
from ehiia.domain.meeting import PaperMark
from ehiia.domain.vocabulary import Stage
from ehiia.services import meetings, organisations, paper_packs, people, telling
from ehiia.services.deadlines import Reminder, days, reachable
from ehiia.services.remembering import remembered
from ehiia.services.transaction import NotFound
from ehiia.store.assessments import Assessment, RouteStep
from ehiia.store.organisations import Body

AHEAD = 2
"""So many working days before the papers go out it is told."""
SOON = timedelta(days=100)
"""Meetings after this are not looked at: 60 working days, the most there may be, and ``AHEAD``."""


def meets_soon(today: date) -> ColumnElement[bool]:
    """Return the predicate of committees that meet before long with something before them."""
    lies = _lying(today).where(RouteStep.body_id == Body.id).correlate(Body)
    return and_(Body.committee.is_(True), lies.exists())


def _lying(today: date) -> Select[date | None]:
    return (
        select(RouteStep.meeting_on)
        .join(Assessment, Assessment.id == RouteStep.assessment_id)
        .where(
            RouteStep.meeting_on.between(today, today + SOON),
            Assessment.restricted.is_(False),
            Assessment.stage != Stage.WITHDRAWN,
        )
    )


def due(session: Session, row: Body, _: object, now: datetime) -> Iterator[Reminder]:
    """Remind of each meeting whose papers go out soon and are not put together as they are now."""
    today, here = day_of(now), row.organisation_id
    settings = remembered(
        session,
        "settings",
        here,
        lambda: organisations.settings_of(organisations.get(here, session=session)),
    )
    preparers = _preparers(session, row, today)
    for on in sorted({on for on in session.scalars(_lying(today).where(RouteStep.body_id == row.id)) if on}):
        out_on = working_days_before(on, settings.paper_working_days, bank_holidays())
        if not preparers or today < working_days_before(out_on, AHEAD, bank_holidays()):
            continue
        if _done(row, on, by=min(preparers), now=now):
            continue
        yield Reminder(
            about=f"the papers of {row.name} on {on.isoformat()}",
            message="papers_due",
            key=f"papers:{row.id}:{on.isoformat()}",
            person_ids=tuple(sorted(preparers)),
            assessment=None,
            organisation_id=here,
            subject=f"organisation:{here}",
            values=days(out_on, today)
            | {"body": row.name, "meeting_on": on, "path": f"/papers/meetings/{row.id}/{on.isoformat()}"},
        )


def _preparers(session: Session, row: Body, today: date) -> set[int]:
    """Return the secretary, or else the chair, or else the equality leads: each may prepare the papers."""
    for person_id in (row.secretary_id, row.chair_id):
        if person_id and (reached := reachable(session, {person_id}, today)):
            return reached
    return telling.leads_of(session, row.organisation_id, today)


def _done(row: Body, on: date, *, by: int, now: datetime) -> bool:
    """Say whether nothing is left to put together, as whoever prepares it sees the meeting."""
    try:
        meeting = meetings.one(people.actor_of(by, today=day_of(now)), row.organisation_id, row.id, on)
    except NotFound:
        return True
    ordered = paper_packs.ordered(meeting)
    return (
        meeting.newest is not None
        or (ordered is not None and not ordered.failed)
        or all(paper.mark is PaperMark.DECIDED for paper in meeting.papers)
    )
