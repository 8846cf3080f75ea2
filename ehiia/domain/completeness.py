"""What is still missing, page by page: feeds the task list, the submit button and the record alike.

One walk over the pages of an assessment (``review``) gives the missing answers,
the state of every page and the progress, so that they can never disagree. A
missing answer blocks moves, never typing.
Long because each kind of page has its own idea of what an answer is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ehiia.domain import gaps, scoring
from ehiia.domain.answers import Answers, EvidenceGap, EvidenceItem, Impact, MitigatingAction, SubjectGroup
from ehiia.domain.questions import AnswerKind, AskedWhen, Depth, Question, QuestionSet, Section, SectionKind
from ehiia.domain.scoring import USUAL_BORDERS, BandBorders
from ehiia.domain.vocabulary import (
    CHANGES,
    Band,
    Conclusion,
    Dimension,
    Direction,
    LegalStatus,
    Word,
    YesNoUnknown,
)

NEEDED = {
    "affected": AnswerKind.UNKNOWABLE,
    "not_affected_reason": AnswerKind.TEXT,
    "groups_chosen": AnswerKind.GROUPS,
    "groups_left_out_reason": AnswerKind.TEXT,
    "unlawful_risk": AnswerKind.UNKNOWABLE,
    "conclusion": AnswerKind.CHOICE,
}
"""The questions these rules read, with their kind: an assessment set without them is refused."""

ENGAGEMENT = "engagement"
"""Id of the section about listening to people."""
PUBLIC_COMMENTS = "public_comments"
"""Stands for the question of a missing answer to a public reviewer."""
_ANSWER_IT = "name a mitigating action, or say why nothing is done"
_ALWAYS = AskedWhen()
_OPENS = frozenset({YesNoUnknown.YES, YesNoUnknown.UNKNOWN})
_IMPACT_RULES = {
    "direction": "MIS-03",
    "reason": "MIS-04",
    "magnitude": "MIS-05",
    "confidence": "MIS-06",
    "likelihood_before": "MIS-07",
    "likelihood_after": "MIS-08",
    "number_affected": "MIS-20",
    "duration": "MIS-21",
    "reversible": "MIS-22",
}
_HOW_FAR = (
    ("number", "number_affected", "about how many people?"),
    ("duration", "duration", "for how long?"),
    ("reversible", "reversible", "could it be undone?"),
)
_BEFORE = "how likely and how bad is it before any action?"
_AFTER = "how likely and how bad is it after action?"


class State(Word):
    """How far a page is."""

    NOT_STARTED = "not_started", "Not started"
    STARTED = "started", "Started"
    MISSING = "missing", "Missing answer", "Every question is answered, but something that follows is not."
    ANSWERED = "answered", "Answered"


@dataclass(frozen=True)
class MissingAnswer:
    """Something that has to be given, and where.

    ``subject`` is the code of a group, the reference of a mitigating action, or
    "". ``question_id`` is the id of a question, a dimension, "evidence" or the
    part of a mitigating action. ``anchor`` is the id of the field on the page:
    "q-problem" or "q-smoking-reason" for a question, "affected" or
    "access-likelihood_before" on the page of a group, "M1-owner" for a
    mitigating action, "evidence" for the list. ``rule`` is the id of the rule
    that asks for it: MIS for an answer, CON where a conclusion is refused.
    """

    section_id: str
    subject: str
    question_id: str
    text: str
    anchor: str
    rule: str = ""


@dataclass(frozen=True)
class SectionState:
    """A page of the task list: a section, or one group of a section of groups."""

    section_id: str
    subject: str
    title: str
    part: str
    state: State
    answered: int
    asked: int


@dataclass(frozen=True)
class Progress:
    """How much is done. A dimension of a group's impact counts as one question."""

    answered: int
    asked: int
    minutes_left: int
    """Rounded up to five minutes."""


@dataclass(frozen=True)
class Review:
    """Everything that one walk over the pages shows."""

    missing: tuple[MissingAnswer, ...]
    states: tuple[SectionState, ...]
    progress: Progress


