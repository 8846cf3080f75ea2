"""A whole assessment for the tests: everything answered, and ways to take something away again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ehiia.content import load
from ehiia.domain.answers import (
    Answers,
    EvidenceItem,
    Impact,
    MitigatingAction,
    Risk,
    SubjectGroup,
    Value,
)
from ehiia.domain.asked import asked_questions, asked_sections
from ehiia.domain.questions import AnswerKind, Question, SectionKind
from ehiia.domain.scoring import dimensions
from ehiia.domain.vocabulary import (
    Conclusion,
    Confidence,
    Dimension,
    Direction,
    Duration,
    InPlace,
    LegalStatus,
    Likelihood,
    Magnitude,
    NumberAffected,
    ProposalKind,
    Reversible,
    Severity,
    YesNoUnknown,
)

QUESTIONS = load.question_set("assessment")
CHARACTERISTICS = next(s for s in QUESTIONS.sections if s.id == "characteristics").subjects
HIGH = Risk(Likelihood.LIKELY, Severity.MODERATE)
LOW = Risk(Likelihood.RARE, Severity.MODERATE)


def answer_to(question: Question) -> Value:
    """Return something that answers a question."""
    match question.kind:
        case AnswerKind.CHOICE:
            return question.options[0].id
        case AnswerKind.MULTI:
            return [question.options[0].id]
        case AnswerKind.NUMBER | AnswerKind.PERCENT:
            return 12
        case AnswerKind.DATE:
            return "2026-11-27"
        case AnswerKind.UNKNOWABLE:
            return "no"
        case AnswerKind.EFFECT:
            return {"direction": "same", "reason": "Nothing in it touches them."}
        case AnswerKind.GROUPS:
            return ["fishing"]
        case AnswerKind.COMBINATION:
            return ["age", "disability"]
        case _:
            return "Said in plain words."


def subject(code: str, affected: YesNoUnknown | None = YesNoUnknown.NO) -> SubjectGroup:
    """Return a group as an assessment considers it, not affected for a reason unless told otherwise."""
    known = {group.code: group for group in load.groups()}.get(code)
    reason = "Nothing in it touches them." if affected == YesNoUnknown.NO else ""
    if known is None:
        return SubjectGroup(
            code, "Fishing communities", "fishing people", LegalStatus.POLICY, False, affected, reason
        )
    return SubjectGroup(
        code, known.label, known.people, known.legal_status, known.first_aim_only, affected, reason
    )


def impact(
    code: str, dimension: Dimension = Dimension.ACCESS, direction: Direction = Direction.WORSE
) -> Impact:
    """Return an impact with all its parts given; the risk goes from high to low."""
    return Impact(
        code,
        dimension,
        direction,
        Magnitude.MEDIUM,
        Confidence.MODERATE,
        "The bus stops at five.",
        HIGH if direction in (Direction.WORSE, Direction.MIXED) else None,
        LOW if direction in (Direction.WORSE, Direction.MIXED) else None,
        number=NumberAffected.HUNDREDS,
        duration=Duration.YEARS,
        reversible=Reversible.PARTLY,
    )


def action(*answers: tuple[str, str], ref: str = "M1") -> MitigatingAction:
    """Return a mitigating action with all its parts given."""
    return MitigatingAction(
        ref,
        "Keep the paper form.",
        "Helen Marsh",
        date(2027, 3, 1),
        "Forms that come back on paper, each month",
        InPlace.BEFORE,
        LOW,
        answers,
    )


def whole(
    kind: ProposalKind = ProposalKind.STRATEGY, conclusion: Conclusion = Conclusion.GO_AHEAD
) -> Answers:
    """Return an assessment in which nothing is missing: access would be worse for disabled people and others.

    Disability and fishing communities are affected, marriage by its one
    question; every impact that is worse has its action.
    """
    affected = {"disability", "fishing", "marriage"}
    groups = tuple(
        subject(code, YesNoUnknown.YES if code in affected else YesNoUnknown.NO)
        for code in (*CHARACTERISTICS, "fishing")
    )
    impacts = tuple(
        impact(
            group.code,
            dimension,
            Direction.WORSE
            if dimension == Dimension.ACCESS and group.code != "marriage"
            else Direction.BETTER,
        )
        for group in groups
        if group.code in affected
        for dimension in dimensions(group)
    )
    answers = Answers(
        kind,
        {},
        groups,
        impacts,
        (EvidenceItem("census", "Census 2021", "ONS", "2021", "Who lives here.", Confidence.STRONG),),
        (action(("disability", "access"), ("fishing", "access")),),
        conclusion,
        date(2027, 4, 1),
    )
    values: dict[tuple[str, str], Value] = {("conclusion", ""): str(conclusion)}
    for _ in range(3):  # an answer may open the next question
        for section in asked_sections(QUESTIONS, replace(answers, values=values)):
            if section.kind != SectionKind.GROUP:
                for question in asked_questions(QUESTIONS, replace(answers, values=values), section):
                    values.setdefault((question.id, ""), answer_to(question))
    return replace(answers, values=values)


def without(answers: Answers, *questions: str) -> Answers:
    """Return the answers without those to some questions that are asked once."""
    left = {key: value for key, value in answers.values.items() if key[0] not in questions}
    return replace(answers, values=left, conclusion=None if "conclusion" in questions else answers.conclusion)


def given(answers: Answers, **values: Value) -> Answers:
    """Return the answers with some more, or other ones, to questions that are asked once."""
    more = {(question, ""): value for question, value in values.items()}
    return replace(answers, values={**answers.values, **more})
