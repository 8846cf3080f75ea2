"""Assessments that were made before this system, and the files of a register that brought them in.

What an import added is not removed when it is undone: it is marked, and found nowhere any more, so that
references and the history keep their meaning.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.register_rows import ImportState
from ehiia.domain.vocabulary import ProposalKind
from ehiia.store.base import Base, Digest, Key, Line, Moment, word


class EarlierAssessment(Base):
    """What the register said of an assessment from before; there is no record of it here."""

    __tablename__ = "earlier_assessment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        Index("ix_earlier_assessment_ref", "organisation_id", "ref_folded"),
    )

    organisation_id: Mapped[int]
    assessment_id: Mapped[int] = mapped_column(primary_key=True)
    old_ref: Mapped[Line]
    ref_folded: Mapped[Line]
    decided_on: Mapped[date | None]
    decided_by: Mapped[Line]
    lead: Mapped[Line]
    """Who wrote it, as the register named them."""
    kept_at: Mapped[Line]
    """Where the paper is."""


class RegisterImport(Base):
    """A file of a register: read, tried, brought in, perhaps undone."""

    __tablename__ = "register_import"
    __table_args__ = (Index(None, "organisation_id", "id"),)

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    file_sha256: Mapped[str] = mapped_column(ForeignKey("file.sha256"))
    file_name: Mapped[Line]
    sheet: Mapped[Line] = mapped_column(default="")
    """The sheet that is read; "" for the first one, and for a CSV."""
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Letter of a column -> value of a field, for the columns that are taken."""
    headings: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Folded heading -> value of a field, or "" where it is left out: remembered for the next file."""
    kind: Mapped[ProposalKind | None] = mapped_column(word(ProposalKind))
    """The kind of those whose row does not say."""
    state: Mapped[ImportState] = mapped_column(word(ImportState), default=ImportState.OPEN)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]
    history_seq: Mapped[int | None]
    """Number of the last row of the history that it wrote: what comes later was done since."""
    revision: Mapped[int] = mapped_column(default=1)


class ImportedRow(Base):
    """What a row of a register added to an assessment."""

    __tablename__ = "imported_row"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        Index(None, "import_id", "number"),
        Index(None, "assessment_id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    import_id: Mapped[int] = mapped_column(ForeignKey("register_import.id"))
    number: Mapped[int]
    """Of the row in the file."""
    ref: Mapped[Line]
    """Of the assessment."""
    assessment_id: Mapped[int]
    made: Mapped[bool]
    """Whether the row added the assessment itself."""
    mitigation_id: Mapped[int | None] = mapped_column(ForeignKey("mitigation.id"))
    action_digest: Mapped[Digest | None]
    """Of the words of the action as they were brought in, by which the same row is known again."""
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"))
    revision: Mapped[int]
    """Of the assessment when the row was brought in."""
    taken_away_at: Mapped[datetime | None]
