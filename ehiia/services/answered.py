"""What is stored of an assessment's answers, read as values for the rules and for pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Integer, and_, bindparam, select
from sqlalchemy.orm import Session

from ehiia.content import load
from ehiia.domain.answers import (
    Answers,
    Citation,
    Engagement,
    EvidenceGap,
    EvidenceItem,
    Impact,
    MitigatingAction,
    Risk,
    SubjectGroup,
    Value,
)
from ehiia.domain.questions import AnswerKind, Depth, QuestionSet
from ehiia.domain.vocabulary import Conclusion, Dimension, HeadCount, Likelihood, Severity, YesNoUnknown
from ehiia.services.transaction import read
from ehiia.store.answers import Answer, ImpactRow, MitigationImpact, MitigationRow
from ehiia.store.assessments import Assessment, AssessmentGroup
from ehiia.store.engagement import EngagementGroup, EngagementRow, ReviewerComment
from ehiia.store.library import CitationRow, EvidenceItemRow, EvidenceUse, EvidenceVersion, GapRow
from ehiia.store.people import Person

SCREENING = "screening"
"""Subject under which the answers of the screening are kept, apart from the assessment's own."""


@dataclass(frozen=True)
class Page:
    """What a page of an assessment is filled with: values and revisions of one subject."""

    values: dict[str, Value]
    revisions: dict[str, int]
    impacts: dict[Dimension, Impact]
    impact_revisions: dict[Dimension, int]
    impact_columns: dict[Dimension, dict[str, str | int | None]]
    to_confirm: frozenset[str] = frozenset()
    """Questions and dimensions whose answers were copied and are neither confirmed nor changed since."""


def question_set_of(assessment: Assessment) -> QuestionSet:
    """Return the question set the assessment is pinned to."""
    return load.question_set("assessment", assessment.question_set_version)


def effect_questions(questions: QuestionSet) -> frozenset[str]:
    """Return the ids of the questions whose answers say how somebody is affected."""
    return frozenset(
        question.id
        for section in questions.sections
        for question in section.questions
        if question.kind is AnswerKind.EFFECT
    )


def _risk(likelihood: int | None, severity: int | None) -> Risk | None:
    return Risk(Likelihood(likelihood), Severity(severity)) if likelihood and severity else None


def _impact(row: ImpactRow) -> Impact:
    return Impact(
        subject=row.subject,
        dimension=row.dimension,
        direction=row.direction,
        magnitude=row.magnitude,
        confidence=row.confidence,
        reason=row.reason,
        before=_risk(row.likelihood_before, row.severity_before),
        after=_risk(row.likelihood_after, row.severity_after),
        justification=row.justification,
        number=row.number_affected,
        duration=row.duration,
        reversible=row.reversible,
    )


_HERE = bindparam("here", type_=Integer)
# Built once: pages and saves read them again and again.
_PAGE = select(Answer.question, Answer.value, Answer.revision, Answer.to_confirm).where(
    Answer.assessment_id == _HERE, Answer.subject == bindparam("subject")
)
_VALUES = select(Answer.question, Answer.subject, Answer.value, Answer.to_confirm).where(
    Answer.assessment_id == _HERE
)
_GROUPS = (
    select(AssessmentGroup).where(AssessmentGroup.assessment_id == _HERE).order_by(AssessmentGroup.position)
)
_IMPACTS = (
    select(ImpactRow)
    .where(ImpactRow.assessment_id == _HERE)
    .order_by(ImpactRow.subject, ImpactRow.dimension)
    .execution_options(populate_existing=True)
)
_EVIDENCE = (
    select(EvidenceUse, EvidenceVersion, EvidenceItemRow.privileged)
    .join(
        EvidenceVersion,
        and_(
            EvidenceVersion.item_id == EvidenceUse.item_id, EvidenceVersion.number == EvidenceUse.version_no
        ),
    )
    .join(EvidenceItemRow, EvidenceItemRow.id == EvidenceUse.item_id)
    .where(EvidenceUse.assessment_id == _HERE, EvidenceUse.taken_out_at.is_(None))
    .order_by(EvidenceUse.id)
)
_CITATIONS = (
    select(CitationRow.use_id, CitationRow.subject, CitationRow.question, CitationRow.dimension)
    .where(CitationRow.assessment_id == _HERE)
    .order_by(CitationRow.use_id, CitationRow.subject, CitationRow.question, CitationRow.dimension)
)
_GAPS = (
    select(GapRow, Person.name)
    .outerjoin(Person, Person.id == GapRow.owner_id)
    .where(GapRow.assessment_id == _HERE, GapRow.taken_out_at.is_(None))
    .order_by(GapRow.number)
)
_MITIGATIONS = (
    select(MitigationRow, Person.name)
    .outerjoin(Person, Person.id == MitigationRow.owner_id)
    .where(MitigationRow.assessment_id == _HERE, MitigationRow.taken_out_at.is_(None))
    .order_by(MitigationRow.id)
)
_LINKS = (
    select(MitigationImpact.mitigation_id, MitigationImpact.subject, MitigationImpact.dimension)
    .join(MitigationRow, MitigationRow.id == MitigationImpact.mitigation_id)
    .where(MitigationRow.assessment_id == _HERE)
    .order_by(MitigationImpact.subject, MitigationImpact.dimension)
)
_ENGAGEMENTS = (
    select(EngagementRow)
    .where(EngagementRow.assessment_id == _HERE, EngagementRow.taken_out_at.is_(None))
    .order_by(EngagementRow.on_date.is_(None), EngagementRow.on_date, EngagementRow.number)
    .execution_options(populate_existing=True)
)
_HEARD = (
    select(EngagementGroup.engagement_id, EngagementGroup.subject, EngagementGroup.band)
    .join(EngagementRow, EngagementRow.id == EngagementGroup.engagement_id)
    .where(EngagementRow.assessment_id == _HERE, EngagementRow.taken_out_at.is_(None))
    .order_by(EngagementGroup.subject)
)


