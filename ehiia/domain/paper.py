"""What lies before the people who decide, drawn from the frozen version: who would lose, and what is left.

Everything here is worked out from a ``Snapshot``, so that the paper, the
reading that is attested and the record speak of the same text.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ehiia.domain.frozen import Answered, RatedEffect, RatedImpact, Snapshot
from ehiia.domain.vocabulary import ADVERSE, Dimension, Direction

WORDS_A_MINUTE = 200
CHALLENGED = ("rapid_who_loses", "rapid_how_known", "rapid_asked", "rapid_changed", "rapid_will_know")
RAPID = "rapid"
"""Id of the one page of a rapid assessment, and those of its questions that challenge whoever decides."""
ENGAGEMENT, MONITORING = "engagement", "monitoring"
"""Ids of the sections the paper quotes."""

_DIRECTIONS = {direction.label: direction for direction in Direction}


@dataclass(frozen=True)
class Harm:
    """Somebody who would be worse off, or partly: before action and after it."""

    who: str
    respect: str
    """In which respect: "access"; "" for a question that is asked once, which ``who`` then names."""
    direction: str
    magnitude: str
    reason: str
    before: str
    after: str
    """In words with the score: "low (6 of 25)"; "" where it was not rated."""
    score_after: int
    actions: tuple[str, ...]
    """References of the mitigating actions that answer it."""
    justification: str
    number: str = ""
    duration: str = ""
    reversible: str = ""
    """In words, "" where it was not said."""


@dataclass(frozen=True)
class NotKnown:
    """Something that is not known yet, and what will be done to find out."""

    who: str
    respect: str
    plan: str


@dataclass(frozen=True)
class Cell:
    """One respect of one group for the matrix; ``after``: what is left after action, in words."""

    direction: str
    details: tuple[str, ...]
    href: str = ""


@dataclass(frozen=True)
class Row:
    """A group in the matrix: a cell for each dimension, None where nothing was said."""

    label: str
    cells: tuple[Cell | None, ...]
    note: str = ""


@dataclass(frozen=True)
class Challenge:
    """A question worth asking, and what the assessment says to it."""

    question: str
    found: tuple[str, ...]


def harms(snapshot: Snapshot, effects: Collection[str] = ()) -> tuple[Harm, ...]:
    """Return who would be worse off, the worst risk left first.

    ``effects``: ids of the questions asked once whose answers say how somebody is affected.
    """
    found = [
        _harm(snapshot, group.label, impact)
        for group in snapshot.groups
        for impact in group.impacts
        if Direction(impact.direction) in ADVERSE
    ]
    found += [
        _harm(snapshot, effect.name, effect.impact)
        for effect in _effects(snapshot, effects)
        if Direction(effect.impact.direction) in ADVERSE
    ]
    return tuple(sorted(found, key=lambda harm: -harm.score_after))


def _harm(snapshot: Snapshot, who: str, impact: RatedImpact) -> Harm:
    respect = impact.dimension.lower()
    most = snapshot.highest_score
    return Harm(
        who=who,
        respect=respect,
        direction=impact.direction_label,
        magnitude=impact.magnitude,
        reason=impact.reason,
        before=risk_words(impact.band_before, impact.score_before, most),
        after=risk_words(impact.band_after, impact.score_after, most),
        score_after=impact.score_after or 0,
        actions=_actions(snapshot, f"{who}: {respect}" if respect else who),
        justification=impact.justification,
        number=impact.number_affected,
        duration=impact.duration,
        reversible=impact.reversible,
    )


def risk_words(band: str, score: int | None, most: int = 25) -> str:
    """Return "low (6 of 25)", or "" where it was not rated; ``most``: the highest score there is."""
    return f"{band.lower()} ({score} of {most})" if score else ""


def _actions(snapshot: Snapshot, impact: str) -> tuple[str, ...]:
    return tuple(
        action.ref
        for action in snapshot.mitigations
        if impact.lower() in {answered.lower() for answered in action.answers}
    )


def _effects(snapshot: Snapshot, effects: Collection[str]) -> list[RatedEffect]:
    """Return the effects as they were frozen; of older versions, as their answers tell them, unrated."""
    if snapshot.effects:
        return list(snapshot.effects)
    return [
        RatedEffect(answer.question_id, answer.question, _told(answer, _DIRECTIONS[answer.answer[0]]))
        for section in snapshot.sections
        for answer in section.answers
        if answer.question_id in effects and answer.answer and answer.answer[0] in _DIRECTIONS
    ]


def _told(answer: Answered, direction: Direction) -> RatedImpact:
    reason = "\n\n".join(answer.answer[1:])
    return RatedImpact("", direction.value, direction.label, reason=reason)


def not_known(snapshot: Snapshot, effects: Collection[str] = ()) -> tuple[NotKnown, ...]:
    """Return what is not known yet."""
    found = [
        NotKnown(group.label, impact.dimension.lower(), impact.reason)
        for group in snapshot.groups
        for impact in group.impacts
        if Direction(impact.direction) is Direction.UNKNOWN
    ]
    found += [
        NotKnown(effect.name, "", effect.impact.reason)
        for effect in _effects(snapshot, effects)
        if Direction(effect.impact.direction) is Direction.UNKNOWN
    ]
    return tuple(found)


def matrix(snapshot: Snapshot) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Return the dimensions and the groups that would be worse off or of which something is not known."""
    open_groups = [
        group
        for group in snapshot.groups
        if any(
            Direction(impact.direction) in ADVERSE or Direction(impact.direction) is Direction.UNKNOWN
            for impact in group.impacts
        )
    ]
    used = {impact.dimension for group in open_groups for impact in group.impacts}
    dimensions = tuple(dimension.label for dimension in Dimension if dimension.label in used)
    most = snapshot.highest_score
    rows = []
    for group in open_groups:
        impacts = {impact.dimension: impact for impact in group.impacts}
        rows.append(
            Row(
                group.label,
                tuple(_cell(impacts[name], most) if name in impacts else None for name in dimensions),
            )
        )
    return dimensions, tuple(rows)


