"""What was answered: answers, impacts and mitigating actions; and the bytes of files that were uploaded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.mitigating import Acceptance, ActionKind, Funding
from ehiia.domain.vocabulary import (
    Claim,
    Confidence,
    Dimension,
    Direction,
    Duration,
    InPlace,
    Magnitude,
    NumberAffected,
    Reversible,
    Verdict,
)
from ehiia.store.base import Base, Code, Key, Line, Long, Moment, word

DEGREES = ("likelihood_before", "severity_before", "likelihood_after", "severity_after")


class Answer(Base):
    """One answer. ``subject`` is a group's code, or "" for questions asked once."""

    __tablename__ = "answer"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    question: Mapped[Code] = mapped_column(primary_key=True)
    subject: Mapped[Code] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    """None, kept as JSON's null, where an answer was taken out again."""
    to_confirm: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Copied from another assessment, and neither confirmed nor changed since."""
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class ImpactRow(Base):
    """How a group is affected in one dimension; see ``domain.answers.Impact``."""

    __tablename__ = "impact"
    __table_args__ = tuple(
        CheckConstraint(f"{column} IS NULL OR {column} BETWEEN 1 AND 5", name=column) for column in DEGREES
    )

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    subject: Mapped[Code] = mapped_column(primary_key=True)
    dimension: Mapped[Dimension] = mapped_column(word(Dimension), primary_key=True)
    direction: Mapped[Direction | None] = mapped_column(word(Direction))
    magnitude: Mapped[Magnitude | None] = mapped_column(word(Magnitude))
    confidence: Mapped[Confidence | None] = mapped_column(word(Confidence))
    reason: Mapped[Long] = mapped_column(default="")
    likelihood_before: Mapped[int | None]
    severity_before: Mapped[int | None]
    likelihood_after: Mapped[int | None]
    severity_after: Mapped[int | None]
    justification: Mapped[Long] = mapped_column(default="")
    number_affected: Mapped[NumberAffected | None] = mapped_column(word(NumberAffected))
    duration: Mapped[Duration | None] = mapped_column(word(Duration))
    reversible: Mapped[Reversible | None] = mapped_column(word(Reversible))
    to_confirm: Mapped[bool] = mapped_column(default=False, server_default=false())
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class MitigationRow(Base):
    """A mitigating action. Claim, verdict and overdue are three facts: this row holds the claim only."""

    __tablename__ = "mitigation"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        CheckConstraint(
            "expected_likelihood IS NULL OR expected_likelihood BETWEEN 1 AND 5", name="likelihood"
        ),
        CheckConstraint("expected_severity IS NULL OR expected_severity BETWEEN 1 AND 5", name="severity"),
        Index(None, "organisation_id", "due_on"),
        Index(None, "assessment_id", "id"),
        Index(None, "owner_id", "due_on"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    assessment_id: Mapped[int]
    ref: Mapped[str] = mapped_column(String(48), unique=True)
    what: Mapped[Long]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outside_owner: Mapped[Line] = mapped_column(default="")
    """Name and organisation of an owner who has no account here."""
    outside_email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    """Where the owner outside is written to: personal data, so in no record, paper, file or history."""
    due_on: Mapped[date | None]
    measure: Mapped[Long] = mapped_column(default="")
    in_place: Mapped[InPlace | None] = mapped_column(word(InPlace))
    expected_likelihood: Mapped[int | None]
    expected_severity: Mapped[int | None]
    kind: Mapped[ActionKind | None] = mapped_column(word(ActionKind))
    starts_on: Mapped[date | None]
    baseline: Mapped[Line] = mapped_column(default="", server_default="")
    target: Mapped[Line] = mapped_column(default="", server_default="")
    data_source: Mapped[Line] = mapped_column(default="", server_default="")
    resources: Mapped[Long] = mapped_column(default="", server_default="")
    funding: Mapped[Funding | None] = mapped_column(word(Funding))
    clause: Mapped[Line] = mapped_column(default="", server_default="")
    """The clause of the contract or specification that asks for it."""
    acceptance: Mapped[Acceptance] = mapped_column(
        word(Acceptance), default=Acceptance.WAITING, server_default=Acceptance.WAITING.value
    )
    """What the owner of today says of it; another owner is asked anew."""
    acceptance_reason: Mapped[Long] = mapped_column(default="", server_default="")
    """Why the owner declined it."""
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    accepted_name: Mapped[Line] = mapped_column(default="", server_default="")
    """Who accepted it, where they have no account here."""
    claim: Mapped[Claim] = mapped_column(word(Claim), default=Claim.NOT_STARTED)
    claim_note: Mapped[Long] = mapped_column(default="")
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    claimed_outside: Mapped[Line] = mapped_column(default="", server_default="")
    """Who said it where that was the owner outside, who has no account: then ``claimed_by`` is empty."""
    claimed_at: Mapped[datetime | None]
    taken_out_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class MitigationImpact(Base):
    """Which impact a mitigating action answers: a group and a dimension."""

    __tablename__ = "mitigation_impact"

    mitigation_id: Mapped[int] = mapped_column(ForeignKey("mitigation.id"), primary_key=True)
    subject: Mapped[Code] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(String(24), primary_key=True)
    """Value of ``Dimension``, or "overall" for a Core20PLUS5 question."""


class AuditItem(Base):
    """An auditor's verdict on a mitigating action with its evidence; insert-only."""

    __tablename__ = "audit_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "mitigation_id"], ["mitigation.organisation_id", "mitigation.id"]
        ),
        Index(None, "mitigation_id", "id"),
        Index(None, "organisation_id", "at"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    mitigation_id: Mapped[int]
    verdict: Mapped[Verdict] = mapped_column(word(Verdict))
    found: Mapped[Long]
    """What the auditor looked at and saw."""
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"))
    file_name: Mapped[Line] = mapped_column(default="")
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class StoredFile(Base):
    """Bytes that were uploaded, named by their SHA-256; kept through ``files``."""

    __tablename__ = "file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    stored_at: Mapped[Moment]
    stored_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    scanned_at: Mapped[datetime | None]
    """When a virus scanner found nothing in it; None where no scanner was set up then."""
