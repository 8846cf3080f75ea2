"""Readings of a mitigating action's measure over time, by group. Only ever added; a later one puts right."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

from sqlalchemy import select

from ehiia.clock import day_of
from ehiia.domain.access import ENDED
from ehiia.domain.readings import Reading, figure
from ehiia.domain.vocabulary import Permission, Stage
from ehiia.services import moves
from ehiia.services.mitigation_sight import opened
from ehiia.services.transaction import Invalid, Refused, note_on, read, transaction
from ehiia.store.assessments import AssessmentGroup
from ehiia.store.people import Person
from ehiia.store.promised import Measurement

__all__ = ["add", "groups_of", "readings_of"]

LONGEST = 1000
LARGEST = 1_000_000_000_000
EARLIEST = date(2000, 1, 1)
TWICE = timedelta(minutes=1)
"""The same figure of the same person within so long is one form that was sent twice."""


def groups_of(assessment_id: int) -> dict[str, str]:
    """Return the groups that a figure may be of: code -> label, in the order of the assessment."""
    rows = read().execute(
        select(AssessmentGroup.code, AssessmentGroup.label)
        .where(AssessmentGroup.assessment_id == assessment_id)
        .order_by(AssessmentGroup.position)
    )
    return {row.code: row.label for row in rows}


def readings_of(mitigation_id: int, *, outside: str = "", limit: int = 2000) -> list[Reading]:
    """Return the readings of an action as they were entered; ``outside``: just of this owner outside."""
    query = (
        select(Measurement, Person.name)
        .outerjoin(Person, Person.id == Measurement.by)
        .where(Measurement.mitigation_id == mitigation_id)
        .order_by(Measurement.id)
        .limit(limit)
    )
    if outside:
        query = query.where(Measurement.by.is_(None), Measurement.name == outside)
    rows = read().execute(query)
    return [
        Reading(row.id, row.measured_on, row.subject, row.label, row.value, row.note, name or row.name)
        for row, name in rows
    ]


def add(
    mitigation_ref: str,
    *,
    measured_on: date | None,
    subject: str = "",
    value: float | None,
    note_text: str = "",
    by: int | None,
    named: str = "",
    now: datetime,
) -> None:
    """Enter a figure of a day, of a group (``subject``) or of everybody, as owner, author or director.

    ``by`` None: the owner outside, ``named``. Raises Invalid by field (measured_on, subject, value, note),
    NotAllowed, NotFound, Refused where the assessment has ended.
    """
    note_text, named = note_text.strip(), named.strip()
    errors = {}
    if measured_on is None:
        errors["measured_on"] = "Enter the day of the figure"
    elif not EARLIEST <= measured_on <= day_of(now):
        errors["measured_on"] = "The day of the figure must be today or before"
    if value is None or not math.isfinite(value) or abs(value) > LARGEST:
        errors["value"] = "Enter the figure"
    if len(note_text) > LONGEST:
        errors["note"] = f"This must be {LONGEST:,} characters or fewer"
    with transaction() as session:
        assessment, row = opened(session, mitigation_ref, Permission.CLAIM, by=by, named=named, now=now)
        labels = groups_of(assessment.id) if subject else {}
        if subject and subject not in labels:
            errors["subject"] = "Choose a group from the list"
        if errors or measured_on is None or value is None:
            raise Invalid(**errors)
        if assessment.stage in ENDED - {Stage.CLOSED}:
            raise Refused(f"The assessment is “{assessment.stage.label}”, so its actions have ended too.")
        newest = session.scalar(
            select(Measurement)
            .where(Measurement.mitigation_id == row.id)
            .order_by(Measurement.id.desc())
            .limit(1)
        )
        said = (measured_on, subject, value, note_text, by)
        if (
            newest
            and (newest.measured_on, newest.subject, newest.value, newest.note, newest.by) == said
            and now - newest.at < TWICE
        ):
            return  # the form was sent twice
        session.add(
            Measurement(
                organisation_id=row.organisation_id,
                mitigation_id=row.id,
                measured_on=measured_on,
                subject=subject,
                label=labels.get(subject, ""),
                value=value,
                note=note_text,
                by=by,
                name=named if by is None else "",
                at=now,
            )
        )
        moves.touch(assessment, now)
        note_on(
            session,
            assessment,
            "mitigation_measured",
            by=by,
            at=now,
            mitigation=row.ref,
            value=figure(value),
            on=measured_on.isoformat(),
            group=labels.get(subject, ""),
            named=named,
        )
