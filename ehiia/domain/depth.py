"""When the short form is no longer enough, and how long each form takes.

The short form grows into the extended one at once when an impact appears that is more than low. It never
shrinks by itself, and nothing is typed twice: the answers stay, and more is asked.
"""

from __future__ import annotations

from collections.abc import Collection

from ehiia.domain import scoring
from ehiia.domain.answers import Answers, Impact, given
from ehiia.domain.asked import asked_sections
from ehiia.domain.questions import Depth, QuestionSet, SectionKind
from ehiia.domain.reasons import Reason
from ehiia.domain.scoring import USUAL_BORDERS, BandBorders
from ehiia.domain.vocabulary import ADVERSE, Band, Direction, Magnitude

BY_CHOICE = Reason("GRO-04", "The author chose the extended form.")

_MORE_THAN_LOW = frozenset({Band.MEDIUM, Band.HIGH, Band.VERY_HIGH})
_LARGE = frozenset({Magnitude.MEDIUM, Magnitude.HIGH})


def reasons_to_grow(
    answers: Answers, effects: Collection[str], borders: BandBorders = USUAL_BORDERS
) -> tuple[Reason, ...]:
    """Return why the short form is not enough for these answers; empty while it is.

    GRO-01: somebody would be worse off, clearly or more, or with a risk above low. GRO-02: an impact is not
    known. GRO-03: a question asked once (``effects``: their ids) says so, and nobody rated how much.
    """
    labels = {group.code: group.label for group in answers.groups}
    found = []
    for impact in scoring.counted(answers):
        where = f"{labels.get(impact.subject, impact.subject)}, {impact.dimension.label.lower()}"
        if impact.direction is Direction.UNKNOWN:
            found.append(Reason("GRO-02", f"{where}: the effect is not known, so it may be more than low."))
        elif impact.adverse and _more_than_low(impact, borders):
            text = f"{where}: “{impact.direction.label.lower() if impact.direction else ''}”, more than low."
            found.append(Reason("GRO-01", text))
    for (question, subject), value in answers.values.items():
        direction = value.get("direction") if isinstance(value, dict) else None
        if not subject and question in effects and direction in (*ADVERSE, Direction.UNKNOWN):
            words = Direction(str(direction)).label.lower()
            found.append(Reason("GRO-03", f"“{words}” was answered where how much is not rated."))
    return tuple(found)


def _more_than_low(impact: Impact, borders: BandBorders) -> bool:
    return impact.magnitude in _LARGE or scoring.band(impact.before, borders) in _MORE_THAN_LOW


def extended_answers(questions: QuestionSet, answers: Answers) -> tuple[str, ...]:
    """Return the ids of questions that were answered and that the short form does not ask."""
    beyond = {
        question.id
        for section in questions.sections
        for question in section.questions
        if not Depth.SHORT.asks(section.depth, question.depth)
    }
    return tuple(
        sorted(
            {
                question
                for (question, _), value in answers.values.items()
                if question in beyond and given(value)
            }
        )
    )


def minutes(questions: QuestionSet, answers: Answers) -> int:
    """Return roughly how long the whole form takes at the depth of the answers, in minutes."""
    chosen = {group.code for group in answers.groups}
    fixed = {code for section in questions.sections for code in section.subjects}
    total = 0
    for section in asked_sections(questions, answers):
        pages = 1
        if section.kind is SectionKind.GROUP:
            pages = len(section.subjects) or len(chosen - fixed)
        total += pages * section.minutes_at(answers.depth)
    return total
