"""How big the impacts are: bands of risk, the worst of them, and which still need an answer.

Ratings are never averaged: one bad rating of a small group must stay visible.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from ehiia.domain.answers import Answers, Impact, MitigatingAction, Risk, SubjectGroup
from ehiia.domain.vocabulary import (
    ADVERSE,
    CHANGES,
    COUNTS_AS_YES,
    Band,
    Claim,
    Confidence,
    Dimension,
    Direction,
    LegalStatus,
    Likelihood,
    Magnitude,
    NumberAffected,
    Severity,
    YesNoUnknown,
)

When = Literal["before", "after"]
"""Before or after the mitigating actions."""

OVERALL = "overall"
"""Stands for the dimension where an impact is the answer to one question, as for Core20PLUS5."""

RISKS = ("likelihood_before", "severity_before", "likelihood_after", "severity_after")
"""Keys under which an answer of kind EFFECT keeps its degrees, as text; not given where not answered."""

DIMENSIONS = (Dimension.ACCESS, Dimension.EXPERIENCE, Dimension.OUTCOMES)
"""What is asked about a group, in order; groups of the first aim only are asked about ELIMINATE instead."""

_GIVEN_UP = frozenset({Claim.SUPERSEDED, Claim.CANCELLED})


@dataclass(frozen=True)
class BandBorders:
    """The highest score (1 to 25) of each band below very high; a setting of the organisation.

    The defaults follow a common NHS matrix of five by five.
    """

    low: int = 3
    medium: int = 9
    high: int = 16

    def __post_init__(self) -> None:
        """Refuse borders out of order with ValueError."""
        if not 1 <= self.low < self.medium < self.high < 25:
            raise ValueError("the borders must rise from low to medium to high, between 1 and 24")


USUAL_BORDERS = BandBorders()


@dataclass(frozen=True)
class Effect:
    """An impact that is the answer to one question, as for Core20PLUS5."""

    question: str
    direction: Direction
    reason: str = ""
    before: Risk | None = None
    after: Risk | None = None
    justification: str = ""

    @property
    def adverse(self) -> bool:
        """Whether somebody would be worse off."""
        return self.direction in ADVERSE


@dataclass(frozen=True)
class Worst:
    """The worst single rating. ``band`` NONE with score 0: nobody is rated worse off."""

    band: Band
    score: int = 0
    impact: Impact | Effect | None = None


@dataclass(frozen=True)
class UnansweredImpact:
    """Somebody would be worse off, and neither a mitigating action nor a justification answers it.

    ``subject`` is the code of a group, or the id of a question with ``dimension`` "overall".
    """

    subject: str
    dimension: str
    direction: Direction


@dataclass(frozen=True)
class MatrixCell:
    """One group in one dimension."""

    dimension: Dimension
    direction: Direction | None
    magnitude: Magnitude | None
    confidence: Confidence | None
    before: Risk | None
    band_before: Band
    after: Risk | None
    band_after: Band
    actions: tuple[str, ...]
    """References of the mitigating actions that answer it."""
    needs_action: bool
    number: NumberAffected | None = None


@dataclass(frozen=True)
class MatrixRow:
    """One group; ``cells`` is empty when it is not affected differently or not answered yet."""

    subject: str
    label: str
    legal_status: LegalStatus
    affected: YesNoUnknown | None
    reason: str
    """Why it is not affected differently."""
    first_aim_only: bool
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True)
class Matrix:
    """Groups by dimensions, before and after the mitigating actions."""

    rows: tuple[MatrixRow, ...]
    worst_before: Worst
    worst_after: Worst


def band_of_score(score: int, borders: BandBorders = USUAL_BORDERS) -> Band:
    """Return the band of a score; 0 is none. Raises ValueError outside 0 to 25."""
    if not 0 <= score <= 25:
        raise ValueError("a score goes from 0 to 25")
    if score == 0:
        return Band.NONE
    for border, name in ((borders.low, Band.LOW), (borders.medium, Band.MEDIUM), (borders.high, Band.HIGH)):
        if score <= border:
            return name
    return Band.VERY_HIGH


def band(risk: Risk | None, borders: BandBorders = USUAL_BORDERS) -> Band:
    """Return the band of a risk; none where there is no risk."""
    return band_of_score(risk.score if risk else 0, borders)


def left(impact: Impact | Effect) -> Risk | None:
    """Return the risk left after mitigation: the one before where no other was given."""
    return impact.after or impact.before


def worst(
    impacts: Iterable[Impact | Effect],
    when: When,
    borders: BandBorders = USUAL_BORDERS,
) -> Worst:
    """Return the worst single rating among impacts that leave somebody worse off; never an average."""
    found = Worst(Band.NONE)
    for impact in impacts:
        risk = impact.before if when == "before" else left(impact)
        if impact.adverse and risk is not None and risk.score > found.score:
            found = Worst(band(risk, borders), risk.score, impact)
    return found


def affected(answers: Answers, group: SubjectGroup) -> YesNoUnknown | None:
    """Return whether the group could be affected differently, or None when it was not answered."""
    if group.affected is not None:
        return group.affected
    given = answers.value("affected", group.code)
    return YesNoUnknown(given) if isinstance(given, str) and given in set(YesNoUnknown) else None


def dimensions(group: SubjectGroup) -> tuple[Dimension, ...]:
    """Return the dimensions that are asked about a group."""
    return (Dimension.ELIMINATE,) if group.first_aim_only else DIMENSIONS


def counted(answers: Answers) -> tuple[Impact, ...]:
    """Return the impacts that stand: of considered groups not answered "no", in dimensions that are asked.

    Ratings left over from a group that was taken out again do not count.
    """
    asked = {
        (group.code, dimension)
        for group in answers.groups
        if affected(answers, group) != YesNoUnknown.NO
        for dimension in dimensions(group)
    }
    return tuple(impact for impact in answers.impacts if (impact.subject, impact.dimension) in asked)


def effect(question: str, value: object) -> Effect | None:
    """Read the answer to a question of kind EFFECT, or None where it holds no direction."""
    if not isinstance(value, dict) or value.get("direction") not in set(Direction):
        return None
    return Effect(
        question,
        Direction(value["direction"]),
        str(value.get("reason") or ""),
        _risk(value.get("likelihood_before"), value.get("severity_before")),
        _risk(value.get("likelihood_after"), value.get("severity_after")),
        str(value.get("justification") or ""),
    )


def _risk(likelihood: object, severity: object) -> Risk | None:
    degrees = [str(degree) for degree in (likelihood, severity)]
    if not all(degree in ("1", "2", "3", "4", "5") for degree in degrees):
        return None
    return Risk(Likelihood(int(degrees[0])), Severity(int(degrees[1])))


def answered_once(answers: Answers, asked: Collection[str] | None = None) -> tuple[Effect, ...]:
    """Return the answers that say how somebody is affected, of questions that are asked once.

    ``asked``: ids of the questions of kind EFFECT that are asked; None means every answer with a direction.
    """
    found = (
        effect(question, value)
        for (question, subject), value in answers.values.items()
        if not subject and (asked is None or question in asked)
    )
    return tuple(one for one in found if one is not None)


def rated(answers: Answers, asked: Collection[str] | None = None) -> tuple[Impact | Effect, ...]:
    """Return all that counts in the worst rating: impacts of groups, and effects (see ``answered_once``)."""
    return counted(answers) + answered_once(answers, asked)


def standing(mitigations: Iterable[MitigatingAction]) -> tuple[MitigatingAction, ...]:
    """Return the mitigating actions that are neither cancelled nor replaced."""
    return tuple(action for action in mitigations if action.claim not in _GIVEN_UP)


def needs_action(answers: Answers, effects: Collection[str] | None = None) -> tuple[UnansweredImpact, ...]:
    """Return every worse or mixed impact without a mitigating action or a justification.

    ``effects``: ids of the questions of kind EFFECT that are asked; None means
    every answer that holds a direction. Their impact is keyed (question id,
    "overall"), and their justification stands under that name in the answer.
    """
    answered = {link for action in standing(answers.mitigations) for link in action.answers}
    found = [
        UnansweredImpact(impact.subject, str(impact.dimension), impact.direction)
        for impact in counted(answers)
        if impact.direction is not None
        and impact.adverse
        and not impact.justification.strip()
        and (impact.subject, str(impact.dimension)) not in answered
    ]
    found += [
        UnansweredImpact(one.question, OVERALL, one.direction)
        for one in answered_once(answers, effects)
        if one.adverse and not one.justification.strip() and (one.question, OVERALL) not in answered
    ]
    return tuple(found)


def matrix(
    answers: Answers, borders: BandBorders = USUAL_BORDERS, asked: Collection[str] | None = None
) -> Matrix:
    """Return the impact matrix: a row for each considered group, in the order of ``answers.groups``.

    The worst ratings count effects too; ``asked`` as in ``answered_once``.
    """
    impacts = counted(answers)
    everything = rated(answers, asked)
    by_place = {(impact.subject, impact.dimension): impact for impact in impacts}
    open_ones = {(item.subject, item.dimension) for item in needs_action(answers, effects=())}
    actions: dict[tuple[str, str], list[str]] = {}
    for action in standing(answers.mitigations):
        for link in action.answers:
            actions.setdefault(link, []).append(action.ref)
    rows = []
    for group in answers.groups:
        is_affected = affected(answers, group)
        cells: tuple[MatrixCell, ...] = ()
        if is_affected in COUNTS_AS_YES:
            cells = tuple(
                _cell(
                    by_place.get((group.code, dimension)) or Impact(group.code, dimension),
                    tuple(actions.get((group.code, str(dimension)), ())),
                    (group.code, str(dimension)) in open_ones,
                    borders,
                )
                for dimension in dimensions(group)
            )
        reason = group.not_affected_reason or str(answers.value("not_affected_reason", group.code) or "")
        rows.append(
            MatrixRow(
                group.code,
                group.label,
                group.legal_status,
                is_affected,
                reason,
                group.first_aim_only,
                cells,
            )
        )
    return Matrix(tuple(rows), worst(everything, "before", borders), worst(everything, "after", borders))


def _cell(impact: Impact, actions: tuple[str, ...], needs: bool, borders: BandBorders) -> MatrixCell:
    before = impact.before if impact.adverse else None
    after = left(impact) if impact.adverse else None
    return MatrixCell(
        impact.dimension,
        impact.direction,
        impact.magnitude,
        impact.confidence,
        before,
        band(before, borders),
        after,
        band(after, borders),
        actions,
        needs,
        impact.number if impact.direction in CHANGES else None,
    )
