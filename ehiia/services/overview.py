"""What the pages of one assessment show around its questions: pages in order, details, dates, people."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from ehiia.domain import completeness
from ehiia.domain.answers import Answers, SubjectGroup, Value
from ehiia.domain.asked import asked_effects, asked_questions, asked_sections, named_effects
from ehiia.domain.completeness import Review
from ehiia.domain.questions import Depth, Question, QuestionSet, Section, SectionKind
from ehiia.domain.scales import Scale
from ehiia.domain.scoring import BandBorders
from ehiia.services import answering, assessments
from ehiia.services.answered import answers_of, question_set_of
from ehiia.services.assessments import Details, NewStep
from ehiia.services.scales import scale_of
from ehiia.services.transaction import read
from ehiia.store.answers import Answer
from ehiia.store.assessments import Assessment, AssessmentGroup

__all__ = [
    "Assessment",
    "Leaf",
    "Whole",
    "asked",
    "details_of",
    "groups_left_out",
    "groups_of",
    "groups_on_offer",
    "leaves",
    "values_of",
    "whole",
]


@dataclass(frozen=True)
class Whole:
    """Everything answered in an assessment, with the state of every page."""

    questions: QuestionSet
    answers: Answers
    review: Review
    scale: Scale

    @property
    def borders(self) -> BandBorders:
        """The borders of the risk bands."""
        return self.scale.bands

    @property
    def effects(self) -> tuple[str, ...]:
        """Ids of the questions that are asked whose answers say how somebody is affected."""
        return asked_effects(self.questions, self.answers)

    @property
    def named_effects(self) -> dict[str, str]:
        """The same questions with their names, id -> name."""
        return named_effects(self.questions, self.answers)


@dataclass(frozen=True)
class Leaf:
    """A page of the assessment: a section, or one group of a section of groups."""

    section: Section
    subject: str
    title: str


def whole(assessment: Assessment) -> Whole:
    """Read everything answered and walk over every page once: a fixed number of queries."""
    questions, answers = question_set_of(assessment), answers_of(read(), assessment)
    scale = scale_of(assessment)
    return Whole(questions, answers, completeness.review(questions, answers, scale.bands), scale)


# Built once: every page of an assessment asks it.
_GROUPS = (
    select(AssessmentGroup)
    .where(AssessmentGroup.assessment_id == bindparam("here"))
    .order_by(AssessmentGroup.position)
)


def groups_of(assessment_id: int, *, session: Session | None = None) -> tuple[SubjectGroup, ...]:
    """Return the groups the assessment considers, in order, without what was answered about them."""
    rows = (session or read()).scalars(_GROUPS, {"here": assessment_id})
    return tuple(
        SubjectGroup(row.code, row.label, row.people, row.legal_status, row.first_aim_only) for row in rows
    )


def values_of(assessment_id: int) -> dict[str, Value]:
    """Return question id -> value of the questions that are asked once."""
    rows = read().execute(
        select(Answer.question, Answer.value).where(
            Answer.assessment_id == assessment_id, Answer.subject == ""
        )
    )
    return {row.question: row.value for row in rows}


def _bare(assessment: Assessment) -> Answers:
    """Return what decides about the questions before anything is answered."""
    return Answers(
        assessment.kind,
        depth=Depth(assessment.depth),
        already_decided=assessment.decided_before_on is not None,
    )


def leaves(
    assessment: Assessment, values: dict[str, Value], groups: tuple[SubjectGroup, ...]
) -> tuple[Leaf, ...]:
    """Return the pages of the assessment in order. ``values``: answers to the questions asked once."""
    questions = question_set_of(assessment)
    answers = replace(
        _bare(assessment), values={(name, ""): value for name, value in values.items()}, groups=groups
    )
    fixed = set(answering.always_asked(questions))
    found = []
    for section in asked_sections(questions, answers):
        if section.kind is not SectionKind.GROUP:
            found.append(Leaf(section, "", section.title))
            continue
        mine = [
            group
            for group in groups
            if (group.code in section.subjects if section.subjects else group.code not in fixed)
        ]
        found += [Leaf(section, group.code, group.label) for group in mine]
    return tuple(found)


def asked(
    assessment: Assessment, section: Section, values: dict[str, Value], subject: str = ""
) -> tuple[Question, ...]:
    """Return the questions of a page that are asked. ``values``: answers about the same subject."""
    answers = replace(_bare(assessment), values={(name, subject): value for name, value in values.items()})
    return asked_questions(question_set_of(assessment), answers, section, subject)


def groups_on_offer(assessment: Assessment, chosen: tuple[SubjectGroup, ...]) -> tuple[SubjectGroup, ...]:
    """Return the groups that may be ticked: those valid today, and any that was chosen before."""
    fixed = set(answering.always_asked(question_set_of(assessment)))
    offered = answering.groups_to_choose(read(), assessment, assessment.updated_at)
    codes = {group.code for group in offered}
    return offered + tuple(group for group in chosen if group.code not in codes | fixed)


def groups_left_out(assessment: Assessment, chosen: tuple[SubjectGroup, ...]) -> tuple[SubjectGroup, ...]:
    """Return the groups an author might have chosen and did not."""
    codes = {group.code for group in chosen}
    return tuple(group for group in groups_on_offer(assessment, chosen) if group.code not in codes)


def details_of(assessment: Assessment) -> Details:
    """Return what is said about the proposal now, as it would be entered."""
    return Details(
        title=assessment.title,
        summary=assessment.summary,
        kind=assessment.kind,
        place_ids=tuple(place_id for place_id, _ in assessments.places_of(assessment.id)),
        director_id=assessment.director_id,
        expected_go_live_on=assessment.expected_go_live_on,
        route=tuple(
            NewStep(step.body_id, step.part, step.meeting_on) for step in assessments.route_of(assessment.id)
        ),
    )
