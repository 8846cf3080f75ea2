"""Opinions on assurance: one draft a period, what was given (insert-only), and what it rests on, counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    UniqueConstraint,
    and_,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from ehiia.domain.auditing import CaseState, Grade, Screened
from ehiia.domain.vocabulary import Verdict
from ehiia.store.auditing import CaseRow, FindingRow, still_open
from ehiia.store.base import Base, Key, Line, Long, Moment


class OpinionDraft(Base):
    """What was written of an opinion that is not given yet; one for each audit of a period."""

    __tablename__ = "audit_opinion_draft"

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("audit_run.id"), unique=True)
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Field of ``domain.assurance.OpinionWords`` -> text."""
    revision: Mapped[int] = mapped_column(default=1)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class OpinionRow(Base):
    """An opinion as it was given, with its scale and its basis of that day; insert-only."""

    __tablename__ = "audit_opinion"
    __table_args__ = (
        UniqueConstraint("organisation_id", "ref"),
        ForeignKeyConstraint(["organisation_id", "run_id"], ["audit_run.organisation_id", "audit_run.id"]),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    run_id: Mapped[int]
    ref: Mapped[str] = mapped_column(String(48))
    design: Mapped[Line]
    design_reasons: Mapped[Long]
    operation: Mapped[Line]
    operation_reasons: Mapped[Long]
    scope: Mapped[Long]
    rests_on: Mapped[Long]
    not_looked_at: Mapped[Long]
    scale: Mapped[list[Any]] = mapped_column(JSON)
    """A list of [word, meaning], the best first."""
    basis: Mapped[dict[str, Any]] = mapped_column(JSON)
    """``domain.assurance.Basis`` as it was counted when the opinion was given."""
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("audit_opinion.id"), unique=True)
    """The opinion whose place it takes."""
    correction: Mapped[Long] = mapped_column(default="")
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


def results(session: Session, run_id: int) -> list[tuple[CaseState, Verdict | None, Screened | None, int]]:
    """Return how many cases of a run there are of each state, verdict and result of a screening."""
    kinds = (CaseRow.state, CaseRow.verdict, CaseRow.screened)
    query = select(*kinds, func.count()).where(CaseRow.run_id == run_id).group_by(*kinds)
    return [(state, verdict, screened, count) for state, verdict, screened, count in session.execute(query)]


def findings(
    session: Session, organisation_id: int, run_id: int, *, since: datetime
) -> list[tuple[Grade, bool, bool, int]]:
    """Return how many findings there are of each grade: about items of a run or not, open or not.

    Those about the way of assessing as a whole count that were written ``since`` then (UTC).
    """
    about_items = FindingRow.case_id.is_not(None)
    query = (
        select(FindingRow.grade, about_items, still_open().label("still_open"), func.count())
        .outerjoin(CaseRow, CaseRow.id == FindingRow.case_id)
        .where(
            FindingRow.organisation_id == organisation_id,
            or_(
                CaseRow.run_id == run_id,
                and_(FindingRow.case_id.is_(None), FindingRow.raised_at >= since),
            ),
        )
        .group_by(FindingRow.grade, about_items, "still_open")  # by name: PostgreSQL tells two IN apart
    )
    return [(grade, bool(item), bool(left), count) for grade, item, left, count in session.execute(query)]
