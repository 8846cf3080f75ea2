"""Preparing how a record is published: in full, as a summary, with parts left out, or withheld.

The newest record of an assessment has at most one publication that is being prepared. What is left out by
hand is in ``redacting``, who agrees it in ``agreeing_publications``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ehiia.clock import day_of
from ehiia.domain import publishing as rules
from ehiia.domain.decision import DecisionRecord
from ehiia.domain.personal_data import Pointed, pointed
from ehiia.domain.publishing import Exemption, Period, PublicationState, Publishing
from ehiia.services import freezing, people
from ehiia.services.being_published import (
    due_on,
    locked,
    looked_of,
    made_now,
    marks_of,
    newest_record,
    noted,
    open_of,
    open_or_none,
    periods,
    preparing,
    settings_in,
    why_not_agree,
)
from ehiia.services.sight import Seen
from ehiia.services.transaction import Invalid, NotFound, Stale, read, transaction
from ehiia.store import publications
from ehiia.store.decisions import RecordRow
from ehiia.store.publications import Edition, Publication, Redaction

__all__ = ["Page", "Plan", "begin", "change", "page_of", "page_or_none", "preview"]


@dataclass(frozen=True)
class Plan:
    """How somebody would publish a record."""

    kind: Publishing
    reason: str = ""
    exemption: Exemption | None = None
    not_before_on: date | None = None


@dataclass(frozen=True)
class Page:
    """What the page of publishing shows of the newest record."""

    record: RecordRow
    now: Publication | None
    """What is being prepared, or None."""
    edition: Edition | None
    """The edition that is out or will be, or None."""
    past: Sequence[tuple[Publication, Edition | None]]
    """Everything that was decided about publishing the assessment, newest first."""
    marks: Sequence[Redaction]
    to_look_at: tuple[Pointed, ...]
    """Places to look at that nobody has looked at and that are not left out."""
    looked_at: int
    names: dict[int, str]
    due_on: date
    """By when it is to be published or withheld."""
    meeting_on: date | None
    """The day of the decision: it is best published on or before the paper of that day."""
    pre_election: Period | None
    """The pre-election period that the day of publication lies in, or None."""
    may_agree: str
    """Why the person may not agree it, or "" where they may."""


# -- reading --------------------------------------------------------------------------------------------


def page_or_none(seen: Seen, *, today: date) -> Page | None:
    """Return what the page shows, or None before there is a record."""
    try:
        return page_of(seen, today=today)
    except NotFound:
        return None


def page_of(seen: Seen, *, today: date) -> Page:
    """Return what the page shows. Raises NotFound before there is a record."""
    session = read()
    assessment = seen.assessment
    record = newest_record(session, assessment.id)
    past = [(row, edition) for row, edition in publications.of_assessment(session, assessment.id)]
    now = next((row for row, _ in past if row.state in rules.OPEN and row.record_id == record.id), None)
    settings = settings_in(session, assessment)
    frozen = freezing.thaw_record(record.text)
    marks = marks_of(session, now) if now else ()
    looked = looked_of(session, now) if now else set()
    left = (
        pointed(made_now(session, frozen, record, now, settings), threshold=settings.small_numbers_below)
        if now and now.kind is not Publishing.WITHHELD
        else ()
    )
    day = max(today, now.not_before_on) if now and now.not_before_on else today
    people_in = {row.begun_by for row, _ in past} | {row.agreed_by for row, _ in past if row.agreed_by}
    people_in |= {row.ended_by for row, _ in past if row.ended_by} | {one.by for one in marks}
    return Page(
        record=record,
        now=now,
        edition=next((one for row, one in past if row.state is PublicationState.AGREED), None),
        past=past,
        marks=marks,
        to_look_at=tuple(one for one in left if one.key not in looked),
        looked_at=len(looked),
        names=people.names(people_in, session=session),
        due_on=due_on(record, settings),
        meeting_on=frozen.decision.meeting_on,
        pre_election=rules.sensitive(day, periods(settings)),
        may_agree=why_not_agree(seen, now, marks) if now else "",
    )


def preview(seen: Seen) -> DecisionRecord:
    """Return the edition as it would be made now. Raises NotFound, Invalid (field ``passage``)."""
    session = read()
    record = newest_record(session, seen.assessment.id)
    row = open_of(session, record)
    if row.kind is Publishing.WITHHELD:
        raise NotFound
    settings = settings_in(session, seen.assessment)
    return made_now(session, freezing.thaw_record(record.text), record, row, settings)


# -- preparing ---------------------------------------------------------------------------------------------


def begin(ref: str, plan: Plan, *, by: int, now: datetime) -> Publication:
    """Begin to prepare how the newest record is published; one that is being prepared is changed.

    Raises NotFound, NotAllowed, Refused, Invalid by field.
    """
    with transaction() as session:
        assessment, record = locked(session, ref, by, now)
        row = open_or_none(session, record)
        if row is not None:
            return change(ref, plan, revision=row.revision, by=by, now=now)
        _check(plan, now)
        row = Publication(
            organisation_id=assessment.organisation_id,
            assessment_id=assessment.id,
            record_id=record.id,
            begun_by=by,
            begun_at=now,
            **_values(plan),
        )
        session.add(row)
        session.flush()
        noted(session, assessment, "publication_begun", record, by, now, kind=plan.kind.label)
    return row


def change(ref: str, plan: Plan, *, revision: int, by: int, now: datetime) -> Publication:
    """Change how it is to be published. Raises as ``begin``, and Stale."""
    with transaction() as session:
        assessment, record = locked(session, ref, by, now)
        row = preparing(session, record)
        values = _values(plan)
        if all(getattr(row, name) == value for name, value in values.items()):
            return row
        if row.revision != revision:
            raise Stale
        _check(plan, now)
        for name, value in values.items():
            setattr(row, name, value)
        row.revision += 1
        noted(session, assessment, "publication_changed", record, by, now, kind=plan.kind.label)
    return row


def _values(plan: Plan) -> dict[str, object]:
    return {
        "kind": plan.kind,
        "reason": plan.reason.strip(),
        "exemption": plan.exemption,
        "not_before_on": plan.not_before_on,
    }


def _check(plan: Plan, now: datetime) -> None:
    if plan.not_before_on is not None and plan.not_before_on < day_of(now):
        raise Invalid(not_before_on="Enter today or a later day, or leave it empty")
