"""What is still missing, page by page: feeds the task list, the submit button and the record alike.

One walk over the pages of an assessment (``review``) gives the missing answers,
the state of every page and the progress, so that they can never disagree. A
missing answer blocks moves, never typing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ehiia.domain import conclusions, lacking, scoring
from ehiia.domain.answers import Answers, Impact, SubjectGroup, given
from ehiia.domain.asked import Asked
from ehiia.domain.lacking import MissingAnswer, Page
from ehiia.domain.questions import AnswerKind, Depth, QuestionSet, Section, SectionKind
from ehiia.domain.scoring import USUAL_BORDERS, BandBorders
from ehiia.domain.vocabulary import COUNTS_AS_YES, Word

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


class State(Word):
    """How far a page is."""

    NOT_STARTED = "not_started", "Not started"
    STARTED = "started", "Started"
    MISSING = "missing", "Missing answer", "Every question is answered, but something that follows is not."
    ANSWERED = "answered", "Answered"


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


def review(
    questions: QuestionSet,
    answers: Answers,
    borders: BandBorders = USUAL_BORDERS,
) -> Review:
    """Walk over every page once and return missing answers, states and progress."""
    asked = Asked(questions, answers)
    unanswered = scoring.needs_action(answers, asked.effects)
    open_impacts = {(item.subject, item.dimension) for item in unanswered}
    pages = [page for section in asked.sections for page in _pages(asked, section, open_impacts, borders)]
    _public_comments(pages, answers)
    states = tuple(
        SectionState(
            page.section.id,
            page.subject,
            page.title,
            page.section.part,
            _state(page),
            page.answered,
            page.asked,
        )
        for page in pages
    )
    minutes = sum(
        page.section.minutes_at(answers.depth) * (page.asked - page.answered) / page.asked
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


def _public_comments(pages: list[Page], answers: Answers) -> None:
    """Ask for an answer to each comment of a public reviewer, on the page about engagement."""
    page = next((page for page in pages if page.section.id == ENGAGEMENT), pages[-1] if pages else None)
    if page is None:
        return
    for number in answers.unanswered_comments:
        text = f"Comment {number} of a public reviewer: say what changed, or why not"
        page.follow_ups.append(page.lacks(PUBLIC_COMMENTS, text, rule="PUB-01", anchor=f"comment-{number}"))


def missing(
    questions: QuestionSet,
    answers: Answers,
    borders: BandBorders = USUAL_BORDERS,
) -> tuple[MissingAnswer, ...]:
    """Return everything that still has to be given, in the order of the pages."""
    return review(questions, answers, borders).missing


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


def _state(page: Page) -> State:
    if not page.missing and not page.follow_ups:
        return State.ANSWERED
    if not page.missing:
        return State.MISSING
    return State.STARTED if page.touched or page.answered else State.NOT_STARTED


def _pages(
    asked: Asked, section: Section, open_impacts: set[tuple[str, str]], borders: BandBorders
) -> Iterator[Page]:
    if section.kind == SectionKind.GROUP:
        for code in asked.subjects(section):
            yield _group_page(asked, section, asked.group(code), open_impacts)
        return
    page = Page(section, title=section.title)
    own = asked.own()
    for question in asked.questions_of(section):
        lacking.count(page, question, own, question.label)
        counted = question.required and given(own.get(question.id))
        lacking.confirm(page, asked.answers, question.id, question.name, counted=counted)
        if question.kind == AnswerKind.EFFECT:
            lacking.effect(page, question, own.get(question.id))
        if question.id == "scrutiny" and own.get("scrutiny") == "not_known":
            text = "Ask the overview and scrutiny committee whether it sees a substantial variation"
            page.follow_ups.append(page.lacks(question.id, text, rule="STA-01"))
        if (question.id, scoring.OVERALL) in open_impacts:
            lacking.harm_unanswered(page, question.id, question.name)
    if section.kind == SectionKind.EVIDENCE:
        lacking.evidence(page, asked.answers.evidence)
        lacking.evidence_gaps(page, asked.answers.gaps)
    elif section.kind == SectionKind.MITIGATIONS:
        for action in scoring.standing(asked.answers.mitigations):
            lacking.mitigation(page, action)
    if any(question.id == "conclusion" for question in section.questions):
        page.follow_ups += [
            MissingAnswer(section.id, "", "conclusion", refusal.text, "q-conclusion", refusal.rule)
            for refusal in conclusions.refusals(asked, len(open_impacts), borders)
        ]
    yield page


def _group_page(
    asked: Asked, section: Section, group: SubjectGroup, open_impacts: set[tuple[str, str]]
) -> Page:
    page = Page(section, group.code, group.label)
    own = asked.own(group.code)
    for question in asked.questions_of(section, group.code):
        label = question.label.replace("{people}", group.people)
        lacking.count(page, question, own, label)
        lacking.confirm(
            page, asked.answers, question.id, label, counted=question.required and given(own.get(question.id))
        )
    if own.get("affected") in COUNTS_AS_YES:
        for dimension in scoring.dimensions(group):
            impact = asked.impacts.get((group.code, dimension)) or Impact(group.code, dimension)
            lacking.rating(page, group, impact)
            lacking.confirm(
                page, asked.answers, dimension.value, dimension.label, counted=impact.direction is not None
            )
            if (group.code, str(dimension)) in open_impacts:
                lacking.harm_unanswered(page, dimension, f"{group.label}, {dimension.label.lower()}")
    return page