@dataclass(frozen=True)
class Refusal:
    """Why a conclusion does not fit what was found: rule and sentence."""

    rule: str
    text: str


@dataclass
class _Page:
    section: Section
    subject: str = ""
    title: str = ""
    asked: int = 0
    answered: int = 0
    touched: bool = False
    missing: list[MissingAnswer] = field(default_factory=list)
    follow_ups: list[MissingAnswer] = field(default_factory=list)

    def lacks(
        self, question: str, text: str, *, rule: str, anchor: str = "", subject: str = ""
    ) -> MissingAnswer:
        about, place = subject or self.subject, anchor or self.field(question)
        return MissingAnswer(self.section.id, about, str(question), text, place, rule)

    def field(self, question: str) -> str:
        """Return the id of the field of a question on this page."""
        return question if self.section.kind == SectionKind.GROUP else f"q-{question}"

    def state(self) -> State:
        if not self.missing and not self.follow_ups:
            return State.ANSWERED
        if not self.missing:
            return State.MISSING
        return State.STARTED if self.touched or self.answered else State.NOT_STARTED


class _Walk:
    """The answers, arranged so that every page finds its own quickly."""

    def __init__(self, questions: QuestionSet, answers: Answers, borders: BandBorders) -> None:
        self.questions, self.answers, self.borders = questions, answers, borders
        self.values: dict[str, dict[str, object]] = {"": {}}
        for (question, subject), value in answers.values.items():
            self.values.setdefault(subject, {})[question] = value
        if answers.conclusion is not None:
            self.values[""]["conclusion"] = str(answers.conclusion)
        self.groups = {group.code: group for group in answers.groups}
        for group in answers.groups:
            own = self.values.setdefault(group.code, {})
            if group.affected is not None:
                own["affected"] = str(group.affected)
            if group.not_affected_reason:
                own["not_affected_reason"] = group.not_affected_reason
        self.impacts = {(impact.subject, impact.dimension): impact for impact in answers.impacts}
        self.home = {q.id: (q, section) for section in questions.sections for q in section.questions}
        self.fixed = {code for section in questions.sections for code in section.subjects}
        self._effects: tuple[str, ...] | None = None

    def own(self, subject: str) -> Mapping[str, object]:
        return self.values.get(subject, {})

    def holds(self, condition: AskedWhen, subject: str) -> bool:
        """Say whether a condition holds; a question that is not asked itself opens nothing."""
        if condition == _ALWAYS:
            return True
        if condition.already_decided and not self.answers.already_decided:
            return False
        if not condition.question:
            return condition.holds(self.answers.kind, {}, subject)
        parent, section = self.home[condition.question]
        about = subject if section.kind == SectionKind.GROUP else ""
        return (
            condition.holds(self.answers.kind, self.own(about), subject)
            and self.holds(section.asked_when, "")
            and self.holds(parent.asked_when, about)
        )

    def asked(self, section: Section, subject: str = "") -> tuple[Question, ...]:
        depth = self.answers.depth
        return tuple(
            question
            for question in section.questions
            if depth.asks(section.depth, question.depth) and self.holds(question.asked_when, subject)
        )

    def subjects(self, section: Section) -> tuple[str, ...]:
        return section.subjects or tuple(code for code in self.groups if code not in self.fixed)

    def sections(self) -> Iterator[Section]:
        for section in self.questions.sections:
            if not self.answers.depth.asks(section.depth) or not self.holds(section.asked_when, ""):
                continue
            if section.kind == SectionKind.QUESTIONS and not self.asked(section):
                continue
            if section.kind == SectionKind.GROUP and not self.subjects(section):
                continue
            yield section

    def effects(self) -> tuple[str, ...]:
        """Return the ids of the questions of kind EFFECT that are asked."""
        if self._effects is None:
            self._effects = tuple(
                question.id
                for section in self.sections()
                for question in self.asked(section)
                if question.kind == AnswerKind.EFFECT
            )
        return self._effects

    def group(self, code: str) -> SubjectGroup:
        known = self.groups.get(code)
        if known is not None:
            return known
        label = code.replace("_", " ").capitalize()
        return SubjectGroup(code, label, "these people", LegalStatus.PROTECTED)


