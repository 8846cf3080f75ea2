"""Moving an assessment to the questions that replace its own: every answer goes along or stays in sight.

An answer whose question went nowhere keeps its row under the old id. It is
shown as "answered earlier" (``earlier_of``), and counts for nothing. The
screening goes along while it is answered; once it is finished it stays with the
questions on which its result rests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from ehiia.content import load
from ehiia.domain import carrying
from ehiia.domain.access import UNSENT
from ehiia.domain.answers import Value
from ehiia.domain.questions import Question, QuestionSet
from ehiia.domain.scoring import OVERALL
from ehiia.domain.vocabulary import Stage
from ehiia.services import answering, moves, notices, telling
from ehiia.services.answered import SCREENING, question_set_of
from ehiia.services.transaction import note_on, read, transaction
from ehiia.store.answers import Answer, MitigationImpact, MitigationRow
from ehiia.store.assessments import Assessment, AssessmentVersion
from ehiia.store.library import CitationRow

"""Stages in which the questions may change under the hand; what was sent on is asked what it was asked."""


@dataclass(frozen=True)
class Carried:
    """What came of moving one assessment: how many answers found a new place, and how many stay behind."""

    ref: str
    moved: int
    kept: int


@dataclass(frozen=True)
class Earlier:
    """An answer to a question that is not asked any more.

    ``subject``: the code of a group, "screening" where the screening asked it, else "".
    """

    question: Question
    subject: str
    value: Value


def move_open(*, by: int | None, now: datetime) -> list[Carried]:
    """Move every assessment that is being written to the newest questions, each in a transaction of its own.

    Doing it again changes nothing. Assessments that were sent on stay with the questions they answered.
    """
    asked_before = and_(
        Assessment.stage.in_(UNSENT),
        or_(
            Assessment.question_set_version < load.question_set("assessment").version,
            and_(
                Assessment.stage == Stage.SCREENING,
                Assessment.screening_version < load.question_set("screening").version,
            ),
        ),
    )
    ids = read().scalars(select(Assessment.id).where(asked_before).order_by(Assessment.id)).all()
    read().rollback()
    found = []
    for assessment_id in ids:
        with transaction() as session:
            assessment = session.scalar(
                select(Assessment)
                .where(Assessment.id == assessment_id, asked_before)  # nobody else moved it meanwhile
                .with_for_update()
                .execution_options(populate_existing=True)
            )
            if assessment is None:
                continue
            carried = carry(session, assessment, by=by, now=now)
            _tell(session, assessment, carried, now)
            version = session.get(AssessmentVersion, (assessment.id, assessment.version_no))
            if version is not None:
                version.question_set_version = assessment.question_set_version
            moves.touch(assessment, now)
            answering.recount(session, assessment)
            found.append(carried)
    return found


def carry(session: Session, assessment: Assessment, *, by: int | None, now: datetime) -> Carried:
    """Pin an assessment to the newest questions in the caller's transaction, and take its answers along.

    The caller counts anew. One history row says what became of the answers.
    """
    moved = 0
    old = question_set_of(assessment)
    for new in successors(old):
        moved += _step(session, assessment.id, old, new)
        old = new
        assessment.question_set_version = new.version
    if assessment.stage is Stage.SCREENING:
        old = load.question_set("screening", assessment.screening_version)
        for new in successors(old):
            moved += _step(session, assessment.id, old, new)
            old = new
            assessment.screening_version = new.version
    kept = len(earlier_of(assessment, session=session))
    note_on(
        session,
        assessment,
        "questions_renewed",
        by=by,
        at=now,
        version=assessment.question_set_version,
        moved=moved,
        kept=kept,
    )
    return Carried(assessment.ref, moved, kept)


def _tell(session: Session, assessment: Assessment, carried: Carried, now: datetime) -> None:
    """Tell the authors once that the questions are others now."""
    versions = f"{assessment.question_set_version}.{assessment.screening_version}"
    for person_id in sorted(telling.authors(session, assessment.id)):
        notices.tell(
            session,
            assessment=assessment,
            person_id=person_id,
            message_name="questions_renewed",
            values={"moved": carried.moved, "kept": carried.kept},
            dedupe_key=f"questions_renewed:{assessment.id}:{versions}",
            now=now,
        )


def successors(questions: QuestionSet) -> tuple[QuestionSet, ...]:
    """Return the sets on the way from this one to the newest, in order.

    Raises ValueError where a set replaces none that is older than itself, which loading it refuses.
    """
    found: list[QuestionSet] = []
    step = load.question_set(questions.id)
    while step.version > questions.version:
        if not 0 < step.replaces < step.version:
            raise ValueError(f"{step.id} {step.version} does not say which older set it replaces")
        found.insert(0, step)
        step = load.question_set(questions.id, step.replaces)
    return tuple(found)


def _step(session: Session, assessment_id: int, old: QuestionSet, new: QuestionSet) -> int:
    before, after = carrying.homes(old), carrying.homes(new)
    rows: dict[tuple[str, str], Answer] = {
        (row.question, row.subject): row
        for row in session.scalars(
            select(Answer)
            .where(Answer.assessment_id == assessment_id, _about(new))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    moved = 0
    leaving: list[tuple[str, str, Value, int, datetime]] = []
    screening = new.id == SCREENING
    for line in new.mapping:
        if not line.new:
            continue
        was, now_asked = before[line.old][0], after[line.new][0]
        for row in [row for (question, _), row in rows.items() if question == line.old]:
            if row.value is None:
                continue
            value = carrying.converted(was, now_asked, line, row.value)
            if line.new != line.old:
                leaving.append((line.new, row.subject, value, row.by, row.at))
                del rows[row.question, row.subject]
                session.delete(row)
                moved += 1
            elif value != row.value:
                row.value, row.revision = value, row.revision + 1
                moved += 1
        if line.new != line.old and not screening:
            _follow(session, assessment_id, line.old, line.new)
    session.flush()
    for question, subject, value, by, at in leaving:
        home = rows.get((question, subject)) or Answer(
            assessment_id=assessment_id, question=question, subject=subject, revision=0, value=None
        )
        session.add(home)
        rows[question, subject] = home
        home.value = carrying.joined(home.value, value) if home.value else value
        home.revision, home.by, home.at = home.revision + 1, by, at
    session.flush()
    return moved


def _about(questions: QuestionSet) -> ColumnElement[bool]:
    """Return the predicate of the answers to a set: the screening's are kept apart."""
    return Answer.subject == SCREENING if questions.id == SCREENING else Answer.subject != SCREENING


