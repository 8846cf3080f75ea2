"""Commitments: what was promised in papers, meetings and consultations, and whether it was kept.

A commitment is not an answer: it may be added at any time of the life of an
assessment, also after the decision, and it undoes no check.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.access import QUIET, Actor
from ehiia.domain.vocabulary import Permission, Promise
from ehiia.services import people
from ehiia.services.sight import Seen, see, sees
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Stale, note, note_on, read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.engagement import CommitmentRow
from ehiia.store.people import Person
from ehiia.store.visible import taking_part

__all__ = [
    "Commitment",
    "CommitmentRow",
    "add",
    "change",
    "list_of",
    "may_say",
    "mine",
    "one_of",
    "record",
    "say",
    "take_out",
]

LONGEST = {"what": 4000, "source": 300, "outside_owner": 300}
LONGEST_NOTE = 4000
CANNOT_SEE = "Choose somebody who can see this assessment, or ask them to take part first"


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


def list_of(assessment_id: int) -> list[tuple[CommitmentRow, str]]:
    """Return the commitments that were not taken out, with the name of the owner, in their order."""
    rows = read().execute(
        select(CommitmentRow, Person.name)
        .outerjoin(Person, Person.id == CommitmentRow.owner_id)
        .where(CommitmentRow.assessment_id == assessment_id, CommitmentRow.taken_out_at.is_(None))
        .order_by(CommitmentRow.number)
    )
    return [(row, name or row.outside_owner) for row, name in rows]


def one_of(assessment_id: int, number: int, *, session: Session | None = None) -> CommitmentRow:
    """Return a commitment of this assessment by its number, or raise NotFound."""
    row = (session or read()).scalar(
        select(CommitmentRow).where(
            CommitmentRow.assessment_id == assessment_id,
            CommitmentRow.number == number,
            CommitmentRow.taken_out_at.is_(None),
        )
    )
    if row is None:
        raise NotFound
    return row


def mine(actor: Actor, *, limit: int) -> list[tuple[CommitmentRow, str, str]]:
    """Return the open commitments the person owns: row, reference and title of the assessment, soonest first.

    Only of assessments that the person can see and in which something waits for somebody.
    """
    rows = read().execute(
        select(CommitmentRow, Assessment.ref, Assessment.title)
        .join(Assessment, Assessment.id == CommitmentRow.assessment_id)
        .where(
            CommitmentRow.owner_id == actor.person_id,
            CommitmentRow.taken_out_at.is_(None),
            CommitmentRow.state == Promise.OPEN,
            Assessment.stage.not_in(QUIET),
            or_(
                and_(Assessment.restricted.is_(False), Assessment.organisation_id.in_(set(actor.roles))),
                Assessment.id.in_(taking_part(actor.person_id)),
            ),
        )
        .order_by(CommitmentRow.due_on.is_(None), CommitmentRow.due_on, CommitmentRow.id)
        .limit(limit)
    )
    return [(row, ref, title) for row, ref, title in rows]


def may_say(seen: Seen, row: CommitmentRow) -> bool:
    """Say whether the person may say if it was kept: the owner, the author or an equality lead."""
    return row.owner_id == seen.actor.person_id or bool(seen.may(Permission.INVITE))


def record(ref: str, given: Commitment, *, by: int, now: datetime) -> CommitmentRow:
    """Record a commitment as the author or an equality lead. Raises Invalid by field, NotAllowed."""
    with transaction() as session:
        seen = _opened(session, ref, by, now)
        _owner_sees(session, seen, given.owner_id, now)
        return add(
            session,
            seen.assessment,
            what=given.what,
            source=given.source,
            owner_id=given.owner_id,
            outside_owner=given.outside_owner,
            due_on=given.due_on,
            by=by,
            now=now,
        )


def change(
    ref: str, number: int, given: Commitment, *, revision: int, by: int, now: datetime
) -> CommitmentRow:
    """Change a commitment. Raises Stale where somebody else changed it meanwhile, Invalid by field."""
    with transaction() as session:
        seen = _opened(session, ref, by, now)
        row = one_of(seen.assessment.id, number, session=session)
        checked = _checked(session, given)
        if row.revision != revision:
            said = Commitment(row.what, row.source, row.owner_id, row.outside_owner, row.due_on)
            if row.by == by and checked == said:
                return row  # the form was sent twice
            raise Stale
        if checked.owner_id != row.owner_id:
            _owner_sees(session, seen, checked.owner_id, now)
        row.what, row.source, row.due_on = checked.what, checked.source, checked.due_on
        row.owner_id, row.outside_owner = checked.owner_id, checked.outside_owner
        _touch(row, by, now)
        note(session, "commitment_changed", **_about(seen, by, now), number=number)
    return row


def take_out(ref: str, number: int, *, by: int, now: datetime) -> None:
    """Take a commitment out that was recorded by mistake; the row stays and says when."""
    with transaction() as session:
        seen = _opened(session, ref, by, now)
        row = one_of(seen.assessment.id, number, session=session)
        row.taken_out_at = now
        _touch(row, by, now)
        note(session, "commitment_taken_out", **_about(seen, by, now), number=number)


def say(
    ref: str, number: int, *, state: Promise, note_text: str, revision: int, by: int, now: datetime
) -> None:
    """Say whether it was kept, as owner, author or equality lead. Raises Stale, Invalid by field."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.READ, actor=actor, session=session, lock=True)
        row = one_of(seen.assessment.id, number, session=session)
        if not may_say(seen, row):
            raise NotAllowed("Only its owner, the author or an equality lead says whether it was kept.")
        text = note_text.strip()
        errors = {}
        if state is not Promise.OPEN and not text:
            errors["note"] = "Enter how it was kept, or why it was not"
        if len(text) > LONGEST_NOTE:
            errors["note"] = f"This must be {LONGEST_NOTE:,} characters or fewer"
        if errors:
            raise Invalid(**errors)
        if (row.state, row.note) == (state, text):
            return  # the form was sent twice
        if row.revision != revision:
            raise Stale
        row.state, row.note = state, text
        row.said_by, row.said_at = by, now
        row.revision += 1
        note(session, "commitment_said", **_about(seen, by, now), number=number, state=state.value)


def _opened(session: Session, ref: str, by: int, now: datetime) -> Seen:
    actor = people.actor_of(by, today=day_of(now), session=session)
    return see(ref, Permission.INVITE, actor=actor, session=session, lock=True)


def _owner_sees(session: Session, seen: Seen, owner_id: int | None, now: datetime) -> None:
    """Raise Invalid unless an owner here could read the assessment: a commitment opens no door."""
    if owner_id is None:
        return
    if not sees(session, seen.assessment, owner_id, today=day_of(now)):
        raise Invalid(owner_id=CANNOT_SEE)


def _touch(row: CommitmentRow, by: int, now: datetime) -> None:
    row.revision += 1
    row.by, row.at = by, now


def _about(seen: Seen, by: int, now: datetime) -> dict[str, Any]:
    return {
        "organisation_id": seen.assessment.organisation_id,
        "subject": f"assessment:{seen.assessment.id}",
        "by": by,
        "at": now,
    }


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
    note_on(
        session,
        assessment,
        "commitment_added",
        by=by,
        at=now,
        number=row.number,
    )
    return row