def asked_sections(questions: QuestionSet, answers: Answers) -> tuple[Section, ...]:
    """Return the sections that this proposal is asked about, in order.

    A section none of whose questions is asked is left out, as is a section of
    chosen groups while none is chosen.
    """
    return tuple(_Walk(questions, answers, USUAL_BORDERS).sections())


def asked_questions(
    questions: QuestionSet, answers: Answers, section: Section, subject: str = ""
) -> tuple[Question, ...]:
    """Return the questions of a section that are asked, about one group in a section of groups."""
    return _Walk(questions, answers, USUAL_BORDERS).asked(section, subject)


def asked_once(questions: QuestionSet, answers: Answers) -> Mapping[str, tuple[Question, Section]]:
    """Return the questions that are asked once of this proposal: id -> question and its section."""
    walk = _Walk(questions, answers, USUAL_BORDERS)
    return {
        question.id: (question, section)
        for section in walk.sections()
        if section.kind != SectionKind.GROUP
        for question in walk.asked(section)
    }


def review(
    questions: QuestionSet,
    answers: Answers,
    borders: BandBorders = USUAL_BORDERS,
) -> Review:
    """Walk over every page once and return missing answers, states and progress."""
    walk = _Walk(questions, answers, borders)
    sections = tuple(walk.sections())
    unanswered = scoring.needs_action(answers, walk.effects())
    open_impacts = {(item.subject, item.dimension) for item in unanswered}
    pages = [page for section in sections for page in _pages(walk, section, open_impacts)]
    _public_comments(pages, answers)
    states = tuple(
        SectionState(
            page.section.id,
            page.subject,
            page.title,
            page.section.part,
            page.state(),
            page.answered,
            page.asked,
        )
        for page in pages
    )
    minutes = sum(
        minutes_of(page.section, answers.depth) * (page.asked - page.answered) / page.asked
        for page in pages
        if page.asked
    )
    return Review(
        tuple(item for page in pages for item in (*page.missing, *page.follow_ups)),
        states,
        Progress(
            sum(page.answered for page in pages),
            sum(page.asked for page in pages),
            math.ceil(round(minutes, 6) / 5) * 5,
        ),
    )


def _public_comments(pages: list[_Page], answers: Answers) -> None:
    """Ask for an answer to each comment of a public reviewer, on the page about engagement."""
    page = next((page for page in pages if page.section.id == ENGAGEMENT), pages[-1] if pages else None)
    if page is None:
        return
    for number in answers.unanswered_comments:
        text = f"Comment {number} of a public reviewer: say what changed, or why not"
        page.follow_ups.append(page.lacks(PUBLIC_COMMENTS, text, rule="PUB-01", anchor=f"comment-{number}"))


def minutes_of(section: Section, depth: Depth) -> int:
    """Return how long a page of a section takes at this depth, in minutes."""
    return (section.short_minutes if depth is Depth.SHORT else 0) or section.minutes


def missing(
    questions: QuestionSet,
    answers: Answers,
    borders: BandBorders = USUAL_BORDERS,
) -> tuple[MissingAnswer, ...]:
    """Return everything that still has to be given, in the order of the pages."""
    return review(questions, answers, borders).missing


def section_states(questions: QuestionSet, answers: Answers) -> tuple[SectionState, ...]:
    """Return the state of every page, in order: the task list."""
    return review(questions, answers).states


def counts(questions: QuestionSet, answers: Answers) -> Progress:
    """Return how many questions are asked and answered, and roughly how long the rest takes."""
    return review(questions, answers).progress