def _follow(session: Session, assessment_id: int, old: str, new: str) -> None:
    """Let sources and mitigating actions that point to a question point to its new place."""
    taken = select(CitationRow.use_id).where(
        CitationRow.assessment_id == assessment_id, CitationRow.question == new
    )
    session.execute(
        update(CitationRow)
        .where(
            CitationRow.assessment_id == assessment_id,
            CitationRow.question == old,
            CitationRow.use_id.not_in(taken.scalar_subquery()),
        )
        .values(question=new)
        .execution_options(synchronize_session=False)
    )
    mine = select(MitigationRow.id).where(MitigationRow.assessment_id == assessment_id)
    linked = select(MitigationImpact.mitigation_id).where(MitigationImpact.subject == new)
    session.execute(
        update(MitigationImpact)
        .where(
            MitigationImpact.mitigation_id.in_(mine),
            MitigationImpact.mitigation_id.not_in(linked),
            MitigationImpact.subject == old,
            MitigationImpact.dimension == OVERALL,
        )
        .values(subject=new)
        .execution_options(synchronize_session=False)
    )


def earlier_of(assessment: Assessment, *, session: Session | None = None) -> tuple[Earlier, ...]:
    """Return what was answered to questions that this assessment is not asked any more."""
    session = session or read()
    pinned = (question_set_of(assessment), load.question_set("screening", assessment.screening_version))
    return tuple(
        one
        for questions in pinned
        if questions.replaces
        for one in _earlier(session, assessment.id, questions)
    )


def _earlier(session: Session, assessment_id: int, questions: QuestionSet) -> Iterator[Earlier]:
    now_asked, once = carrying.homes(questions), _once_asked(questions)
    for question, subject, value in session.execute(
        select(Answer.question, Answer.subject, Answer.value)
        .where(Answer.assessment_id == assessment_id, _about(questions))
        .order_by(Answer.question, Answer.subject)
    ):
        if value is not None and question not in now_asked and question in once:
            yield Earlier(once[question], subject, value)


def _once_asked(questions: QuestionSet) -> Mapping[str, Question]:
    """Return every question of the versions before one, in its newest words."""
    found: dict[str, Question] = {}
    for version in load.versions(questions.id):
        if version < questions.version:
            homes = carrying.homes(load.question_set(questions.id, version))
            found |= {name: question for name, (question, _) in homes.items()}
    return found
