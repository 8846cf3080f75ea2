"""The short form grows by rule, in the transaction of the save that makes it too short."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from ehiia.domain import depth as rules
from ehiia.domain.answers import Answers
from ehiia.domain.questions import Depth
from ehiia.domain.reasons import Reason
from ehiia.domain.scoring import BandBorders
from ehiia.services.answered import effect_questions, question_set_of
from ehiia.services.transaction import note_on
from ehiia.store.assessments import Assessment


def grow_by_rule(
    session: Session,
    assessment: Assessment,
    answers: Answers,
    borders: BandBorders,
    *,
    by: int,
    now: datetime,
) -> tuple[str, ...]:
    """Make the form extended where the answers call for it; return the reasons in words, or nothing."""
    if answers.depth is not Depth.SHORT:
        return ()
    reasons = rules.reasons_to_grow(answers, effect_questions(question_set_of(assessment)), borders)
    if not reasons:
        return ()
    extend(session, assessment, reasons, by=by, now=now)
    return tuple(reason.text for reason in reasons)


def extend(
    session: Session, assessment: Assessment, reasons: Iterable[Reason], *, by: int, now: datetime
) -> None:
    """Make it the extended form in the caller's transaction, with the reasons on it and in the history."""
    words = [f"{reason.text} ({reason.rule})" for reason in reasons]
    assessment.depth, assessment.depth_reason = Depth.EXTENDED.value, "\n".join(words)
    note_on(
        session,
        assessment,
        "form_extended",
        by=by,
        at=now,
        reasons=words,
    )