def answered_more(
    questions: QuestionSet, changed: Mapping[str, tuple[object, object]], depth: Depth = Depth.EXTENDED
) -> int | None:
    """Return how many more questions are answered after a change, or None where only a review can tell.

    ``changed``: question id -> value before and after, of answers about no group. A question that stands
    alone moves the counts by itself, so that saving it need not read everything else. Below the extended form
    an answer may make the form grow, or not be asked: then everything is read.
    """
    if depth is not Depth.EXTENDED:
        return None
    more = 0
    for question_id, (before, after) in changed.items():
        question = questions.on_their_own.get(question_id)
        if question is None or question_id in NEEDED or question.kind is AnswerKind.EFFECT:
            return None
        if question.required:
            more += given(after) - given(before)
    return more


def _pages(walk: _Walk, section: Section, open_impacts: set[tuple[str, str]]) -> Iterator[_Page]:
    if section.kind == SectionKind.GROUP:
        for code in walk.subjects(section):
            yield _group_page(walk, section, walk.group(code), open_impacts)
        return
    page = _Page(section, title=section.title)
    own = walk.own("")
    for question in walk.asked(section):
        _count(page, question, own, question.label)
        counted = question.required and given(own.get(question.id))
        _confirm(walk, page, question.id, question.name, counted=counted)
        if question.kind == AnswerKind.EFFECT:
            _effect(page, question, own.get(question.id))
        if question.id == "scrutiny" and own.get("scrutiny") == "not_known":
            text = "Ask the overview and scrutiny committee whether it sees a substantial variation"
            page.follow_ups.append(page.lacks(question.id, text, rule="STA-01"))
        if (question.id, scoring.OVERALL) in open_impacts:
            text = f"{question.name}: somebody would be worse off: {_ANSWER_IT}"
            anchor = f"{page.field(question.id)}-justification"
            page.follow_ups.append(page.lacks(question.id, text, rule="MIS-09", anchor=anchor))
    if section.kind == SectionKind.EVIDENCE:
        _evidence(page, walk.answers.evidence)
        _gaps(page, walk.answers.gaps)
    elif section.kind == SectionKind.MITIGATIONS:
        for action in scoring.standing(walk.answers.mitigations):
            page.touched = True
            _mitigation(page, action)
    if any(question.id == "conclusion" for question in section.questions):
        page.follow_ups += [
            MissingAnswer(section.id, "", "conclusion", refusal.text, "q-conclusion", refusal.rule)
            for refusal in _refusals(walk, len(open_impacts))
        ]
    yield page


def _effect(page: _Page, question: Question, value: object) -> None:
    """Ask for the ratings of an effect that leaves somebody worse off."""
    found = scoring.effect(question.id, value)
    if found is None or not found.adverse:
        return
    for name, rating, what in (
        ("likelihood_before", found.before, _BEFORE),
        ("likelihood_after", found.after, _AFTER),
    ):
        if rating is None:
            anchor = f"{page.field(question.id)}-{name}"
            text = f"{question.name}: {what}"
            page.follow_ups.append(page.lacks(question.id, text, rule=_IMPACT_RULES[name], anchor=anchor))


def given(value: object) -> bool:
    """Say whether a value is an answer: not blank, not an empty choice, an effect with its reason."""
    if value is None:
        return False
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, dict):
        return bool(value.get("direction")) and bool(str(value.get("reason") or "").strip())
    if isinstance(value, list):
        return bool(value)
    return True


def _count(page: _Page, question: Question, own: Mapping[str, object], label: str) -> None:
    value = own.get(question.id)
    page.touched = page.touched or value not in (None, "", [], {})
    if not question.required:
        return
    page.asked += 1
    if given(value):
        page.answered += 1
    elif question.id == "groups_chosen" and given(own.get("groups_left_out_reason")):
        page.answered += 1  # none of them matters here, and it says why
    elif isinstance(value, dict) and value.get("direction"):
        page.missing.append(
            page.lacks(
                question.id, f"{label} Say why", rule="MIS-02", anchor=f"{page.field(question.id)}-reason"
            )
        )
    else:
        page.missing.append(page.lacks(question.id, label, rule="MIS-01"))


