"""Working together: pages given to a person, drafts that nobody else sees, and who has a page open."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.store.base import Base, Code, Moment


class SectionAssignment(Base):
    """A page of an assessment that was given to a person, by a day. ``subject``: a group's code, or ""."""

    __tablename__ = "section_assignment"
    __table_args__ = (Index(None, "person_id", "assessment_id"),)

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    section: Mapped[Code] = mapped_column(primary_key=True)
    subject: Mapped[Code] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date]
    done_at: Mapped[datetime | None]
    """When the person said that their page is finished."""
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    assigned_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[Moment]


class Draft(Base):
    """What a person typed on a page and did not save. It is never an answer, and only they see it."""

    __tablename__ = "draft"
    __table_args__ = (Index(None, "assessment_id", "saved_at"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    page: Mapped[str] = mapped_column(String(140), primary_key=True)
    """Section and, for the page of a group, its code: "characteristics:disability"; "outcome:screening"."""
    fields: Mapped[Any] = mapped_column(JSON())
    """Name of a field -> list of what was typed into it, as the browser sends it."""
    saved_at: Mapped[Moment]


class PageOpen(Base):
    """A person is writing on a page; renewed while they do. Of no meaning after a few minutes."""

    __tablename__ = "page_open"
    __table_args__ = (Index(None, "seen_at"),)

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    page: Mapped[str] = mapped_column(String(140), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    since_at: Mapped[Moment]
    seen_at: Mapped[Moment]
