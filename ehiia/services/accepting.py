"""Deciding without knowing: whoever decides accepts an evidence gap, with its reason, date and protection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.domain import gaps as rules
from ehiia.domain.answers import EvidenceGap
from ehiia.domain.gaps import Acceptance
from ehiia.domain.vocabulary import GapState
from ehiia.services.transaction import note_on
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import DecisionRow
from ehiia.store.library import GapRow


def refusals(accepted: Iterable[Acceptance], known: Iterable[EvidenceGap], today: date) -> dict[str, str]:
    """Return why an approval is refused, by field: "G1-reason" and the like."""
    given = {one.ref: one for one in accepted}
    errors: dict[str, str] = {}
    for stop in rules.stops(known, today):
        one = given.get(stop.ref, Acceptance(stop.ref))
        errors |= {f"{stop.ref}-{lack.field}": lack.text for lack in rules.refused(one, today)}
        for name in ("reason", "protection"):
            if len(getattr(one, name).strip()) > rules.LONGEST:
                errors[f"{stop.ref}-{name}"] = f"This must be {rules.LONGEST:,} characters or fewer"
    return errors


def acceptances_to(content: Iterable[Acceptance]) -> list[dict[str, str]]:
    """Return acceptances as JSON values."""
    return [
        {
            "ref": one.ref,
            "reason": one.reason.strip(),
            "until": one.until.isoformat() if one.until else "",
            "protection": one.protection.strip(),
        }
        for one in content
    ]


def acceptances_from(content: Iterable[Mapping[str, str]]) -> tuple[Acceptance, ...]:
    """Return acceptances from their JSON values."""
    return tuple(
        Acceptance(
            one["ref"],
            one["reason"],
            date.fromisoformat(one["until"]) if one["until"] else None,
            one["protection"],
        )
        for one in content
    )


def accept(
    session: Session,
    assessment: Assessment,
    decision: DecisionRow,
    accepted: Iterable[Acceptance],
    *,
    by: int,
    now: datetime,
) -> None:
    """Write in the caller's transaction that a decision was made knowing of these gaps."""
    wanted = {one.ref: one for one in accepted}
    rows = session.scalars(
        select(GapRow).where(GapRow.assessment_id == assessment.id, GapRow.taken_out_at.is_(None))
    ).all()
    for row in rows:
        one = wanted.get(row.ref)
        if one is None or row.state is GapState.CLOSED:
            continue
        row.state, row.decision_id = GapState.ACCEPTED, decision.id
        row.accepted_reason, row.protection = one.reason.strip(), one.protection.strip()
        row.accepted_until = one.until
        row.revision += 1
        row.by, row.at = by, now
        note_on(
            session,
            assessment,
            "gap_accepted",
            by=by,
            at=now,
            gap=row.ref,
            until=one.until.isoformat() if one.until else "",
        )
    session.flush()
