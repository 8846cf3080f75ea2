"""The backward plan of assessments: read from the route and the settings each time, so that it is current."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select

from ehiia.content import holidays
from ehiia.domain import countdown
from ehiia.domain.countdown import Meeting, Pace, Plan
from ehiia.services import organisations
from ehiia.services.assessments import Step
from ehiia.services.organisations import Settings
from ehiia.services.transaction import read
from ehiia.store.assessments import Assessment, RouteStep
from ehiia.store.organisations import Body

__all__ = ["Plan", "earliest_meeting", "pace_of", "plan_of", "plans_of"]


def pace_of(settings: Settings) -> Pace:
    """Return how many working days each step takes in an organisation."""
    return Pace(
        papers=settings.paper_working_days,
        check=settings.check_working_days,
        director=settings.director_working_days,
        director_agrees=settings.director_agrees,
    )


def plan_of(assessment: Assessment, route: Iterable[Step], *, today: date) -> Plan:
    """Return the plan of an assessment whose route is at hand."""
    return _plan(assessment, [Meeting(step.body, step.part, step.meeting_on) for step in route], today)


def plans_of(assessments: Sequence[Assessment], *, today: date) -> dict[int, Plan]:
    """Return the plans of several assessments by id: one query for their routes."""
    if not assessments:
        return {}
    routes: dict[int, list[Meeting]] = {}
    for here, part, on, body in read().execute(
        select(RouteStep.assessment_id, RouteStep.part, RouteStep.meeting_on, Body.name)
        .join(Body, Body.id == RouteStep.body_id)
        .where(RouteStep.assessment_id.in_([one.id for one in assessments]))
        .order_by(RouteStep.assessment_id, RouteStep.position)
    ):
        routes.setdefault(here, []).append(Meeting(body, part, on))
    return {one.id: _plan(one, routes.get(one.id, []), today) for one in assessments}


def _plan(assessment: Assessment, route: Sequence[Meeting], today: date) -> Plan:
    settings = organisations.settings_of(organisations.get(assessment.organisation_id))
    return countdown.plan(
        route,
        go_live_on=assessment.actual_go_live_on or assessment.expected_go_live_on,
        pace=pace_of(settings),
        holidays=holidays.bank_holidays(),
        today=today,
        stage=assessment.stage_before_pause or assessment.stage,
    )


def earliest_meeting(organisation_id: int, *, today: date) -> date:
    """Return the first day of a meeting that could be made by submitting today."""
    settings = organisations.settings_of(organisations.get(organisation_id))
    return countdown.earliest_meeting(today, pace=pace_of(settings), holidays=holidays.bank_holidays())
