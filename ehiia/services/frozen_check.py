"""What goes into the record of the check: scores, findings that were explained, and comments, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from ehiia.domain.decision import FrozenFinding, FrozenScore, FrozenThread
from ehiia.domain.vocabulary import Dimension
from ehiia.services import quality, selfchecking, threads
from ehiia.services.answered import question_set_of
from ehiia.services.threads import Said
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import QualityCheck

__all__ = ["comments_of", "explained_of", "scores_of"]


def scores_of(session: Session, check: QualityCheck) -> tuple[FrozenScore, ...]:
    """Return what was scored in a check; empty for one from before there were scores."""
    return tuple(
        FrozenScore(
            row.criterion.title,
            row.criterion.critical,
            None if row.mark.score is None else int(row.mark.score),
            "Does not apply" if row.mark.score is None else row.mark.score.label,
            row.mark.comment,
        )
        for row in quality.scored(check, session=session)
        if row.mark is not None
    )


def explained_of(session: Session, assessment: Assessment, *, today: date) -> tuple[FrozenFinding, ...]:
    """Return the findings of the self-check that stand and were explained."""
    found = selfchecking.self_check(assessment, today=today, session=session).explained
    return tuple(
        FrozenFinding(one.rule, one.text, one.explained.text) for one in found if one.explained is not None
    )


def comments_of(assessment: Assessment, titles: Mapping[str, str]) -> tuple[FrozenThread, ...]:
    """Return the threads of comments without names; ``titles``: of the pages by their keys."""
    questions = question_set_of(assessment)

    def about(said: Said) -> str:
        page = titles.get(said.section, said.section)
        if said.question in set(Dimension):
            return f"{page}: {Dimension(said.question).label}"
        question = questions.question(said.question) if said.question else None
        return f"{page}: {question.label}" if question else page

    return tuple(
        FrozenThread(
            about(said),
            said.text,
            tuple(one.text for one in said.replies) + ((said.answer,) if said.answered_at else ()),
            said.closed,
        )
        for said in threads.comments_of(assessment.id)
    )
