"""Freezing the content of an assessment at a gate, and reading frozen content back as values.

Long because every part of an assessment is put into words here.
"""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date, datetime
from functools import lru_cache

import cattrs
from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.domain import decision, frozen, material, scoring
from ehiia.domain.answers import Answers, SubjectGroup, Value
from ehiia.domain.asked import asked_questions, asked_sections, named_effects
from ehiia.domain.audit_report import AuditReport
from ehiia.domain.decision import DecisionRecord
from ehiia.domain.frozen import Answered, Snapshot
from ehiia.domain.looking_back import LookedBack, ReviewedSnapshot
from ehiia.domain.questions import AnswerKind, Question, QuestionSet, Section, SectionKind
from ehiia.domain.reasons import Reason
from ehiia.domain.scales import Scale
from ehiia.domain.screening import screen
from ehiia.domain.vocabulary import Conclusion, Direction, Gate, Part, YesNoUnknown
from ehiia.services import assessments, components, duties, frozen_listening, links, organisations, resting
from ehiia.services.answered import SCREENING, answers_of, mitigations_of, question_set_of
from ehiia.services.circumstances import circumstances_of, external
from ehiia.services.rated import rated, rated_effects
from ehiia.services.scales import scale_of
from ehiia.store.answers import Answer
from ehiia.store.assessments import Assessment, AssessmentVersion, Participant
from ehiia.store.decisions import SnapshotRow
from ehiia.store.people import Person


def freeze(
    session: Session,
    assessment: Assessment,
    gate: Gate,
    *,
    by: int,
    now: datetime,
    reason: str = "",
    looked_back: LookedBack | None = None,
) -> SnapshotRow:
    """Freeze the content as it is now, in the caller's transaction, and return the row.

    ``looked_back``: what a review found, frozen with it.
    """
    snapshot = snapshot_of(session, assessment, now=now)
    if looked_back is not None:
        content = {item.name: getattr(snapshot, item.name) for item in fields(snapshot)}
        snapshot = ReviewedSnapshot(**content, looked_back=looked_back)
    text = decision.canonical(snapshot)
    last = newest(session, assessment, gate)
    row = SnapshotRow(
        assessment_id=assessment.id,
        version_no=assessment.version_no,
        gate=gate,
        n=(last.n if last else 0) + 1,
        text=text,
        sha256=decision.digest(text),
        sections=section_digests(snapshot) | material_digests(session, assessment, snapshot),
        frozen_by=by,
        frozen_at=now,
        reason=reason,
    )
    session.add(row)
    session.flush()
    return row


def newest(session: Session, assessment: Assessment, gate: Gate) -> SnapshotRow | None:
    """Return what was frozen last at a gate of the version in hand, or None."""
    return session.scalar(
        select(SnapshotRow)
        .where(
            SnapshotRow.assessment_id == assessment.id,
            SnapshotRow.version_no == assessment.version_no,
            SnapshotRow.gate == gate,
        )
        .order_by(SnapshotRow.n.desc())
        .limit(1)
    )


PARTS = (
    *("summary", "places", "route", "evidence", "gaps", "mitigations", "conclusion", "conclusion_reasons"),
    *("engagement", "commitments", "public_comments"),
)
"""Parts of the content that are not a section or a group."""


