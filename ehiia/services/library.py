"""The evidence library of an organisation: finding an item, adding one, a new version, retiring it.

A change is a new version; what an assessment uses stays as it was until its
authors move to the new one. Who may know of an item is said in ``store.evidence``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import sources
from ehiia.domain.access import Actor, may_in
from ehiia.domain.vocabulary import Permission, Stage
from ehiia.services import people, uploads
from ehiia.services.items import (
    Entry,
    checked,
    differences,
    entry_of,
    group_labels,
    kind_labels,
    make,
    make_version,
    newest_of,
)
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, note, read, transaction
from ehiia.store import evidence as queries
from ehiia.store.evidence import Search
from ehiia.store.library import EvidenceItemRow, EvidenceVersion
from ehiia.store.people import Person

__all__ = [
    "Entry",
    "Item",
    "Row",
    "Search",
    "UsedIn",
    "Version",
    "add",
    "bring_back",
    "change",
    "entry_of",
    "file_of",
    "find",
    "group_labels",
    "kind_labels",
    "one",
    "retire",
]

PAGE = 25


@dataclass(frozen=True)
class Row:
    """An item in a list, as its newest version says."""

    id: int
    kind: str
    title: str
    publisher: str
    year: str
    place: str
    groups: tuple[str, ...]
    shows: str
    version: int
    has_file: bool
    has_link: bool
    retired: bool
    privileged: bool


@dataclass(frozen=True)
class Page:
    """A page of the library, newest item first. ``after``: the key of the next page, or 0."""

    rows: tuple[Row, ...]
    after: int


@dataclass(frozen=True)
class Version:
    """A version of an item, with who wrote it."""

    number: int
    said: EvidenceVersion
    by: str


@dataclass(frozen=True)
class UsedIn:
    """An assessment that uses an item, and at which version."""

    ref: str
    title: str
    stage: Stage
    version: int


@dataclass(frozen=True)
class Item:
    """An item with its versions, newest first, and the assessments that use it and that one may read."""

    row: EvidenceItemRow
    newest: EvidenceVersion
    versions: tuple[Version, ...]
    used_in: tuple[UsedIn, ...]
    may_change: bool
    may_retire: bool


# -- reading -----------------------------------------------------------------------------------


def find(organisation_id: int, search: Search, *, actor: Actor, after: int = 0, limit: int = PAGE) -> Page:
    """Return the items that the person may know of and that fit the search."""
    query = queries.newest().where(queries.seen_by(organisation_id, actor), queries.matching(search))
    if after:
        query = query.where(EvidenceItemRow.id < after)
    found = read().execute(query.order_by(EvidenceItemRow.id.desc()).limit(limit + 1)).all()
    rows = tuple(_row(item, version) for item, version in found[:limit])
    return Page(rows, rows[-1].id if len(found) > limit else 0)


def _row(item: EvidenceItemRow, version: EvidenceVersion) -> Row:
    return Row(
        id=item.id,
        kind=version.kind,
        title=version.title,
        publisher=version.publisher,
        year=version.year,
        place=version.place,
        groups=tuple(version.groups),
        shows=version.shows,
        version=version.number,
        has_file=version.file_sha256 is not None,
        has_link=bool(version.link),
        retired=item.retired_at is not None,
        privileged=item.privileged,
    )


def see_item(
    item_id: int, *, actor: Actor, session: Session | None = None, lock: bool = False
) -> EvidenceItemRow:
    """Return an item that the person may know of, or raise NotFound."""
    session = session or read()
    organisation_id = session.scalar(
        select(EvidenceItemRow.organisation_id).where(EvidenceItemRow.id == item_id)
    )
    if organisation_id is None or not actor.active:
        raise NotFound
    query = select(EvidenceItemRow).where(
        EvidenceItemRow.id == item_id, queries.seen_by(organisation_id, actor, own_practice=True)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFound
    return row


def one(item_id: int, *, actor: Actor) -> Item:
    """Return an item with its versions and the assessments that use it. Raises NotFound."""
    row, session = see_item(item_id, actor=actor), read()
    versions = [
        Version(version.number, version, name)
        for version, name in session.execute(
            select(EvidenceVersion, Person.name)
            .join(Person, Person.id == EvidenceVersion.by)
            .where(EvidenceVersion.item_id == item_id)
            .order_by(EvidenceVersion.number.desc())
        )
    ]
    used = session.execute(queries.uses_seen(item_id, row.organisation_id, actor)).all()
    return Item(
        row=row,
        newest=versions[0].said,
        versions=tuple(versions),
        used_in=tuple(UsedIn(a.ref, a.title, a.stage, use.version_no) for a, use in used),
        may_change=bool(_may_change(row, actor)),
        may_retire=bool(_may_change(row, actor)),
    )


def file_of(item_id: int, number: int, *, actor: Actor) -> tuple[str, bytes]:
    """Return name and bytes of the file of a version. Raises NotFound where the item may not be known."""
    see_item(item_id, actor=actor)
    version = read().get(EvidenceVersion, (item_id, number))
    if version is None or version.file_sha256 is None:
        raise NotFound
    return version.file_name or "evidence", uploads.content_of(version.file_sha256)


# -- writing -----------------------------------------------------------------------------------


def _may_keep(actor: Actor, organisation_id: int) -> None:
    ruling = may_in(actor, Permission.KEEP_LIBRARY, organisation_id)
    if not ruling:
        raise NotAllowed(ruling.reason)


def _may_change(row: EvidenceItemRow, actor: Actor) -> bool:
    return row.by == actor.person_id or bool(may_in(actor, Permission.KEEP_LIBRARY, row.organisation_id))


def add(organisation_id: int, entry: Entry, *, by: int, now: datetime) -> EvidenceItemRow:
    """Add an item to the library itself. Raises Invalid by field, NotAllowed."""
    given, file = checked(entry, group_labels(organisation_id, now=now))
    if sources.privileged(given.kind):
        raise Invalid(kind="Add legal advice in the assessment that it is about: it is not shown elsewhere")
    with transaction() as session:
        _may_keep(people.actor_of(by, today=day_of(now), session=session), organisation_id)
        latest = session.execute(
            queries.newest()
            .where(EvidenceItemRow.organisation_id == organisation_id)
            .order_by(EvidenceItemRow.id.desc())
            .limit(1)
        ).one_or_none()
        if latest is not None:
            item, version = latest
            again = (item.by, item.home_id, item.newest) == (by, None, 1)
            if again and not differences(version, given, version.file_sha256):
                return item  # the form was sent twice
        item = make(session, organisation_id, given, file, home_id=None, by=by, now=now)
        _note(session, item, "evidence_added", by, now, title=given.title)
    return item


def change(item_id: int, entry: Entry, *, newest: int, by: int, now: datetime) -> EvidenceItemRow:
    """Write a new version of an item. ``newest``: the version that the page was made from.

    Raises Stale where somebody wrote a newer one meanwhile, Invalid by field, NotFound, NotAllowed.
    """
    session = read()
    actor = people.actor_of(by, today=day_of(now), session=session)
    row = see_item(item_id, actor=actor, session=session)
    before = newest_of(session, row)
    given, file = checked(
        entry, group_labels(row.organisation_id, now=now, session=session), tuple(before.groups)
    )
    session.rollback()
    with transaction() as session:
        item = _mine(session, item_id, by, now)
        if item.retired_at is not None:
            raise Refused("This item was retired. Bring it back before you change it.")
        before = newest_of(session, item)
        if item.newest != newest:
            if (
                item.newest == newest + 1
                and before.by == by
                and not differences(before, given, before.file_sha256)
            ):
                return item  # the form was sent twice
            raise Stale
        if not given.changed and differences(before, given, before.file_sha256 if file is None else ""):
            raise Invalid(changed="Say what changed, for those who rely on it")
        version = make_version(session, item, given, file, by=by, now=now)
        if version.number != newest:
            _note(session, item, "evidence_changed", by, now, title=version.title, version=version.number)
    return item


def retire(item_id: int, *, reason: str, by: int, now: datetime) -> None:
    """Retire an item: it is not offered any more; who uses it is told on their page. Raises Invalid."""
    reason = reason.strip()
    if not reason:
        raise Invalid(reason="Say why it should not be used any more")
    if len(reason) > 1000:
        raise Invalid(reason="This must be 1,000 characters or fewer")
    with transaction() as session:
        item = _mine(session, item_id, by, now)
        if item.retired_at is not None:
            return  # retired already
        item.retired_at, item.retired_by, item.retired_reason = now, by, reason
        _note(session, item, "evidence_retired", by, now, title=newest_of(session, item).title)


def bring_back(item_id: int, *, by: int, now: datetime) -> None:
    """Offer a retired item again."""
    with transaction() as session:
        item = _mine(session, item_id, by, now)
        if item.retired_at is None:
            return
        item.retired_at, item.retired_by, item.retired_reason = None, None, ""
        _note(session, item, "evidence_brought_back", by, now, title=newest_of(session, item).title)


def _mine(session: Session, item_id: int, by: int, now: datetime) -> EvidenceItemRow:
    actor = people.actor_of(by, today=day_of(now), session=session)
    item = see_item(item_id, actor=actor, session=session, lock=True)
    if not _may_change(item, actor):
        raise NotAllowed(f"Your posts do not allow you to {Permission.KEEP_LIBRARY.label}.")
    return item


def _note(session: Session, item: EvidenceItemRow, verb: str, by: int, now: datetime, **what: object) -> None:
    # an item of an assessment may be known to few, so what it is called stays out of the history of all
    if item.home_id is not None:
        what.pop("title", None)
    note(
        session,
        verb,
        organisation_id=item.organisation_id,
        subject=f"evidence:{item.id}",
        by=by,
        at=now,
        **what,
    )
