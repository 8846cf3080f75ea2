"""Evidence: what an assessment uses of the library. Changing that counts as writing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.access import Actor
from ehiia.domain.vocabulary import Confidence, Permission
from ehiia.services import answering, items, library, people
from ehiia.services.items import Entry, kind_labels
from ehiia.services.library import Search
from ehiia.services.sight import Seen, see
from ehiia.services.transaction import Invalid, NotFound, Refused, Stale, read, transaction
from ehiia.services.uploads import Checked
from ehiia.store import evidence as queries
from ehiia.store.assessments import Assessment
from ehiia.store.library import CitationRow, EvidenceItemRow, EvidenceUse, EvidenceVersion

__all__ = [
    "EvidenceUse",
    "Source",
    "Used",
    "add",
    "change",
    "count_of",
    "kind_labels",
    "list_of",
    "move",
    "one_of",
    "take_out",
    "to_pick",
    "use",
]


@dataclass(frozen=True)
class Source(Entry):
    """A source as it is entered: what the library keeps of it, and what it is worth for this decision."""

    strength: Confidence | None = None
    shows_here: str = ""
    """What it shows for this decision, where that is more than it shows in general."""


@dataclass(frozen=True)
class Used:
    """A source that an assessment uses, at its version; ``number`` is how the assessment cites it."""

    id: int
    number: int
    item_id: int
    version: int
    newest: int
    retired_reason: str
    """Why it should not be used any more, or ""."""
    privileged: bool
    kind: str
    title: str
    publisher: str
    year: str
    place: str
    groups: tuple[str, ...]
    shows: str
    shows_here: str
    link: str
    file_name: str
    strength: Confidence | None
    revision: int

    @property
    def says(self) -> str:
        """What it shows for this decision; where that was not said, what it shows in general."""
        return self.shows_here or self.shows

    def source(self) -> Source:
        """Return it as it would be entered."""
        return Source(
            kind=self.kind,
            title=self.title,
            publisher=self.publisher,
            year=self.year,
            shows=self.shows,
            strength=self.strength,
            place=self.place,
            groups=self.groups,
            link=self.link,
            shows_here=self.shows_here,
        )


# -- reading -----------------------------------------------------------------------------------


def list_of(assessment_id: int, *, session: Session | None = None) -> list[Used]:
    """Return the sources that were not taken out, in the order they were added: one query."""
    rows = (session or read()).execute(queries.uses_of(assessment_id)).all()
    return [_used(number, *row) for number, row in enumerate(rows, start=1)]


def _used(number: int, use: EvidenceUse, version: EvidenceVersion, item: EvidenceItemRow) -> Used:
    return Used(
        id=use.id,
        number=number,
        item_id=item.id,
        version=version.number,
        newest=item.newest,
        retired_reason=item.retired_reason,
        privileged=item.privileged,
        kind=version.kind,
        title=version.title,
        publisher=version.publisher,
        year=version.year,
        place=version.place,
        groups=tuple(version.groups),
        shows=version.shows,
        shows_here=use.shows_here,
        link=version.link,
        file_name=version.file_name,
        strength=use.strength,
        revision=use.revision,
    )


def count_of(assessment_id: int) -> int:
    """Return how many sources there are."""
    return (
        read().scalar(
            select(func.count())
            .select_from(EvidenceUse)
            .where(EvidenceUse.assessment_id == assessment_id, EvidenceUse.taken_out_at.is_(None))
        )
        or 0
    )


def one_of(assessment_id: int, use_id: int, *, session: Session | None = None) -> Used:
    """Return a source of this assessment, or raise NotFound."""
    found = next((one for one in list_of(assessment_id, session=session) if one.id == use_id), None)
    if found is None:
        raise NotFound
    return found


def to_pick(assessment: Assessment, search: Search, *, actor: Actor, after: int = 0) -> library.Page:
    """Return the items of the library that the assessment may use and does not use yet."""
    used = {one.item_id for one in list_of(assessment.id)}
    page = library.find(assessment.organisation_id, search, actor=actor, after=after)
    return replace(page, rows=tuple(r for r in page.rows if r.id not in used and not r.privileged))


# -- writing -----------------------------------------------------------------------------------


def add(ref: str, source: Source, *, by: int, now: datetime) -> Used:
    """Add a source that is not in the library: it goes there, and this assessment uses it.

    Raises Invalid by field, NotAllowed where answers may not be changed.
    """
    assessment, given, file = _checked(ref, source, by=by, now=now)
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        latest = session.execute(
            queries.uses_of(assessment.id).order_by(None).order_by(EvidenceUse.id.desc()).limit(1)
        ).one_or_none()
        if latest is not None:
            row, version, item = latest
            newest_id = session.scalar(
                select(func.max(EvidenceUse.id)).where(EvidenceUse.assessment_id == assessment.id)
            )
            same = not items.differences(version, given, version.file_sha256)
            if (row.by, row.id) == (by, newest_id) and same and _judged(row) == _judged(given):
                return one_of(assessment.id, row.id, session=session)  # the form was sent twice
        item = items.make(
            session,
            seen.assessment.organisation_id,
            given,
            file,
            home_id=seen.assessment.id,
            by=by,
            now=now,
        )
        row = _start(session, seen.assessment, item, given, by, now)
        _wrote(session, seen, by, now, added=row.id)
        return one_of(assessment.id, row.id, session=session)


def use(
    ref: str,
    item_id: int,
    *,
    strength: Confidence | None,
    shows_here: str,
    by: int,
    now: datetime,
) -> Used:
    """Use an item of the library at its newest version. Using it again is harmless.

    Raises NotFound where the person may not know of the item, Refused where it was retired or is legal
    advice of another assessment, Invalid.
    """
    _short(shows_here)
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        item = library.see_item(item_id, actor=seen.actor, session=session)
        if item.organisation_id != seen.assessment.organisation_id:
            raise NotFound
        known = session.scalar(
            select(EvidenceUse).where(
                EvidenceUse.assessment_id == seen.assessment.id,
                EvidenceUse.item_id == item_id,
                EvidenceUse.taken_out_at.is_(None),
            )
        )
        if known is None:
            if item.retired_at is not None:
                raise Refused("This item was retired, so it cannot be chosen any more.")
            if item.privileged and item.home_id != seen.assessment.id:
                raise Refused("Legal advice stays with the assessment that it was given for.")
            given = Source("", "", strength=strength, shows_here=shows_here)
            known = _start(session, seen.assessment, item, given, by, now)
            _wrote(session, seen, by, now, added=known.id)
        return one_of(seen.assessment.id, known.id, session=session)


def change(ref: str, use_id: int, source: Source, *, revision: int, by: int, now: datetime) -> Used:
    """Change a source: other words are a new version of the item, which this assessment then uses.

    Raises Stale where somebody else changed it meanwhile, Invalid by field; Invalid too where the item
    has a newer version, which the assessment must move to first.
    """
    assessment, given, file = _checked(ref, source, by=by, now=now, use_id=use_id)
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        row, item = _row(session, assessment.id, use_id)
        used_version = session.get_one(EvidenceVersion, (item.id, row.version_no))
        if row.revision != revision:
            same = file is None and not items.differences(used_version, given, used_version.file_sha256)
            if same and (row.by, _judged(row)) == (by, _judged(given)):
                return one_of(assessment.id, use_id, session=session)  # the form was sent twice
            raise Stale
        sha256 = None if given.drop_file else used_version.file_sha256
        if file is not None or items.differences(used_version, given, sha256):
            if row.version_no != item.newest:
                raise Invalid(
                    title="The library has a newer version of this item. Move to it first, then change it"
                )
            row.version_no = items.make_version(session, item, given, file, by=by, now=now).number
        row.strength, row.shows_here = given.strength, given.shows_here
        _changed(session, seen, row, by, now)
        return one_of(assessment.id, use_id, session=session)


def move(ref: str, use_id: int, *, revision: int, by: int, now: datetime) -> None:
    """Move to the newest version of the item; what cites it here then cites that. Raises Stale."""
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        row, item = _row(session, seen.assessment.id, use_id)
        if row.version_no == item.newest:
            return
        if row.revision != revision:
            raise Stale
        row.version_no = item.newest
        _changed(session, seen, row, by, now)


def take_out(ref: str, use_id: int, *, by: int, now: datetime) -> None:
    """Take a source out of this assessment, with its citations; the item stays in the library."""
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        row, _ = _row(session, seen.assessment.id, use_id)
        session.execute(delete(CitationRow).where(CitationRow.use_id == use_id))
        row.taken_out_at = now
        row.revision += 1
        row.by, row.at = by, now
        _wrote(session, seen, by, now, taken_out=row.id)


def _checked(
    ref: str, source: Source, *, by: int, now: datetime, use_id: int = 0
) -> tuple[Assessment, Source, Checked | None]:
    """Check what was entered before the transaction, because scanning a file takes its time."""
    session = read()
    try:
        seen = _seen(session, ref, by, now, lock=False)
        before = one_of(seen.assessment.id, use_id, session=session).groups if use_id else ()
        groups = items.group_labels(seen.assessment.organisation_id, now=now, session=session)
        _short(source.shows_here)
        given, file = items.checked(source, groups, before)
        return seen.assessment, replace(given, shows_here=source.shows_here.strip()), file
    finally:
        session.rollback()


def _short(shows_here: str) -> None:
    if len(shows_here.strip()) > items.LENGTHS["shows"]:
        raise Invalid(shows_here=f"This must be {items.LENGTHS['shows']:,} characters or fewer")


def _judged(one: Source | EvidenceUse) -> tuple[Confidence | None, str]:
    return one.strength, one.shows_here


def _start(
    session: Session, assessment: Assessment, item: EvidenceItemRow, given: Source, by: int, now: datetime
) -> EvidenceUse:
    row = EvidenceUse(
        organisation_id=assessment.organisation_id,
        assessment_id=assessment.id,
        item_id=item.id,
        version_no=item.newest,
        strength=given.strength,
        shows_here=given.shows_here.strip(),
        by=by,
        at=now,
    )
    session.add(row)
    session.flush()
    return row


def _row(session: Session, assessment_id: int, use_id: int) -> tuple[EvidenceUse, EvidenceItemRow]:
    row = session.get(EvidenceUse, use_id, populate_existing=True)
    if row is None or row.assessment_id != assessment_id or row.taken_out_at is not None:
        raise NotFound
    item = session.scalars(
        select(EvidenceItemRow)
        .where(EvidenceItemRow.id == row.item_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return row, item


def _seen(session: Session, ref: str, by: int, now: datetime, *, lock: bool) -> Seen:
    actor = people.actor_of(by, today=day_of(now), session=session)
    return see(ref, Permission.WRITE, actor=actor, session=session, lock=lock)


def _writing(session: Session, ref: str, by: int, now: datetime) -> Seen:
    return _seen(session, ref, by, now, lock=True)


def _changed(session: Session, seen: Seen, row: EvidenceUse, by: int, now: datetime) -> None:
    row.revision += 1
    row.by, row.at = by, now
    _wrote(session, seen, by, now, changed=row.id)


def _wrote(session: Session, seen: Seen, by: int, now: datetime, **what: int) -> None:
    session.flush()
    answering.changed_answers(session, seen.assessment, by=by, now=now, what={"evidence": what})
    answering.recount(session, seen.assessment)
