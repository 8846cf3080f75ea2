"""The register: the assessments a person knows of, newest change first, with filters and prefix search.

Pages follow each other by the key (updated_at, id), never by counting rows off;
counting stops at "more than 1,000". A page is one query for its rows, however
many assessments there are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_, union_all

from ehiia.domain.access import Actor
from ehiia.domain.vocabulary import ProposalKind, Role, Stage
from ehiia.services.transaction import read
from ehiia.store.assessments import Assessment, AssessmentPlace
from ehiia.store.base import UTCDateTime
from ehiia.store.people import Person
from ehiia.store.visible import known_by_index, known_by_reference, shared_with, taking_part

S = TypeVar("S", bound=Select[*tuple[Any, ...]])

PAGE = 25
COUNTED = 1000
"""Counting stops here."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEY = re.compile(r"(\d{1,18})-(\d{1,18})")


@dataclass(frozen=True)
class Filters:
    """What is looked for. ``words``: the beginning of a reference or of a title."""

    words: str = ""
    stage: Stage | None = None
    kind: ProposalKind | None = None
    place_id: int | None = None
    review_overdue: bool = False
    mine: bool = False

    def __bool__(self) -> bool:
        """Whether anything is looked for at all."""
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Row:
    """An assessment in the register."""

    id: int
    ref: str
    title: str
    kind: ProposalKind
    stage: Stage
    answered: int
    asked: int
    missing: int
    review_due_on: date | None
    restricted: bool
    late: bool
    updated_at: datetime
    author: str


@dataclass(frozen=True)
class Page:
    """A page of the register. ``before`` and ``after`` are keys of the pages around it; "" where none is."""

    rows: tuple[Row, ...]
    before: str
    after: str


def key_of(row: Row) -> str:
    """Return the key of a row: its moment in microseconds and its id."""
    return f"{(row.updated_at - _EPOCH) // timedelta(microseconds=1)}-{row.id}"


def _from_key(key: str) -> tuple[datetime, int] | None:
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    try:
        return _EPOCH + timedelta(microseconds=int(found[1])), int(found[2])
    except OverflowError:
        return None


def page(
    actor: Actor,
    organisation_id: int,
    *,
    filters: Filters = Filters(),
    ref_prefix: str = "",
    shared: bool = False,
    after: str = "",
    before: str = "",
    today: date,
    limit: int = PAGE,
) -> Page:
    """Return a page of what the person knows of in the organisation, or of what others ``shared``.

    ``after`` and ``before`` are keys from another page; one that is none begins at the newest.
    """
    start = _from_key(after) or _from_key(before)
    backwards = start is not None and not _from_key(after)
    matching = _matching(filters, actor.person_id, ref_prefix=ref_prefix, today=today)
    parts = _parts(actor, organisation_id, shared=shared)
    found = _rows(parts, matching, start=start, backwards=backwards, limit=limit + 1)
    more = len(found) > limit
    if backwards and not more:  # the newest page is always whole
        return page(
            actor,
            organisation_id,
            filters=filters,
            ref_prefix=ref_prefix,
            shared=shared,
            today=today,
            limit=limit,
        )
    rows = tuple(reversed(found[:limit])) if backwards else tuple(found[:limit])
    has_newer, has_older = (more, True) if backwards else (start is not None, more)
    return Page(
        rows,
        key_of(rows[0]) if rows and has_newer else "",
        key_of(rows[-1]) if rows and has_older else "",
    )


def count(
    actor: Actor,
    organisation_id: int,
    *,
    filters: Filters = Filters(),
    ref_prefix: str = "",
    shared: bool = False,
    today: date,
) -> int:
    """Count what ``page`` lists, up to one more than ``COUNTED``."""
    matching = _matching(filters, actor.person_id, ref_prefix=ref_prefix, today=today)
    parts = [
        select(Assessment.id).where(part, *matching).limit(COUNTED + 1).subquery()
        for part in _parts(actor, organisation_id, shared=shared)
    ]
    together = union_all(*(select(part.c.id) for part in parts)).limit(COUNTED + 1).subquery()
    return read().scalar(select(func.count()).select_from(together)) or 0


