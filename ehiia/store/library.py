"""The evidence library of an organisation, what an assessment uses of it, and what is not known.

An item has insert-only versions. An assessment uses an item at one version, and
its answers and impacts cite that use: what was cited stays as it was when the
item changes. An evidence gap is something not known; never a missing answer.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.vocabulary import Confidence, GapState
from ehiia.store.base import Base, Code, Key, Line, Long, Moment, word


class EvidenceItemRow(Base):
    """An item of the library. Everything it says is in its versions."""

    __tablename__ = "evidence_item"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        ForeignKeyConstraint(["organisation_id", "home_id"], ["assessment.organisation_id", "assessment.id"]),
        Index(None, "organisation_id", "home_id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    home_id: Mapped[int | None]
    """The assessment in which it was added; None for what was added to the library itself."""
    newest: Mapped[int] = mapped_column(default=1)
    """Number of its newest version."""
    privileged: Mapped[bool] = mapped_column(default=False)
    """Legal advice: never seen outside the assessments that use it."""
    retired_reason: Mapped[Long] = mapped_column(default="")
    retired_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    retired_at: Mapped[datetime | None]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class EvidenceVersion(Base):
    """What an item said at one time; insert-only."""

    __tablename__ = "evidence_version"

    item_id: Mapped[int] = mapped_column(ForeignKey("evidence_item.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Code]
    title: Mapped[Line]
    publisher: Mapped[Line] = mapped_column(default="")
    year: Mapped[str] = mapped_column(String(40), default="")
    place: Mapped[Line] = mapped_column(default="")
    groups: Mapped[list[str]] = mapped_column(JSON())
    """Codes of the groups that it covers."""
    shows: Mapped[Long] = mapped_column(default="")
    link: Mapped[Long] = mapped_column(default="")
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"))
    file_name: Mapped[Line] = mapped_column(default="")
    changed: Mapped[Long] = mapped_column(default="")
    """What changed since the version before, in words."""
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class EvidenceUse(Base):
    """An assessment uses an item at one version. Taking it out keeps the row and says when."""

    __tablename__ = "evidence_use"
    __table_args__ = (
        UniqueConstraint("assessment_id", "id"),
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        ForeignKeyConstraint(
            ["organisation_id", "item_id"], ["evidence_item.organisation_id", "evidence_item.id"]
        ),
        ForeignKeyConstraint(
            ["item_id", "version_no"], ["evidence_version.item_id", "evidence_version.number"]
        ),
        Index(None, "item_id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    assessment_id: Mapped[int]
    item_id: Mapped[int]
    version_no: Mapped[int]
    strength: Mapped[Confidence | None] = mapped_column(word(Confidence))
    shows_here: Mapped[Long] = mapped_column(default="")
    """What it shows for this decision, where that is more than it shows in general."""
    taken_out_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class CitationRow(Base):
    """An answer (``question``) or an impact (``dimension``) rests on a source, at the version it uses."""

    __tablename__ = "citation"
    __table_args__ = (
        ForeignKeyConstraint(["assessment_id", "use_id"], ["evidence_use.assessment_id", "evidence_use.id"]),
        Index(None, "assessment_id", "subject"),
    )

    use_id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[Code] = mapped_column(primary_key=True)
    question: Mapped[Code] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(String(24), primary_key=True)
    """Value of ``Dimension``, or "" where an answer is meant."""
    assessment_id: Mapped[int]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class GapRow(Base):
    """Something that is not known, about whom, and what is done about it."""

    __tablename__ = "evidence_gap"
    __table_args__ = (
        UniqueConstraint("assessment_id", "number"),
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        ForeignKeyConstraint(["assessment_id", "use_id"], ["evidence_use.assessment_id", "evidence_use.id"]),
        Index(None, "organisation_id", "due_on"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    assessment_id: Mapped[int]
    number: Mapped[int]
    """It is called "G1" by it; a number is never used again."""
    unknown: Mapped[Long]
    groups: Mapped[list[str]] = mapped_column(JSON())
    """Codes of the groups it is about."""
    subject: Mapped[Code] = mapped_column(default="")
    question: Mapped[Code] = mapped_column(default="")
    dimension: Mapped[str] = mapped_column(String(24), default="")
    """Where it was noticed."""
    material: Mapped[bool | None]
    plan: Mapped[Long] = mapped_column(default="")
    due_on: Mapped[date | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outside_owner: Mapped[Line] = mapped_column(default="")
    plain: Mapped[Long] = mapped_column(default="")
    """What is put to the decision-maker, in plain words."""
    state: Mapped[GapState] = mapped_column(word(GapState), default=GapState.OPEN)
    found: Mapped[Long] = mapped_column(default="")
    use_id: Mapped[int | None]
    """The source that closed it."""
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    accepted_reason: Mapped[Long] = mapped_column(default="")
    accepted_until: Mapped[date | None]
    protection: Mapped[Long] = mapped_column(default="")
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    """The decision in which it was accepted."""
    taken_out_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]

    @property
    def ref(self) -> str:
        """What it is called within its assessment."""
        return f"G{self.number}"


class GapDateChange(Base):
    """The date until which a gap was accepted was moved: from, to, why, by whom. Insert-only; all stay."""

    __tablename__ = "gap_date_change"
    __table_args__ = (Index(None, "gap_id", "id"),)

    id: Mapped[Key]
    gap_id: Mapped[int] = mapped_column(ForeignKey("evidence_gap.id"))
    from_on: Mapped[date | None]
    to_on: Mapped[date]
    reason: Mapped[Long]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