def _confirm(walk: _Walk, page: _Page, name: str, label: str, *, counted: bool) -> None:
    """Ask for what was copied to be confirmed or changed: until then it is no answer (rule MIS-23)."""
    if (name, page.subject) not in walk.answers.to_confirm:
        return
    page.missing.append(
        page.lacks(name, f"{label}: copied, confirm or change it", rule="MIS-23", anchor="copied")
    )
    if counted and page.answered:
        page.answered -= 1


def _group_page(
    walk: _Walk, section: Section, group: SubjectGroup, open_impacts: set[tuple[str, str]]
) -> _Page:
    page = _Page(section, group.code, group.label)
    own = walk.own(group.code)
    for question in walk.asked(section, group.code):
        label = question.label.replace("{people}", group.people)
        _count(page, question, own, label)
        _confirm(walk, page, question.id, label, counted=question.required and given(own.get(question.id)))
    if own.get("affected") in _OPENS:
        for dimension in scoring.dimensions(group):
            impact = walk.impacts.get((group.code, dimension)) or Impact(group.code, dimension)
            _impact(page, group, impact)
            _confirm(walk, page, dimension.value, dimension.label, counted=impact.direction is not None)
            if (group.code, str(dimension)) in open_impacts:
                text = f"{group.label}, {dimension.label.lower()}: somebody would be worse off: {_ANSWER_IT}"
                anchor = f"{dimension}-justification"
                page.follow_ups.append(page.lacks(dimension, text, rule="MIS-09", anchor=anchor))
    return page


def _impact(page: _Page, group: SubjectGroup, impact: Impact) -> None:
    lacking: list[tuple[str, str]] = []
    if impact.direction is None:
        lacking.append(("direction", _opening(impact.dimension)))
    else:
        page.touched = True
        if not impact.reason.strip():
            what = (
                "what will you do to find out?"
                if impact.direction == Direction.UNKNOWN
                else "why do you think so?"
            )
            lacking.append(("reason", what))
        if impact.direction in CHANGES and impact.magnitude is None:
            lacking.append(("magnitude", "how much?"))
        if impact.adverse:
            for name, anchor, what in _HOW_FAR:
                if getattr(impact, name) is None:
                    lacking.append((anchor, what))
        if impact.direction != Direction.UNKNOWN and impact.confidence is None:
            lacking.append(("confidence", "how sure are we?"))
        if impact.adverse and impact.before is None:
            lacking.append(("likelihood_before", _BEFORE))
        if impact.adverse and impact.after is None:
            lacking.append(("likelihood_after", _AFTER))
    page.asked += 1
    page.answered += not lacking
    for name, what in lacking:
        text = f"{group.label}, {impact.dimension.label.lower()}: {what}"
        anchor = f"{impact.dimension}-{name}"
        page.missing.append(page.lacks(impact.dimension, text, rule=_IMPACT_RULES[name], anchor=anchor))


def _opening(dimension: Dimension) -> str:
    if dimension == Dimension.ELIMINATE:
        return "could they be discriminated against?"
    return "how would it change?"


def _evidence(page: _Page, items: tuple[EvidenceItem, ...]) -> None:
    page.asked += 1
    page.answered += bool(items)
    if not items:
        page.missing.append(
            page.lacks(
                "evidence", "Add at least one source that this rests on", rule="MIS-10", anchor="evidence"
            )
        )
    for number, item in enumerate(items, start=1):
        page.touched = True
        for rule, name, lacks, what in (
            ("MIS-11", "shows", not item.shows.strip(), "what does it show?"),
            ("MIS-12", "strength", item.strength is None, "how strong is it for this decision?"),
        ):
            if lacks:
                text = f"Evidence {number}, {item.title or 'without a title'}: {what}"
                anchor = f"evidence-{number}-{name}"
                page.follow_ups.append(page.lacks("evidence", text, rule=rule, anchor=anchor))


