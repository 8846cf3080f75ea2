"""The duties statement of an assessment: as it stands, and as it is frozen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ehiia.content import load
from ehiia.domain import duties
from ehiia.domain.answers import Answers
from ehiia.domain.duties import Place, Statement
from ehiia.domain.frozen import DutyShown
from ehiia.domain.questions import QuestionSet, Section
from ehiia.domain.reasons import Reason

__all__ = ["Place", "Statement", "asked_in", "frozen", "statements_of"]


def statements_of(questions: QuestionSet, answers: Answers, *, today: date) -> tuple[Statement, ...]:
    """Return what can be said of each duty in force on a day."""
    return duties.statements(load.in_force(load.duties(), today), questions, answers)


def asked_in(section: Section) -> bool:
    """Say whether a section holds the short answer to a duty."""
    asked = {question.id for question in section.questions}
    return any(asked & set(duty.asks) for duty in load.duties())


def frozen(statements: Iterable[Statement]) -> tuple[DutyShown, ...]:
    """Return the statement in words, as a version keeps it."""
    return tuple(
        DutyShown(
            id=one.id,
            title=one.title,
            law=one.law,
            engaged=one.engaged,
            reason=Reason(one.rule, one.reason),
            answered=tuple(short.place.label for short in one.short if short.given),
            not_answered=tuple(short.place.label for short in one.short if not short.given),
            shown=tuple(_words(place) for place in one.found),
            not_shown=tuple(_words(place) for place in one.missing),
            note=one.note,
        )
        for one in statements
    )


def _words(place: Place) -> str:
    return f"{place.label}: {place.detail}" if place.detail else place.label
