"""What lies before the people who decide, drawn from the frozen version: who would lose, and what is left.

Everything here is worked out from a ``Snapshot``, so that the paper, the
reading that is attested and the record speak of the same text.
"""

from __future__ import annotations

from dataclasses import dataclass

from ehiia.domain.frozen import Answered, RatedImpact, Snapshot
from ehiia.domain.vocabulary import ADVERSE, Direction

WORDS_A_MINUTE = 200
CHALLENGED = ("rapid_who_loses", "rapid_how_known", "rapid_asked", "rapid_changed", "rapid_will_know")
RAPID = "rapid"
"""Id of the one page of a rapid assessment, and those of its questions that challenge whoever decides."""
ENGAGEMENT, MONITORING = "engagement", "monitoring"
"""Ids of the sections the paper quotes."""


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
    """In words with the score: "low (possible × small, 6 of 25)"; "" where it was not rated."""
    score_after: int
    actions: tuple[str, ...]
    """References of the mitigating actions that answer it."""
    justification: str
    number: str = ""
    duration: str = ""
    reversible: str = ""
    """In words, "" where it was not said."""
    sources: tuple[int, ...] = ()
    """Numbers of the sources that it rests on."""


@dataclass(frozen=True)
class NotKnown:
    """Something that is not known yet, and what will be done to find out."""

    who: str
    respect: str
    plan: str


@dataclass(frozen=True)
class Challenge:
    """A question worth asking, and what the assessment says to it."""

    question: str
    found: tuple[str, ...]


def harms(snapshot: Snapshot) -> tuple[Harm, ...]:
    """Return who would be worse off, the worst risk left first."""
    found = (
        _harm(snapshot, who, impact) for who, impact in _effects(snapshot) if impact.direction in ADVERSE
    )
    return tuple(sorted(found, key=lambda harm: -harm.score_after))


def _effects(snapshot: Snapshot) -> list[tuple[str, RatedImpact]]:
    """Return every effect with whom it is on: those of groups, then those asked once."""
    found = [(group.label, impact) for group in snapshot.groups for impact in group.impacts]
    return found + [(effect.name, effect.impact) for effect in snapshot.effects]


def _harm(snapshot: Snapshot, who: str, impact: RatedImpact) -> Harm:
    respect = impact.dimension.lower()
    most = snapshot.highest_score
    return Harm(
        who=who,
        respect=respect,
        direction=impact.direction_label,
        magnitude=impact.magnitude,
        reason=impact.reason,
        before=risk_words(
            impact.band_before, impact.score_before, most, impact.likelihood_before, impact.severity_before
        ),
        after=risk_words(
            impact.band_after, impact.score_after, most, impact.likelihood_after, impact.severity_after
        ),
        score_after=impact.score_after or 0,
        actions=_actions(snapshot, f"{who}: {respect}" if respect else who),
        justification=impact.justification,
        number=impact.number_affected,
        duration=impact.duration,
        reversible=impact.reversible,
        sources=impact.sources,
    )


def risk_words(band: str, score: int | None, most: int = 25, likelihood: str = "", severity: str = "") -> str:
    """Return "low (possible × small, 6 of 25)", or "" where it was not rated.

    ``most``: the highest score there is. Without likelihood and severity: "low (6 of 25)".
    """
    if not score:
        return ""
    degrees = f"{likelihood.lower()} × {severity.lower()}, " if likelihood and severity else ""
    return f"{band.lower()} ({degrees}{score} of {most})"


def _actions(snapshot: Snapshot, impact: str) -> tuple[str, ...]:
    return tuple(
        action.ref
        for action in snapshot.mitigations
        if impact.lower() in {answered.lower() for answered in action.answers}
    )


def not_known(snapshot: Snapshot) -> tuple[NotKnown, ...]:
    """Return what is not known yet."""
    return tuple(
        NotKnown(who, impact.dimension.lower(), impact.reason)
        for who, impact in _effects(snapshot)
        if impact.direction == Direction.UNKNOWN
    )


def section_answers(snapshot: Snapshot, section_id: str) -> tuple[Answered, ...]:
    """Return the answers of a section that is asked once, or nothing."""
    return next((section.answers for section in snapshot.sections if section.id == section_id), ())


def _said(snapshot: Snapshot, section_id: str, *question_ids: str) -> tuple[str, ...]:
    answers = {answer.question_id: answer.answer for answer in section_answers(snapshot, section_id)}
    return tuple(paragraph for question_id in question_ids for paragraph in answers.get(question_id, ()))


QUESTIONS: tuple[tuple[str, str], ...] = (
    (
        "Who loses?",
        "Look for the people who are left worse off, and for a reason where nobody is said to be.",
    ),
    ("How do you know?", "Look for what the answer rests on, and for what is not known yet."),
    ("Did you ask them?", "Look for those very people among those who were heard."),
    ("What did you change?", "Look for what is different now because of what was found or said."),
    ("How will we know?", "Look for the figure, the day and the name that will show whether it worked."),
)
"""What to ask of every paper before deciding, and where to look for the answer."""


def challenges(snapshot: Snapshot) -> tuple[Challenge, ...]:
    """Return the five questions to ask, each with what the assessment itself says to it."""
    if section_answers(snapshot, RAPID):
        return tuple(
            Challenge(answer.question, answer.answer)
            for answer in section_answers(snapshot, RAPID)
            if answer.question_id in CHALLENGED
        )
    losing = harms(snapshot)
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
    unknown = len(not_known(snapshot))
    if unknown:
        evidence.append(f"{unknown} {'effect is' if unknown == 1 else 'effects are'} not known yet.")
    found = (
        who or ("Nobody, says this assessment.",),
        tuple(evidence),
        _said(snapshot, ENGAGEMENT, "who_was_asked", "not_reached"),
        _said(snapshot, ENGAGEMENT, "what_changed_after"),
        _said(snapshot, MONITORING, "measures", "alarm"),
    )
    return tuple(Challenge(question, said) for (question, _), said in zip(QUESTIONS, found, strict=True))


def minutes_to_read(snapshot: Snapshot) -> int:
    """Return roughly how long the paper takes to read, in minutes."""
    texts = [snapshot.summary]
    texts += [text for section in snapshot.sections for answer in section.answers for text in answer.answer]
    texts += [impact.reason for group in snapshot.groups for impact in group.impacts]
    texts += [action.what for action in snapshot.mitigations]
    return max(1, round(sum(len(text.split()) for text in texts) / WORDS_A_MINUTE))
