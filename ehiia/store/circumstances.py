"""What happens around an assessment in real life: early advice, urgency, and work adopted from outside.

That urgency was agreed and that work was adopted is insert-only (see ``store/protect.py``).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.store.base import Base, Key, Line, Long, Moment


class AdviceRow(Base):
    """A question to the equality leads about something unfinished. It blocks nothing and moves nothing."""

    __tablename__ = "advice"
    __table_args__ = (Index(None, "assessment_id", "id"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    question: Mapped[Long]
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Moment]
    answer: Mapped[Long] = mapped_column(default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When whoever asked took it back."""


class Adoption(Base):
    """The accountable director adopts what somebody outside wrote, for one version; insert-only."""

    __tablename__ = "adoption"
    __table_args__ = (Index(None, "assessment_id", "id"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    version_no: Mapped[int]
    outside_author: Mapped[Line]
    """Who wrote it, as it was said when it was adopted."""
    outside_body: Mapped[Line]
    statement: Mapped[Long]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class Urgency(Base):
    """A director agreed that a decision cannot wait for a whole assessment, and why; insert-only."""

    __tablename__ = "urgency"
    __table_args__ = (Index(None, "assessment_id", "id"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    version_no: Mapped[int]
    reason: Mapped[Long]
    agreed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
