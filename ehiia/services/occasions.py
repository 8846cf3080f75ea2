"""What falls due of an assessment itself: a whole one after an urgent decision, staff consultation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, or_

from ehiia.domain.vocabulary import Stage
from ehiia.store.assessments import Assessment

UNTIL_RATIFIED = (Stage.WRITING, Stage.SENT_BACK, Stage.WITH_DIRECTOR, Stage.CHECKING, Stage.READY)
"""Stages in which a whole assessment is still to come after an urgent decision."""


@dataclass(frozen=True)
class Occasion:
    """That the restriction of a workforce proposal can be lifted."""

    key: str
    due_on: date


def due(until: date) -> ColumnElement[bool]:
    """Return the predicate for assessments with something due by then."""
    return or_(
        and_(Assessment.full_due_on <= until, Assessment.stage.in_(UNTIL_RATIFIED)),
        and_(Assessment.restricted.is_(True), Assessment.consultation_opens_on <= until),
    )


def consultation_opens(assessment: Assessment, today: date) -> Occasion | None:
    """Return that staff are consulted from today or lately, while it is still restricted."""
    opens = assessment.consultation_opens_on
    if not assessment.restricted or opens is None or not opens <= today <= opens + timedelta(days=14):
        return None
    return Occasion(f"consultation:{assessment.id}:{opens.isoformat()}", opens)