_UNANSWERED = (
    select(ReviewerComment.number)
    .where(ReviewerComment.assessment_id == _HERE, ReviewerComment.answer == "")
    .order_by(ReviewerComment.number)
)


def answers_of(session: Session, assessment: Assessment) -> Answers:
    """Read everything answered in an assessment: a fixed number of queries, whatever its size."""
    here = assessment.id
    rows = [row for row in session.execute(_VALUES, {"here": here}) if row.subject != SCREENING]
    values: dict[tuple[str, str], Value] = {(row.question, row.subject): row.value for row in rows}
    groups = session.scalars(_GROUPS, {"here": here}).all()
    impacts = session.scalars(_IMPACTS, {"here": here}).all()
    copied = {(row.question, row.subject) for row in rows if row.to_confirm}
    copied |= {(row.dimension.value, row.subject) for row in impacts if row.to_confirm}
    evidence = session.execute(_EVIDENCE, {"here": here}).all()
    numbers = {use.id: number for number, (use, _, _) in enumerate(evidence, start=1)}
    conclusion = values.get(("conclusion", ""))
    return Answers(
        kind=assessment.kind,
        values=values,
        groups=tuple(_subject(group, values) for group in groups),
        impacts=tuple(_impact(row) for row in impacts),
        evidence=tuple(
            _source(numbers[use.id], use, version, privileged) for use, version, privileged in evidence
        ),
        mitigations=mitigations_of(session, here),
        engagements=engagements_of(session, here),
        unanswered_comments=tuple(session.scalars(_UNANSWERED, {"here": here})),
        conclusion=Conclusion(conclusion) if isinstance(conclusion, str) else None,
        go_live_on=assessment.expected_go_live_on,
        depth=Depth(assessment.depth),
        to_confirm=frozenset(copied),
        already_decided=assessment.decided_before_on is not None,
        citations=tuple(
            Citation(numbers[use_id], subject, question, Dimension(dimension) if dimension else None)
            for use_id, subject, question, dimension in session.execute(_CITATIONS, {"here": here})
            if use_id in numbers
        ),
        gaps=tuple(
            gap_of(row, owner, numbers.get(row.use_id or 0, 0))
            for row, owner in session.execute(_GAPS, {"here": here})
        ),
    )


def _source(number: int, use: EvidenceUse, version: EvidenceVersion, privileged: bool) -> EvidenceItem:
    return EvidenceItem(
        kind=version.kind,
        title=version.title,
        publisher=version.publisher,
        year=version.year,
        shows=use.shows_here or version.shows,
        strength=use.strength,
        number=number,
        place=version.place,
        groups=tuple(version.groups),
        link=version.link,
        file_name=version.file_name,
        version=version.number,
        privileged=privileged,
    )


def gap_of(row: GapRow, owner: str | None, source: int) -> EvidenceGap:
    """Return an evidence gap as the rules read it. ``source``: number of the source that closed it, or 0."""
    return EvidenceGap(
        ref=row.ref,
        unknown=row.unknown,
        groups=tuple(row.groups),
        material=row.material,
        plan=row.plan,
        due_on=row.due_on,
        owner=owner or row.outside_owner,
        state=row.state,
        found=row.found,
        source=source,
        plain=row.plain,
        accepted_reason=row.accepted_reason,
        accepted_until=row.accepted_until,
        protection=row.protection,
        subject=row.subject,
        question=row.question,
        dimension=Dimension(row.dimension) if row.dimension else None,
    )


def _subject(group: AssessmentGroup, values: Mapping[tuple[str, str], Value]) -> SubjectGroup:
    affected = values.get(("affected", group.code))
    return SubjectGroup(
        code=group.code,
        label=group.label,
        people=group.people,
        legal_status=group.legal_status,
        first_aim_only=group.first_aim_only,
        affected=YesNoUnknown(affected) if isinstance(affected, str) else None,
        not_affected_reason=str(values.get(("not_affected_reason", group.code)) or ""),
    )


