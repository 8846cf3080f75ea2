"""Queries of the system checks: what in the register of an organisation does not stand as it should.

Each gives reference, words and a day of what it found, with the number of all rows beside each. Restricted
assessments are left out for everybody alike: whoever looks at the checks need not know of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, cast, exists, func, null, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from ehiia.domain.mitigating import Acceptance
from ehiia.domain.questions import Depth
from ehiia.domain.review_dates import DECIDED
from ehiia.domain.triggers import FINISHED, TOO_LONG
from ehiia.domain.vocabulary import GapState, ReviewState, Word
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.decisions import QualityCheck, RecordFile, RecordRow, Review
from ehiia.store.engagement import EngagementRow
from ehiia.store.library import GapRow
from ehiia.store.organisations import Body
from ehiia.store.people import Person

Found = Select[str, str, date | None, int]


class About(Word):
    """What the reference of a row belongs to."""

    ASSESSMENT = "assessment", "Assessment"
    ACTION = "action", "Mitigating action"
    RECORD = "record", "Record"
    BODY = "body", "Body"


@dataclass(frozen=True)
class SystemCheck:
    """A check of the system: its query, and what its rows are about."""

    about: About
    query: Found


def _found(ref: Any, words: Any, on: Any = None) -> Found:
    day = cast(null(), Date()) if on is None else on
    number = func.count().over()
    return select(ref.label("ref"), words.label("words"), day.label("day"), number.label("number"))


def _assessments(organisation_id: int, *conditions: ColumnElement[bool], on: Any = None) -> Found:
    return (
        _found(Assessment.ref, Assessment.title, on)
        .where(Assessment.organisation_id == organisation_id, Assessment.restricted.is_(False), *conditions)
        .order_by(Assessment.ref)
    )


def _actions(organisation_id: int, *conditions: ColumnElement[bool]) -> Found:
    """Return the query for actions that a decision which stands relied on, and that are still to be done."""
    return (
        _found(MitigationRow.ref, MitigationRow.what, MitigationRow.due_on)
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .where(
            MitigationRow.organisation_id == organisation_id,
            MitigationRow.taken_out_at.is_(None),
            MitigationRow.claim.not_in(FINISHED),
            Assessment.stage.in_(DECIDED),
            Assessment.restricted.is_(False),
            *conditions,
        )
        .order_by(MitigationRow.due_on.is_(None), MitigationRow.due_on, MitigationRow.ref)
    )


def _gone(person: InstrumentedAttribute[int | None], today: date) -> ColumnElement[bool]:
    return exists().where(Person.id == person, Person.left_on <= today)


def system_checks(organisation_id: int, today: date) -> Mapping[str, SystemCheck]:
    """Return the checks by their rule."""
    here, decided = Assessment.id, Assessment.stage.in_(DECIDED)
    owned = or_(MitigationRow.owner_id.is_not(None), MitigationRow.outside_owner != "")
    planned = and_(Review.assessment_id == here, Review.state == ReviewState.PLANNED)
    heard = exists().where(EngagementRow.assessment_id == here, EngagementRow.taken_out_at.is_(None))
    own = exists().where(
        QualityCheck.assessment_id == here,
        QualityCheck.passed.is_(True),
        Participant.assessment_id == here,
        Participant.person_id == QualityCheck.checked_by,
        Participant.wrote_at.is_not(None),
    )
    sealed = exists().where(RecordFile.record_id == RecordRow.id)
    open_gap = and_(
        GapRow.assessment_id == here,
        or_(
            and_(GapRow.state == GapState.OPEN, GapRow.due_on < today),
            and_(GapRow.state == GapState.ACCEPTED, GapRow.accepted_until < today),
        ),
    )
    bodies = (
        _found(Body.code, Body.name)
        .where(
            Body.organisation_id == organisation_id,
            or_(Body.valid_to_on.is_(None), Body.valid_to_on >= today),
            or_(Body.chair_id.is_(None), _gone(Body.chair_id, today)),
        )
        .order_by(Body.name)
    )
    since = today - timedelta(days=TOO_LONG)

    def assessments(*conditions: ColumnElement[bool], on: Any = None) -> SystemCheck:
        return SystemCheck(About.ASSESSMENT, _assessments(organisation_id, *conditions, on=on))

    def actions(*conditions: ColumnElement[bool]) -> SystemCheck:
        return SystemCheck(About.ACTION, _actions(organisation_id, *conditions))

    reviewed = _assessments(organisation_id, decided, Review.due_on < today, on=Review.due_on)
    gaps = _assessments(organisation_id, decided, on=func.coalesce(GapRow.accepted_until, GapRow.due_on))
    unsealed = (
        _found(RecordRow.ref, Assessment.title)
        .join(Assessment, Assessment.id == RecordRow.assessment_id)
        .where(
            RecordRow.organisation_id == organisation_id,
            RecordRow.made_at < datetime.combine(today, time(), UTC),
            Assessment.restricted.is_(False),
            ~sealed,
        )
        .order_by(RecordRow.ref)
    )
    return {
        "SYS-01": assessments(Assessment.late.is_(True)),
        "SYS-02": SystemCheck(About.ASSESSMENT, reviewed.join(Review, planned)),
        "SYS-03": assessments(decided, ~exists().where(planned)),
        "SYS-04": actions(~owned),
        "SYS-05": actions(MitigationRow.due_on.is_(None)),
        "SYS-06": actions(func.trim(MitigationRow.measure) == ""),
        "SYS-07": actions(owned, MitigationRow.acceptance != Acceptance.ACCEPTED),
        "SYS-08": actions(MitigationRow.due_on < since),
        "SYS-09": actions(_gone(MitigationRow.owner_id, today)),
        "SYS-10": SystemCheck(About.ASSESSMENT, gaps.join(GapRow, open_gap)),
        "SYS-11": assessments(
            decided, Assessment.depth == Depth.EXTENDED.value, Assessment.earlier.is_(False), ~heard
        ),
        "SYS-12": assessments(own),
        "SYS-13": SystemCheck(About.RECORD, unsealed),
        "SYS-14": SystemCheck(About.BODY, bodies),
    }
