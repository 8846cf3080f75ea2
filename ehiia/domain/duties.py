"""The duties statement: which duties a proposal engages and why, and where the assessment shows regard.

It fills itself. For every duty: whether it is engaged, by which rule; the short
answers that were given; the places in the assessment that show it (pointers);
and the pointers that lead nowhere yet. A short answer is a question like any
other, and blocks a submission where it is missing. A missing pointer is a
warning: the duty may be shown well elsewhere, and whoever checks decides.

Rules: "DUT-01" to "DUT-03" say why a duty is engaged, "DUT-04" and "DUT-05" why
it is not; a missing short answer is "DUT-06", a missing pointer "DUT-07"; and
"DUT-08" leaves marriage and civil partnership to the first aim.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from ehiia.domain import scoring
from ehiia.domain.answers import Answers, SubjectGroup, given
from ehiia.domain.asked import asked_once, asked_sections
from ehiia.domain.questions import QuestionSet, Section, SectionKind
from ehiia.domain.vocabulary import Dimension, LegalStatus, ProposalKind, Word, YesNoUnknown

ENGAGEMENT_LOG = "engagements"
"""In a place: not a question, but the engagement log, which has a page of its own."""


class PointerKind(Word):
    """What kind of place a pointer leads to."""

    QUESTION = "question", "An answer", "The answer to a question that is asked once."
    CHARACTERISTICS = "characteristics", "Protected characteristics", "The page of each of the nine."
    EIGHT = "eight", "Protected characteristics", "The page of each that the second and third aims name."
    GROUP = "group", "A group", "The page of one group of people."
    DIMENSION = "dimension", "Impacts in one respect", "What was found about access, for example."
    EVIDENCE = "evidence", "Evidence", "The list of sources."
    ENGAGEMENTS = "engagements", "Engagement", "The engagement log."
    MITIGATIONS = "mitigations", "Mitigating actions", "Actions, where somebody would be worse off."


@dataclass(frozen=True)
class Pointer:
    """A place that would show a duty. ``to``: a question, the code of a group or a dimension; else ""."""

    kind: PointerKind
    to: str = ""
    label: str = ""
    """What to call a group that was not chosen."""


class Owed(Protocol):
    """What this file reads of a duty; ``content.shapes.Duty`` is one."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def law(self) -> str: ...

    @property
    def kinds(self) -> tuple[ProposalKind, ...]: ...

    @property
    def hangs_on(self) -> str: ...

    @property
    def asks(self) -> tuple[str, ...]: ...

    @property
    def pointers(self) -> tuple[Pointer, ...]: ...


@dataclass(frozen=True)
class Place:
    """A place in the assessment. ``question_id``: the field to go to on its page, or ""."""

    section_id: str
    subject: str
    question_id: str
    label: str
    detail: str = ""
    """What is there, or what is missing there."""


@dataclass(frozen=True)
class ShortAnswer:
    """A question in which a duty is answered in short, and whether it was."""

    place: Place
    given: bool


@dataclass(frozen=True)
class Statement:
    """One duty in one assessment. ``rule`` and ``reason`` say why it is engaged, or why not."""

    id: str
    title: str
    law: str
    engaged: bool
    rule: str
    reason: str
    short: tuple[ShortAnswer, ...] = ()
    found: tuple[Place, ...] = ()
    missing: tuple[Place, ...] = ()
    note: str = ""

    @property
    def complete(self) -> bool:
        """Whether it needs nothing more: not engaged, or answered with every pointer found."""
        return not self.engaged or (all(one.given for one in self.short) and not self.missing)


def statements(duties: Iterable[Owed], questions: QuestionSet, answers: Answers) -> tuple[Statement, ...]:
    """Return what can be said of each duty, in the order given."""
    regard = _Regard(questions, answers)
    return tuple(_statement(duty, regard) for duty in duties)


class _Regard:
    """Where in this assessment regard can be shown: what is asked, and of which groups."""

    def __init__(self, questions: QuestionSet, answers: Answers) -> None:
        self.questions, self.answers = questions, answers
        self.sections = asked_sections(questions, answers)
        self.asked = asked_once(questions, answers)
        self.groups = {group.code: group for group in answers.groups}

    def place(self, question_id: str, detail: str = "") -> Place:
        question, section = self.asked[question_id]
        return Place(section.id, "", question_id, question.label, detail)

    def given(self, question_id: str) -> bool:
        if question_id == "conclusion":
            return self.answers.conclusion is not None
        return given(self.answers.value(question_id))

    def home_of(self, code: str) -> str:
        fixed = next((one.id for one in self.questions.sections if code in one.subjects), "")
        chosen = next(
            (one.id for one in self.questions.sections if one.kind is SectionKind.GROUP and not one.subjects),
            "",
        )
        return fixed or chosen

    def section_of(self, kind: SectionKind) -> Section | None:
        return next((one for one in self.sections if one.kind is kind), None)

    def section_asking(self, *question_ids: str) -> str:
        return next((self.asked[one][1].id for one in question_ids if one in self.asked), "")


