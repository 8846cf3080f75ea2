"""The parts of a proposal that are decided apart, and dates of the deciding meeting that were moved.

That a date was moved after its day had passed is insert-only (see ``store/protect.py``).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.store.base import Base, Key, Line, Long, Moment


class DecisionComponent(Base):
    """A part of the proposal that the body decides on its own, as the author lists it."""

    __tablename__ = "decision_component"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Line]
    what: Mapped[Long] = mapped_column(default="")


class MeetingDateChange(Base):
    """The day of the deciding meeting was changed after it had passed: the first stays; insert-only."""

    __tablename__ = "meeting_date_change"
    __table_args__ = (Index(None, "assessment_id", "id"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    version_no: Mapped[int]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    """None where no date is known yet."""
    reason: Mapped[Long]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