def mitigations_of(session: Session, assessment_id: int) -> tuple[MitigatingAction, ...]:
    """Read the mitigating actions that were not taken out, in the order they were added."""
    rows = session.execute(_MITIGATIONS, {"here": assessment_id}).all()
    links: dict[int, list[tuple[str, str]]] = {}
    for mitigation_id, subject, dimension in session.execute(_LINKS, {"here": assessment_id}):
        links.setdefault(mitigation_id, []).append((subject, dimension))
    return tuple(
        MitigatingAction(
            ref=row.ref,
            what=row.what,
            owner=name or row.outside_owner,
            due_on=row.due_on,
            measure=row.measure,
            in_place=row.in_place,
            expected=_risk(row.expected_likelihood, row.expected_severity),
            answers=tuple(links.get(row.id, ())),
            claim=row.claim,
            kind=row.kind,
            starts_on=row.starts_on,
            baseline=row.baseline,
            target=row.target,
            data_source=row.data_source,
            resources=row.resources,
            funding=row.funding,
            clause=row.clause,
        )
        for row, name in rows
    )


def engagements_of(session: Session, assessment_id: int) -> tuple[Engagement, ...]:
    """Read the engagement log, oldest first; what has no date yet comes last. Two queries."""
    heard: dict[int, list[tuple[str, HeadCount | None]]] = {}
    for engagement_id, subject, band in session.execute(_HEARD, {"here": assessment_id}):
        heard.setdefault(engagement_id, []).append((subject, band))
    return tuple(
        Engagement(
            number=row.number,
            on_date=row.on_date,
            groups=tuple(subject for subject, _ in heard.get(row.id, ())),
            bands=tuple((subject, band) for subject, band in heard.get(row.id, ()) if band is not None),
            **{name: getattr(row, name) for name in ENGAGEMENT_COLUMNS},
        )
        for row in session.scalars(_ENGAGEMENTS, {"here": assessment_id})
    )


ENGAGEMENT_COLUMNS = (
    "place",
    "channel",
    "everybody",
    "others",
    "led_by",
    "partner",
    "reached",
    "shown",
    "shown_version",
    "said",
    "changed",
    "fed_back_on",
    "fed_back_how",
    "not_reached",
)
"""Columns of the engagement log that are handed on as they are."""


def page_of(assessment: Assessment, subject: str = "") -> Page:
    """Read what a page of one subject is filled with."""
    session = read()
    rows = session.execute(_PAGE, {"here": assessment.id, "subject": subject}).all()
    impacts: list[ImpactRow] = []
    if subject:
        impacts = list(
            session.scalars(
                select(ImpactRow).where(
                    ImpactRow.assessment_id == assessment.id, ImpactRow.subject == subject
                )
            )
        )
    return Page(
        values={row.question: row.value for row in rows},
        revisions={row.question: row.revision for row in rows},
        impacts={row.dimension: _impact(row) for row in impacts},
        impact_revisions={row.dimension: row.revision for row in impacts},
        impact_columns={row.dimension: columns_of(row) for row in impacts},
        to_confirm=frozenset(
            [row.question for row in rows if row.to_confirm]
            + [row.dimension.value for row in impacts if row.to_confirm]
        ),
    )


def pages_of(assessment: Assessment) -> dict[str, Page]:
    """Read what every page is filled with, by subject: two queries, whatever the size."""
    session = read()
    found: dict[str, Page] = {}

    def page(subject: str) -> Page:
        return found.setdefault(subject, Page({}, {}, {}, {}, {}))

    for question, subject, value, revision in session.execute(
        select(Answer.question, Answer.subject, Answer.value, Answer.revision).where(
            Answer.assessment_id == assessment.id
        )
    ):
        page(subject).values[question] = value
        page(subject).revisions[question] = revision
    for row in session.scalars(_IMPACTS, {"here": assessment.id}):
        page(row.subject).impacts[row.dimension] = _impact(row)
        page(row.subject).impact_revisions[row.dimension] = row.revision
        page(row.subject).impact_columns[row.dimension] = columns_of(row)
    return found


COLUMNS = (
    "direction",
    "magnitude",
    "confidence",
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
"""The columns of an impact that people fill in."""


DEGREES = frozenset(name for name in COLUMNS if name.startswith(("likelihood", "severity")))


def columns_of(row: ImpactRow) -> dict[str, str | int | None]:
    """Return an impact by the names of its columns: words as stored values, degrees from 1 to 5 or None."""
    found: dict[str, str | int | None] = {}
    for name in COLUMNS:
        value = getattr(row, name)
        found[name] = value if name in DEGREES else ("" if value is None else str(value))
    return found
