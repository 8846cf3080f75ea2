"""What was made with a key that somebody else may have, and who of the organisation looked at it since.

Which key a step of a file was made with is not in its row: it is the newest of its purpose that was there
when the step was made, because a key that takes the place of another is in force at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, String, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from ehiia.domain.vocabulary import FileStep
from ehiia.store.assessments import Assessment
from ehiia.store.base import Base, Long, Moment
from ehiia.store.decisions import RecordFile, RecordRow
from ehiia.store.packs import PackRow, ReportRow
from ehiia.store.people import Person, SigningKey
from ehiia.store.publications import Edition, EditionFile

ROOT, SEAL, CLOCK = "root", "seal", "clock"


class KeyLook(Base):
    """An administrator looked at a file that was made with a key after it had leaked; insert-only."""

    __tablename__ = "key_look"

    signing_key_id: Mapped[int] = mapped_column(ForeignKey("signing_key.id"), primary_key=True)
    ref: Mapped[str] = mapped_column(String(48), primary_key=True)
    """Of the record, the edition or the audit report."""
    found: Mapped[Long]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class Leak(NamedTuple):
    """A key that somebody else may have ``since`` a moment; it was used from ``begins`` until ``ends``."""

    key_id: int
    purpose: str
    since: datetime
    begins: datetime
    ends: datetime | None

    def made(self, purpose: str, at: datetime) -> bool:
        """Say whether what was made for a purpose at a moment (UTC) may have been made with this key."""
        return purpose == self.purpose and self.begins <= at and (self.ends is None or at <= self.ends)


def leaks(session: Session, organisation_id: int) -> tuple[Leak, ...]:
    """Return the keys of an organisation that somebody else may have, oldest first: one query."""
    rows = session.execute(
        select(
            SigningKey.id, SigningKey.purpose, SigningKey.made_at, SigningKey.revoked_at, SigningKey.leaked
        )
        .where(SigningKey.organisation_id == organisation_id, SigningKey.purpose.in_((ROOT, SEAL, CLOCK)))
        .order_by(SigningKey.purpose, SigningKey.id)
    ).all()
    return tuple(
        Leak(
            row.id,
            row.purpose,
            row.revoked_at,
            row.made_at,
            after.made_at if after is not None and after.purpose == row.purpose else None,
        )
        for row, after in pairwise([*rows, None])
        if row is not None and row.leaked
    )


def purposes_of(file: RecordFile | EditionFile) -> tuple[str, ...]:
    """Return for what purposes keys made a step of a file; of an edition's no row says whose its time is."""
    if isinstance(file, EditionFile):
        return (SEAL, CLOCK) if file.step == 1 else (CLOCK,)
    if file.kind in (FileStep.CLOSING.value, FileStep.RENEWAL.value):
        return () if file.timed_by else (CLOCK,)
    return (SEAL,) if file.step == 1 else (ROOT,)


class Made(NamedTuple):
    """A step of a file, or a whole one, that was made with a key after it had leaked."""

    ref: str
    kind: str
    """record, edition or report."""
    at: datetime
    key_id: int
    assessment: Assessment | None
    """None of an audit report."""


def made_since(
    session: Session, organisation_id: int, found: Collection[Leak], known: ColumnElement[bool]
) -> Iterator[Made]:
    """Yield what was made with leaked keys of an organisation after they had leaked: three queries.

    ``known``: the predicate of the assessments whose records are meant.
    """
    if not found:
        return
    records = (
        select(RecordFile, RecordRow.ref, Assessment)
        .join(RecordRow, RecordRow.id == RecordFile.record_id)
        .join(Assessment, Assessment.id == RecordRow.assessment_id)
        .where(known, _since(RecordFile.signed_at, found))
        .order_by(RecordFile.signed_at, RecordFile.record_id, RecordFile.step)
    )
    for file, ref, assessment in session.execute(records):
        yield from _made(found, ref, "record", file.signed_at, purposes_of(file), assessment)
    editions = (
        select(EditionFile, Edition.ref, Assessment)
        .join(Edition, Edition.id == EditionFile.edition_id)
        .join(Assessment, Assessment.id == Edition.assessment_id)
        .where(known, _since(EditionFile.signed_at, found))
        .order_by(EditionFile.signed_at, EditionFile.edition_id, EditionFile.step)
    )
    for step, ref, assessment in session.execute(editions):
        yield from _made(found, ref, "edition", step.signed_at, purposes_of(step), assessment)
    reports = (
        select(PackRow.at, ReportRow.ref)
        .join(ReportRow, ReportRow.id == PackRow.report_id)
        .where(ReportRow.organisation_id == organisation_id, _since(PackRow.at, found))
        .order_by(PackRow.at, PackRow.report_id)
    )
    for at, ref in session.execute(reports):
        yield from _made(found, ref, "report", at, (SEAL,), None)


def _since(at: InstrumentedAttribute[datetime], found: Collection[Leak]) -> ColumnElement[bool]:
    return or_(
        *(
            and_(
                at >= max(one.begins, one.since), at <= one.ends if one.ends is not None else at.is_not(None)
            )
            for one in found
        )
    )


def _made(
    found: Collection[Leak],
    ref: str,
    kind: str,
    at: datetime,
    purposes: tuple[str, ...],
    assessment: Assessment | None,
) -> Iterator[Made]:
    for one in found:
        if at >= one.since and any(one.made(purpose, at) for purpose in purposes):
            yield Made(ref, kind, at, one.key_id, assessment)


def looks(
    session: Session, found: Collection[Leak], ref: str = ""
) -> dict[tuple[int, str], tuple[KeyLook, str]]:
    """Return who looked at what was made with leaked keys, with their name: by key and reference; one query.

    ``ref``: the one that is meant, "" for all.
    """
    query = (
        select(KeyLook, Person.name)
        .join(Person, Person.id == KeyLook.by)
        .where(KeyLook.signing_key_id.in_([one.key_id for one in found]))
    )
    rows = session.execute(query.where(KeyLook.ref == ref) if ref else query)
    return {(look.signing_key_id, look.ref): (look, name) for look, name in rows}
