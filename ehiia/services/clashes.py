"""What stands now of answers that two people changed: shown while they choose which of two shall stand."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from ehiia.domain.vocabulary import Dimension
from ehiia.services.answered import columns_of
from ehiia.services.answering import Conflict
from ehiia.services.transaction import read
from ehiia.store.answers import Answer, ImpactRow
from ehiia.store.people import Person


def standing(
    assessment_id: int, subject: str, *, questions: Collection[str], dimensions: Collection[Dimension] = ()
) -> dict[str, Conflict]:
    """Return what stands for these questions and dimensions, by id and value: who wrote it, and when."""
    answers = read().execute(
        select(Answer.question, Answer.value, Answer.at, Person.name)
        .join(Person, Person.id == Answer.by)
        .where(
            Answer.assessment_id == assessment_id,
            Answer.subject == subject,
            Answer.question.in_(questions),
        )
    )
    found = {question: Conflict(value, name, at) for question, value, at, name in answers}
    if dimensions:
        impacts = read().execute(
            select(ImpactRow, Person.name)
            .join(Person, Person.id == ImpactRow.by)
            .where(
                ImpactRow.assessment_id == assessment_id,
                ImpactRow.subject == subject,
                ImpactRow.dimension.in_(dimensions),
            )
        )
        found |= {row.dimension.value: Conflict(columns_of(row), name, row.at) for row, name in impacts}
    return found
