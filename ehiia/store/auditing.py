"""The audit programme: programmes and their rules, runs, draws, the items that were drawn, findings.

Rules and draws are insert-only: triggers refuse to change or remove them (see ``store/protect.py``).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    and_,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.auditing import CLOSED_BY, CaseState, FollowUp, Grade, Response, Screened
from ehiia.domain.programmes import Rhythm
from ehiia.domain.sampling import Pool
from ehiia.domain.vocabulary import Verdict
from ehiia.store.base import Base, Digest, Key, Line, Long, Moment, word


class ProgrammeRow(Base):
    """A programme of audits: how often a sample is drawn. Its rule is the newest ``ProgrammeRule``."""

    __tablename__ = "audit_programme"
    __table_args__ = (UniqueConstraint("organisation_id", "id"),)

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[Line]
    rhythm: Mapped[Rhythm] = mapped_column(word(Rhythm))
    begun_on: Mapped[date]
    ended_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class ProgrammeRule(Base):
    """A sampling rule of a programme, from a moment on; insert-only."""

    __tablename__ = "audit_rule"
    __table_args__ = (Index(None, "programme_id", "id"),)

    id: Mapped[Key]
    programme_id: Mapped[int] = mapped_column(ForeignKey("audit_programme.id"))
    rule: Mapped[list[Any]] = mapped_column(JSON)
    """A list of [pool, share in per cent, at least]."""
    reason: Mapped[Long]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class RunRow(Base):
    """The audit of one period of a programme."""

    __tablename__ = "audit_run"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        UniqueConstraint("programme_id", "first_on"),
        UniqueConstraint("organisation_id", "ref"),
        ForeignKeyConstraint(
            ["organisation_id", "programme_id"], ["audit_programme.organisation_id", "audit_programme.id"]
        ),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    programme_id: Mapped[int]
    ref: Mapped[str] = mapped_column(String(48))
    first_on: Mapped[date]
    last_on: Mapped[date]
    begun_at: Mapped[Moment]


class DrawRow(Base):
    """A sample as it was drawn, with everything that is needed to draw it again; insert-only."""

    __tablename__ = "audit_draw"
    __table_args__ = (UniqueConstraint("run_id", "n"),)

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("audit_run.id"))
    n: Mapped[int]
    """1 for the first; more for those drawn again, each with a reason."""
    seed_seq: Mapped[int]
    seed_hash: Mapped[Digest]
    frame: Mapped[Long]
    """The canonical text: ``domain.sampling.canonical``, with the rule that counted at the close."""
    frame_sha256: Mapped[Digest]
    drawn: Mapped[list[Any]] = mapped_column(JSON)
    """References in the order in which they were drawn."""
    reason: Mapped[Long] = mapped_column(default="")
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: the service, on the day after the period."""
    at: Mapped[Moment]


class CaseRow(Base):
    """An item of a run that was drawn, with the audit of it. What was drawn once is never taken away."""

    __tablename__ = "audit_case"
    __table_args__ = (
        UniqueConstraint("run_id", "ref"),
        UniqueConstraint("organisation_id", "id"),
        ForeignKeyConstraint(["organisation_id", "run_id"], ["audit_run.organisation_id", "audit_run.id"]),
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        ForeignKeyConstraint(
            ["organisation_id", "mitigation_id"], ["mitigation.organisation_id", "mitigation.id"]
        ),
        CheckConstraint("likelihood IS NULL OR likelihood BETWEEN 1 AND 5", name="likelihood"),
        CheckConstraint("severity IS NULL OR severity BETWEEN 1 AND 5", name="severity"),
        Index(None, "auditor_id", "state"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    run_id: Mapped[int]
    assessment_id: Mapped[int]
    mitigation_id: Mapped[int | None]
    """None for a proposal that was screened out."""
    ref: Mapped[str] = mapped_column(String(48))
    pool: Mapped[Pool] = mapped_column(word(Pool))
    stratum: Mapped[Line]
    draw_n: Mapped[int]
    """The draw in which it first came."""
    auditor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """To whom it was given, or who began it; None where nobody here may audit it."""
    state: Mapped[CaseState] = mapped_column(word(CaseState), default=CaseState.OPEN)
    checks: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Check -> result, words, file_sha256, file_name; a draft until it is done."""
    verdict: Mapped[Verdict | None] = mapped_column(word(Verdict))
    screened: Mapped[Screened | None] = mapped_column(word(Screened))
    found: Mapped[Long] = mapped_column(default="")
    likelihood: Mapped[int | None]
    severity: Mapped[int | None]
    done_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class FindingRow(Base):
    """Something that an audit saw, what management says of it, and what was seen since."""

    __tablename__ = "audit_finding"
    __table_args__ = (
        UniqueConstraint("organisation_id", "ref"),
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        ForeignKeyConstraint(["organisation_id", "case_id"], ["audit_case.organisation_id", "audit_case.id"]),
        Index(None, "organisation_id", "due_on"),
        Index(None, "case_id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    ref: Mapped[str] = mapped_column(String(48))
    case_id: Mapped[int | None]
    """None for one about the way of assessing as a whole."""
    assessment_id: Mapped[int | None]
    condition: Mapped[Long]
    criterion: Mapped[Long] = mapped_column(default="")
    cause: Mapped[Long] = mapped_column(default="")
    effect: Mapped[Long] = mapped_column(default="")
    recommendation: Mapped[Long] = mapped_column(default="")
    grade: Mapped[Grade] = mapped_column(word(Grade))
    answers_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    """Who is asked to answer for management."""
    raised_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[Moment]
    response: Mapped[Response | None] = mapped_column(word(Response))
    response_words: Mapped[Long] = mapped_column(default="")
    risk_taken_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who accepts the risk of what was not accepted."""
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None]
    """By when it is put right; until there is an answer, by when it is answered."""
    responded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    responded_at: Mapped[datetime | None]
    followed: Mapped[FollowUp | None] = mapped_column(word(FollowUp))
    """The newest follow-up, which the state follows from; ``FollowUpRow`` keeps every one."""
    followed_words: Mapped[Long] = mapped_column(default="")
    followed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    followed_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class FollowUpRow(Base):
    """One time that a finding was looked at again, and what was seen; insert-only."""

    __tablename__ = "audit_follow_up"
    __table_args__ = (Index(None, "finding_id", "id"),)

    id: Mapped[Key]
    finding_id: Mapped[int] = mapped_column(ForeignKey("audit_finding.id"))
    result: Mapped[FollowUp] = mapped_column(word(FollowUp))
    words: Mapped[Long]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


def still_open() -> ColumnElement[bool]:
    """Return the predicate of findings that nobody closed."""
    return or_(FindingRow.followed.is_(None), FindingRow.followed.not_in(CLOSED_BY))


def answer_due() -> ColumnElement[bool]:
    """Return the predicate of findings that wait for an answer, as ``domain.auditing.state_of`` says."""
    return and_(FindingRow.response.is_(None), still_open())


def action_due() -> ColumnElement[bool]:
    """Return the predicate of findings to be put right, as ``domain.auditing.state_of`` says."""
    return and_(FindingRow.response.in_((Response.ACCEPTED, Response.PARTLY)), still_open())
