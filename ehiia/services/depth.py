"""How much of the question set is asked: the author's choice between the short and the extended form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ehiia.clock import day_of
from ehiia.domain import depth as rules
from ehiia.domain.asked import asked_questions, asked_sections
from ehiia.domain.questions import Depth
from ehiia.domain.vocabulary import Permission, ScreeningResult
from ehiia.services import answering, moves, organisations, people
from ehiia.services.answered import answers_of, effect_questions, question_set_of
from ehiia.services.growing import extend
from ehiia.services.sight import see
from ehiia.services.transaction import Refused, note_on, read, transaction
from ehiia.store.assessments import Assessment

__all__ = ["Choice", "choice_of", "choose"]


@dataclass(frozen=True)
class Choice:
    """The form an assessment has, what the other one would ask, and whether it can be taken."""

    depth: Depth
    minutes: int
    """How long the whole of it takes, roughly."""
    other_minutes: int
    more: tuple[str, ...]
    """Titles of the sections that only the extended form has."""
    more_questions: int
    """How many questions the extended form has more on the pages of both."""
    why_not_short: str
    """Why it cannot be short, "" where it can."""


def choice_of(assessment: Assessment) -> Choice:
    """Say which form it has and what the other would be."""
    session = read()
    questions, answers = question_set_of(assessment), answers_of(session, assessment)
    short, extended = replace(answers, depth=Depth.SHORT), replace(answers, depth=Depth.EXTENDED)
    short_sections = asked_sections(questions, short)
    more, count = [], 0
    for section in asked_sections(questions, extended):
        if section not in short_sections:
            more.append(section.title)
        else:
            count += len(asked_questions(questions, extended, section)) - len(
                asked_questions(questions, short, section)
            )
    settings = organisations.settings_of(organisations.get(assessment.organisation_id, session=session))
    why_not = ""
    if assessment.screening_result is not ScreeningResult.SHORT:
        why_not = "The screening did not find low impacts only."
    elif rules.reasons_to_grow(short, effect_questions(questions), organisations.borders_of(settings)):
        why_not = "An impact is more than low."
    elif rules.extended_answers(questions, answers):
        why_not = "Questions of the extended form are answered already, and nothing is thrown away."
    depth = Depth(assessment.depth)
    return Choice(
        depth,
        rules.minutes(questions, answers),
        rules.minutes(questions, extended if depth is Depth.SHORT else short),
        tuple(more),
        count,
        why_not,
    )


def choose(ref: str, depth: Depth, *, by: int, now: datetime) -> bool:
    """The author or a contributor chooses the short or the extended form; says whether that changed anything.

    Raises Refused where it cannot be short (any more): what was answered is never hidden.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.WRITE, actor=actor, session=session, lock=True).assessment
        if depth is Depth.RAPID or assessment.depth == Depth.RAPID:
            raise Refused("A rapid assessment is for an urgent decision only.")
        if assessment.depth == depth:
            return False
        if depth is Depth.EXTENDED:
            extend(session, assessment, [rules.BY_CHOICE], by=by, now=now)
        else:
            why_not = choice_of(assessment).why_not_short
            if why_not:
                raise Refused(f"It cannot be the short form. {why_not}")
            assessment.depth, assessment.depth_reason = Depth.SHORT.value, ""
            note_on(
                session,
                assessment,
                "form_shortened",
                by=by,
                at=now,
            )
        answering.recount(session, assessment)
        moves.touch(assessment, now)
    return True
