"""Publication: what was decided about it, the editions that were made, and other ways of reading them.

An edition and its files are insert-only (see ``store/protect.py``); how it stands is its publication's state.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Select,
    String,
    UniqueConstraint,
    and_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from ehiia.domain.publishing import OPEN, Exemption, FormatKind, FormatState, PublicationState, Publishing
from ehiia.store.assessments import Assessment
from ehiia.store.base import Base, Digest, Key, Line, Long, Moment, word
from ehiia.store.decisions import RecordRow, SnapshotRow


class Publication(Base):
    """Whether and how a record is published, or the version that waits for its decision.

    Prepared by one person, agreed by another.
    """

    __tablename__ = "publication"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        Index(None, "organisation_id", "state", "agreed_at"),
        Index(None, "assessment_id", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    assessment_id: Mapped[int]
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("snapshot.id"))
    """The version for decision, where it is published before that; then there is no record."""
    decided_at: Mapped[datetime | None]
    """Of a version for decision: when it was decided."""
    kind: Mapped[Publishing] = mapped_column(word(Publishing))
    state: Mapped[PublicationState] = mapped_column(
        word(PublicationState), default=PublicationState.PREPARING
    )
    reason: Mapped[Long] = mapped_column(default="")
    """Why it is withheld, or not published in full; shown to the public where it is withheld."""
    exemption: Mapped[Exemption | None] = mapped_column(word(Exemption))
    not_before_on: Mapped[date | None]
    """It is not public before this day."""
    begun_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[Moment]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime | None]
    note: Mapped[Long] = mapped_column(default="")
    """What was said when it was last sent back."""
    agreed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    agreed_as: Mapped[Line] = mapped_column(default="")
    """The post in which they agreed, in words."""
    agreed_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[Long] = mapped_column(default="")
    """Why it was given up or withdrawn; shown to the public where it was withdrawn."""
    revision: Mapped[int] = mapped_column(default=1)


class Redaction(Base):
    """A passage that is left out by hand; a row per place."""

    __tablename__ = "redaction"
    __table_args__ = (Index(None, "publication_id", "id"),)

    id: Mapped[Key]
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    place: Mapped[Line]
    """Key of the place in the record: ``domain.places``."""
    passage: Mapped[Long]
    """The words that are left out wherever they stand there; "" leaves out the whole."""
    reason: Mapped[Long]
    exemption: Mapped[Exemption | None] = mapped_column(word(Exemption))
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class LookedAt(Base):
    """A place that a check pointed at, and why it may stay."""

    __tablename__ = "publication_looked_at"

    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), primary_key=True)
    point: Mapped[Digest] = mapped_column(primary_key=True)
    """Digest of the place, the rule and the words: other words there are pointed at anew."""
    reason: Mapped[Long]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class Edition(Base):
    """A publication edition: a record of its own that holds only what it shows; insert-only."""

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("record_id", "number"),
        Index(None, "assessment_id", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    """None where it is of a version that waited for its decision."""
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), unique=True)
    number: Mapped[int]
    ref: Mapped[str] = mapped_column(String(48), unique=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    text: Mapped[Long]
    sha256: Mapped[Digest] = mapped_column(index=True)
    made_at: Mapped[Moment]


class EditionFile(Base):
    """One step of the sealed file of an edition; insert-only, and shaped like ``RecordFile``."""

    __tablename__ = "edition_file"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[Digest] = mapped_column(unique=True)
    storage_key: Mapped[Line]
    size: Mapped[int]
    signatory: Mapped[Line]
    certificate_pem: Mapped[Long]
    signed_at: Mapped[Moment]


class Format(Base):
    """Another way of reading an assessment that is published: wanted, in progress or there."""

    __tablename__ = "publication_format"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        Index(None, "assessment_id", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    assessment_id: Mapped[int]
    kind: Mapped[FormatKind] = mapped_column(word(FormatKind))
    language: Mapped[Line] = mapped_column(default="")
    """Of a translation: its name in English."""
    state: Mapped[FormatState] = mapped_column(word(FormatState), default=FormatState.WANTED)
    link: Mapped[Line] = mapped_column(default="")
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"))
    file_name: Mapped[Line] = mapped_column(default="")
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
    revision: Mapped[int] = mapped_column(default=1)


# -- queries ----------------------------------------------------------------------------------------


def is_out(today: date) -> ColumnElement[bool]:
    """Return the condition that a publication is out in public on a day, as ``domain.publishing.is_out``.

    Joined with its assessment: what was restricted since is not out.
    """
    return and_(
        Publication.state == PublicationState.AGREED,
        or_(Publication.not_before_on.is_(None), Publication.not_before_on <= today),
        Assessment.id == Publication.assessment_id,
        Assessment.restricted.is_(False),
        Assessment.practice.is_(False),
    )


def known_by(asked: str, code: str, today: date) -> Select[Any]:
    """Select the id of the edition that somebody asks for on a day.

    By its code, which stands only on the edition; or by its reference or that of its record, where it is out
    or was until it was replaced or withdrawn. The newest first.
    """
    ended = Publication.state.in_([PublicationState.REPLACED, PublicationState.WITHDRAWN])
    begun = or_(Publication.not_before_on.is_(None), Publication.not_before_on <= today)
    shown = and_(Assessment.restricted.is_(False), Assessment.practice.is_(False))
    was_out = and_(or_(Publication.state == PublicationState.AGREED, ended), begun, shown)
    return (
        select(Edition.id)
        .join(Publication, Publication.id == Edition.publication_id)
        .join(Assessment, Assessment.id == Edition.assessment_id)
        .outerjoin(RecordRow, RecordRow.id == Edition.record_id)
        .where(or_(Edition.code == code, and_(or_(Edition.ref == asked, RecordRow.ref == asked), was_out)))
        .order_by(Edition.id.desc())
        .limit(1)
    )


def settled(session: Session, record: RecordRow) -> bool:
    """Say whether it was agreed how a record is published, or that it is not; nothing is prepared anew."""
    rows = session.execute(
        select(Publication.agreed_at, Publication.state).where(
            Publication.assessment_id == record.assessment_id, Publication.record_id == record.id
        )
    ).all()
    return any(row.agreed_at for row in rows) and not any(row.state in OPEN for row in rows)


def count_editions(session: Session, record_id: int | None, snapshot_id: int | None) -> int:
    """Count the editions that were made of a record, or of the version of an assessment that waits."""
    query = select(func.count(Edition.id))
    if record_id is not None:
        query = query.where(Edition.record_id == record_id)
    else:
        this, made = aliased(SnapshotRow), aliased(SnapshotRow)
        query = (
            query.join(Publication, Publication.id == Edition.publication_id)
            .join(made, made.id == Publication.snapshot_id)
            .join(this, (this.assessment_id == made.assessment_id) & (this.version_no == made.version_no))
            .where(this.id == snapshot_id)
        )
    return session.scalar(query) or 0


def open_one(
    session: Session, assessment_id: int, record_id: int | None, snapshot_id: int | None = None
) -> Publication | None:
    """Return what is being prepared of a record, or of a version that waits; None where nothing is."""
    return session.scalar(
        select(Publication)
        .where(
            Publication.assessment_id == assessment_id,
            Publication.record_id == record_id
            if record_id is not None
            else Publication.snapshot_id == snapshot_id,
            Publication.state.in_(OPEN),
        )
        .execution_options(populate_existing=True)
    )


def waiting(session: Session, assessment_id: int, version_no: int) -> Sequence[Publication]:
    """Return the publications of a version that waits for its decision: prepared, asked for or agreed."""
    return session.scalars(
        select(Publication)
        .join(SnapshotRow, SnapshotRow.id == Publication.snapshot_id)
        .where(
            Publication.assessment_id == assessment_id,
            SnapshotRow.version_no == version_no,
            Publication.state.in_([*OPEN, PublicationState.AGREED]),
            Publication.decided_at.is_(None),
        )
    ).all()


def agreed_before() -> ColumnElement[bool]:
    """Return the predicate of assessments whose version in hand is out, or kept back, before its decision."""
    return exists().where(
        Publication.assessment_id == Assessment.id,
        Publication.snapshot_id == SnapshotRow.id,
        SnapshotRow.version_no == Assessment.version_no,
        Publication.state == PublicationState.AGREED,
    )


def undecided() -> ColumnElement[bool]:
    """Return the predicate of records that are the newest of an assessment that everybody here may know of,
    and about whose publication nothing was agreed yet.
    """
    newer = aliased(RecordRow)
    return and_(
        Assessment.restricted.is_(False),
        Assessment.practice.is_(False),
        ~exists().where(newer.assessment_id == RecordRow.assessment_id, newer.edition > RecordRow.edition),
        ~exists().where(
            Publication.assessment_id == RecordRow.assessment_id,
            Publication.record_id == RecordRow.id,
            Publication.agreed_at.is_not(None),
        ),
    )


def newest_out(session: Session, assessment_id: int, today: date) -> str:
    """Return the reference of the newest edition of an assessment that is out on a day, or "".

    That of a record comes before that of a version that waits for its decision.
    """
    return (
        session.scalar(
            select(Edition.ref)
            .join(Publication, Publication.id == Edition.publication_id)
            .where(Edition.assessment_id == assessment_id, is_out(today))
            .order_by(Edition.record_id.is_(None), Edition.id.desc())
            .limit(1)
        )
        or ""
    )


def of_assessment(session: Session, assessment_id: int) -> Sequence[Any]:
    """Return the publications of an assessment with their editions (or None), newest first: one query."""
    return session.execute(
        select(Publication, Edition)
        .outerjoin(Edition, Edition.publication_id == Publication.id)
        .where(Publication.assessment_id == assessment_id)
        .order_by(Publication.id.desc())
    ).all()


def editions_of(session: Session, assessment_id: int) -> Sequence[Any]:
    """Return reference and text of each edition of an assessment and what it is an edition of, oldest first.

    That is of a record, or else of the version that waited for its decision.
    """
    return session.execute(
        select(Edition.ref, Edition.text, RecordRow.text, SnapshotRow.text)
        .join(Publication, Publication.id == Edition.publication_id)
        .outerjoin(RecordRow, RecordRow.id == Edition.record_id)
        .outerjoin(SnapshotRow, SnapshotRow.id == Publication.snapshot_id)
        .where(Edition.assessment_id == assessment_id)
        .order_by(Edition.id)
    ).all()


def files_of(session: Session, edition_id: int) -> Sequence[EditionFile]:
    """Return the files of an edition, by step."""
    return session.scalars(
        select(EditionFile).where(EditionFile.edition_id == edition_id).order_by(EditionFile.step)
    ).all()
