"""Progress notes of a mitigating action: what was done so far, with a file that shows it. Only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from ehiia.domain.access import ENDED, Actor
from ehiia.domain.vocabulary import Permission, Stage
from ehiia.services import moves, uploads
from ehiia.services.mitigation_sight import opened, see_one
from ehiia.services.transaction import Invalid, NotFound, Refused, note_on, read, transaction
from ehiia.services.uploads import NotAccepted, Upload
from ehiia.store.answers import StoredFile
from ehiia.store.people import Person
from ehiia.store.promised import ProgressNote

__all__ = ["Note", "add", "file_of", "notes_of"]

LONGEST = 4000
TWICE = timedelta(minutes=1)
"""The same words of the same person within so long are one form that was sent twice."""


@dataclass(frozen=True)
class Note:
    """A progress note as it is shown. ``at`` is in UTC; ``file_name`` is "" where there is no file."""

    id: int
    text: str
    by: str
    at: datetime
    file_name: str


def notes_of(mitigation_id: int, *, outside: str = "", limit: int = 200) -> list[Note]:
    """Return the progress notes of an action, newest first; ``outside``: just of this owner outside."""
    query = (
        select(ProgressNote, Person.name)
        .outerjoin(Person, Person.id == ProgressNote.by)
        .where(ProgressNote.mitigation_id == mitigation_id)
        .order_by(ProgressNote.id.desc())
        .limit(limit)
    )
    if outside:
        query = query.where(ProgressNote.by.is_(None), ProgressNote.name == outside)
    rows = read().execute(query)
    return [Note(row.id, row.text, name or row.name, row.at, row.file_name) for row, name in rows]


def add(
    mitigation_ref: str,
    *,
    text: str,
    proof: Upload | None = None,
    by: int | None,
    named: str = "",
    now: datetime,
) -> None:
    """Note what was done so far, as owner, author or director; ``by`` None: the owner outside, ``named``.

    A file from outside is kept in the name of whoever promised the action. Raises Invalid by field (text,
    proof), NotAllowed, NotFound, Refused where the assessment has ended.
    """
    text, named = text.strip(), named.strip()
    errors = {}
    if not text:
        errors["text"] = "Say what was done, or what holds it up"
    elif len(text) > LONGEST:
        errors["text"] = f"This must be {LONGEST:,} characters or fewer"
    checked = None
    if proof is not None:
        try:
            checked = uploads.check(proof)
        except NotAccepted as error:
            errors["proof"] = str(error)
    if errors:
        raise Invalid(**errors)
    with transaction() as session:
        assessment, row = opened(session, mitigation_ref, Permission.CLAIM, by=by, named=named, now=now)
        if assessment.stage in ENDED - {Stage.CLOSED}:
            raise Refused(f"The assessment is “{assessment.stage.label}”, so its actions have ended too.")
        # kept only now: whoever may note nothing leaves no file
        sha256 = uploads.keep(session, checked, by=by or row.by, now=now) if checked else None
        newest = session.scalar(
            select(ProgressNote)
            .where(ProgressNote.mitigation_id == row.id)
            .order_by(ProgressNote.id.desc())
            .limit(1)
        )
        said = (text, sha256, by)
        if newest and (newest.text, newest.file_sha256, newest.by) == said and now - newest.at < TWICE:
            return  # the form was sent twice
        session.add(
            ProgressNote(
                organisation_id=row.organisation_id,
                mitigation_id=row.id,
                text=text,
                file_sha256=sha256,
                file_name=checked.name if checked else "",
                by=by,
                name=named if by is None else "",
                at=now,
            )
        )
        moves.touch(assessment, now)
        note_on(
            session,
            assessment,
            "mitigation_progress",
            by=by,
            at=now,
            mitigation=row.ref,
            note=text,
            named=named,
        )


def file_of(mitigation_ref: str, note_id: int, *, actor: Actor) -> tuple[str, str, bytes]:
    """Return the file of a progress note: name, media type and bytes. Raises NotFound, NotAllowed."""
    _, row = see_one(mitigation_ref, actor=actor)
    found = (
        read()
        .execute(
            select(ProgressNote.file_name, StoredFile)
            .join(StoredFile, StoredFile.sha256 == ProgressNote.file_sha256)
            .where(ProgressNote.id == note_id, ProgressNote.mitigation_id == row.id)
        )
        .one_or_none()
    )
    if found is None:
        raise NotFound
    name, file = found
    return name or "evidence", file.media_type, uploads.content_of(file.sha256)
