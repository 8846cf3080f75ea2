"""Question sets as values: sections, questions, kinds of answer and when a question is asked.

A question set is written in TOML (``content/question_sets``), read into these
frozen dataclasses and never changed once it is locked. The conditions under
which something is asked are a closed set; there is no expression language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ehiia.domain.vocabulary import LegalStatus, ProposalKind, Word


class AnswerKind(Word):
    """What an answer may be. Its JSON value in the database stands in the meaning."""

    TEXT = "text", "Long text", "a string"
    LINE = "line", "Short text", "a string without line breaks"
    CHOICE = "choice", "One of several", "the id of one option"
    MULTI = "multi", "Several of several", "a list of ids of options, in the order of the options"
    NUMBER = "number", "Number", "an integer of 0 or more"
    PERCENT = "percent", "Percentage", "a number from 0 to 100, one decimal place at most"
    DATE = "date", "Date", "an ISO date"
    UNKNOWABLE = "unknowable", "Yes, no or don't know", "yes, no or unknown"
    EFFECT = "effect", "Effect with a reason", 'an object: {"direction": ..., "reason": ...}'
    GROUPS = "groups", "Groups of people", "a list of codes of groups"
    COMBINATION = (
        "combination",
        "Groups that meet in one person",
        "a list of codes of groups that the assessment considers",
    )


class Depth(Word):
    """How small an assessment may be and still ask something.

    A question stands in the short form when it and its section are both ``short``; the extended form asks
    everything but the sections marked ``rapid``, which are all that a rapid assessment asks.
    """

    SHORT = "short", "Short form", "Asked in the short form and in the extended one."
    EXTENDED = "extended", "Extended form", "Asked in the extended form only."
    RAPID = "rapid", "Rapid assessment", "One page, asked before an urgent decision only."

    def asks(self, section: Depth, question: Depth | None = None) -> bool:
        """Say whether an assessment of this depth asks something, by the depths of section and question."""
        if self is Depth.RAPID or section is Depth.RAPID:
            return self is section
        return self is Depth.EXTENDED or (section is Depth.SHORT and question in (None, Depth.SHORT))


class SectionKind(Word):
    """What a section is made of."""

    QUESTIONS = "questions", "Questions"
    EVIDENCE = "evidence", "Questions and a list of evidence"
    GROUP = "group", "A page for each group"
    MITIGATIONS = "mitigations", "Mitigating actions"


@dataclass(frozen=True)
class Option:
    """One thing that can be chosen. ``other_asks`` names the question that must then be answered."""

    id: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class AskedWhen:
    """When something is asked. Every condition given must hold; none given means always.

    ``kinds``: the kind of proposal is one of these.
    ``subjects``: the page is that of one of these groups (codes); only in a section of groups.
    ``question`` and ``is_one_of``: that question (same subject) was answered with one of these ids.
    """

    kinds: tuple[ProposalKind, ...] = ()
    question: str = ""
    is_one_of: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    already_decided: bool = False
    """Asked only where it was decided before the assessment began."""

    def holds(self, kind: ProposalKind, answers: Mapping[str, object], subject: str = "") -> bool:
        """Say whether it is asked of a proposal of this kind with these answers (question id -> value).

        ``subject``: the code of the group that the page is about, or "".
        """
        if self.kinds and kind not in self.kinds:
            return False
        if self.subjects and subject not in self.subjects:
            return False
        if not self.question:
            return True
        given = answers.get(self.question)
        values = given if isinstance(given, list) else [given]
        return any(value in self.is_one_of for value in values)


@dataclass(frozen=True)
class Question:
    """One question: its words, its kind of answer and when it is asked."""

    id: str
    kind: AnswerKind
    label: str
    hint: str = ""
    good: str = ""
    """What a good answer looks like; shown on demand beside the question."""
    why: str = ""
    """Why it is asked, with the section of the law where that matters."""
    poor: str = ""
    """What makes an answer poor: what an equality lead would send back."""
    prompts: tuple[str, ...] = ()
    """Things to think of, one sentence each; shown on demand."""
    short: str = ""
    """What papers and lists call it where the whole question would be too long: "Cancer"."""
    carries_to: str = ""
    """Of a rapid assessment: the question of the whole one that begins with this answer."""
    depth: Depth = Depth.EXTENDED
    """Whether the short form asks it too (``short``) or only the extended form does."""
    options: tuple[Option, ...] = ()
    required: bool = True
    max_length: int = 4000
    """Characters, counted with line ends as one."""
    rows: int = 5
    asked_when: AskedWhen = field(default_factory=AskedWhen)

    @property
    def name(self) -> str:
        """What papers and lists call it: its short name, else the question itself."""
        return self.short or self.label


@dataclass(frozen=True)
class Section:
    """A page of the assessment. ``part`` is the heading it stands under in the task list."""

    id: str
    part: str
    title: str
    kind: SectionKind = SectionKind.QUESTIONS
    intro: str = ""
    minutes: int = 10
    """How long it takes to fill in, roughly."""
    short_minutes: int = 0
    """How long it takes in the short form; 0 means as long as otherwise."""
    depth: Depth = Depth.EXTENDED
    """Whether the short form has this page; on it are then those of its questions that are ``short`` too."""
    questions: tuple[Question, ...] = ()
    subjects: tuple[str, ...] = ()
    """For a GROUP section: codes of the groups that always have a page, in order. Empty: those chosen."""
    asked_when: AskedWhen = field(default_factory=AskedWhen)

    def minutes_at(self, depth: Depth) -> int:
        """Return how long a page of this section takes at a depth, in minutes."""
        return (self.short_minutes if depth is Depth.SHORT else 0) or self.minutes


@dataclass(frozen=True)
class MovedOption:
    """An option that is gone, and the one that means the same now."""

    old: str
    new: str


@dataclass(frozen=True)
class Moved:
    """Where a question of the replaced set went: to ``new``, or nowhere, with the reason in ``dropped``."""

    old: str
    new: str = ""
    dropped: str = ""
    options: tuple[MovedOption, ...] = ()


@dataclass(frozen=True)
class QuestionSet:
    """A versioned set of sections; ``id`` and ``version`` are pinned by each assessment."""

    id: str
    version: int
    title: str
    valid_from: str
    sections: tuple[Section, ...]
    replaces: int = 0
    """The version that this one takes the place of; 0 for the first."""
    mapping: tuple[Moved, ...] = ()
    """Where the questions of that version went that are not asked here in the same way."""

    def section(self, section_id: str) -> Section | None:
        """Find a section by its id."""
        return next((section for section in self.sections if section.id == section_id), None)

    def question(self, question_id: str) -> Question | None:
        """Find a question by its id in any section."""
        return next((q for section in self.sections for q in section.questions if q.id == question_id), None)

    @cached_property
    def on_their_own(self) -> Mapping[str, Question]:
        """Questions that are always asked, once, and decide about no other: id -> question."""
        always = AskedWhen()
        conditions = {section.asked_when.question for section in self.sections}
        conditions |= {q.asked_when.question for section in self.sections for q in section.questions}
        return {
            question.id: question
            for section in self.sections
            if section.kind is not SectionKind.GROUP
            and section.asked_when == always
            and section.depth is not Depth.RAPID
            for question in section.questions
            if question.asked_when == always and question.id not in conditions
        }


@dataclass(frozen=True)
class Group:
    """A group of people that an assessment considers. ``aims_only``: only the first aim is asked about."""

    code: str
    label: str
    people: str
    """As it reads in a question: "disabled people"."""
    legal_status: LegalStatus
    source: str
    hint: str = ""
    basis: str = ""
    first_aim_only: bool = False
    valid_from: str = ""
    valid_to: str = ""
