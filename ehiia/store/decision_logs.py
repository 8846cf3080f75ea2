"""Decision logs that were matched with assessments: how they came out, and what people confirmed.

What was found and what was confirmed is insert-only: triggers refuse to change or remove it (see
``store/protect.py``). An assessment that was restricted since is left out when it is shown.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.logged import Fate
from ehiia.store.base import Base, Digest, Key, Line, Long, Moment, word


class DecisionLog(Base):
    """A decision log as it was uploaded. The same file is kept once in an organisation."""

    __tablename__ = "decision_log"
    __table_args__ = (
        UniqueConstraint("organisation_id", "file_sha256"),
        UniqueConstraint("organisation_id", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    file_sha256: Mapped[Digest] = mapped_column(ForeignKey("file.sha256"))
    file_name: Mapped[Line]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class LogCheck(Base):
    """A log was gone through: with which columns, by whom; insert-only."""

    __tablename__ = "decision_log_check"
    __table_args__ = (
        UniqueConstraint("log_id", "n"),
        UniqueConstraint("organisation_id", "id"),
        ForeignKeyConstraint(
            ["organisation_id", "log_id"], ["decision_log.organisation_id", "decision_log.id"]
        ),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    log_id: Mapped[int]
    n: Mapped[int]
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Value of ``domain.logged.Column`` -> position of the column in the file, from 0."""
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class LoggedDecision(Base):
    """A row of a log and how it came out when the log was gone through; insert-only."""

    __tablename__ = "logged_decision"
    __table_args__ = (
        UniqueConstraint("check_id", "line"),
        ForeignKeyConstraint(
            ["organisation_id", "check_id"], ["decision_log_check.organisation_id", "decision_log_check.id"]
        ),
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    check_id: Mapped[int]
    line: Mapped[int]
    """Number of the row in the file, as a spreadsheet counts it."""
    title: Mapped[Long]
    reference: Mapped[Long] = mapped_column(default="")
    decided_on: Mapped[date | None]
    """None only where the row cannot be read."""
    body: Mapped[Long] = mapped_column(default="")
    assessment: Mapped[Long] = mapped_column(default="")
    reason: Mapped[Long] = mapped_column(default="")
    fate: Mapped[Fate] = mapped_column(word(Fate))
    assessment_id: Mapped[int | None]
    reasons: Mapped[list[Any]] = mapped_column(JSON)
    """A list of [rule, text]."""
    candidates: Mapped[list[Any]] = mapped_column(JSON)
    """A list of [id of an assessment, what speaks for it]."""


class LogAnswer(Base):
    """Somebody said which assessment a decision has, or none; insert-only, the newest counts."""

    __tablename__ = "decision_log_answer"
    __table_args__ = (
        Index(None, "log_id", "line"),
        ForeignKeyConstraint(
            ["organisation_id", "log_id"], ["decision_log.organisation_id", "decision_log.id"]
        ),
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    log_id: Mapped[int]
    line: Mapped[int]
    assessment_id: Mapped[int | None]
    """None: there is none."""
    words: Mapped[Long] = mapped_column(default="")
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
