"""Requests under the Freedom of Information Act, and the assessments that they are about."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.foi import Answered, Requester, RequestState
from ehiia.store.base import Base, Key, Line, Long, Moment, word


class FoiRequest(Base):
    """A request: when it came, what is withheld and why, who approved that, and what was answered."""

    __tablename__ = "foi_request"
    __table_args__ = (
        UniqueConstraint("organisation_id", "ref"),
        UniqueConstraint("organisation_id", "id"),
        Index(None, "organisation_id", "state", "due_on"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    ref: Mapped[str] = mapped_column(String(48))
    received_on: Mapped[date]
    due_on: Mapped[date]
    requester: Mapped[Requester] = mapped_column(word(Requester))
    requester_name: Mapped[Line] = mapped_column(default="")
    """Only where it is needed."""
    asked: Mapped[Long]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who answers it; None: the equality leads."""
    state: Mapped[RequestState] = mapped_column(word(RequestState), default=RequestState.OPEN)
    exemptions: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Values of ``domain.foi.Exemption``."""
    withheld: Mapped[Long] = mapped_column(default="")
    public_interest: Mapped[Long] = mapped_column(default="")
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime | None]
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who is asked to approve the exemption, and has approved it once ``ruled_at`` is there."""
    ruled_at: Mapped[datetime | None]
    """When it was approved; None while it waits, and where it was sent back."""
    ruled_words: Mapped[Long] = mapped_column(default="")
    """What the approver said."""
    outcome: Mapped[Answered | None] = mapped_column(word(Answered))
    answer: Mapped[Long] = mapped_column(default="")
    released: Mapped[Long] = mapped_column(default="")
    """What was released: which edition, which files."""
    answered_on: Mapped[date | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Moment]
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    """Who changed it last."""


class FoiAbout(Base):
    """An assessment that a request is about."""

    __tablename__ = "foi_about"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "request_id"], ["foi_request.organisation_id", "foi_request.id"]
        ),
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
    )

    request_id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int]
