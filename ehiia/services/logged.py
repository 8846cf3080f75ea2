"""What decision logs are matched with: the assessments of one organisation that everybody who audits may see.

Restricted assessments are left out for everybody alike, also for those who take part in them: what a log
comes out as is kept and shown to all who audit, and must say no more than all of them may know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.logged import Known, Version
from ehiia.services.decision_entry import decision_from
from ehiia.store.assessments import Assessment, AssessmentVersion, Move, RouteStep
from ehiia.store.decisions import DecisionRow, QualityCheck, SnapshotRow
from ehiia.store.earlier import EarlierAssessment
from ehiia.store.organisations import Body

__all__ = ["all_known", "known_by_id", "known_by_ref"]


def all_known(session: Session, organisation_id: int) -> list[Known]:
    """Return every assessment that a log is matched with: seven queries."""
    return _known(session, organisation_id)


def known_by_id(session: Session, organisation_id: int, ids: Collection[int]) -> dict[int, Known]:
    """Return those of these assessments that everybody who audits may see, by id: seven queries at most."""
    found = _known(session, organisation_id, Assessment.id.in_(ids)) if ids else []
    return {one.id: one for one in found}


def known_by_ref(session: Session, organisation_id: int, ref: str) -> Known | None:
    """Return the assessment of this reference, or None where there is none that everybody may see."""
    found = _known(session, organisation_id, func.lower(Assessment.ref) == ref.strip().lower())
    return found[0] if found else None


def _known(session: Session, organisation_id: int, *which: ColumnElement[bool]) -> list[Known]:
    seen = (Assessment.organisation_id == organisation_id, Assessment.restricted.is_(False), *which)
    begun: dict[int, dict[int, date]] = defaultdict(dict)
    for here, number, at in session.execute(
        select(AssessmentVersion.assessment_id, AssessmentVersion.number, AssessmentVersion.begun_at)
        .join(Assessment, Assessment.id == AssessmentVersion.assessment_id)
        .where(*seen)
        .order_by(AssessmentVersion.number)
    ):
        begun[here][number] = day_of(at)
    finished: dict[tuple[int, int], set[date]] = defaultdict(set)
    for check in session.scalars(
        select(QualityCheck)
        .join(Assessment, Assessment.id == QualityCheck.assessment_id)
        .where(*seen, QualityCheck.passed.is_(True))
    ):
        if check.ended_at is not None:
            finished[check.assessment_id, check.version_no].add(day_of(check.ended_at))
    for here, number, at in session.execute(
        select(Move.assessment_id, Move.version_no, Move.at)
        .join(Assessment, Assessment.id == Move.assessment_id)
        .where(*seen, Move.move == "countersign")
    ):
        finished[here, number].add(day_of(at))
    newest: dict[int, tuple[int, int, date]] = {}  # by frozen version: a correction takes a decision's place
    for row, number in session.execute(
        select(DecisionRow, SnapshotRow.version_no)
        .join(SnapshotRow, SnapshotRow.id == DecisionRow.snapshot_id)
        .join(Assessment, Assessment.id == DecisionRow.assessment_id)
        .where(*seen)
        .order_by(DecisionRow.id)
    ):
        on = decision_from(row.content).meeting_on or day_of(row.decided_at)
        newest[row.snapshot_id] = row.assessment_id, number, on
    decided: dict[tuple[int, int], set[date]] = defaultdict(set)
    for here, number, on in newest.values():
        decided[here, number].add(on)
    bodies: dict[int, list[str]] = defaultdict(list)
    meetings: dict[int, list[date]] = defaultdict(list)
    for here, name, meeting_on in session.execute(
        select(RouteStep.assessment_id, Body.name, RouteStep.meeting_on)
        .join(Body, Body.id == RouteStep.body_id)
        .join(Assessment, Assessment.id == RouteStep.assessment_id)
        .where(*seen)
        .order_by(RouteStep.assessment_id, RouteStep.position)
    ):
        bodies[here].append(name)
        if meeting_on is not None:
            meetings[here].append(meeting_on)
    before = {
        one.assessment_id: one
        for one in session.scalars(
            select(EarlierAssessment)
            .join(Assessment, Assessment.id == EarlierAssessment.assessment_id)
            .where(*seen)
        )
    }
    found = []
    for one in session.scalars(select(Assessment).where(*seen).order_by(Assessment.id)):
        versions = begun.get(one.id) or {1: day_of(one.created_at)}
        earlier = before.get(one.id)
        if earlier is not None and earlier.decided_on is not None:
            decided[one.id, 1].add(earlier.decided_on)
        found.append(
            Known(
                one.id,
                one.ref,
                one.title,
                tuple(
                    Version(
                        on,
                        tuple(sorted(finished[one.id, number])),
                        tuple(sorted(decided[one.id, number])),
                        elsewhere=earlier is not None and number == 1,
                    )
                    for number, on in versions.items()
                ),
                tuple(bodies[one.id]),
                (*meetings[one.id], *([one.decided_before_on] if one.decided_before_on else [])),
                earlier.old_ref if earlier else "",
            )
        )
    return found
