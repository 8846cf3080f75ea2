"""Ratings in words, as they are frozen: impacts of groups, and effects that are answers to one question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ehiia.domain import frozen, scoring
from ehiia.domain.answers import Answers, Impact, Risk
from ehiia.domain.asked import asked_effects
from ehiia.domain.questions import QuestionSet
from ehiia.domain.scales import Scale
from ehiia.domain.vocabulary import CHANGES, Direction, Word
from ehiia.services import resting


def rated(impact: Impact, scale: Scale) -> frozen.RatedImpact:
    """Return an impact in words."""
    direction = impact.direction or Direction.UNKNOWN
    changes = direction in CHANGES

    def label(word: Word | None) -> str:
        return word.label if word and changes else ""

    return replace(
        _risks(impact, direction, scale),
        dimension=impact.dimension.label,
        magnitude=impact.magnitude.label if impact.magnitude else "",
        confidence=impact.confidence.label if impact.confidence else "",
        number_affected=label(impact.number),
        duration=label(impact.duration),
        reversible=label(impact.reversible),
    )


def _risks(impact: Impact | scoring.Effect, direction: Direction, scale: Scale) -> frozen.RatedImpact:
    """Return what an impact and an effect have in common, in words."""
    before = impact.before if impact.adverse else None
    after = scoring.left(impact) if impact.adverse else None

    def parts(risk: Risk | None) -> tuple[str, str, int | None, str]:
        if risk is None:
            return "", "", None, ""
        likelihood, severity = scale.likelihood_word(risk.likelihood), scale.severity_word(risk.severity)
        return likelihood, severity, risk.score, scoring.band(risk, scale.bands).label

    likelihood_before, severity_before, score_before, band_before = parts(before)
    likelihood_after, severity_after, score_after, band_after = parts(after)
    return frozen.RatedImpact(
        dimension="",
        direction=direction.value,
        direction_label=direction.label,
        reason=impact.reason,
        likelihood_before=likelihood_before,
        severity_before=severity_before,
        score_before=score_before,
        band_before=band_before,
        likelihood_after=likelihood_after,
        severity_after=severity_after,
        score_after=score_after,
        band_after=band_after,
        justification=impact.justification if impact.adverse else "",
    )


def rated_effects(answers: Answers, questions: QuestionSet, scale: Scale) -> Iterator[frozen.RatedEffect]:
    """Yield the answers that say how somebody is affected, in the order of the questions."""
    for question_id in asked_effects(questions, answers):
        question = questions.question(question_id)
        found = scoring.effect(question_id, answers.value(question_id))
        if question is not None and found is not None:
            impact = replace(
                _risks(found, found.direction, scale), sources=resting.numbers(answers, question=question_id)
            )
            yield frozen.RatedEffect(question.id, question.name, impact)
