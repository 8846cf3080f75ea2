"""The daily search for early triggers that nobody has to say: late actions, failed actions, many proposals,
and what was changed since it was approved.

Each is raised once, in a transaction of its own; one that fails does not stop the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content.holidays import bank_holidays
from ehiia.domain import material as rules_of_change
from ehiia.domain import triggers as rules
from ehiia.domain.reasons import Reason
from ehiia.domain.review_dates import DECIDED
from ehiia.domain.schedule import is_working_day
from ehiia.domain.vocabulary import Verdict
from ehiia.services import material, triggers
from ehiia.services.one_by_one import each
from ehiia.services.promises import OPEN_CLAIMS
from ehiia.services.transaction import looking, transaction
from ehiia.store.answers import AuditItem, ImpactRow, MitigationRow
from ehiia.store.assessments import Assessment, AssessmentPlace
from ehiia.store.history import spoken_of
from ehiia.store.reviews import RaisedTrigger
from ehiia.store.worsened import crowded, worsened

__all__ = ["raise_found", "would_raise"]

LATELY = timedelta(days=14)
"""What was done with an assessment within this time is compared with what was signed: longer than any run of
days on which nothing is raised."""


@dataclass(frozen=True)
class Candidate:
    """A trigger that is to be raised unless it was: of which assessment, why, under which key."""

    assessment_id: int
    trigger: str
    reason: Reason
    key: str


def raise_found(*, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Raise what is found on today's London date; returns how many were new. Raises SomeFailed at the end.

    Nothing on a day that is no working day: people are told of it, and it can wait as reminders do.
    """
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
    """Yield what was not raised yet: a handful of queries, and some for each that something was done with."""
    if not is_working_day(day_of(now), bank_holidays()):
        return
    found = [*_late(session, now), *_failed(session), *_many(session), *_changed(session, now)]
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
    """Yield what several live proposals do to the same groups in the same places: one for each that stands.

    Once for each version of an assessment. What comes later brings its own when it is decided, and the page
    of cumulative effects shows all of it.
    """
    crowd = crowded().subquery()
    rows = session.execute(
        worsened(Assessment.id, Assessment.version_no, crowd.c.group, crowd.c.place, crowd.c.how_many)
        .join(AssessmentPlace, AssessmentPlace.assessment_id == Assessment.id)
        .join(
            crowd,
            (crowd.c.place_id == AssessmentPlace.place_id) & (crowd.c.subject == ImpactRow.subject),
        )
        .where(Assessment.stage.in_(DECIDED))
        .distinct()
        .order_by(Assessment.id, crowd.c.group, crowd.c.place)
    )
    for (assessment_id, version_no), found in groupby(rows, key=lambda row: (row[0], row[1])):
        reason = rules.too_many(rules.Crowd(group, place, how_many) for _, _, group, place, how_many in found)
        if reason is not None:
            key = f"cumulative:{assessment_id}:v{version_no}"
            yield Candidate(assessment_id, rules.CUMULATIVE, reason, key)


def _changed(session: Session, now: datetime) -> Iterator[Candidate]:
    """Yield approvals of what was changed since, among those that something was done with lately."""
    rows = session.scalars(
        select(Assessment)
        .where(
            Assessment.stage.in_(DECIDED),
            Assessment.practice.is_(False),
            spoken_of(Assessment.id, since=now - LATELY),
        )
        .order_by(Assessment.id)
    )
    for assessment in rows.all():
        found = material.stale(assessment, now=now, session=session)
        if found is None:
            continue
        reason = rules_of_change.stale(found.sections, version=found.version_no)
        if reason is not None:
            yield Candidate(assessment.id, rules.CHANGED, reason, found.key)
