"""Commitments: what was promised in papers, meetings and consultations, and whether it was kept.

A commitment is not an answer: it may be added at any time of the life of an
assessment, also after the decision, and it undoes no check.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ehiia.services.transaction import Invalid, note
from ehiia.store.assessments import Assessment
from ehiia.store.engagement import CommitmentRow
from ehiia.store.people import Person

__all__ = ["Commitment", "CommitmentRow", "add"]

LONGEST = {"what": 4000, "source": 300, "outside_owner": 300}


@dataclass(frozen=True)
class Commitment:
    """Something promised, as it is entered. What, and where it was promised, are needed."""

    what: str
    source: str = ""
    """The paper and its page, the meeting, the consultation."""
    owner_id: int | None = None
    outside_owner: str = ""
    """Name and organisation of an owner who has no account here."""
    due_on: date | None = None


def _checked(session: Session, given: Commitment) -> Commitment:
    errors = {}
    text = {name: getattr(given, name).strip() for name in LONGEST}
    if not text["what"]:
        errors["what"] = "Enter what was promised"
    if not text["source"]:
        errors["source"] = "Enter where it was promised, so that somebody else can find it"
    for name, longest in LONGEST.items():
        if len(text[name]) > longest:
            errors[name] = f"This must be {longest:,} characters or fewer"
    if given.owner_id is not None:
        if text["outside_owner"]:
            errors["owner_id"] = "Choose somebody here or name somebody outside, not both"
        elif session.get(Person, given.owner_id) is None:
            errors["owner_id"] = "Choose somebody from the list"
    if errors:
        raise Invalid(**errors)
    return Commitment(owner_id=given.owner_id, due_on=given.due_on, **text)


def add(
    session: Session,
    assessment: Assessment,
    *,
    what: str,
    source: str,
    owner_id: int | None = None,
    outside_owner: str = "",
    due_on: date | None = None,
    by: int,
    now: datetime,
) -> CommitmentRow:
    """Record a commitment in the caller's transaction, whose right to do so the caller has made sure of.

    The same words from the same source are recorded once, so that it is harmless twice. Raises Invalid
    by field.
    """
    given = _checked(session, Commitment(what, source, owner_id, outside_owner, due_on))
    here = CommitmentRow.assessment_id == assessment.id
    same = session.scalar(
        select(CommitmentRow)
        .where(
            here,
            CommitmentRow.what == given.what,
            CommitmentRow.source == given.source,
            CommitmentRow.taken_out_at.is_(None),
        )
        .limit(1)
    )
    if same is not None:
        return same
    row = CommitmentRow(
        organisation_id=assessment.organisation_id,
        assessment_id=assessment.id,
        number=(session.scalar(select(func.max(CommitmentRow.number)).where(here)) or 0) + 1,
        what=given.what,
        source=given.source,
        owner_id=given.owner_id,
        outside_owner=given.outside_owner,
        due_on=given.due_on,
        by=by,
        at=now,
    )
    session.add(row)
    session.flush()
    note(
        session,
        "commitment_added",
        organisation_id=assessment.organisation_id,
        subject=f"assessment:{assessment.id}",
        by=by,
        at=now,
        number=row.number,
    )
    return row
