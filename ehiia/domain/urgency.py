"""An urgent decision: a rapid assessment first, a whole one within so many working days after it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from ehiia.domain.answers import Answers, Value, given
from ehiia.domain.questions import Depth, QuestionSet
from ehiia.domain.reasons import Reason
from ehiia.domain.schedule import ReviewDate, add_working_days, in_full


def whole_due(decided_on: date, working_days: int, holidays: Collection[date]) -> ReviewDate:
    """Return by when a whole assessment must be made and ratified after an urgent decision (rule RAP-01)."""
    due_on = add_working_days(decided_on, working_days, holidays)
    text = (
        f"It was decided on a rapid assessment, so a whole one is to be made and ratified within "
        f"{working_days} working days, by {in_full(due_on)}."
    )
    return ReviewDate(due_on, (Reason("RAP-01", text),))


def carried_over(questions: QuestionSet, answers: Answers) -> Mapping[str, tuple[str, Value]]:
    """Return which questions of the whole assessment begin with an answer of the rapid one.

    Id of the question that is filled -> (id of the rapid question, its answer). What was answered in the
    whole assessment already is left as it is.
    """
    found: dict[str, tuple[str, Value]] = {}
    for section in questions.sections:
        if section.depth is not Depth.RAPID:
            continue
        for question in section.questions:
            value = answers.value(question.id)
            to = question.carries_to
            if to and given(value) and not given(answers.value(to)):
                found[to] = (question.id, value)
    return found
