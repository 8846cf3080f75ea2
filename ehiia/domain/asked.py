"""What a proposal is asked: the sections and questions that its kind, depth and earlier answers open."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from ehiia.domain.answers import Answers, SubjectGroup
from ehiia.domain.questions import AnswerKind, AskedWhen, Question, QuestionSet, Section, SectionKind
from ehiia.domain.vocabulary import LegalStatus

_ALWAYS = AskedWhen()


class Asked:
    """The answers of one proposal, arranged so that every page finds what it is asked and what was said."""

    def __init__(self, questions: QuestionSet, answers: Answers) -> None:
        """Arrange the answers to a set of questions."""
        self.questions, self.answers = questions, answers
        self._values: dict[str, dict[str, object]] = {"": {}}
        for (question, subject), value in answers.values.items():
            self._values.setdefault(subject, {})[question] = value
        if answers.conclusion is not None:
            self._values[""]["conclusion"] = str(answers.conclusion)
        self._groups = {group.code: group for group in answers.groups}
        for group in answers.groups:
            own = self._values.setdefault(group.code, {})
            if group.affected is not None:
                own["affected"] = str(group.affected)
            if group.not_affected_reason:
                own["not_affected_reason"] = group.not_affected_reason
        self.impacts = {(impact.subject, impact.dimension): impact for impact in answers.impacts}
        self._home = {q.id: (q, section) for section in questions.sections for q in section.questions}
        self._fixed = {code for section in questions.sections for code in section.subjects}

    def own(self, subject: str = "") -> Mapping[str, object]:
        """Return question id -> value of what was said of a group, or once."""
        return self._values.get(subject, {})

    def _holds(self, condition: AskedWhen, subject: str) -> bool:
        """Say whether a condition holds; a question that is not asked itself opens nothing."""
        if condition == _ALWAYS:
            return True
        if condition.already_decided and not self.answers.already_decided:
            return False
        if not condition.question:
            return condition.holds(self.answers.kind, {}, subject)
        parent, section = self._home[condition.question]
        about = subject if section.kind == SectionKind.GROUP else ""
        return (
            condition.holds(self.answers.kind, self.own(about), subject)
            and self._holds(section.asked_when, "")
            and self._holds(parent.asked_when, about)
        )

    def questions_of(self, section: Section, subject: str = "") -> tuple[Question, ...]:
        """Return the questions of a section that are asked, about one group in a section of groups."""
        depth = self.answers.depth
        return tuple(
            question
            for question in section.questions
            if depth.asks(section.depth, question.depth) and self._holds(question.asked_when, subject)
        )

    def subjects(self, section: Section) -> tuple[str, ...]:
        """Return the codes of the groups that a section of groups has a page for."""
        return section.subjects or tuple(code for code in self._groups if code not in self._fixed)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections that are asked about, in order.

        A section none of whose questions is asked is left out, as is a section of
        chosen groups while none is chosen.
        """
        return tuple(section for section in self.questions.sections if self._asks(section))

    def _asks(self, section: Section) -> bool:
        if not self.answers.depth.asks(section.depth) or not self._holds(section.asked_when, ""):
            return False
        if section.kind == SectionKind.QUESTIONS:
            return bool(self.questions_of(section))
        return section.kind != SectionKind.GROUP or bool(self.subjects(section))

    @cached_property
    def effects(self) -> tuple[str, ...]:
        """The ids of the questions of kind EFFECT that are asked."""
        return tuple(
            question.id
            for section in self.sections
            for question in self.questions_of(section)
            if question.kind == AnswerKind.EFFECT
        )

    def group(self, code: str) -> SubjectGroup:
        """Return the group of a page as this assessment considers it."""
        known = self._groups.get(code)
        if known is not None:
            return known
        label = code.replace("_", " ").capitalize()
        return SubjectGroup(code, label, "these people", LegalStatus.PROTECTED)


def asked_sections(questions: QuestionSet, answers: Answers) -> tuple[Section, ...]:
    """Return the sections that this proposal is asked about, in order (see ``Asked.sections``)."""
    return Asked(questions, answers).sections


def asked_questions(
    questions: QuestionSet, answers: Answers, section: Section, subject: str = ""
) -> tuple[Question, ...]:
    """Return the questions of a section that are asked, about one group in a section of groups."""
    return Asked(questions, answers).questions_of(section, subject)


def asked_once(questions: QuestionSet, answers: Answers) -> Mapping[str, tuple[Question, Section]]:
    """Return the questions that are asked once of this proposal: id -> question and its section."""
    asked = Asked(questions, answers)
    return {
        question.id: (question, section)
        for section in asked.sections
        if section.kind != SectionKind.GROUP
        for question in asked.questions_of(section)
    }


def asked_effects(questions: QuestionSet, answers: Answers) -> tuple[str, ...]:
    """Return the ids of the questions that are asked whose answers say how somebody is affected."""
    return Asked(questions, answers).effects


def named_effects(questions: QuestionSet, answers: Answers) -> dict[str, str]:
    """Return the questions of ``asked_effects`` with what papers and lists call them, id -> name."""
    names = {one.id: one.name for section in questions.sections for one in section.questions}
    return {name: names[name] for name in asked_effects(questions, answers)}
