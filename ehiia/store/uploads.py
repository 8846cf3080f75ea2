"""What people gave back: forms in Word, kept with what stood in them until somebody took what they wanted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.store.base import Base, Key, Line, Moment


class WordUpload(Base):
    """A form in Word that was given back; the answers change only when somebody takes them over."""

    __tablename__ = "word_upload"
    __table_args__ = (Index(None, "assessment_id", "id"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    file_sha256: Mapped[str] = mapped_column(ForeignKey("file.sha256"))
    file_name: Mapped[Line]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What was read: ``documents.word.form.Found`` by the names of its fields."""
    taken: Mapped[int] = mapped_column(default=0)
    """How many answers were taken over so far."""
    ended_at: Mapped[datetime | None]
    """When somebody said that the file is not needed any more."""
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