def restricted_elsewhere(actor: Actor, organisation_id: int, *, limit: int = 50) -> list[tuple[str, str]]:
    """Return reference and author of restricted assessments in which this equality lead takes no part."""
    if not actor.has(organisation_id, Role.EQUALITY_LEAD):
        return []
    query = (
        select(Assessment.ref, Person.name)
        .join(Person, Person.id == Assessment.created_by)
        .where(known_by_reference(organisation_id, actor.person_id))
        .order_by(Assessment.updated_at.desc(), Assessment.id.desc())
        .limit(limit)
    )
    return [(ref, name) for ref, name in read().execute(query)]


def _parts(actor: Actor, organisation_id: int, *, shared: bool) -> Sequence[ColumnElement[bool]]:
    if shared:
        return (shared_with(actor.person_id, set(actor.roles)),)
    return known_by_index(organisation_id, actor.person_id, holds_post=bool(actor.roles.get(organisation_id)))


def _matching(filters: Filters, person_id: int, *, ref_prefix: str, today: date) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.stage is not None:
        wanted.append(Assessment.stage == filters.stage)
    if filters.kind is not None:
        wanted.append(Assessment.kind == filters.kind)
    if filters.review_overdue:
        wanted.append(and_(Assessment.stage == Stage.IN_FORCE, Assessment.review_due_on < today))
    if filters.mine:
        wanted.append(Assessment.id.in_(taking_part(person_id)))
    if filters.place_id is not None:
        touched = select(AssessmentPlace.assessment_id).where(AssessmentPlace.place_id == filters.place_id)
        wanted.append(Assessment.id.in_(touched))
    if filters.words.strip():
        wanted.append(_beginning(filters.words, ref_prefix))
    return wanted


def _beginning(words: str, ref_prefix: str) -> ColumnElement[bool]:
    """Match the beginning of a title; or of a reference, whose prefix may be left out."""
    typed = " ".join(words.split())
    title = Assessment.title_folded.startswith(typed.casefold(), autoescape=True)
    ref = typed.upper()
    if ref[:1].isdigit() and ref_prefix:
        return or_(title, Assessment.ref.startswith(f"{ref_prefix}-{ref}", autoescape=True))
    if " " not in ref:
        return or_(title, Assessment.ref.startswith(ref, autoescape=True))
    return title


def _rows(
    parts: Sequence[ColumnElement[bool]],
    matching: Sequence[ColumnElement[bool]],
    *,
    start: tuple[datetime, int] | None,
    backwards: bool,
    limit: int,
) -> list[Row]:
    """Read each part through its index, then merge: the database looks at hardly more rows than are shown."""
    columns = (Assessment.id, Assessment.updated_at)
    newest = []
    for part in parts:
        some = select(*columns).where(part, *matching).limit(limit)
        if start is not None:
            here = tuple_(literal(start[0], UTCDateTime()), literal(start[1]))
            key = tuple_(Assessment.updated_at, Assessment.id)
            some = some.where(key > here if backwards else key < here)
        newest.append(_ordered(some, *columns, backwards=backwards))
    ids = union_all(*(select(query.subquery().c.id) for query in newest)).subquery()
    query = (
        select(
            Assessment.id,
            Assessment.ref,
            Assessment.title,
            Assessment.kind,
            Assessment.stage,
            Assessment.answered_count,
            Assessment.asked_count,
            Assessment.missing_count,
            Assessment.review_due_on,
            Assessment.restricted,
            Assessment.late,
            Assessment.updated_at,
            Person.name,
        )
        .join(ids, ids.c.id == Assessment.id)
        .join(Person, Person.id == Assessment.created_by)
        .limit(limit)
    )
    ordered = _ordered(query, Assessment.id, Assessment.updated_at, backwards=backwards)
    found: Sequence[Any] = read().execute(ordered).all()
    return [Row(*row) for row in found]


def _ordered(query: S, row_id: Any, updated_at: Any, *, backwards: bool) -> S:
    if backwards:
        return query.order_by(updated_at, row_id)
    return query.order_by(updated_at.desc(), row_id.desc())
