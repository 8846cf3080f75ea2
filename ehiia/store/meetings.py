"""Packs of papers for meetings, readings in them, and what confirmed a decision without signing in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.store.base import Base, Digest, Key, Line, Moment


class PaperPackRow(Base):
    """The papers of a meeting put together; insert-only. A later one replaces it and both stay."""

    __tablename__ = "paper_pack"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "body_id"], ["body.organisation_id", "body.id"]),
        UniqueConstraint("body_id", "meeting_on", "number"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    body_id: Mapped[int]
    meeting_on: Mapped[date]
    number: Mapped[int]
    papers: Mapped[list[Any]] = mapped_column(JSON)
    """For each paper: assessment_id, ref, title, mark, snapshot_id or None, sha256, record."""
    sha256: Mapped[Digest] = mapped_column(unique=True)
    """Of the PDF."""
    size: Mapped[int]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class PaperPackOrder(Base):
    """Somebody asked for a pack of papers: it is put together by a piece of work, once."""

    __tablename__ = "paper_pack_order"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "body_id"], ["body.organisation_id", "body.id"]),
        UniqueConstraint("body_id", "meeting_on", "number"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    body_id: Mapped[int]
    meeting_on: Mapped[date]
    number: Mapped[int]
    """That of the pack."""
    papers: Mapped[int]
    """How many lay before the meeting."""
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class PackReading(Base):
    """ "I read it in the paper pack": which pack a reading that was attested rests on; insert-only."""

    __tablename__ = "pack_reading"

    attestation_id: Mapped[int] = mapped_column(ForeignKey("attestation.id"), primary_key=True)
    pack_id: Mapped[int] = mapped_column(ForeignKey("paper_pack.id"))


class ConfirmLink(Base):
    """A one-time link by which the chair confirms what a meeting decided. Only the token's digest is kept."""

    __tablename__ = "confirm_link"
    __table_args__ = (Index(None, "entry_id", "id"),)

    id: Mapped[Key]
    entry_id: Mapped[int] = mapped_column(ForeignKey("meeting_entry.id"))
    token_sha256: Mapped[Digest] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class SignedMinute(Base):
    """The signed minute on whose strength a decision was confirmed; insert-only."""

    __tablename__ = "signed_minute"

    entry_id: Mapped[int] = mapped_column(ForeignKey("meeting_entry.id"), primary_key=True)
    file_sha256: Mapped[Digest] = mapped_column(ForeignKey("file.sha256"))
    file_name: Mapped[Line]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
