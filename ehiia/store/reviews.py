"""What belongs to a review: go-live that moves, requests to postpone it, and what it found."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    ScalarSelect,
    String,
    and_,
    exists,
    func,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from ehiia.domain.looking_back import Turned, Worked
from ehiia.domain.review_dates import Asked
from ehiia.domain.triggers import CHANGED, Raised
from ehiia.domain.vocabulary import ReviewOutcome, ReviewState
from ehiia.domain.workflow import DECIDED, LIVE
from ehiia.store.assessments import Assessment
from ehiia.store.base import Base, Code, Key, Long, Moment, word
from ehiia.store.decisions import DecisionRow, Review


class GoLiveChange(Base):
    """What somebody said of go-live after the decision; insert-only."""

    __tablename__ = "go_live_change"
    __table_args__ = (Index(None, "assessment_id", "id"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    started: Mapped[bool]
    """Whether it went live on ``to_on``; otherwise that day is expected."""
    from_on: Mapped[date | None]
    """What was known before: the day it went live, or was expected to."""
    to_on: Mapped[date]
    reason: Mapped[Long] = mapped_column(default="")
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class ReviewPostponement(Base):
    """Somebody asked that a review be postponed; the old date counts until somebody else approves."""

    __tablename__ = "review_postponement"
    __table_args__ = (Index(None, "review_id", "id"),)

    id: Mapped[Key]
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    from_on: Mapped[date]
    to_on: Mapped[date]
    reason: Mapped[Long]
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Moment]
    state: Mapped[Asked] = mapped_column(word(Asked), default=Asked.WAITING)
    answer: Mapped[Long] = mapped_column(default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]


class ReviewFinding(Base):
    """What really happened in one respect, as it is written for a review."""

    __tablename__ = "review_finding"
    __table_args__ = (
        CheckConstraint("likelihood IS NULL OR likelihood BETWEEN 1 AND 5", name="likelihood"),
        CheckConstraint("severity IS NULL OR severity BETWEEN 1 AND 5", name="severity"),
    )

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    subject: Mapped[Code] = mapped_column(primary_key=True)
    """Code of a group, or id of a question."""
    dimension: Mapped[str] = mapped_column(String(24), primary_key=True)
    """Value of ``Dimension``, or "overall"."""
    turned: Mapped[Turned | None] = mapped_column(word(Turned))
    happened: Mapped[Long] = mapped_column(default="")
    evidence: Mapped[Long] = mapped_column(default="")
    likelihood: Mapped[int | None]
    severity: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class ReviewedAction(Base):
    """Whether a mitigating action worked, as it is written for a review."""

    __tablename__ = "reviewed_action"

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    mitigation_id: Mapped[int] = mapped_column(ForeignKey("mitigation.id"), primary_key=True)
    worked: Mapped[Worked | None] = mapped_column(word(Worked))
    note: Mapped[Long] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class RaisedTrigger(Base):
    """Somebody, or a job, said that the review should not wait for its day."""

    __tablename__ = "raised_trigger"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        Index(None, "organisation_id", "state"),
        Index(None, "assessment_id", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    assessment_id: Mapped[int]
    trigger: Mapped[Code]
    """Id from the list of triggers."""
    reason: Mapped[Long]
    dedupe_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    """What a job found, so that it is raised once; None where a person raised it."""
    raised_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[Moment]
    state: Mapped[Raised] = mapped_column(word(Raised), default=Raised.OPEN)
    answer: Mapped[Long] = mapped_column(default="")
    brought_to_on: Mapped[date | None]
    """The day that the review was brought forward to, where it was accepted."""
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]


def approval_stale() -> ColumnElement[bool]:
    """Return the condition that what was approved last of an assessment was changed since."""
    decided = (
        select(func.max(DecisionRow.decided_at))
        .where(DecisionRow.assessment_id == Assessment.id)
        .correlate(Assessment)
        .scalar_subquery()
    )
    return and_(Assessment.stage.in_(LIVE | DECIDED), found_changed(Assessment.id, since=decided))


def found_changed(
    assessment_id: InstrumentedAttribute[int],
    *,
    since: InstrumentedAttribute[datetime] | ScalarSelect[datetime],
) -> ColumnElement[bool]:
    """Return the condition that a job found that it was changed, and nobody said that it was not.

    Nor did a review since then find that it is still right.
    """
    kept = exists().where(
        Review.assessment_id == RaisedTrigger.assessment_id,
        Review.outcome == ReviewOutcome.KEEP,
        Review.state == ReviewState.DONE,
        Review.ended_at >= RaisedTrigger.raised_at,
    )
    return exists().where(
        ~kept,
        RaisedTrigger.assessment_id == assessment_id,
        RaisedTrigger.trigger == CHANGED,
        RaisedTrigger.raised_by.is_(None),
        RaisedTrigger.raised_at > since,
        RaisedTrigger.state.in_([Raised.OPEN, Raised.ACCEPTED]),
    )
