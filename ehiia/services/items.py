"""An item of the evidence library: what it says, checking that, and its versions.

What is here runs in the caller's transaction, who made sure that the person may.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.domain import sources
from ehiia.services import organisations, uploads
from ehiia.services.transaction import Invalid, NotFound
from ehiia.services.uploads import Checked, NotAccepted, Upload
from ehiia.store.library import EvidenceItemRow, EvidenceVersion

__all__ = [
    "LENGTHS",
    "Entry",
    "EvidenceVersion",
    "checked",
    "differences",
    "entry_of",
    "group_labels",
    "kind_labels",
    "make",
    "make_version",
    "newest_of",
]

LENGTHS = {
    "title": 300,
    "publisher": 300,
    "year": 40,
    "place": 300,
    "shows": 4000,
    "link": 2000,
    "changed": 1000,
}
_NAMES = {
    "kind": "kind",
    "title": "title",
    "publisher": "publisher",
    "year": "date",
    "place": "place",
    "groups": "groups covered",
    "shows": "what it shows",
    "link": "link",
    "file_sha256": "file",
}


@dataclass(frozen=True)
class Entry:
    """What an item says, as it is entered. Only kind and title are needed to save it."""

    kind: str
    title: str
    publisher: str = ""
    year: str = ""
    """From when it is, as people say it: "2021", "2023/24", "March 2026"."""
    shows: str = ""
    place: str = ""
    groups: tuple[str, ...] = ()
    """Codes of the groups that it covers."""
    link: str = ""
    upload: Upload | None = None
    """A new file; without one the file of the version before stays."""
    drop_file: bool = False
    changed: str = ""
    """What changed since the version before."""


E = TypeVar("E", bound=Entry)


def kind_labels() -> dict[str, str]:
    """Return the labels of the kinds of evidence by id."""
    return {option.id: option.label for option in load.evidence_kinds()}


def group_labels(organisation_id: int, *, now: datetime, session: Session | None = None) -> dict[str, str]:
    """Return the labels of the groups that an item may cover: national ones and the organisation's own."""
    found = {group.code: group.label for group in load.groups()}
    for row in organisations.local_groups(organisation_id, today=day_of(now), session=session):
        found[row.code] = row.label
    return found


def newest_of(session: Session, item: EvidenceItemRow) -> EvidenceVersion:
    """Return what an item says now."""
    found = session.get(EvidenceVersion, (item.id, item.newest))
    if found is None:
        raise NotFound
    return found


def checked(entry: E, groups: dict[str, str], kept: tuple[str, ...] = ()) -> tuple[E, Checked | None]:
    """Return an entry trimmed, with its file checked; raises Invalid by field.

    ``groups``: labels of the groups that may be chosen; ``kept``: codes that were chosen before.
    """
    errors: dict[str, str] = {}
    given = replace(
        entry,
        **{name: getattr(entry, name).strip() for name in LENGTHS},
        groups=tuple(dict.fromkeys(entry.groups)),
    )
    if given.kind not in kind_labels():
        errors["kind"] = "Choose what kind of evidence it is"
    if not given.title:
        errors["title"] = "Enter a title, so that somebody else can find it"
    if given.link and not sources.is_link(given.link):
        errors["link"] = "Enter an address that begins with https:// or http://"
    if not set(given.groups) <= set(groups) | set(kept):
        errors["groups"] = "Choose groups from the list"
    for name, longest in LENGTHS.items():
        if len(getattr(given, name)) > longest:
            errors[name] = f"This must be {longest:,} characters or fewer"
    file = None
    if given.upload is not None:
        try:
            file = uploads.check(given.upload)
        except NotAccepted as refused:
            errors["upload"] = str(refused)
    if errors:
        raise Invalid(**errors)
    return given, file


def entry_of(version: EvidenceVersion) -> Entry:
    """Return a version as it would be entered."""
    return Entry(
        kind=version.kind,
        title=version.title,
        publisher=version.publisher,
        year=version.year,
        place=version.place,
        groups=tuple(version.groups),
        shows=version.shows,
        link=version.link,
    )


def differences(before: EvidenceVersion, after: Entry, sha256: str | None) -> tuple[str, ...]:
    """Return what is different, in words: "title", "what it shows"; nothing where it says the same."""
    now: dict[str, object] = {name: getattr(after, name) for name in _NAMES if name != "file_sha256"}
    was: dict[str, object] = {name: getattr(before, name) for name in _NAMES}
    was["groups"], now["file_sha256"] = tuple(before.groups), sha256
    return tuple(words for name, words in _NAMES.items() if was[name] != now[name])


def make(
    session: Session,
    organisation_id: int,
    entry: Entry,
    file: Checked | None,
    *,
    home_id: int | None,
    by: int,
    now: datetime,
) -> EvidenceItemRow:
    """Add an item with its first version in the caller's transaction, who made sure of the right."""
    item = EvidenceItemRow(
        organisation_id=organisation_id,
        home_id=home_id,
        newest=1,
        privileged=sources.privileged(entry.kind),
        by=by,
        at=now,
    )
    session.add(item)
    session.flush()
    sha256 = uploads.keep(session, file, by=by, now=now) if file else None
    _write(session, item, entry, sha256, file.name if file else "", by=by, now=now)
    return item


def make_version(
    session: Session, item: EvidenceItemRow, entry: Entry, file: Checked | None, *, by: int, now: datetime
) -> EvidenceVersion:
    """Add a version of an item in the caller's transaction; the same words make none.

    Raises Invalid where legal advice would become something else, or something else legal advice.
    """
    before = newest_of(session, item)
    if sources.privileged(entry.kind) is not item.privileged:
        raise Invalid(
            kind="Legal advice stays legal advice, and nothing else becomes it. Add a new item instead"
        )
    sha256, name = before.file_sha256, before.file_name
    if file is not None:
        sha256, name = uploads.keep(session, file, by=by, now=now), file.name
    elif entry.drop_file:
        sha256, name = None, ""
    different = differences(before, entry, sha256)
    if not different:
        return before
    changed = entry.changed or "Changed: " + ", ".join(different)
    item.newest += 1
    return _write(session, item, replace(entry, changed=changed), sha256, name, by=by, now=now)


def _write(
    session: Session,
    item: EvidenceItemRow,
    entry: Entry,
    sha256: str | None,
    name: str,
    *,
    by: int,
    now: datetime,
) -> EvidenceVersion:
    row = EvidenceVersion(
        item_id=item.id,
        number=item.newest,
        kind=entry.kind,
        title=entry.title,
        publisher=entry.publisher,
        year=entry.year,
        place=entry.place,
        groups=list(entry.groups),
        shows=entry.shows,
        link=entry.link,
        file_sha256=sha256,
        file_name=name,
        changed=entry.changed,
        by=by,
        at=now,
    )
    session.add(row)
    session.flush()
    return row