def effect_rows(snapshot: Snapshot, effects: Collection[str] = ()) -> tuple[Row, ...]:
    """Return the questions that are asked once where somebody would be worse off, or it is not known."""
    return tuple(
        Row(effect.name, (_cell(effect.impact, snapshot.highest_score),))
        for effect in _effects(snapshot, effects)
        if Direction(effect.impact.direction) in ADVERSE
        or Direction(effect.impact.direction) is Direction.UNKNOWN
    )


def _cell(impact: RatedImpact, most: int) -> Cell:
    details = [impact.magnitude.lower(), impact.number_affected.lower()]
    if impact.score_before:
        details.append(f"risk {risk_words(impact.band_before, impact.score_before, most)}")
    if impact.score_after:
        details.append(f"after action {risk_words(impact.band_after, impact.score_after, most)}")
    return Cell(impact.direction, tuple(line for line in details if line))


def section_answers(snapshot: Snapshot, section_id: str) -> tuple[Answered, ...]:
    """Return the answers of a section that is asked once, or nothing."""
    return next((section.answers for section in snapshot.sections if section.id == section_id), ())


def _said(snapshot: Snapshot, section_id: str, *question_ids: str) -> tuple[str, ...]:
    answers = {answer.question_id: answer.answer for answer in section_answers(snapshot, section_id)}
    return tuple(paragraph for question_id in question_ids for paragraph in answers.get(question_id, ()))


def challenges(snapshot: Snapshot, effects: Collection[str] = ()) -> tuple[Challenge, ...]:
    """Return the five questions to ask, each with what the assessment itself says to it."""
    if section_answers(snapshot, RAPID):
        return tuple(
            Challenge(answer.question, answer.answer)
            for answer in section_answers(snapshot, RAPID)
            if answer.question_id in CHALLENGED
        )
    losing = harms(snapshot, effects)
    who = tuple(
        f"{harm.who}, {harm.respect}: {harm.direction.lower()}" if harm.respect else harm.who
        for harm in losing
    )
    sources = snapshot.evidence
    strong = sum(source.strength in ("Strong", "Moderate") for source in sources)
    evidence = [
        f"{len(sources)} {'source' if len(sources) == 1 else 'sources'}; "
        f"{strong} called strong or moderate for this decision."
    ]
    unknown = len(not_known(snapshot, effects))
    if unknown:
        evidence.append(f"{unknown} {'effect is' if unknown == 1 else 'effects are'} not known yet.")
    return (
        Challenge("Who loses?", who or ("Nobody, says this assessment.",)),
        Challenge("How do you know?", tuple(evidence)),
        Challenge("Did you ask them?", _said(snapshot, ENGAGEMENT, "who_was_asked", "not_reached")),
        Challenge("What did you change?", _said(snapshot, ENGAGEMENT, "what_changed_after")),
        Challenge("How will we know?", _said(snapshot, MONITORING, "measures", "alarm")),
    )


def minutes_to_read(snapshot: Snapshot) -> int:
    """Return roughly how long the paper takes to read, in minutes."""
    texts = [snapshot.summary]
    texts += [text for section in snapshot.sections for answer in section.answers for text in answer.answer]
    texts += [impact.reason for group in snapshot.groups for impact in group.impacts]
    texts += [action.what for action in snapshot.mitigations]
    return max(1, round(sum(len(text.split()) for text in texts) / WORDS_A_MINUTE))
