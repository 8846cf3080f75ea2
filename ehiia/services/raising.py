"""The daily search for early triggers that nobody has to say: late actions, failed actions, many proposals.

Each is raised once, in a transaction of its own; one that fails does not stop the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import triggers as rules
from ehiia.domain.access import QUIET
from ehiia.domain.reasons import Reason
from ehiia.domain.review_dates import DECIDED
from ehiia.domain.vocabulary import ADVERSE, Verdict
from ehiia.services import triggers
from ehiia.services.one_by_one import each
from ehiia.services.promises import OPEN_CLAIMS
from ehiia.services.transaction import looking, transaction
from ehiia.store.answers import AuditItem, ImpactRow, MitigationRow
from ehiia.store.assessments import Assessment, AssessmentGroup, AssessmentPlace
from ehiia.store.reviews import RaisedTrigger

__all__ = ["raise_found", "would_raise"]


@dataclass(frozen=True)
class Candidate:
    """A trigger that is to be raised unless it was: of which assessment, why, under which key."""

    assessment_id: int
    trigger: str
    reason: Reason
    key: str


def raise_found(*, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Raise what is found on today's London date; returns how many were new. Raises SomeFailed at the end."""
    with looking() as session:
        candidates = list(_candidates(session, now))
    return each(
        candidates,
        lambda one: _raise(one, now),
        called=lambda one: one.key,
        verb="raised",
        go_on=go_on,
    )


def _raise(one: Candidate, now: datetime) -> int:
    with transaction() as session:
        assessment = session.get_one(
            Assessment, one.assessment_id, with_for_update=True, populate_existing=True
        )
        if assessment.stage not in DECIDED:
            return 0
        words = f"{one.reason.text} ({one.reason.rule})"
        return int(
            triggers.found(session, assessment, trigger=one.trigger, reason=words, key=one.key, now=now)
        )


def would_raise(*, now: datetime) -> list[str]:
    """Return in sentences what ``raise_found`` would raise."""
    with looking() as session:
        return [one.reason.text for one in _candidates(session, now)]


def _candidates(session: Session, now: datetime) -> Iterator[Candidate]:
    """Yield what was not raised yet: a handful of queries, whatever is stored."""
    found = [*_late(session, now), *_failed(session), *_many(session)]
    keys = [one.key for one in found]
    known: set[str | None] = set()
    for start in range(0, len(keys), 500):
        known |= set(
            session.scalars(
                select(RaisedTrigger.dedupe_key).where(
                    RaisedTrigger.dedupe_key.in_(keys[start : start + 500])
                )
            )
        )
    yield from (one for one in found if one.key not in known)


def _late(session: Session, now: datetime) -> Iterator[Candidate]:
    today = day_of(now)
    rows = session.scalars(
        select(MitigationRow)
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .where(
            MitigationRow.due_on < today - timedelta(days=rules.TOO_LONG),
            MitigationRow.claim.in_(OPEN_CLAIMS),
            MitigationRow.taken_out_at.is_(None),
            Assessment.stage.in_(DECIDED),
        )
        .order_by(MitigationRow.id)
    )
    for row in rows:
        reason = rules.overdue_too_long(row.ref, row.due_on, row.claim, today=today)
        if reason is not None:
            key = f"overdue:{row.id}:{row.due_on}"
            yield Candidate(row.assessment_id, rules.OVERDUE, reason, key)


def _failed(session: Session) -> Iterator[Candidate]:
    newest = (
        select(AuditItem.mitigation_id, func.max(AuditItem.id).label("id"))
        .group_by(AuditItem.mitigation_id)
        .subquery()
    )
    rows = session.execute(
        select(MitigationRow.assessment_id, MitigationRow.ref, AuditItem.id, AuditItem.verdict)
        .join(newest, newest.c.mitigation_id == MitigationRow.id)
        .join(AuditItem, AuditItem.id == newest.c.id)
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .where(
            AuditItem.verdict == Verdict.NOT_WORKING,
            MitigationRow.taken_out_at.is_(None),
            Assessment.stage.in_(DECIDED),
        )
        .order_by(AuditItem.id)
    )
    for assessment_id, ref, verdict_id, verdict in rows:
        reason = rules.found_ineffective(ref, verdict)
        if reason is not None:
            yield Candidate(assessment_id, rules.INEFFECTIVE, reason, f"ineffective:{verdict_id}")


def _many(session: Session) -> Iterator[Candidate]:
    """Yield what several live proposals do to one group in one place; restricted ones are not counted."""
    rows = session.execute(
        select(
            Assessment.id,
            Assessment.stage,
            AssessmentPlace.place_id,
            AssessmentPlace.name,
            ImpactRow.subject,
            AssessmentGroup.label,
        )
        .join(ImpactRow, ImpactRow.assessment_id == Assessment.id)
        .join(AssessmentPlace, AssessmentPlace.assessment_id == Assessment.id)
        .join(
            AssessmentGroup,
            (AssessmentGroup.assessment_id == Assessment.id) & (AssessmentGroup.code == ImpactRow.subject),
        )
        .where(
            ImpactRow.direction.in_(ADVERSE),
            Assessment.stage.not_in(QUIET),
            Assessment.restricted.is_(False),
        )
        .distinct()
        .order_by(AssessmentPlace.place_id, ImpactRow.subject, Assessment.id)
    ).all()
    together: dict[tuple[int, str], list[tuple[int, bool, str, str]]] = {}
    for assessment_id, stage, place_id, place, subject, label in rows:
        together.setdefault((place_id, subject), []).append((assessment_id, stage in DECIDED, place, label))
    for (place_id, subject), ones in together.items():
        count = len({one[0] for one in ones})
        for assessment_id, decided, place, label in ones:
            reason = rules.too_many(count, label, place)
            if decided and reason is not None:
                key = f"cumulative:{assessment_id}:{subject}:{place_id}"
                yield Candidate(assessment_id, rules.CUMULATIVE, reason, key)
