"""What was decided, read from the rows: as it is frozen into the record, and the newest of an assessment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.domain import decision
from ehiia.domain.frozen import Person, Snapshot
from ehiia.domain.vocabulary import Outcome
from ehiia.services import meeting_dates, people, resting
from ehiia.services.decision_entry import Decision, decision_from
from ehiia.services.transaction import read
from ehiia.store.decisions import DecisionRow, RecordRow, SnapshotRow
from ehiia.store.organisations import Body

__all__ = ["LastDecision", "frozen", "last_decision"]


def frozen(
    session: Session, row: DecisionRow, snapshot: Snapshot, body: Body, role: str, version_no: int
) -> decision.Decided:
    """Return what the body decided as it is frozen. ``role``: of whoever decided, in words."""
    content = row.content
    entered = decision_from(content)
    ids = {row.decided_by, row.entered_by, *(term.owner_id for term in entered.terms)}
    names = people.names({one for one in ids if one}, session=session)
    outcome = Outcome(content["outcome"])
    meeting = content.get("meeting_on")
    return decision.Decided(
        body=body.name,
        outcome=outcome.value,
        outcome_label=outcome.label,
        meeting_on=datetime.fromisoformat(meeting).date() if meeting else None,
        minute=content.get("minute", ""),
        reasons=content.get("reasons", ""),
        conditions=content.get("conditions", ""),
        advice_followed=bool(content.get("advice_followed", True)),
        advice_not_followed_reason=content.get("advice_not_followed_reason", ""),
        members_present=tuple(content.get("members_present", ())),
        conflicts=content.get("conflicts", ""),
        reconsidered=content.get("reconsidered", ""),
        decided_by=Person(names[row.decided_by], role),
        entered_by=Person(names[row.entered_by], "Committee secretary") if row.entered_by else None,
        decided_at=row.decided_at,
        parts=tuple(
            decision.DecidedPart(part.name, part.outcome.value, part.outcome.label, part.reason)
            for part in entered.parts
            if part.outcome is not None
        ),
        terms=tuple(
            decision.Condition(one.what, names.get(one.owner_id or 0, one.outside_owner), one.due_on)
            for one in entered.terms
        ),
        awaited=entered.awaited,
        awaited_until=entered.awaited_until,
        accepted_gaps=resting.accepted(snapshot, entered.accepted),
        meetings_moved=meeting_dates.moved_of(session, row.assessment_id, version_no),
    )


@dataclass(frozen=True)
class LastDecision:
    """The newest decision on an assessment, as it was made."""

    record_ref: str
    entered: Decision
    decided_at: datetime
    version_no: int
    """Number of the version that was decided."""

    @property
    def deferred(self) -> tuple[str, ...]:
        """Names of the parts that were deferred."""
        return tuple(part.name for part in self.entered.parts if part.outcome is Outcome.DEFERRED)


def last_decision(assessment_id: int) -> LastDecision | None:
    """Return the newest decision on an assessment, or None before there is one."""
    found = (
        read()
        .execute(
            select(RecordRow.ref, DecisionRow.content, DecisionRow.decided_at, SnapshotRow.version_no)
            .join(DecisionRow, DecisionRow.id == RecordRow.decision_id)
            .join(SnapshotRow, SnapshotRow.id == DecisionRow.snapshot_id)
            .where(RecordRow.assessment_id == assessment_id)
            .order_by(RecordRow.edition.desc())
            .limit(1)
        )
        .one_or_none()
    )
    if found is None:
        return None
    return LastDecision(found.ref, decision_from(found.content), found.decided_at, found.version_no)
