"""Queries of the evidence library: who may know of an item, what is found, who uses it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, or_, select, true

from ehiia.domain.access import Actor
from ehiia.store.assessments import Assessment
from ehiia.store.library import EvidenceItemRow, EvidenceUse, EvidenceVersion
from ehiia.store.visible import known_in, taking_part


@dataclass(frozen=True)
class Search:
    """What is looked for in the library. ``words`` are in title, publisher or what it shows."""

    words: str = ""
    kind: str = ""
    group: str = ""
    """Code of a group that it covers."""
    place: str = ""
    year: str = ""
    retired: bool = False
    """Retired items beside the others."""


def _readable(organisation_id: int, actor: Actor) -> Select[int]:
    """Return the ids of the assessments of the organisation that the person may read."""
    holds = bool(actor.roles.get(organisation_id))
    return select(Assessment.id).where(known_in(organisation_id, actor.person_id, holds_post=holds))


def seen_by(organisation_id: int, actor: Actor, *, own_practice: bool = False) -> ColumnElement[bool]:
    """Return the predicate for the items of an organisation that a person may know of.

    ``own_practice``: items of the person's own practice assessments too, which are on no list.

    Whoever holds a post sees what was added to the library itself. What was added in an assessment is
    seen by those who may read that assessment, or another one that uses it: so nothing that belongs to
    restricted assessments only is seen by others. Legal advice is seen through an assessment only.
    """
    readable = _readable(organisation_id, actor)
    used = exists().where(
        EvidenceUse.item_id == EvidenceItemRow.id,
        EvidenceUse.taken_out_at.is_(None),
        EvidenceUse.assessment_id.in_(readable),
    )
    ways = [used, EvidenceItemRow.home_id.in_(readable)]
    if own_practice:
        ways.append(EvidenceItemRow.home_id.in_(taking_part(actor.person_id)))
    if actor.roles.get(organisation_id):
        ways.append(and_(EvidenceItemRow.home_id.is_(None), EvidenceItemRow.privileged.is_(False)))
    return and_(EvidenceItemRow.organisation_id == organisation_id, or_(*ways))


def newest() -> Select[EvidenceItemRow, EvidenceVersion]:
    """Return items with their newest version."""
    return select(EvidenceItemRow, EvidenceVersion).join(
        EvidenceVersion,
        and_(EvidenceVersion.item_id == EvidenceItemRow.id, EvidenceVersion.number == EvidenceItemRow.newest),
    )


def _like(text: str) -> str:
    escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def matching(search: Search) -> ColumnElement[bool]:
    """Return the predicate of a search over items joined to their newest version."""
    wanted: list[ColumnElement[bool]] = [true()]
    for one in search.words.split():
        columns = (EvidenceVersion.title, EvidenceVersion.publisher, EvidenceVersion.shows)
        wanted.append(or_(*(func.lower(c).like(_like(one), escape="\\") for c in columns)))
    if search.kind:
        wanted.append(EvidenceVersion.kind == search.kind)
    if search.group:
        coded = cast(EvidenceVersion.groups, String)
        wanted.append(coded.like(f"%{_like(chr(34) + search.group + chr(34))[1:-1]}%", escape="\\"))
    if search.place:
        wanted.append(func.lower(EvidenceVersion.place).like(_like(search.place), escape="\\"))
    if search.year:
        wanted.append(EvidenceVersion.year.like(_like(search.year), escape="\\"))
    if not search.retired:
        wanted.append(EvidenceItemRow.retired_at.is_(None))
    return and_(*wanted)


def uses_seen(item_id: int, organisation_id: int, actor: Actor) -> Select[Assessment, EvidenceUse]:
    """Return the assessments that use an item now and that the person may read, with the use."""
    return (
        select(Assessment, EvidenceUse)
        .join(EvidenceUse, EvidenceUse.assessment_id == Assessment.id)
        .where(
            EvidenceUse.item_id == item_id,
            EvidenceUse.taken_out_at.is_(None),
            Assessment.id.in_(_readable(organisation_id, actor)),
        )
        .order_by(Assessment.title, Assessment.id)
    )


def uses_of(assessment_id: int) -> Select[EvidenceUse, EvidenceVersion, EvidenceItemRow]:
    """Return what an assessment uses, in the order in which it was added."""
    return (
        select(EvidenceUse, EvidenceVersion, EvidenceItemRow)
        .join(EvidenceItemRow, EvidenceItemRow.id == EvidenceUse.item_id)
        .join(
            EvidenceVersion,
            and_(
                EvidenceVersion.item_id == EvidenceUse.item_id,
                EvidenceVersion.number == EvidenceUse.version_no,
            ),
        )
        .where(EvidenceUse.assessment_id == assessment_id, EvidenceUse.taken_out_at.is_(None))
        .order_by(EvidenceUse.id)
    )


__all__ = ["Search", "matching", "newest", "seen_by", "uses_of", "uses_seen"]
