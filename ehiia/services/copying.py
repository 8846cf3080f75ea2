"""Copying an assessment as a template: its answers, each to be confirmed before it counts.

People, dates, the route, evidence and how strong it is, mitigating actions and
the decision are never brought over. A copy does not name what it was copied
from; a copy of what is restricted is restricted itself.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.questions import AnswerKind, QuestionSet
from ehiia.domain.vocabulary import Dimension, Permission
from ehiia.services import answering, assessments, people
from ehiia.services.answered import SCREENING, question_set_of
from ehiia.services.assessments import Details
from ehiia.services.sight import see
from ehiia.services.transaction import transaction
from ehiia.store.answers import Answer, ImpactRow
from ehiia.store.assessments import Assessment, AssessmentGroup

NOT_COPIED = frozenset({"conclusion", "publication"})
"""Sections that speak of the decision on one proposal."""
RESTRICTED = "It was copied from an assessment that is restricted."


def copy(ref: str, *, title: str, organisation_id: int, by: int, now: datetime, once: str = "") -> Assessment:
    """Start an assessment with the answers of another that the person may read; returns the new one.

    ``once``: what the form carried, so that sent twice it makes one copy. Screening comes first, as always.
    Raises NotFound, NotAllowed (who may not start one), Invalid by field.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        source = see(ref, Permission.READ, actor=actor, session=session).assessment
        details = Details(title, "", source.kind, (), None, None)
        key = assessments.once_key(once, ref, details, by=by)
        before = assessments.started_by(session, key, by=by)
        if before is not None:
            return before
        made = assessments.start_in(
            session, details, organisation_id=organisation_id, by=by, now=now, once=key
        )
        if source.restricted:
            made.restricted, made.restricted_reason = True, RESTRICTED
        _groups(session, source, made)
        _answers(session, source, made, by=by, now=now)
        _impacts(session, source, made, by=by, now=now)
        answering.recount(session, made)
    return made


def _groups(session: Session, source: Assessment, made: Assessment) -> None:
    """Consider the same groups, in today's words; a local group stays within its organisation."""
    wanted = set(
        session.scalars(select(AssessmentGroup.code).where(AssessmentGroup.assessment_id == source.id))
    )
    offered = answering.groups_to_choose(session, made, made.created_at)
    for position, group in enumerate((one for one in offered if one.code in wanted), start=100):
        answering.add_group(session, made.id, group, position)
    session.flush()


def _answers(session: Session, source: Assessment, made: Assessment, *, by: int, now: datetime) -> None:
    wanted = _copied(question_set_of(made))
    known = _codes(session, made)
    rows = session.scalars(
        select(Answer).where(Answer.assessment_id == source.id, Answer.subject != SCREENING)
    )
    for row in rows:
        if row.question not in wanted or row.value in (None, "", []):
            continue
        if row.subject and row.subject not in known:
            continue
        value = row.value
        if row.question == "groups_chosen" and isinstance(value, list):
            value = [code for code in value if code in known]
        session.add(
            Answer(
                assessment_id=made.id,
                question=row.question,
                subject=row.subject,
                value=value,
                to_confirm=True,
                revision=1,
                by=by,
                at=now,
            )
        )
    session.flush()


def _copied(questions: QuestionSet) -> frozenset[str]:
    """Return the ids of the questions whose answers are copied: no dates, no conclusion."""
    return frozenset(
        question.id
        for section in questions.sections
        if section.id not in NOT_COPIED
        for question in section.questions
        if question.kind is not AnswerKind.DATE
    )


def _codes(session: Session, made: Assessment) -> set[str]:
    return set(session.scalars(select(AssessmentGroup.code).where(AssessmentGroup.assessment_id == made.id)))


_RATED = (
    "direction",
    "magnitude",
    "reason",
    "likelihood_before",
    "severity_before",
    "likelihood_after",
    "severity_after",
    "justification",
    "number_affected",
    "duration",
    "reversible",
)
"""What is copied of an impact: everything but how far the evidence carries it."""


def _impacts(session: Session, source: Assessment, made: Assessment, *, by: int, now: datetime) -> None:
    same_scale = source.organisation_id == made.organisation_id
    known = _codes(session, made)
    for row in session.scalars(select(ImpactRow).where(ImpactRow.assessment_id == source.id)):
        if row.subject not in known:
            continue
        values = {name: getattr(row, name) for name in _RATED}
        if not same_scale:
            values |= {name: None for name in values if name.startswith(("likelihood", "severity"))}
        session.add(
            ImpactRow(
                assessment_id=made.id,
                subject=row.subject,
                dimension=row.dimension,
                to_confirm=True,
                revision=1,
                by=by,
                at=now,
                **values,
            )
        )
    session.flush()


def confirm_page(ref: str, *, section_id: str, subject: str, by: int, now: datetime) -> int:
    """Confirm every copied answer of a page as it stands; returns how many. Counts as writing.

    Sent twice it finds nothing left and does nothing.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.WRITE, actor=actor, session=session, lock=True).assessment
        section = question_set_of(assessment).section(section_id)
        names = [question.id for question in section.questions] if section else []
        found = list(
            session.scalars(
                select(Answer.question).where(
                    Answer.assessment_id == assessment.id,
                    Answer.subject == subject,
                    Answer.question.in_(names),
                    Answer.to_confirm.is_(True),
                )
            )
        )
        session.execute(
            update(Answer)
            .where(
                Answer.assessment_id == assessment.id, Answer.subject == subject, Answer.question.in_(found)
            )
            .values(to_confirm=False, revision=Answer.revision + 1)
            .execution_options(synchronize_session="fetch")
        )
        if subject:
            found += _confirm_impacts(session, assessment, subject)
        if found:
            what = {"about": subject, "questions": sorted(found), "confirmed": True}
            answering.changed_answers(session, assessment, by=by, now=now, what=what)
            answering.recount(session, assessment)
    return len(found)


def _confirm_impacts(session: Session, assessment: Assessment, subject: str) -> list[str]:
    here = (ImpactRow.assessment_id == assessment.id, ImpactRow.subject == subject)
    found: list[Dimension] = list(
        session.scalars(select(ImpactRow.dimension).where(*here, ImpactRow.to_confirm.is_(True)))
    )
    session.execute(
        update(ImpactRow)
        .where(*here, ImpactRow.dimension.in_(found))
        .values(to_confirm=False, revision=ImpactRow.revision + 1)
        .execution_options(synchronize_session="fetch")
    )
    return [dimension.value for dimension in found]