def section_digests(snapshot: Snapshot) -> dict[str, str]:
    """Return the SHA-256 of each part of the content, so that what changed can be named."""
    content = json.loads(decision.canonical(snapshot))

    def of(value: object) -> str:
        return decision.digest(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")))

    found = {f"section:{section['id']}": of(section) for section in content["sections"]}
    found |= {f"group:{group['code']}": of(group) for group in content["groups"]}
    for name in PARTS:
        found[name] = of(content[name])
    return found


def material_digests(session: Session, assessment: Assessment, snapshot: Snapshot) -> dict[str, str]:
    """Return the SHA-256 of each section that a decision rests on, as it is frozen or as it stands."""
    standing = scoring.standing(mitigations_of(session, assessment.id))
    return material.fingerprints(snapshot, standing={action.ref for action in standing})


def snapshot_of(session: Session, assessment: Assessment, *, now: datetime) -> Snapshot:
    """Return the content of an assessment as a frozen value."""
    organisation = organisations.get(assessment.organisation_id, session=session)
    scale = scale_of(assessment)
    answers = answers_of(session, assessment)
    questions = question_set_of(assessment)
    screening = load.question_set("screening", assessment.screening_version)
    screened: dict[str, Value] = dict(
        session.execute(
            select(Answer.question, Answer.value).where(
                Answer.assessment_id == assessment.id, Answer.subject == SCREENING
            )
        ).all()
    )
    version = session.get(AssessmentVersion, (assessment.id, assessment.version_no))
    who = _people(session, assessment.id)
    sections = asked_sections(questions, answers)
    asked_about = answers.groups if any(one.kind is SectionKind.GROUP for one in sections) else ()
    finish = next((section for section in sections if section.id == "conclusion"), None)
    effects = named_effects(questions, answers)
    matrix = scoring.matrix(answers, scale.bands, effects)
    outcome = screen(assessment.kind, screened, screening)
    return Snapshot(
        reference=assessment.ref,
        title=assessment.title,
        organisation=organisation.name,
        organisation_code=organisation.code,
        kind=assessment.kind.label,
        summary=assessment.summary,
        places=tuple(name for _, name in assessments.places_of(assessment.id, session=session)),
        go_live_on=assessment.actual_go_live_on or assessment.expected_go_live_on,
        version=assessment.version_no,
        question_set=f"{questions.id} {questions.version}, {screening.id} {screening.version}",
        reference_data=version.reference_data if version else "",
        authors=who.get(Part.AUTHOR, ()),
        contributors=who.get(Part.CONTRIBUTOR, ()),
        director=next(iter(who.get(Part.DIRECTOR, ())), None),
        route=tuple(
            frozen.RouteStep(step.position, step.body, step.part.label, step.meeting_on, step.minute)
            for step in assessments.route_of(assessment.id, session=session)
        ),
        screening_result=assessment.screening_result.label if assessment.screening_result else "",
        screening_reasons=tuple(Reason(reason.rule, reason.text) for reason in outcome.reasons),
        screening=tuple(
            answered(question, screened.get(question.id), {})
            for section in screening.sections
            for question in section.questions
            if question.id in screened
        ),
        sections=tuple(
            frozen.SectionContent(
                section.id,
                section.part,
                section.title,
                _told(questions, answers, section),
            )
            for section in sections
            if section.kind is not SectionKind.GROUP and section is not finish
        ),
        groups=tuple(findings(group, answers, scale, questions) for group in asked_about),
        groups_left_out=_left_out(answers) if asked_about else (),
        evidence=resting.sources(answers),
        mitigations=tuple(
            _mitigation(answers, questions, action.ref, scale) for action in answers.mitigations
        ),
        conclusion=answers.conclusion.label if isinstance(answers.conclusion, Conclusion) else "",
        conclusion_reasons=_told(questions, answers, finish) if finish else (),
        worst_before=matrix.worst_before.band.label,
        worst_after=matrix.worst_after.band.label,
        frozen_at=now,
        duties=duties.frozen(duties.statements_of(questions, answers, today=day_of(now))),
        effects=tuple(rated_effects(answers, questions, scale)),
        scale=scale.title,
        highest_score=scale.most,
        engagement=frozen_listening.log(session, assessment.id, answers, effects),
        reach=frozen_listening.affected_and_heard(answers, effects),
        commitments=frozen_listening.promised(session, assessment.id),
        public_comments=frozen_listening.public_comments(session, assessment.id),
        gaps=resting.gaps(answers),
        evidence_left_out=resting.left_out(answers),
        legal_advice=resting.advice(answers),
        components=components.of_assessment(assessment.id, session=session),
        elsewhere=links.elsewhere_of(assessment.id, session=session),
        circumstances=(*circumstances_of(assessment, session=session), *external(session, assessment.id)),
    )


def _people(session: Session, assessment_id: int) -> dict[Part, tuple[frozen.Person, ...]]:
    found: dict[Part, list[frozen.Person]] = {}
    for part, expertise, name in session.execute(
        select(Participant.part, Participant.expertise, Person.name)
        .join(Person, Person.id == Participant.person_id)
        .where(Participant.assessment_id == assessment_id, Participant.ended_at.is_(None))
        .order_by(Person.name)
    ):
        found.setdefault(part, []).append(frozen.Person(name, expertise or part.label))
    return {part: tuple(names) for part, names in found.items()}


# -- words --------------------------------------------------------------------------------------


def answered(question: Question, value: Value, groups: dict[str, str]) -> Answered:
    """Return a question with its answer in words; ``groups``: labels of groups by code."""
    said = answer_words(question, value, groups)
    return Answered(question.id, question.label, said, missing=question.required and not said)


def answer_words(question: Question, value: Value, groups: dict[str, str]) -> tuple[str, ...]:
    """Return an answer as people read it: paragraphs, or the labels of what was chosen."""
    if value is None or value == "" or value == []:
        return ()
    labels = {option.id: option.label for option in question.options}
    match question.kind:
        case AnswerKind.TEXT:
            return tuple(part.strip() for part in str(value).split("\n\n") if part.strip())
        case AnswerKind.LINE:
            return (str(value),)
        case AnswerKind.CHOICE:
            return (labels.get(str(value), str(value)),)
        case AnswerKind.MULTI:
            return tuple(labels.get(one, one) for one in value) if isinstance(value, list) else (str(value),)
        case AnswerKind.NUMBER:
            return (f"{value:,}" if isinstance(value, int) else str(value),)
        case AnswerKind.PERCENT:
            return (f"{value} per cent",)
        case AnswerKind.DATE:
            return (_day(date.fromisoformat(str(value))),)
        case AnswerKind.UNKNOWABLE:
            return (labels.get(str(value)) or YesNoUnknown(str(value)).label,)
        case AnswerKind.EFFECT:
            return _effect_words(value)
        case AnswerKind.GROUPS | AnswerKind.COMBINATION:
            return tuple(groups.get(code, code) for code in value) if isinstance(value, list) else ()
    raise ValueError(f"no words for {question.kind!r}")


def _effect_words(value: Value) -> tuple[str, ...]:
    if not isinstance(value, dict):
        return ()
    direction = value.get("direction")
    said = [Direction(direction).label] if direction else []
    if (found := scoring.effect("", value)) is not None and found.adverse:
        for when, risk in (("before", found.before), ("after", found.after)):
            if risk is not None:
                degrees = f"likelihood {int(risk.likelihood)} × severity {int(risk.severity)}"
                said.append(f"Risk {when} action: {degrees} is {risk.score}")
    said += [text for text in (value.get("reason", ""), value.get("justification", "")) if text]
    return tuple(said)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


_STANDS_APART = frozenset({"affected", "not_affected_reason"})
"""Questions about a group whose answers have a place of their own in what was found."""


def _told(
    questions: QuestionSet, answers: Answers, section: Section, group: SubjectGroup | None = None
) -> tuple[Answered, ...]:
    """Return the answers of a page in words; a question that may be left empty stands there if it was not."""
    labels = {one.code: one.label for one in answers.groups}
    subject = group.code if group else ""
    found = []
    for question in asked_questions(questions, answers, section, subject):
        if group is not None:
            question = replace(question, label=question.label.replace("{people}", group.people))
        said = answered(question, answers.value(question.id, subject), labels)
        said = replace(said, sources=resting.numbers(answers, subject, question=question.id))
        if question.required or said.answer:
            found.append(said)
    return tuple(found)


def findings(
    group: SubjectGroup, answers: Answers, scale: Scale, questions: QuestionSet
) -> frozen.GroupFindings:
    """Return what was found about a group, in words."""
    stands = scoring.counted(answers)
    own = next((one for one in questions.sections if group.code in one.subjects), None) or next(
        (one for one in questions.sections if one.kind is SectionKind.GROUP and not one.subjects), None
    )
    told = _told(questions, answers, own, group) if own else ()
    return frozen.GroupFindings(
        code=group.code,
        label=group.label,
        legal_status=group.legal_status.label,
        affected=group.affected.label if group.affected else "",
        reason=group.not_affected_reason,
        impacts=tuple(
            replace(
                rated(impact, scale),
                sources=resting.numbers(answers, group.code, dimension=impact.dimension),
            )
            for impact in stands
            if impact.subject == group.code and impact.direction
        ),
        answers=tuple(one for one in told if one.question_id not in _STANDS_APART),
        sources=resting.numbers(answers, group.code, question="not_affected_reason"),
    )


def _left_out(answers: Answers) -> tuple[str, ...]:
    """Return the labels of the national groups that were not chosen."""
    chosen = {group.code for group in answers.groups}
    return tuple(group.label for group in load.groups() if group.code not in chosen)


def _mitigation(answers: Answers, questions: QuestionSet, ref: str, scale: Scale) -> frozen.Mitigation:
    action = next(one for one in answers.mitigations if one.ref == ref)
    expected = ""
    if action.expected:
        risk = action.expected
        band = scoring.band(risk, scale.bands).label.lower()
        likelihood, severity = scale.likelihood_word(risk.likelihood), scale.severity_word(risk.severity)
        expected = f"{likelihood} x {severity.lower()}: {risk.score}, {band}"
    return frozen.Mitigation(
        ref=action.ref,
        what=action.what,
        owner=action.owner,
        due_on=action.due_on,
        measure=action.measure,
        in_place=action.in_place.label if action.in_place else "",
        expected_risk=expected,
        answers=tuple(
            impact_words(answers, questions, subject, dimension) for subject, dimension in action.answers
        ),
        kind=action.kind.label if action.kind else "",
        starts_on=action.starts_on,
        baseline=action.baseline,
        target=action.target,
        data_source=action.data_source,
        resources=action.resources,
        funding=action.funding.label if action.funding else "",
        clause=action.clause,
    )


def impact_words(answers: Answers, questions: QuestionSet, subject: str, dimension: str) -> str:
    """Return which impact is meant: "Disability: access", or the short name of a Core20PLUS5 question."""
    label = next((group.label for group in answers.groups if group.code == subject), "")
    if label:
        return f"{label}: {dimension}" if dimension != "eliminate" else f"{label}: discrimination"
    question = questions.question(subject)
    return question.name if question else subject


# -- reading back ---------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _converter() -> cattrs.Converter:
    converter = cattrs.Converter()
    converter.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
    converter.register_structure_hook(
        datetime, lambda value, _: datetime.fromisoformat(value.replace("Z", "+00:00"))
    )
    return converter


def thaw_snapshot(text: str) -> Snapshot:
    """Return the snapshot of a canonical text: a ``ReviewedSnapshot`` where a review froze it."""
    content = json.loads(text)
    if content.get("looked_back"):
        return _converter().structure(content, ReviewedSnapshot)
    return _converter().structure(content, Snapshot)


def thaw_record(text: str) -> DecisionRecord:
    """Return the decision record of a canonical text."""
    return _converter().structure(json.loads(text), DecisionRecord)


def thaw_report(text: str) -> AuditReport:
    """Return the audit report of a canonical text."""
    return _converter().structure(json.loads(text), AuditReport)
