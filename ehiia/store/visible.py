"""Who may know of what, as one joined SQL predicate; the same as ``domain.access.sight``.

One organisation is shown at a time, pinned, so that the index carries the page;
assessments shared by other organisations have a tab of their own.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import BindParameter, ColumnElement, Select, and_, or_, select

from ehiia.domain.vocabulary import Part
from ehiia.store.assessments import Assessment, Participant

Id = int | BindParameter[int]
"""An id, or a parameter in its place for a query that is built once and run often."""


def taking_part(person_id: Id) -> Select[int]:
    """Return a subquery of the ids of assessments the person takes part in now."""
    return (
        select(Participant.assessment_id)
        .where(Participant.person_id == person_id, Participant.ended_at.is_(None))
        .distinct()
    )


def directed_by(person_id: Id) -> Select[int]:
    """Return a subquery of the ids of assessments of which the person is the accountable director now."""
    return taking_part(person_id).where(Participant.part == Part.DIRECTOR)


def known_in(organisation_id: int, person_id: int, *, holds_post: bool) -> ColumnElement[bool]:
    """Return the predicate for the assessments of one organisation that the person knows of."""
    mine = Assessment.id.in_(taking_part(person_id))
    seen = or_(Assessment.restricted.is_(False), mine) if holds_post else mine
    return and_(Assessment.organisation_id == organisation_id, seen)


def shared_with(
    person_id: Id, organisations_of_posts: Collection[int] | BindParameter[int]
) -> ColumnElement[bool]:
    """Return the predicate for assessments of other organisations that the person takes part in."""
    mine = Assessment.id.in_(taking_part(person_id))
    return and_(mine, Assessment.organisation_id.not_in(organisations_of_posts))


def known_by_index(
    organisation_id: Id, person_id: Id, *, holds_post: bool
) -> tuple[ColumnElement[bool], ...]:
    """Return ``known_in`` in parts that share no row: an OR would keep a list from its index.

    Each part can be read newest first through the index (organisation, restricted, updated_at, id).
    """
    here = Assessment.organisation_id == organisation_id
    mine = Assessment.id.in_(taking_part(person_id))
    closed = and_(here, Assessment.restricted.is_(True), mine)
    unrestricted = and_(here, Assessment.restricted.is_(False))
    return (unrestricted, closed) if holds_post else (and_(unrestricted, mine), closed)


def known_by_reference(organisation_id: int, person_id: int) -> ColumnElement[bool]:
    """Return the predicate for restricted ones of which an equality lead knows reference and author only."""
    return and_(
        Assessment.organisation_id == organisation_id,
        Assessment.restricted.is_(True),
        Assessment.id.not_in(taking_part(person_id)),
    )