def _statement(duty: Owed, regard: _Regard) -> Statement:
    engaged, rule, reason = _engaged(duty, regard)
    short = tuple(
        ShortAnswer(regard.place(one), regard.given(one))
        for one in duty.asks
        if one in regard.asked and (regard.asked[one][0].required or regard.given(one))
    )
    if not engaged:
        return Statement(duty.id, duty.title, duty.law, False, rule, reason, short)
    found: list[Place] = []
    missing = [
        regard.place(one, "not answered; it may be left open")
        for one in duty.asks
        if one in regard.asked and not regard.asked[one][0].required and not regard.given(one)
    ]
    for pointer in duty.pointers:
        for place, there in _places(pointer, regard):
            (found if there else missing).append(place)
    note = ""
    if any(pointer.kind is PointerKind.EIGHT for pointer in duty.pointers):
        note = (
            "Marriage and civil partnership is left out here: section 149(7) of the Equality Act 2010 "
            "names it for the first aim only."
        )
    return Statement(
        duty.id, duty.title, duty.law, True, rule, reason, short, tuple(found), tuple(missing), note
    )


def _engaged(duty: Owed, regard: _Regard) -> tuple[bool, str, str]:
    kind = regard.answers.kind
    if duty.kinds and kind not in duty.kinds:
        return False, "DUT-04", f"It does not matter to this kind of proposal: {kind.label.lower()}."
    if duty.hangs_on and duty.hangs_on in regard.asked:
        label = regard.asked[duty.hangs_on][0].label
        match regard.answers.value(duty.hangs_on):
            case YesNoUnknown.NO.value:
                return False, "DUT-05", f"“{label}” was answered with no."
            case YesNoUnknown.YES.value:
                return True, "DUT-03", f"“{label}” was answered with yes."
            case YesNoUnknown.UNKNOWN.value:
                return True, "DUT-03", f"“{label}” is not known, which counts as yes."
            case _:
                return True, "DUT-03", f"“{label}” is not answered yet, which counts as yes."
    if duty.kinds:
        return True, "DUT-02", f"It matters to this kind of proposal: {kind.label.lower()}."
    return True, "DUT-01", "It is owed in every proposal."


# -- pointers --------------------------------------------------------------------------------------


def _places(pointer: Pointer, regard: _Regard) -> list[tuple[Place, bool]]:
    """Return the places a pointer leads to, each with whether it holds something. May be none."""
    answers = regard.answers
    match pointer.kind:
        case PointerKind.QUESTION:
            if pointer.to not in regard.asked:
                return []
            there = regard.given(pointer.to)
            return [(regard.place(pointer.to, "" if there else "not answered yet"), there)]
        case PointerKind.CHARACTERISTICS | PointerKind.EIGHT:
            return [
                _group(regard, group)
                for group in answers.groups
                if group.legal_status is LegalStatus.PROTECTED
                and not (pointer.kind is PointerKind.EIGHT and group.first_aim_only)
            ]
        case PointerKind.GROUP:
            group = regard.groups.get(pointer.to)
            if group is not None:
                return [_group(regard, group)]
            section = regard.section_asking("groups_chosen")
            return [
                (Place(section, "", "groups_chosen", pointer.label, "not among the groups chosen"), False)
            ]
        case PointerKind.DIMENSION:
            return _in_dimension(regard, Dimension(pointer.to))
        case PointerKind.EVIDENCE:
            return _list(regard, SectionKind.EVIDENCE, "evidence", len(answers.evidence), "source")
        case PointerKind.ENGAGEMENTS:
            section = regard.section_asking("who_was_asked", "what_was_heard", "not_reached")
            number = len(answers.engagements)
            words = _count(number, "entry", "entries") if number else "no entry yet"
            return [(Place(section, "", ENGAGEMENT_LOG, "Engagement log", words), number > 0)]
        case PointerKind.MITIGATIONS:
            if not any(impact.adverse for impact in scoring.counted(answers)):
                return []
            number = len(scoring.standing(answers.mitigations))
            return _list(regard, SectionKind.MITIGATIONS, "mitigations", number, "action")
    raise ValueError(f"nowhere to look for {pointer.kind!r}")


def _group(regard: _Regard, group: SubjectGroup) -> tuple[Place, bool]:
    """Point to the page of a group: its first question answered, with a reason where the answer is no."""
    there = group.affected is not None and (
        group.affected is not YesNoUnknown.NO or bool(group.not_affected_reason.strip())
    )
    detail = "not answered yet"
    if group.affected is YesNoUnknown.NO:
        detail = "not affected differently" if there else "not affected differently, without a reason"
    elif group.affected is not None:
        detail = "affected differently" if group.affected is YesNoUnknown.YES else "not known yet"
    return Place(regard.home_of(group.code), group.code, "affected", group.label, detail), there


def _in_dimension(regard: _Regard, dimension: Dimension) -> list[tuple[Place, bool]]:
    found = [
        Place(
            regard.home_of(impact.subject),
            impact.subject,
            f"{dimension}-heading",
            f"{regard.groups[impact.subject].label}: {dimension.label.lower()}",
            impact.direction.label.lower(),
        )
        for impact in scoring.counted(regard.answers)
        if impact.dimension is dimension and impact.direction and impact.subject in regard.groups
    ]
    if found:
        return [(place, True) for place in found]
    section = next((one for one in regard.sections if one.kind is SectionKind.GROUP), None)
    subject = section.subjects[0] if section and section.subjects else ""
    label = f"{dimension.label}, for any group"
    return [(Place(section.id if section else "", subject, "", label, "nothing found yet"), False)]


def _list(regard: _Regard, kind: SectionKind, label: str, number: int, noun: str) -> list[tuple[Place, bool]]:
    section = regard.section_of(kind)
    if section is None:
        return []
    words = _count(number, noun, f"{noun}s") if number else f"no {noun} yet"
    return [(Place(section.id, "", "", section.title, words), number > 0)]


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
