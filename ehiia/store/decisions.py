"""Checking and deciding: checks, comments, snapshots, attestations, decisions, records, reviews.

Snapshots, attestations, decisions, records and record files are insert-only:
triggers refuse to change or remove them (see ``store/protect.py``).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.vocabulary import (
    Attested,
    Conclusion,
    Gate,
    Outcome,
    Reauthentication,
    ReviewOutcome,
    ReviewState,
    ReviewTrigger,
)
from ehiia.store.base import Base, Code, Digest, Key, Line, Long, Moment, word


class QualityCheck(Base):
    """A check by an equality lead of one version; ends as passed, returned or undone."""

    __tablename__ = "quality_check"
    __table_args__ = (Index(None, "assessment_id", "id"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    version_no: Mapped[int]
    begun_at: Mapped[Moment]
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    passed: Mapped[bool | None]
    """None while it is open; False when sent back; True when passed."""
    late: Mapped[bool] = mapped_column(default=False)
    meeting_on: Mapped[date | None]
    """The date of the deciding meeting when the check ended, on which ``late`` rests."""
    message: Mapped[Long] = mapped_column(default="")
    """What the author is told when it is sent back, or the reservations with which it passed."""


class SectionCheck(Base):
    """What the equality lead found of one section in one check."""

    __tablename__ = "section_check"

    check_id: Mapped[int] = mapped_column(ForeignKey("quality_check.id"), primary_key=True)
    section: Mapped[Code] = mapped_column(primary_key=True)
    """Section id, or "section:subject" for a page of a group."""
    satisfied: Mapped[bool]
    note: Mapped[Long] = mapped_column(default="")
    at: Mapped[Moment]


class Comment(Base):
    """A comment on a section; comments and advice do not count as writing."""

    __tablename__ = "comment"
    __table_args__ = (Index(None, "assessment_id", "id"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    check_id: Mapped[int | None] = mapped_column(ForeignKey("quality_check.id"))
    section: Mapped[Code]
    question: Mapped[Code] = mapped_column(default="")
    """Id of the question or dimension it is about, or "" for the page as a whole."""
    text: Mapped[Long]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
    answer: Mapped[Long] = mapped_column(default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]


class SnapshotRow(Base):
    """The content of an assessment frozen at a gate; insert-only."""

    __tablename__ = "snapshot"
    __table_args__ = (UniqueConstraint("assessment_id", "version_no", "gate", "n"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    version_no: Mapped[int]
    gate: Mapped[Gate] = mapped_column(word(Gate))
    n: Mapped[int]
    text: Mapped[Long]
    sha256: Mapped[Digest]
    sections: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Section id -> SHA-256 of its part, so that what changed can be named."""
    frozen_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    frozen_at: Mapped[Moment]
    reason: Mapped[Long] = mapped_column(default="", server_default="")
    """Why it was frozen, where a person asked for it."""


class AttestationRow(Base):
    """A person put their name to something; insert-only."""

    __tablename__ = "attestation"
    __table_args__ = (Index(None, "assessment_id", "id"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Line]
    what: Mapped[Attested] = mapped_column(word(Attested))
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("snapshot.id"))
    method: Mapped[Reauthentication | None] = mapped_column(word(Reauthentication))
    reauthenticated_at: Mapped[datetime | None]
    at: Mapped[Moment]


class MeetingEntry(Base):
    """What a secretary entered of a meeting's decision, until its chair confirms it."""

    __tablename__ = "meeting_entry"
    __table_args__ = (Index(None, "assessment_id", "id"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As entered: meeting_on, minute, members_present, conflicts, outcome, reasons and so on."""
    entered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]
    """When the chair confirmed it or it was taken back."""


class DecisionRow(Base):
    """A decision, apart from the author's conclusion; insert-only."""

    __tablename__ = "decision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        ForeignKeyConstraint(["organisation_id", "body_id"], ["body.organisation_id", "body.id"]),
        Index(None, "assessment_id", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    assessment_id: Mapped[int]
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"))
    body_id: Mapped[int]
    conclusion: Mapped[Conclusion | None] = mapped_column(word(Conclusion))
    outcome: Mapped[Outcome] = mapped_column(word(Outcome))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """meeting_on, minute, members_present, conflicts, reasons, conditions, advice."""
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[Moment]


class RecordRow(Base):
    """A frozen decision record; insert-only. The signed files are ``RecordFile`` rows."""

    __tablename__ = "record"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        UniqueConstraint("assessment_id", "edition"),
        Index(None, "organisation_id", "made_at"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    assessment_id: Mapped[int]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), unique=True)
    ref: Mapped[str] = mapped_column(String(48), unique=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    edition: Mapped[int]
    text: Mapped[Long]
    sha256: Mapped[Digest] = mapped_column(index=True)
    history_seq: Mapped[int]
    history_sha256: Mapped[Digest]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    made_at: Mapped[Moment]


class RecordFile(Base):
    """One step of the signed file of a record: the seal, signatures in their order, the time-stamp that
    closes it, those that renew it; insert-only.
    """

    __tablename__ = "record_file"

    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[Digest] = mapped_column(unique=True)
    storage_key: Mapped[Line]
    size: Mapped[int]
    signatory: Mapped[Line]
    certificate_pem: Mapped[Long]
    signed_at: Mapped[Moment]
    kind: Mapped[Code] = mapped_column(default="", server_default="")
    """Value of ``vocabulary.FileStep``; "" for what was made before there were closing time-stamps."""
    timed_by: Mapped[Line] = mapped_column(default="", server_default="")
    """The time-stamp authority that gave the time; "": the organisation's own clock."""


class Review(Base):
    """A look at what really happened, planned for a date."""

    __tablename__ = "review"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        Index(None, "organisation_id", "state", "due_on"),
        Index(None, "assessment_id", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    assessment_id: Mapped[int]
    due_on: Mapped[date]
    trigger: Mapped[ReviewTrigger] = mapped_column(word(ReviewTrigger))
    reasons: Mapped[Long]
    """Why this date, in words, with the ids of the rules."""
    state: Mapped[ReviewState] = mapped_column(word(ReviewState), default=ReviewState.PLANNED)
    outcome: Mapped[ReviewOutcome | None] = mapped_column(word(ReviewOutcome))
    happened: Mapped[Long] = mapped_column(default="")
    outcome_reasons: Mapped[Long] = mapped_column(default="", server_default="")
    lessons: Mapped[Long] = mapped_column(default="", server_default="")
    frozen_key: Mapped[Code] = mapped_column(default="", server_default="")
    """Key of the frozen version with what the review found; "" before it is finished."""
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    made_at: Mapped[Moment]
    revision: Mapped[int] = mapped_column(default=1)


class ReviewDateChange(Base):
    """A review was moved: from, to, why, by whom. All stay."""

    __tablename__ = "review_date_change"
    __table_args__ = (Index(None, "review_id", "id"),)

    id: Mapped[Key]
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    kind: Mapped[Code] = mapped_column(default="", server_default="")
    """Value of ``domain.review_dates.DateMove``; "" for what was moved before there were kinds."""
    from_on: Mapped[date]
    to_on: Mapped[date]
    reason: Mapped[Long]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
