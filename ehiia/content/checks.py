"""What TOML alone cannot promise: names that exist, kinds that fit, dates and sources that are given.

Every function returns the list of problems, as "where: what"; an empty list
is good news.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from ehiia.content.reading import bad_dates, twice
from ehiia.content.shapes import Core20Area, Duty
from ehiia.domain import completeness, screening
from ehiia.domain.duties import PointerKind
from ehiia.domain.questions import (
    AnswerKind,
    AskedWhen,
    Depth,
    Group,
    Option,
    Question,
    QuestionSet,
    Section,
    SectionKind,
)
from ehiia.domain.vocabulary import Conclusion, Dimension, LegalStatus, YesNoUnknown

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CHOOSES = (AnswerKind.CHOICE, AnswerKind.MULTI)
_FIXED_IDS = {AnswerKind.UNKNOWABLE: frozenset(str(word) for word in YesNoUnknown)}


def question_set_problems(questions: QuestionSet, groups: Collection[str]) -> list[str]:
    """Check a question set against itself, the codes of the groups and the rules that read it."""
    problems = bad_dates("the file", questions.valid_from)
    problems += twice("sections", (section.id for section in questions.sections))
    problems += _same_id(questions)
    by_id = {q.id: q for section in questions.sections for q in section.questions}
    earlier: dict[str, Section] = {}
    for section in questions.sections:
        where = f"section {section.id}"
        problems += _section(where, section, groups)
        problems += _condition(where, section.asked_when, by_id)
        problems += _order(where, section.asked_when, None, earlier)
        problems += _subjects(where, section.asked_when, None, groups)
        problems += _shorter(where, section, section.asked_when, by_id)
        for question in section.questions:
            spot = f"{where}, question {question.id}"
            problems += _question(spot, question, section)
            problems += _condition(spot, question.asked_when, by_id)
            problems += _order(spot, question.asked_when, section, earlier)
            problems += _subjects(spot, question.asked_when, section, groups)
            problems += _shorter(spot, question, question.asked_when, by_id)
            earlier[question.id] = section
    problems += [
        f"question {q.id}.carries_to: must be a question of kind {q.kind} that is asked once"
        for q in by_id.values()
        if q.carries_to and ((to := by_id.get(q.carries_to)) is None or to.kind != q.kind)
    ]
    return problems + _rules(questions, by_id)


def _order(
    where: str, condition: AskedWhen, section: Section | None, earlier: Mapping[str, Section]
) -> list[str]:
    """Check that a condition looks back, and that answers about a group stay with that group.

    ``section`` is None for a condition of a whole section.
    """
    named = condition.question
    if not named:
        return []
    if named not in earlier:
        return [f"{where}.asked_when.question: must be a question that comes before"]
    parent = earlier[named]
    about_groups = SectionKind.GROUP in (parent.kind, section.kind if section else SectionKind.QUESTIONS)
    if about_groups and parent is not section:
        return [f"{where}.asked_when.question: a question about a group goes with its own section only"]
    return []


def _shorter(
    where: str, asked: Question | Section, condition: AskedWhen, by_id: Mapping[str, Question]
) -> list[str]:
    """Check that the short form asks whatever a question or section of the short form hangs on."""
    parent = by_id.get(condition.question)
    if asked.depth is Depth.SHORT and parent is not None and parent.depth is not Depth.SHORT:
        return [f'{where}.asked_when.question: "{parent.id}" must be short too, as this is']
    return []


def _same_id(questions: QuestionSet) -> list[str]:
    """Refuse ids that occur twice; two sections of groups may ask the very same question."""
    seen: dict[str, tuple[Question, Section]] = {}
    problems = []
    for section in questions.sections:
        for question in section.questions:
            other, home = seen.setdefault(question.id, (question, section))
            shared = (
                other == question and section is not home and section.kind == home.kind == SectionKind.GROUP
            )
            if other is not question and not shared:
                problems.append(
                    f'section {section.id}, question {question.id}.id: "{question.id}" occurs more than once'
                )
    return problems


def _section(where: str, section: Section, groups: Collection[str]) -> list[str]:
    problems = []
    if not _NAME.fullmatch(section.id):
        problems.append(f"{where}.id: small letters, digits and underscores only")
    for name, text in (("title", section.title), ("part", section.part)):
        if not text.strip():
            problems.append(f"{where}.{name}: must not be empty")
    if section.minutes < 1:
        problems.append(f"{where}.minutes: must be 1 or more")
    if not 0 <= section.short_minutes <= section.minutes:
        problems.append(f"{where}.short_minutes: must be no more than minutes")
    if section.kind == SectionKind.QUESTIONS and not section.questions:
        problems.append(f"{where}: has no questions")
    if section.subjects and section.kind != SectionKind.GROUP:
        problems.append(f"{where}.subjects: only a section of kind group has subjects")
    problems += [
        f'{where}.subjects: there is no group "{code}"' for code in section.subjects if code not in groups
    ]
    return problems + twice(f"{where}.subjects", section.subjects)


def _question(where: str, question: Question, section: Section) -> list[str]:
    problems = []
    if not _NAME.fullmatch(question.id):
        problems.append(f"{where}.id: small letters, digits and underscores only")
    if not question.label.strip():
        problems.append(f"{where}.label: must not be empty")
    if question.kind == AnswerKind.EFFECT and not question.short.strip():
        problems.append(f"{where}.short: papers need a short name for a question of kind {question.kind}")
    if question.kind in _CHOOSES and len(question.options) < 2:
        problems.append(f"{where}.options: a question of kind {question.kind} needs two or more")
    if question.kind not in _CHOOSES and question.options:
        problems.append(f"{where}.options: a question of kind {question.kind} has none")
    problems += twice(f"{where}.options", (option.id for option in question.options))
    if question.max_length < 1 or question.rows < 1:
        problems.append(f"{where}: max_length and rows must be 1 or more")
    words = (question.label, question.hint, question.good, question.why, question.poor, *question.prompts)
    if any("{people}" in text for text in words) and section.kind != SectionKind.GROUP:
        problems.append(f"{where}: {{people}} is only known in a section of kind group")
    if not all(prompt.strip() for prompt in question.prompts):
        problems.append(f"{where}.prompts: must not be empty")
    problems += twice(f"{where}.prompts", question.prompts)
    if question.carries_to and section.depth is not Depth.RAPID:
        problems.append(f"{where}.carries_to: only a question of the rapid assessment is carried over")
    if question.depth is Depth.SHORT and section.depth is not Depth.SHORT:
        problems.append(f"{where}.depth: cannot be short in a section that is not")
    return problems


def _subjects(
    where: str, condition: AskedWhen, section: Section | None, groups: Collection[str]
) -> list[str]:
    """Check the groups that a condition names; ``section`` is None for a condition of a whole section."""
    if not condition.subjects:
        return []
    spot = f"{where}.asked_when.subjects"
    if section is None or section.kind != SectionKind.GROUP:
        return [f"{spot}: only a question in a section of kind group is about groups"]
    known = section.subjects or groups
    return [
        f'{spot}: there is no group "{code}" here' for code in condition.subjects if code not in known
    ] + twice(spot, condition.subjects)


def _condition(where: str, condition: AskedWhen, by_id: dict[str, Question]) -> list[str]:
    spot = f"{where}.asked_when"
    if not condition.question:
        return [f"{spot}.is_one_of: needs a question"] if condition.is_one_of else []
    parent = by_id.get(condition.question)
    if parent is None:
        return [f'{spot}.question: there is no question "{condition.question}"']
    if not condition.is_one_of:
        return [f"{spot}.is_one_of: must name an answer"]
    allowed = _FIXED_IDS.get(parent.kind) or frozenset(option.id for option in parent.options)
    if not allowed:
        return [f'{spot}.question: answers to "{parent.id}" (kind {parent.kind}) cannot be compared']
    return [
        f'{spot}.is_one_of: "{answer}" is no answer to "{parent.id}"'
        for answer in condition.is_one_of
        if answer not in allowed
    ]


def _rules(questions: QuestionSet, by_id: dict[str, Question]) -> list[str]:
    """Return what the rules of the domain miss in a set that they read."""
    if questions.id == "screening":
        needed, known = screening.NEEDED, screening.UNKNOWABLES
        problems = [
            f'questions: "{q.id}" can be unknown, but no screening rule reads it'
            for q in by_id.values()
            if q.kind == AnswerKind.UNKNOWABLE and q.id not in known
        ]
    elif questions.id == "assessment":
        needed, problems = completeness.NEEDED, []
        conclusion = by_id.get("conclusion")
        words = {str(word) for word in Conclusion}
        if conclusion is not None and {option.id for option in conclusion.options} != words:
            problems.append(f"question conclusion.options: must be exactly {', '.join(sorted(words))}")
    else:
        return []
    problems += [
        f'questions: the rules need a question "{name}" of kind {kind}'
        for name, kind in needed.items()
        if name not in by_id or by_id[name].kind != kind
    ]
    return problems + [
        f"question {name}.depth: must be short, since the rules read it"
        for name in needed
        if questions.id == "assessment" and name in by_id and by_id[name].depth is not Depth.SHORT
    ]


def group_problems(groups: Iterable[Group]) -> list[str]:
    """Check groups of people: codes, legal status, basis, source and dates."""
    groups = tuple(groups)
    problems = twice("groups", (group.code for group in groups))
    for group in groups:
        where = f"group {group.code}"
        problems += bad_dates(where, group.valid_from, group.valid_to)
        problems += _filled(
            where, label=group.label, people=group.people, source=group.source, basis=group.basis
        )
        if not _NAME.fullmatch(group.code):
            problems.append(f"{where}.code: small letters, digits and underscores only")
        if group.first_aim_only and group.legal_status != LegalStatus.PROTECTED:
            problems.append(f"{where}.first_aim_only: only protected characteristics are about the aims")
    return problems


def duty_problems(duties: Iterable[Duty], questions: QuestionSet | None) -> list[str]:
    """Check duties: law, explanation, source, dates, and that the question naming them exists."""
    duties = tuple(duties)
    problems = twice("duties", (duty.id for duty in duties))
    for duty in duties:
        where = f"duty {duty.id}"
        problems += bad_dates(where, duty.valid_from, duty.valid_to)
        problems += _filled(where, title=duty.title, law=duty.law, source=duty.source)
        if not duty.explanation:
            problems.append(f"{where}.explanation: must not be empty")
        if questions is not None:
            problems += _evidenced(where, duty, questions)
    return problems


def _evidenced(where: str, duty: Duty, questions: QuestionSet) -> list[str]:
    """Check that what a duty asks and points to exists in the assessment."""
    if not duty.asks:
        return [f"{where}.asks: must name a question"]
    problems = [
        f'{where}.{key}: there is no question "{name}" in the assessment'
        for key, names in (
            ("asks", duty.asks),
            ("hangs_on", (duty.hangs_on,) if duty.hangs_on else ()),
            ("pointers", [one.to for one in duty.pointers if one.kind is PointerKind.QUESTION]),
        )
        for name in names
        if questions.question(name) is None
    ]
    hangs_on = questions.question(duty.hangs_on)
    if hangs_on is not None and hangs_on.kind is not AnswerKind.UNKNOWABLE:
        problems.append(f"{where}.hangs_on: must be a question of kind unknowable")
    for one in duty.pointers:
        named = one.kind in (PointerKind.QUESTION, PointerKind.GROUP, PointerKind.DIMENSION)
        if named != bool(one.to):
            problems.append(f"{where}.pointers: {one.kind} {'needs a' if named else 'has no'} `to`")
        if one.kind is PointerKind.DIMENSION and one.to not in {str(word) for word in Dimension}:
            problems.append(f'{where}.pointers: there is no dimension "{one.to}"')
        if one.kind is PointerKind.GROUP and not one.label:
            problems.append(f"{where}.pointers: a group needs a label")
    return problems


def core20_problems(areas: Iterable[Core20Area], questions: QuestionSet | None) -> list[str]:
    """Check the parts of Core20PLUS5: text, source, dates, and that the question naming them exists."""
    areas = tuple(areas)
    problems = twice("areas", (area.id for area in areas))
    for area in areas:
        where = f"area {area.id}"
        problems += bad_dates(where, area.valid_from, area.valid_to)
        problems += _filled(where, title=area.title, about=area.about, source=area.source)
        problems += _asked(where, area.question, questions)
    return problems


def option_problems(where: str, options: Iterable[Option]) -> list[str]:
    """Check a list of options: ids once, labels given."""
    options = tuple(options)
    problems = twice(where, (option.id for option in options))
    for option in options:
        problems += _filled(f"{where} {option.id}", id=option.id, label=option.label)
    return problems


def _asked(where: str, question: str, questions: QuestionSet | None) -> list[str]:
    if questions is None or questions.question(question) is not None:
        return []
    return [f'{where}.question: there is no question "{question}" in the assessment']


def _filled(where: str, **texts: str) -> list[str]:
    return [f"{where}.{name}: must not be empty" for name, text in texts.items() if not text.strip()]
