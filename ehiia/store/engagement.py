"""Who was listened to, who read the summary by link and what they said, and what was promised."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.vocabulary import HeadCount, Naming, Promise
from ehiia.store.base import Base, Code, Digest, Key, Line, Long, Moment, word


class EngagementRow(Base):
    """One entry of the engagement log. Numbers of people are kept as bands only; no names stand here."""

    __tablename__ = "engagement"
    __table_args__ = (UniqueConstraint("assessment_id", "number"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    number: Mapped[int]
    """From 1 in each assessment; a number that was taken out is not given again."""
    on_date: Mapped[date | None]
    place: Mapped[Line] = mapped_column(default="")
    channel: Mapped[Code] = mapped_column(default="")
    """Id from ``content/reference/engagement_channels.toml``, or ""."""
    everybody: Mapped[HeadCount | None] = mapped_column(word(HeadCount))
    others: Mapped[Line] = mapped_column(default="")
    led_by: Mapped[Line] = mapped_column(default="")
    partner: Mapped[Line] = mapped_column(default="")
    reached: Mapped[Long] = mapped_column(default="")
    shown: Mapped[Long] = mapped_column(default="")
    shown_version: Mapped[Line] = mapped_column(default="")
    said: Mapped[Long] = mapped_column(default="")
    changed: Mapped[Long] = mapped_column(default="")
    fed_back_on: Mapped[date | None]
    fed_back_how: Mapped[Line] = mapped_column(default="")
    not_reached: Mapped[Long] = mapped_column(default="")
    taken_out_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class EngagementGroup(Base):
    """A group of the assessment that was heard; ``band`` is None where nobody counted."""

    __tablename__ = "engagement_group"

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), primary_key=True)
    subject: Mapped[Code] = mapped_column(primary_key=True)
    band: Mapped[HeadCount | None] = mapped_column(word(HeadCount))


class EngagementVoice(Base):
    """How somebody with lived experience who took part chose to be named.

    ``named_as`` is empty where they are not named, and is emptied when the choice is withdrawn.
    """

    __tablename__ = "engagement_voice"
    __table_args__ = (Index(None, "engagement_id", "id"),)

    id: Mapped[Key]
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    naming: Mapped[Naming] = mapped_column(word(Naming))
    named_as: Mapped[Line] = mapped_column(default="")
    withdrawn_at: Mapped[datetime | None]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class CommitmentRow(Base):
    """Something promised in a paper, a meeting or a consultation."""

    __tablename__ = "commitment"
    __table_args__ = (
        UniqueConstraint("assessment_id", "number"),
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        CheckConstraint("owner_id IS NULL OR outside_owner = ''", name="one_owner"),
        Index(None, "owner_id", "due_on"),
        Index(None, "organisation_id", "due_on"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    assessment_id: Mapped[int]
    number: Mapped[int]
    what: Mapped[Long]
    source: Mapped[Line] = mapped_column(default="")
    """Where it was promised: the paper and its page, the meeting, the consultation."""
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outside_owner: Mapped[Line] = mapped_column(default="")
    due_on: Mapped[date | None]
    state: Mapped[Promise] = mapped_column(word(Promise), default=Promise.OPEN)
    note: Mapped[Long] = mapped_column(default="")
    said_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[datetime | None]
    taken_out_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class ReviewerSummary(Base):
    """What the author wrote for public reviewers, in plain words."""

    __tablename__ = "reviewer_summary"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    proposal: Mapped[Long] = mapped_column(default="")
    affected: Mapped[Long] = mapped_column(default="")
    asked: Mapped[Long] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class ReviewerLink(Base):
    """An invitation to read the summary of one assessment and comment. Only the token's digest is kept."""

    __tablename__ = "reviewer_link"
    __table_args__ = (Index(None, "assessment_id", "id"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    token_sha256: Mapped[Digest] = mapped_column(unique=True)
    name: Mapped[Line]
    """Whom the author invited: an organisation, a group or a person."""
    email: Mapped[str] = mapped_column(String(254))
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]
    """When somebody took it back."""
    opened: Mapped[int] = mapped_column(default=0)
    """How many times it was used; each is in the history."""
    last_opened_at: Mapped[datetime | None]


class ReviewerComment(Base):
    """What a public reviewer said, and the author's recorded answer."""

    __tablename__ = "reviewer_comment"
    __table_args__ = (UniqueConstraint("assessment_id", "number"), Index(None, "link_id", "id"))

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    link_id: Mapped[int] = mapped_column(ForeignKey("reviewer_link.id"))
    number: Mapped[int]
    said_by: Mapped[Line] = mapped_column(default="")
    """The name or organisation they chose to give, or ""."""
    text: Mapped[Long]
    at: Mapped[Moment]
    answer: Mapped[Long] = mapped_column(default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
