"""Reach against affected: whether anybody was heard from each group that would be affected.

An assessment that says what would happen to people without having listened to
any of them is the commonest fault of all. Nothing is averaged or added up:
each group stands on its own. So do the people of a question of one effect, as
for Core20PLUS5: they are named by the question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ehiia.domain import scoring
from ehiia.domain.answers import Answers, Engagement
from ehiia.domain.vocabulary import COUNTS_AS_YES, Direction, HeadCount

STEPS = tuple(HeadCount)
"""The bands in order: the marks of the picture."""


def times(number: int) -> str:
    """Return how often, in words: "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


@dataclass(frozen=True)
class Subject:
    """People who may be heard: a group, or those whom a question of one effect is about."""

    code: str
    """Code of the group, or id of the question."""
    label: str
    affected: bool
    """Whether they would or could be affected differently, or that is not known yet."""


@dataclass(frozen=True)
class Reached:
    """A group that would be affected, and how far people from it were heard."""

    code: str
    label: str
    worse: bool
    """Whether somebody in it would be worse off, or partly."""
    effect: str
    """In words: "worse for access; better for outcomes"; "not known yet"; "" before an impact is rated."""
    times: int
    """How many entries of the log heard somebody from it."""
    most: HeadCount | None
    """The largest band that was counted, or None where nobody counted."""
    first_on: date | None
    last_on: date | None
    numbers: tuple[int, ...]
    """Of the entries of the log."""

    @property
    def heard(self) -> bool:
        """Whether anybody from the group was heard."""
        return self.times > 0

    @property
    def steps(self) -> int:
        """Marks out of five: 0 where nobody was heard, 1 at least where somebody was."""
        if not self.heard:
            return 0
        return STEPS.index(self.most) + 1 if self.most else 1

    @property
    def words(self) -> str:
        """How far it was heard: "Heard twice, at most 10 to 24 people at a time"."""
        if not self.heard:
            return "Nobody heard yet"
        how_often = times(self.times)
        if self.most is None:
            return f"Heard {how_often}, not counted"
        at_most = "" if self.times == 1 else "at most "
        each = "" if self.times == 1 else " at a time"
        return f"Heard {how_often}, {at_most}{self.most.label} people{each}"


def subjects(answers: Answers, effects: Mapping[str, str]) -> tuple[Subject, ...]:
    """Return everybody who may be heard, in the order of the assessment.

    ``effects``: the questions of one effect that are asked, id -> name.
    """
    ways = _ways(answers, effects)
    groups = [Subject(group.code, group.label, group.affected in COUNTS_AS_YES) for group in answers.groups]
    return (*groups, *(Subject(name, label, name in ways) for name, label in effects.items()))


def reach(answers: Answers, effects: Mapping[str, str]) -> tuple[Reached, ...]:
    """Return every group with an impact, in the order of the assessment, and how far it was heard.

    A group has an impact where it could be affected differently, or that is not known yet. ``effects``: the
    questions of one effect that are asked, id -> name.
    """
    ways = _ways(answers, effects)
    return tuple(
        _reached(one.code, one.label, ways.get(one.code, []), answers.engagements)
        for one in subjects(answers, effects)
        if one.affected
    )


def _ways(answers: Answers, effects: Mapping[str, str]) -> dict[str, list[tuple[Direction, str]]]:
    """Return in which ways each would be affected, and in which dimension ("" for an effect)."""
    found: dict[str, list[tuple[Direction, str]]] = {}
    for impact in scoring.counted(answers):
        if impact.direction not in (None, Direction.SAME):
            found.setdefault(impact.subject, []).append((impact.direction, impact.dimension.label.lower()))
    for effect in scoring.answered_once(answers, effects):
        if effect.direction is not Direction.SAME:
            found[effect.question] = [(effect.direction, "")]
    return found


def _reached(
    code: str, label: str, impacts: list[tuple[Direction, str]], log: tuple[Engagement, ...]
) -> Reached:
    mine = [entry for entry in log if code in entry.groups]
    bands = [band for entry in mine for subject, band in entry.bands if subject == code]
    days = sorted(entry.on_date for entry in mine if entry.on_date)
    return Reached(
        code=code,
        label=label,
        worse=any(direction in (Direction.WORSE, Direction.MIXED) for direction, _ in impacts),
        effect=_effect(impacts),
        times=len(mine),
        most=max(bands, key=STEPS.index) if bands else None,
        first_on=days[0] if days else None,
        last_on=days[-1] if days else None,
        numbers=tuple(entry.number for entry in mine),
    )


def _effect(impacts: list[tuple[Direction, str]]) -> str:
    found: dict[Direction, list[str]] = {}
    for direction, dimension in impacts:
        found.setdefault(direction, []).append(dimension)
    return "; ".join(
        ": ".join(words for words in (direction.label.lower(), ", ".join(found[direction])) if words)
        for direction in Direction
        if direction in found
    )


def summary(rows: tuple[Reached, ...]) -> tuple[str, ...]:
    """Say in sentences how far the affected groups were heard, what is lacking first."""
    if not rows:
        return ("No group is found to be affected so far.",)
    silent = [row.label for row in rows if row.worse and not row.heard]
    heard = sum(row.heard for row in rows)
    lines = []
    if silent:
        lines.append(f"Nobody was heard from these groups that would be worse off: {'; '.join(silent)}.")
    if heard == len(rows):
        lines.append("Somebody was heard from every group that would be affected.")
    else:
        lines.append(f"Somebody was heard from {heard} of {len(rows)} groups that would be affected.")
    return tuple(lines)


def who_words(entry: Engagement, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return who was heard, in words: "Disability: fewer than 10", "Age: not counted", and others.

    ``labels``: of groups by code.
    """
    bands = dict(entry.bands)
    found = [
        f"{labels.get(code, code)}: {bands[code].label if code in bands else 'not counted'}"
        for code in sorted(entry.groups, key=lambda code: list(labels).index(code) if code in labels else 999)
    ]
    return tuple(found + ([entry.others] if entry.others else []))
