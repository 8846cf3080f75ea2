"""Who signs a record after its decision-maker: as a body asks for it, as it was frozen, and what they did.

Who was expected and what they did is insert-only: triggers refuse to change or remove it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.vocabulary import Reauthentication
from ehiia.store.base import Base, Key, Line, Long, Moment, word


class BodySignatory(Base):
    """Somebody who also signs the records of a body, in order; changed with the body and its revision."""

    __tablename__ = "body_signatory"

    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """2 and more: the decision-maker is the first."""
    role: Mapped[Line]
    """As what they sign: "Executive lead"."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: whoever is accountable director of the assessment."""


class RecordSignatory(Base):
    """Somebody whose signature a record expects, frozen when it was decided; insert-only."""

    __tablename__ = "record_signatory"
    __table_args__ = (
        UniqueConstraint("record_id", "position"),
        Index(None, "assessment_id", "id"),
        Index(None, "person_id"),
    )

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    position: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[Line]
    role: Mapped[Line]
    due_on: Mapped[date]

    @property
    def field(self) -> str:
        """Name of the signature field in the file."""
        return f"Signatory{self.position}"


class RecordSignature(Base):
    """An expected signature was given, or released with a reason; insert-only, once for each."""

    __tablename__ = "record_signature"
    __table_args__ = (
        ForeignKeyConstraint(
            ["record_id", "position"], ["record_signatory.record_id", "record_signatory.position"]
        ),
    )

    record_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    signed: Mapped[bool]
    """False: it is not waited for any more."""
    reason: Mapped[Long]
    """Why it was released; "" where it was given."""
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
    method: Mapped[Reauthentication | None] = mapped_column(word(Reauthentication))
    reauthenticated_at: Mapped[datetime | None]
