"""The register: the assessments a person knows of, newest change first, with filters and prefix search.

Pages follow each other by the key (updated_at, id), never by counting rows off;
counting stops at "more than 1,000". A page is one query for its rows, however
many assessments there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
    union_all,
)

from ehiia.domain.access import Actor
from ehiia.domain.vocabulary import ProposalKind, Role, Stage
from ehiia.services.transaction import read
from ehiia.store.assessments import Assessment, AssessmentPlace
from ehiia.store.base import UTCDateTime
from ehiia.store.people import Person
from ehiia.store.reviews import approval_stale
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
    stale: bool = False
    """Only those of which what was approved was changed since."""
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
    stale: bool
    """What was approved was changed since."""


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
    shape, given = _asked(actor, organisation_id, filters, ref_prefix, shared=shared, today=today)
    if start is not None:
        given |= {"start_at": start[0], "start_id": start[1]}
    query = _rows_query(shape, start is not None, backwards)
    found = [Row(*row) for row in read().execute(query, given | {"limit": limit + 1})]
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
    shape, given = _asked(actor, organisation_id, filters, ref_prefix, shared=shared, today=today)
    return read().scalar(_count_query(shape), given | {"limit": COUNTED + 1}) or 0


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


# -- queries -----------------------------------------------------------------------------------
# A query is built once for each combination of filters and run with what is looked for: building
# one takes longer than running it.


class _By(Enum):
    """A filter that is in use."""

    STAGE = "stage"
    KIND = "kind"
    PLACE = "place"
    OVERDUE = "overdue"
    STALE = "stale"
    MINE = "mine"
    TITLE = "title"
    REF = "ref"


@dataclass(frozen=True)
class _Shape:
    """What decides how a query is built. ``shared``: of other organisations."""

    holds_post: bool
    shared: bool
    by: frozenset[_By]


_ORGANISATION, _PERSON, _LIMIT = (bindparam(name, type_=Integer) for name in ("here", "person", "limit"))
_POSTS = bindparam("posts", type_=Integer, expanding=True)
_START = tuple_(bindparam("start_at", type_=UTCDateTime()), bindparam("start_id", type_=Integer))


def _asked(
    actor: Actor, organisation_id: int, filters: Filters, ref_prefix: str, *, shared: bool, today: date
) -> tuple[_Shape, dict[str, Any]]:
    """Return how the query is built, and with what it is run."""
    words, ref = _beginnings(filters.words, ref_prefix)
    looked_for: dict[_By, Any] = {
        _By.STAGE: filters.stage,
        _By.KIND: filters.kind,
        _By.PLACE: filters.place_id,
        _By.OVERDUE: today if filters.review_overdue else None,
        _By.STALE: filters.stale or None,
        _By.MINE: filters.mine or None,
        _By.TITLE: words,
        _By.REF: ref,
    }
    used = {by: value for by, value in looked_for.items() if value is not None}
    given: dict[str, Any] = {by.value: value for by, value in used.items() if by not in (_By.MINE, _By.STALE)}
    if shared:
        given |= {"person": actor.person_id, "posts": sorted(actor.roles)}
    else:
        given |= {"person": actor.person_id, "here": organisation_id}
    return _Shape(bool(actor.roles.get(organisation_id)), shared, frozenset(used)), given


def _beginnings(words: str, ref_prefix: str) -> tuple[str | None, str | None]:
    """Return patterns for the beginning of a title, and of a reference, whose prefix may be left out."""
    typed = " ".join(words.replace("\0", " ").split())  # PostgreSQL keeps no NUL
    if not typed:
        return None, None
    ref = typed.upper()
    if ref[:1].isdigit() and ref_prefix:
        ref = f"{ref_prefix}-{ref}"
    elif " " in ref:
        return _pattern(typed.casefold()), None
    return _pattern(typed.casefold()), _pattern(ref)


def _pattern(beginning: str) -> str:
    return re.sub(r"([/%_])", r"/\1", beginning) + "%"


def _parts(shape: _Shape) -> Sequence[ColumnElement[bool]]:
    if shape.shared:
        return (shared_with(_PERSON, _POSTS),)
    return known_by_index(_ORGANISATION, _PERSON, holds_post=shape.holds_post)


def _matching(by: frozenset[_By]) -> list[ColumnElement[bool]]:
    here = Assessment
    touched = select(AssessmentPlace.assessment_id).where(AssessmentPlace.place_id == bindparam("place"))
    predicates: dict[_By, Callable[[], ColumnElement[bool]]] = {
        _By.STAGE: lambda: here.stage == bindparam("stage"),
        _By.KIND: lambda: here.kind == bindparam("kind"),
        _By.PLACE: lambda: here.id.in_(touched),
        _By.OVERDUE: lambda: and_(here.stage == Stage.IN_FORCE, here.review_due_on < bindparam("overdue")),
        _By.STALE: approval_stale,
        _By.MINE: lambda: here.id.in_(taking_part(_PERSON)),
    }
    wanted = [make() for name, make in predicates.items() if name in by]
    title = here.title_folded.like(bindparam("title"), escape="/")
    if _By.REF in by:
        wanted.append(or_(title, here.ref.like(bindparam("ref"), escape="/")))
    elif _By.TITLE in by:
        wanted.append(title)
    return wanted


@lru_cache(maxsize=256)
def _count_query(shape: _Shape) -> Select[int]:
    matching = _matching(shape.by)
    parts = [select(Assessment.id).where(part, *matching).limit(_LIMIT).subquery() for part in _parts(shape)]
    together = union_all(*(select(part.c.id) for part in parts)).limit(_LIMIT).subquery()
    return select(func.count()).select_from(together)


@lru_cache(maxsize=256)
def _rows_query(shape: _Shape, started: bool, backwards: bool) -> Select[*tuple[Any, ...]]:
    """Read each part through its index, then merge: the database looks at hardly more rows than are shown."""
    columns = (Assessment.id, Assessment.updated_at)
    matching = _matching(shape.by)
    newest = []
    for part in _parts(shape):
        some = select(*columns).where(part, *matching).limit(_LIMIT)
        if started:
            key = tuple_(Assessment.updated_at, Assessment.id)
            some = some.where(key > _START if backwards else key < _START)
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
            approval_stale(),
        )
        .join(ids, ids.c.id == Assessment.id)
        .join(Person, Person.id == Assessment.created_by)
        .limit(_LIMIT)
    )
    return _ordered(query, Assessment.id, Assessment.updated_at, backwards=backwards)


def _ordered(query: S, row_id: Any, updated_at: Any, *, backwards: bool) -> S:
    if backwards:
        return query.order_by(updated_at, row_id)
    return query.order_by(updated_at.desc(), row_id.desc())
