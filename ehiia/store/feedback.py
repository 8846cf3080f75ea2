"""What the public said of published assessments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.feedback import FeedbackState
from ehiia.store.base import Base, Digest, Key, Line, Long, Moment, word


class FeedbackRow(Base):
    """What somebody said of an edition, and what became of it; nothing of it is public."""

    __tablename__ = "public_feedback"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        Index("ix_public_feedback_waiting", "organisation_id", "state", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    assessment_id: Mapped[int]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    dedupe_key: Mapped[Digest] = mapped_column(unique=True)
    text: Mapped[Long]
    said_by: Mapped[Line] = mapped_column(default="")
    email: Mapped[Line] = mapped_column(default="")
    """As it was given; nobody has shown that it is theirs."""
    at: Mapped[Moment]
    """When it was sent, with consent that it is kept."""
    state: Mapped[FeedbackState] = mapped_column(word(FeedbackState), default=FeedbackState.WAITS)
    reply: Mapped[Long] = mapped_column(default="")
    """What was answered, or why nothing was done."""
    mailed_at: Mapped[datetime | None]
    """When the reply was put into the outbox; from then on its words stand."""
    cleared_at: Mapped[datetime | None]
    """When name and address were removed."""
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
