"""The impact matrix of a frozen version: groups by dimensions, before action and after it.

Worked out from a ``Snapshot`` alone, and shared by the paper, the record, a version and the PDF.
Every group of the version stands in it; those without a rating take one line together.
"""

from __future__ import annotations

from dataclasses import dataclass

from ehiia.domain.frozen import GroupFindings, RatedEffect, RatedImpact, Snapshot
from ehiia.domain.paper import risk_words
from ehiia.domain.vocabulary import ADVERSE, CHANGES, Dimension, YesNoUnknown


@dataclass(frozen=True)
class Cell:
    """One respect of one group: which way, and lines beneath such as "after action: low (6 of 25)"."""

    direction: str
    """Value of ``Direction``."""
    details: tuple[str, ...]
    href: str = ""


@dataclass(frozen=True)
class Row:
    """A line of the matrix: a cell for each dimension (None where nothing was said), or a note across all."""

    label: str
    cells: tuple[Cell | None, ...]
    note: str = ""


@dataclass(frozen=True)
class EffectRow:
    """A question asked once that says how somebody is affected, with its reason."""

    label: str
    cell: Cell
    reason: str


@dataclass(frozen=True)
class Glance:
    """The matrix of a version."""

    dimensions: tuple[str, ...]
    """Labels, in the order of the vocabulary; discrimination alone makes no column."""
    rated: tuple[GroupFindings, ...]
    """Groups rated in the dimensions, in the order of the version."""
    first_aim: tuple[GroupFindings, ...]
    """Groups that are asked about discrimination only."""
    not_affected: tuple[str, ...]
    """Labels of the groups that would not be affected differently."""
    not_rated: tuple[str, ...]
    """Labels of the groups that would be, or might be, and of which nothing was rated."""
    effects: tuple[RatedEffect, ...]
    highest_score: int

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return the lines in words."""
        rows = [self._row(group) for group in self.rated]
        rows += [
            Row(group.label, (), f"First aim of the duty only. {self._in_words(group.impacts[0])}")
            for group in self.first_aim
        ]
        if self.not_affected:
            rows.append(Row("Not affected differently", (), _listed(self.not_affected)))
        if self.not_rated:
            rows.append(Row("Nothing rated", (), _listed(self.not_rated)))
        return tuple(rows)

    @property
    def effect_rows(self) -> tuple[EffectRow, ...]:
        """Return the questions asked once, in words."""
        return tuple(EffectRow(one.name, self._cell(one.impact), one.impact.reason) for one in self.effects)

    @property
    def worse(self) -> tuple[str, ...]:
        """Return the labels of the groups for which something would be worse, in part or wholly."""
        return tuple(group.label for group in (*self.rated, *self.first_aim) if is_adverse(group))

    def _row(self, group: GroupFindings) -> Row:
        impacts = {impact.dimension: impact for impact in group.impacts}
        return Row(
            group.label,
            tuple(self._cell(impacts[name]) if name in impacts else None for name in self.dimensions),
        )

    def _cell(self, impact: RatedImpact) -> Cell:
        lines = [
            impact.magnitude.lower() if impact.direction in CHANGES else "",
            impact.number_affected.lower(),
        ]
        for when, band, score in (
            ("before", impact.band_before, impact.score_before),
            ("after", impact.band_after, impact.score_after),
        ):
            if score:
                lines.append(f"{when} action: {risk_words(band, score, self.highest_score)}")
        return Cell(impact.direction, tuple(line for line in lines if line))

    def _in_words(self, impact: RatedImpact) -> str:
        details = "; ".join(self._cell(impact).details)
        return f"{impact.dimension}: {impact.direction_label.lower()}" + (f" ({details})" if details else "")


def glance(snapshot: Snapshot) -> Glance:
    """Return the matrix of a version."""
    with_impacts = [group for group in snapshot.groups if group.impacts]
    first_aim = tuple(group for group in with_impacts if dimensions_of(group) == {Dimension.ELIMINATE.label})
    rated = tuple(group for group in with_impacts if group not in first_aim)
    found = {name for group in rated for name in dimensions_of(group)}
    without = [group for group in snapshot.groups if not group.impacts]
    return Glance(
        dimensions=tuple(word.label for word in Dimension if word.label in found) or USUAL,
        rated=rated,
        first_aim=first_aim,
        not_affected=tuple(one.label for one in without if one.affected == YesNoUnknown.NO.label),
        not_rated=tuple(one.label for one in without if one.affected != YesNoUnknown.NO.label),
        effects=snapshot.effects,
        highest_score=snapshot.highest_score,
    )


USUAL = tuple(word.label for word in Dimension if word is not Dimension.ELIMINATE)
"""The columns where nobody is rated in any."""


def dimensions_of(group: GroupFindings) -> set[str]:
    """Return the labels of the dimensions in which a group was rated."""
    return {impact.dimension for impact in group.impacts}


def is_adverse(group: GroupFindings) -> bool:
    """Say whether something would be worse for the group, in part or wholly."""
    return any(impact.direction in ADVERSE for impact in group.impacts)


def _listed(labels: tuple[str, ...]) -> str:
    return "; ".join(labels)
