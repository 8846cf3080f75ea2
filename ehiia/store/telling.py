"""How a person is told: what they chose, which dates they were sent, and where their calendar is fetched."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.telling import DateKind, Telling
from ehiia.store.base import Base, Digest, Key, Moment, word


class TellingChoice(Base):
    """What a person chose; who has no row chose nothing yet."""

    __tablename__ = "telling_choice"

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    choice: Mapped[Telling] = mapped_column(word(Telling))
    revision: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[Moment]


class CalendarEvent(Base):
    """A date that a person was sent for their calendar, so that it can be moved and cancelled there."""

    __tablename__ = "calendar_event"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "subject_id"),
        Index(None, "cancelled_at", "kind", "subject_id"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[DateKind] = mapped_column(word(DateKind))
    subject_id: Mapped[int]
    """Of the mitigating action or the review; for a meeting, of the assessment that it decides."""
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    on: Mapped[date]
    """The date as it was sent last."""
    sequence: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[Moment]
    changed_at: Mapped[Moment]
    cancelled_at: Mapped[datetime | None]


class CalendarFeed(Base):
    """The secret address at which a person's dates can be fetched. Only the token's digest is kept."""

    __tablename__ = "calendar_feed"

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    token_sha256: Mapped[Digest] = mapped_column(unique=True)
    made_at: Mapped[Moment]
