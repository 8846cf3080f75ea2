"""The quality of an assessment: findings explained, criteria scored, comments as threads."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.store.base import Base, Code, Key, Long, Moment


class Explanation(Base):
    """Why a finding of the self-check stands and is right: "we looked at this"."""

    __tablename__ = "self_check_explanation"
    __table_args__ = (UniqueConstraint("assessment_id", "rule", "section", "subject", "anchor"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    rule: Mapped[Code]
    section: Mapped[Code]
    subject: Mapped[Code] = mapped_column(default="")
    anchor: Mapped[Code] = mapped_column(default="")
    finding: Mapped[Long]
    """The finding as it read when it was explained; when it reads otherwise it is to be explained anew."""
    text: Mapped[Long]
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class QualityScore(Base):
    """What the equality lead gives for one criterion in one check."""

    __tablename__ = "quality_score"
    __table_args__ = (CheckConstraint("score IS NULL OR score BETWEEN 0 AND 3", name="score"),)

    check_id: Mapped[int] = mapped_column(ForeignKey("quality_check.id"), primary_key=True)
    criterion: Mapped[Code] = mapped_column(primary_key=True)
    score: Mapped[int | None]
    """0 to 3; None where the criterion does not apply to this assessment."""
    comment: Mapped[Long] = mapped_column(default="")
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class CommentReply(Base):
    """What was said in the thread of a comment after it began, oldest first."""

    __tablename__ = "comment_reply"
    __table_args__ = (Index(None, "comment_id", "id"),)

    id: Mapped[Key]
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    text: Mapped[Long]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class CommentClosing(Base):
    """The thread of a comment was closed; opening it again takes the row away."""

    __tablename__ = "comment_closing"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
