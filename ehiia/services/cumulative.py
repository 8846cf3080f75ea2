"""Cumulative effects: where three or more live proposals would leave the same people worse off.

Shown to whoever holds a post in the organisation. Restricted assessments are neither named nor counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ehiia.domain.access import Actor
from ehiia.domain.triggers import MANY
from ehiia.domain.vocabulary import Band, Dimension, Direction, Stage
from ehiia.services.transaction import NotFound, read
from ehiia.store.answers import ImpactRow
from ehiia.store.assessments import Assessment, AssessmentGroup, AssessmentPlace
from ehiia.store.worsened import crowded, worsened

__all__ = ["MANY", "Behind", "Together", "behind", "pairs"]


@dataclass(frozen=True)
class Together:
    """A group and a place in which live proposals add up. ``group``: the group's code."""

    place_id: int
    place: str
    group: str
    label: str
    how_many: int


@dataclass(frozen=True)
class Behind:
    """A proposal that is counted, and in which ways it leaves the group worse off."""

    ref: str
    title: str
    stage: Stage
    live_on: date | None
    """When it went live, or is expected to."""
    worst_left: Band | None
    effects: tuple[tuple[Dimension, Direction, str], ...]
    """Dimension, direction and the reason that was given."""


def pairs(actor: Actor, organisation_id: int) -> list[Together]:
    """Return the groups and places where proposals add up, most of them first: one query."""
    if not actor.roles.get(organisation_id):
        return []
    found = [
        Together(place_id, place, group, label, how_many)
        for place_id, place, group, label, how_many in read().execute(crowded(organisation_id))
    ]
    return sorted(found, key=lambda one: (-one.how_many, one.label, one.place, one.place_id))


def behind(
    actor: Actor, organisation_id: int, *, place_id: int, group: str
) -> tuple[Together, tuple[Behind, ...]]:
    """Return the live proposals that leave a group worse off in a place: one query.

    Fewer than three are shown too, for whoever comes back to it. Raises NotFound where there is none.
    """
    if not actor.roles.get(organisation_id):
        raise NotFound
    rows = (
        read()
        .execute(
            worsened(Assessment, AssessmentPlace.name, AssessmentGroup.label, ImpactRow)
            .join(AssessmentPlace, AssessmentPlace.assessment_id == Assessment.id)
            .where(
                Assessment.organisation_id == organisation_id,
                AssessmentPlace.place_id == place_id,
                ImpactRow.subject == group,
            )
            .order_by(Assessment.id, ImpactRow.dimension)
        )
        .all()
    )
    if not rows:
        raise NotFound
    effects: dict[int, list[tuple[Dimension, Direction, str]]] = {}
    for assessment, _, _, impact in rows:
        effects.setdefault(assessment.id, []).append((impact.dimension, impact.direction, impact.reason))
    proposals = {assessment.id: assessment for assessment, _, _, _ in rows}
    found = tuple(
        Behind(
            one.ref,
            one.title,
            one.stage,
            one.actual_go_live_on or one.expected_go_live_on,
            one.worst_left,
            tuple(effects[one.id]),
        )
        for one in proposals.values()
    )
    _, place, label, _ = rows[-1]
    return Together(place_id, place, group, label, len(found)), found
