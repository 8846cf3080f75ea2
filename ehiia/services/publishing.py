"""Preparing how an assessment is published: in full, as a summary, with parts left out, or withheld.

What is next (``publishable``: a record, or the version that waits for its decision) has at most one
publication that is being prepared. What is left out by hand is in ``redacting``, who agrees it in
``agreeing_publications``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import publishing as rules
from ehiia.domain.decision import DecisionRecord
from ehiia.domain.hiding import Numbers
from ehiia.domain.personal_data import Pointed, pointed
from ehiia.domain.publishing import Exemption, Period, PublicationState, Publishing
from ehiia.domain.redaction import named_in
from ehiia.services import freezing, people, publishable
from ehiia.services.being_published import (
    due_on,
    locked,
    marks_of,
    noted,
    open_of,
    open_or_none,
    paper_due_on,
    periods,
    prepared_now,
    preparing,
    settings_in,
    why_looked_at,
    why_not_agree,
)
from ehiia.services.organisations import Settings
from ehiia.services.publishable import Publishable
from ehiia.services.sight import Seen, deciding_step
from ehiia.services.transaction import Invalid, NotFound, Stale, read, transaction
from ehiia.store import publications
from ehiia.store.assessments import Assessment
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
    """What the page of publishing shows."""

    whole: Publishable
    """What is to be published next."""
    now: Publication | None
    """What is being prepared, or None."""
    edition: Edition | None
    """The edition that is out or will be, whose place the next one takes; or None."""
    stands: bool
    """Whether it was agreed how this is published, or that it is not, and that stands."""
    no_longer_named: int
    """How many are named in the edition of this who would not be named today."""
    past: Sequence[tuple[Publication, Edition | None]]
    """Everything that was decided about publishing the assessment, newest first."""
    marks: Sequence[Redaction]
    to_look_at: tuple[Pointed, ...]
    """Places to look at that nobody has looked at and that are not left out."""
    looked_at: int
    numbers: Numbers
    """Which numbers of people the rule hides."""
    why_kept: dict[str, str]
    """Key of a place that was looked at, or of a number that is kept -> why."""
    names: dict[int, str]
    due_on: date | None
    """By when it is to be published or withheld; before the decision, the day on which the papers go out."""
    meeting_on: date | None
    """The day of the decision: it is best published on or before the paper of that day."""
    pre_election: Period | None
    """The pre-election period that the day of publication lies in, or None."""
    may_agree: str
    """Why the person may not agree it, or "" where they may."""


# -- reading --------------------------------------------------------------------------------------------


def page_or_none(seen: Seen, *, today: date) -> Page | None:
    """Return what the page shows, or None before there is anything to publish."""
    try:
        return page_of(seen, today=today)
    except NotFound:
        return None


def page_of(seen: Seen, *, today: date) -> Page:
    """Return what the page shows. Raises NotFound before there is anything to publish."""
    session = read()
    assessment = seen.assessment
    whole = publishable.of_assessment(session, assessment)
    past = [(row, edition) for row, edition in publications.of_assessment(session, assessment.id)]
    now = open_or_none(session, whole)
    settings = settings_in(session, assessment)
    marks = marks_of(session, now) if now else ()
    looked = why_looked_at(session, now) if now else {}
    shown = now is not None and now.kind is not Publishing.WITHHELD
    made = prepared_now(session, whole, now, settings) if now and shown else None
    left = pointed(made.edition, threshold=settings.small_numbers_below) if made else ()
    day = max(today, now.not_before_on) if now and now.not_before_on else today
    people_in = {row.begun_by for row, _ in past} | {row.agreed_by for row, _ in past if row.agreed_by}
    people_in |= {row.ended_by for row, _ in past if row.ended_by} | {one.by for one in marks}
    agreed = [one for one in past if one[0].state is PublicationState.AGREED]
    due, meeting_on = _days(session, assessment, whole, settings)
    return Page(
        whole=whole,
        now=now,
        edition=next((one for row, one in agreed if whole.decided or row.snapshot_id is not None), None),
        stands=any(whole.is_of(row) for row, _ in agreed),
        no_longer_named=sum(
            _no_longer_named(session, whole, row, one, settings)
            for row, one in agreed
            if one is not None and whole.is_of(row)
        ),
        past=past,
        marks=marks,
        to_look_at=tuple(one for one in left if one.key not in looked),
        looked_at=len(looked),
        numbers=made.numbers if made else Numbers(),
        why_kept=looked,
        names=people.names(people_in, session=session),
        due_on=due,
        meeting_on=meeting_on,
        pre_election=rules.sensitive(day, periods(settings)),
        may_agree=why_not_agree(seen, now, marks) if now else "",
    )


def _days(
    session: Session, assessment: Assessment, whole: Publishable, settings: Settings
) -> tuple[date | None, date | None]:
    """Return by when it is to be published, and the day of the meeting; None where there is none."""
    if whole.decided:
        return due_on(whole.made_at, settings), whole.whole.decided.meeting_on
    step = deciding_step(session, assessment.id)
    meeting_on = step[0].meeting_on if step else None
    return paper_due_on(meeting_on, settings) if meeting_on else None, meeting_on


def _no_longer_named(
    session: Session, whole: Publishable, row: Publication, edition: Edition, settings: Settings
) -> int:
    """Count who is named in an edition and would not be today: rules change, and names are taken back."""
    shown = freezing.thaw_record(edition.text)
    return len(named_in(shown) - named_in(prepared_now(session, whole, row, settings).edition))


def preview(seen: Seen) -> DecisionRecord:
    """Return the edition as it would be made now. Raises NotFound, Invalid (field ``passage``)."""
    session = read()
    whole = publishable.of_assessment(session, seen.assessment)
    row = open_of(session, whole)
    if row.kind is Publishing.WITHHELD:
        raise NotFound
    return prepared_now(session, whole, row, settings_in(session, seen.assessment)).edition


# -- preparing ---------------------------------------------------------------------------------------------


def begin(ref: str, plan: Plan, *, by: int, now: datetime) -> Publication:
    """Begin to prepare how what is next is published; one that is being prepared is changed.

    Raises NotFound, NotAllowed, Refused, Invalid by field.
    """
    with transaction() as session:
        assessment, whole = locked(session, ref, by, now)
        row = open_or_none(session, whole)
        if row is not None:
            return change(ref, plan, revision=row.revision, by=by, now=now)
        _check(plan, now)
        row = Publication(
            organisation_id=assessment.organisation_id,
            assessment_id=assessment.id,
            record_id=whole.record_id,
            snapshot_id=whole.snapshot_id,
            begun_by=by,
            begun_at=now,
            **_values(plan),
        )
        session.add(row)
        session.flush()
        noted(session, assessment, "publication_begun", whole.ref, by, now, kind=plan.kind.label)
    return row


def change(ref: str, plan: Plan, *, revision: int, by: int, now: datetime) -> Publication:
    """Change how it is to be published. Raises as ``begin``, and Stale."""
    with transaction() as session:
        assessment, whole = locked(session, ref, by, now)
        row = preparing(session, whole)
        values = _values(plan)
        if all(getattr(row, name) == value for name, value in values.items()):
            return row
        if row.revision != revision:
            raise Stale
        _check(plan, now)
        for name, value in values.items():
            setattr(row, name, value)
        row.revision += 1
        noted(session, assessment, "publication_changed", whole.ref, by, now, kind=plan.kind.label)
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
