"""Links of an assessment: to the assessments under it, and to assessments of another kind kept elsewhere."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.store.base import Base, Key, Line, Moment


class AssessmentLink(Base):
    """An umbrella and one of the assessments under it: one umbrella each, and no circles."""

    __tablename__ = "assessment_link"
    __table_args__ = (
        CheckConstraint("parent_id <> child_id", name="not_itself"),
        Index(None, "parent_id"),
    )

    child_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class ElsewhereLink(Base):
    """A quality or data-protection assessment of the same proposal, kept somewhere else."""

    __tablename__ = "elsewhere_link"
    __table_args__ = (Index(None, "assessment_id", "id"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    kind: Mapped[str] = mapped_column(String(24))
    label: Mapped[Line]
    address: Mapped[str] = mapped_column(String(2000))
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