def _gaps(page: _Page, known: tuple[EvidenceGap, ...]) -> None:
    for gap in known:
        page.touched = True
        for lack in gaps.lacking(gap):
            text = f"Evidence gap {gap.ref}: {lack.text}"
            anchor = f"{gap.ref}-{lack.field}"
            page.follow_ups.append(page.lacks("evidence", text, rule=lack.rule, anchor=anchor))


def _mitigation(page: _Page, action: MitigatingAction) -> None:
    for rule, name, lacks, what in (
        ("MIS-13", "what", not action.what.strip(), "what will be done?"),
        ("MIS-14", "owner", not action.owner.strip(), "who owns it?"),
        ("MIS-15", "due", action.due_on is None, "when is it due?"),
        ("MIS-16", "measure", not action.measure.strip(), "how will we know that it works?"),
        (
            "MIS-17",
            "in_place",
            action.in_place is None,
            "must it be in place before, when or after it starts?",
        ),
        ("MIS-18", "expected", action.expected is None, "which risk is expected to be left?"),
        ("MIS-19", "answers", not action.answers, "which impact does it answer?"),
    ):
        if lacks:
            text = f"Mitigating action {action.ref}: {what}"
            anchor = f"{action.ref}-{name}"
            page.follow_ups.append(page.lacks(name, text, rule=rule, anchor=anchor, subject=action.ref))


def conclusion_refusals(
    questions: QuestionSet,
    answers: Answers,
    borders: BandBorders = USUAL_BORDERS,
) -> tuple[Refusal, ...]:
    """Return why the conclusion does not fit what was found; empty when it does, or there is none yet."""
    walk = _Walk(questions, answers, borders)
    return tuple(_refusals(walk, len(scoring.needs_action(answers, walk.effects()))))


def asked_effects(questions: QuestionSet, answers: Answers) -> tuple[str, ...]:
    """Return the ids of the questions that are asked whose answers say how somebody is affected."""
    return _Walk(questions, answers, USUAL_BORDERS).effects()


def _refusals(walk: _Walk, unanswered: int) -> Iterator[Refusal]:
    own = walk.own("")
    chosen, unlawful = own.get("conclusion"), own.get("unlawful_risk")
    if chosen not in (Conclusion.NO_MAJOR_CHANGE, Conclusion.GO_AHEAD):
        return
    impacts = scoring.counted(walk.answers)
    name = Conclusion(str(chosen)).label
    if unlawful == YesNoUnknown.YES:
        yield Refusal("CON-01", f"“{name}” cannot stand while this could be unlawful discrimination.")
    elif unlawful == YesNoUnknown.UNKNOWN:
        text = f"“{name}” cannot stand while it is not known whether this is unlawful: ask for legal advice."
        yield Refusal("CON-02", text)
    if chosen == Conclusion.NO_MAJOR_CHANGE:
        if unanswered:
            text = (
                f"“{name}” cannot stand while a worse or mixed impact has neither a mitigating action "
                "nor a reason why nothing is done."
            )
            yield Refusal("CON-03", text)
        left = scoring.worst(scoring.rated(walk.answers, walk.effects()), "after", walk.borders)
        if left.band in (Band.HIGH, Band.VERY_HIGH):
            text = f"“{name}” cannot stand while the worst risk left is {left.band.label.lower()}."
            yield Refusal("CON-04", text)
        if any(impact.direction == Direction.UNKNOWN and not impact.reason.strip() for impact in impacts):
            text = f"“{name}” cannot stand while an impact is not known and nobody will find out."
            yield Refusal("CON-05", text)
        if known_gaps := gaps.unresolved(walk.answers.gaps):
            refs = ", ".join(gap.ref for gap in known_gaps)
            text = f"“{name}” cannot stand while an evidence gap that matters is not closed: {refs}."
            yield Refusal("CON-07", text)
    elif unanswered:
        text = (
            f"“{name}” cannot stand while somebody would be worse off with neither a mitigating action "
            "nor a reason why nothing is done."
        )
        yield Refusal("CON-06", text)
