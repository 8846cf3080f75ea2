"""Reports of audits and their evidence packs; insert-only throughout (see ``store/protect.py``)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.store.base import Base, Digest, Key, Line, Long, Moment


class ReportRow(Base):
    """The report of an audit as it was frozen. A later one replaces it and both stay."""

    __tablename__ = "audit_report"
    __table_args__ = (
        UniqueConstraint("organisation_id", "ref"),
        ForeignKeyConstraint(["organisation_id", "run_id"], ["audit_run.organisation_id", "audit_run.id"]),
        Index(None, "run_id", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    run_id: Mapped[int]
    ref: Mapped[str] = mapped_column(String(48))
    text: Mapped[Long]
    """The canonical text: ``domain.audit_report``."""
    sha256: Mapped[Digest]
    said_sha256: Mapped[Digest]
    """Digest of what it says without who prepared it when: the same again makes no second report."""
    assessments: Mapped[list[Any]] = mapped_column(JSON)
    """Ids of the assessments it is about: whoever may not know of all of them is not handed it."""
    to_do: Mapped[int]
    """How many items had no verdict."""
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class PackRow(Base):
    """The sealed report and its evidence pack in file storage."""

    __tablename__ = "audit_pack"

    report_id: Mapped[int] = mapped_column(ForeignKey("audit_report.id"), primary_key=True)
    pdf_sha256: Mapped[Digest]
    zip_sha256: Mapped[Digest]
    zip_size: Mapped[int]
    at: Mapped[Moment]


class PackCopy(Base):
    """That a pack was written to the auditor's folder, or why it was not for good."""

    __tablename__ = "audit_pack_copy"

    report_id: Mapped[int] = mapped_column(ForeignKey("audit_report.id"), primary_key=True)
    folder: Mapped[Line]
    """Beneath the auditor's folder: "2026/EHIIA-AUD-2026-01"."""
    problem: Mapped[Line] = mapped_column(default="")
    at: Mapped[Moment]
