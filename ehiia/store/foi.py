"""Requests under the Freedom of Information Act, and the assessments that they are about."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    and_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from ehiia.domain.foi import Answered, Released, Requester, RequestState, ReviewedAs
from ehiia.store.base import Base, Key, Line, Long, Moment, word
from ehiia.store.decisions import RecordRow
from ehiia.store.library import EvidenceItemRow, EvidenceUse, EvidenceVersion
from ehiia.store.publications import Edition


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
    """What was released, in words, beside what ``FoiReleased`` names."""
    answered_on: Mapped[date | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_back_on: Mapped[date | None]
    """When clarification was asked for last (section 1(3))."""
    asked_back: Mapped[Long] = mapped_column(default="")
    clarified_on: Mapped[date | None]
    """When it came; the time runs from then (section 10(6))."""
    clarified: Mapped[Long] = mapped_column(default="")
    extended_to: Mapped[date | None]
    """Until when the public interest is weighed (section 10(3))."""
    extended_on: Mapped[date | None]
    """When whoever asked was told of it (section 17)."""
    extended_for: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Values of the exemptions that are considered."""
    extension_reason: Mapped[Long] = mapped_column(default="")
    review_asked_on: Mapped[date | None]
    review_asked: Mapped[Long] = mapped_column(default="")
    """What whoever asked is not content with."""
    review_due_on: Mapped[date | None]
    """By the organisation's own time limit."""
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewed_as: Mapped[ReviewedAs | None] = mapped_column(word(ReviewedAs))
    reviewed_on: Mapped[date | None]
    review_found: Mapped[Long] = mapped_column(default="")
    """What the review found, and what was answered."""
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


class FoiReleased(Base):
    """Something of an assessment that was released, by the name that it had then."""

    __tablename__ = "foi_released"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "request_id"], ["foi_request.organisation_id", "foi_request.id"]
        ),
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
    )

    request_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Released] = mapped_column(word(Released), primary_key=True)
    thing_id: Mapped[int] = mapped_column(primary_key=True)
    """Id of the edition, of the record, or of the assessment's use of a source that has a file."""
    organisation_id: Mapped[int]
    assessment_id: Mapped[int]
    name: Mapped[Line]


def releasable(session: Session, assessment_ids: Collection[int]) -> list[tuple[Released, int, int, str]]:
    """Return what of these assessments can be named as released: kind, id, id of the assessment, name.

    Editions and records by reference, sources by the file that goes with them; never legal advice.
    """
    editions = select(Edition.id, Edition.assessment_id, Edition.ref).where(
        Edition.assessment_id.in_(assessment_ids)
    )
    records = select(RecordRow.id, RecordRow.assessment_id, RecordRow.ref).where(
        RecordRow.assessment_id.in_(assessment_ids)
    )
    documents = (
        select(EvidenceUse.id, EvidenceUse.assessment_id, EvidenceVersion.title)
        .join(EvidenceItemRow, EvidenceItemRow.id == EvidenceUse.item_id)
        .join(
            EvidenceVersion,
            and_(
                EvidenceVersion.item_id == EvidenceUse.item_id,
                EvidenceVersion.number == EvidenceUse.version_no,
            ),
        )
        .where(
            EvidenceUse.assessment_id.in_(assessment_ids),
            EvidenceUse.taken_out_at.is_(None),
            EvidenceVersion.file_sha256.is_not(None),
            EvidenceItemRow.privileged.is_(False),
        )
    )
    found = ((Released.EDITION, editions), (Released.RECORD, records), (Released.DOCUMENT, documents))
    return [
        (kind, thing_id, assessment_id, name)
        for kind, query in found
        for thing_id, assessment_id, name in session.execute(query.order_by("id"))
    ]
