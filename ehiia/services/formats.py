"""Other ways of reading an assessment that is published: Easy Read, translations, British Sign Language.

They are kept beside the editions and belong to none of them: the public is shown them with the newest one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import sources
from ehiia.domain.publishing import FormatKind, FormatState
from ehiia.domain.vocabulary import Permission
from ehiia.services import people, uploads
from ehiia.services.sight import Seen, see
from ehiia.services.transaction import Invalid, NotFound, Stale, note_on, read, transaction
from ehiia.services.uploads import Checked, NotAccepted, Upload
from ehiia.store.assessments import Assessment
from ehiia.store.people import Person
from ehiia.store.publications import Format

__all__ = ["Given", "Kept", "add", "change", "file_of", "kept", "one_of", "remove"]

LONGEST = 300


@dataclass(frozen=True)
class Given:
    """What somebody says of a format."""

    kind: FormatKind
    state: FormatState
    language: str = ""
    """Of a translation: its name in English."""
    link: str = ""
    upload: Upload | None = None
    drop_file: bool = False


@dataclass(frozen=True)
class Kept:
    """A format that is kept."""

    row: Format
    by: str
    """Who said so last."""

    @property
    def name(self) -> str:
        """Return what it is called: "Translation: Polish"."""
        return _name(self.row)


def _name(row: Format | Given) -> str:
    return row.kind.label + (f": {row.language}" if row.language else "")


# -- reading --------------------------------------------------------------------------------------------


def kept(seen: Seen) -> list[Kept]:
    """Return the formats of an assessment, in the order in which they were asked for: one query."""
    rows = read().execute(
        select(Format, Person.name)
        .join(Person, Person.id == Format.by)
        .where(Format.assessment_id == seen.assessment.id)
        .order_by(Format.id)
        .execution_options(populate_existing=True)
    )
    return [Kept(row, name) for row, name in rows]


def one_of(seen: Seen, format_id: int) -> Kept:
    """Return one of them. Raises NotFound."""
    for one in kept(seen):
        if one.row.id == format_id:
            return one
    raise NotFound


def file_of(seen: Seen, format_id: int) -> tuple[str, bytes]:
    """Return name and bytes of its file. Raises NotFound where there is none."""
    row = one_of(seen, format_id).row
    if row.file_sha256 is None:
        raise NotFound
    return row.file_name, uploads.content_of(row.file_sha256)


# -- keeping --------------------------------------------------------------------------------------------


def add(ref: str, given: Given, *, by: int, now: datetime) -> None:
    """Add a format; the same again is nothing to do.

    Raises Invalid by field, NotAllowed, NotFound.
    """
    given, file = _checked(given)
    with transaction() as session:
        assessment = _locked(session, ref, by, now)
        row = _alike(session, assessment, given)
        if row is not None:
            if _says(row) == _wanted(row, given, file):
                return  # the form was sent twice
            raise Invalid(kind="There is one already: change that one")
        row = Format(
            organisation_id=assessment.organisation_id,
            assessment_id=assessment.id,
            kind=given.kind,
            link="",
            file_sha256=None,
            file_name="",
        )
        _write(session, row, given, file, by=by, now=now)
        session.add(row)
        _noted(session, assessment, "format_added", row, by, now)


def change(ref: str, format_id: int, given: Given, *, revision: int, by: int, now: datetime) -> None:
    """Change a format. Raises as ``add``, and Stale where somebody changed it meanwhile."""
    given, file = _checked(given)
    with transaction() as session:
        assessment = _locked(session, ref, by, now)
        row = _row(session, assessment, format_id)
        if row is None:
            raise NotFound
        if _says(row) == _wanted(row, given, file):
            return
        if row.revision != revision:
            raise Stale
        if _alike(session, assessment, given) not in (None, row):
            raise Invalid(kind="There is one already: change that one")
        _write(session, row, given, file, by=by, now=now)
        row.revision += 1
        _noted(session, assessment, "format_changed", row, by, now)


def remove(ref: str, format_id: int, *, by: int, now: datetime) -> None:
    """Remove a format; one that is gone already is nothing to do. Raises NotAllowed, NotFound."""
    with transaction() as session:
        assessment = _locked(session, ref, by, now)
        row = _row(session, assessment, format_id)
        if row is not None:
            session.delete(row)
            _noted(session, assessment, "format_removed", row, by, now)


def _locked(session: Session, ref: str, by: int, now: datetime) -> Assessment:
    actor = people.actor_of(by, today=day_of(now), session=session)
    return see(ref, Permission.PUBLISH, actor=actor, session=session, lock=True).assessment


def _row(session: Session, assessment: Assessment, format_id: int) -> Format | None:
    return session.scalar(
        select(Format)
        .where(Format.id == format_id, Format.assessment_id == assessment.id)
        .execution_options(populate_existing=True)
    )


def _alike(session: Session, assessment: Assessment, given: Given) -> Format | None:
    """Return the format of this kind and language: there is one of each."""
    here = session.scalars(
        select(Format).where(Format.assessment_id == assessment.id, Format.kind == given.kind)
    )
    return next((one for one in here if one.language.casefold() == given.language.casefold()), None)


def _checked(given: Given) -> tuple[Given, Checked | None]:
    """Return it trimmed, with its file checked. Raises Invalid by field."""
    language = " ".join(given.language.split()) if given.kind is FormatKind.TRANSLATION else ""
    given = replace(given, language=language, link=given.link.strip())
    errors = {}
    if given.kind is FormatKind.TRANSLATION and not given.language:
        errors["language"] = "Enter the language of the translation"
    if given.link and not sources.is_link(given.link):
        errors["link"] = "Enter an address that begins with https:// or http://"
    for name in ("language", "link"):
        if len(getattr(given, name)) > LONGEST:
            errors[name] = f"This must be {LONGEST} characters or fewer"
    file = None
    if given.upload is not None:
        if given.kind is FormatKind.BSL:
            errors["upload"] = "Give the address of the video: videos are not kept here"
        elif given.link:
            errors["upload"] = "Give an address or a file, not both"
        else:
            try:
                file = uploads.check(given.upload)
            except NotAccepted as refused:
                errors["upload"] = str(refused)
    if errors:
        raise Invalid(**errors)
    return given, file


def _says(row: Format) -> tuple[object, ...]:
    return row.kind, row.language, row.state, row.link, row.file_sha256


def _wanted(row: Format, given: Given, file: Checked | None) -> tuple[object, ...]:
    sha256 = hashlib.sha256(file.data).hexdigest() if file else _file_now(row, given)[0]
    return given.kind, given.language, given.state, given.link, sha256


def _file_now(row: Format, given: Given) -> tuple[str | None, str]:
    """Return the file that stays where no other is given: none beside an address, and none of a video."""
    goes = given.drop_file or given.link or given.kind is FormatKind.BSL
    return (None, "") if goes else (row.file_sha256, row.file_name)


def _write(
    session: Session, row: Format, given: Given, file: Checked | None, *, by: int, now: datetime
) -> None:
    sha256, name = _file_now(row, given)
    if file is not None:
        sha256, name = uploads.keep(session, file, by=by, now=now), file.name
    if given.state is FormatState.THERE and not (sha256 or given.link):
        raise Invalid(state="Give the address or the file before you say that it is there")
    row.kind, row.language, row.state, row.link = given.kind, given.language, given.state, given.link
    row.file_sha256, row.file_name = sha256, name
    row.by, row.at = by, now


def _noted(session: Session, assessment: Assessment, verb: str, row: Format, by: int, now: datetime) -> None:
    note_on(session, assessment, verb, by=by, at=now, format=_name(row), state=row.state.label)
