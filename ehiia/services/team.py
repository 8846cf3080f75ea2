"""The people of an assessment: who takes part, asking somebody to, and taking part no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Part, Permission
from ehiia.services import assigning, people
from ehiia.services.sight import see
from ehiia.services.telling import tell
from ehiia.services.transaction import Invalid, NotFound, note_on, read, transaction
from ehiia.store.assessments import Participant
from ehiia.store.people import Person


@dataclass(frozen=True)
class Involved:
    """A person who takes part: what they do and what they know."""

    person_id: int
    name: str
    part: Part
    expertise: str
    wrote: bool


def author_of(session: Session, assessment_id: int) -> int | None:
    """Return the id of the author."""
    return session.scalar(
        select(Participant.person_id)
        .where(
            Participant.assessment_id == assessment_id,
            Participant.part == Part.AUTHOR,
            Participant.ended_at.is_(None),
        )
        .limit(1)
    )


def involved(assessment_id: int) -> list[Involved]:
    """Return who takes part now: authors first, then by part and name."""
    rows = read().execute(
        select(Participant, Person.name)
        .join(Person, Person.id == Participant.person_id)
        .where(Participant.assessment_id == assessment_id, Participant.ended_at.is_(None))
    )
    found = [Involved(r.person_id, name, r.part, r.expertise, r.wrote_at is not None) for r, name in rows]
    order = list(Part)
    return sorted(found, key=lambda one: (order.index(one.part), one.name))


def invite(ref: str, *, person_id: int, part: Part, expertise: str = "", by: int, now: datetime) -> None:
    """Let somebody take part as contributor, secretary or named reader."""
    if part not in {Part.CONTRIBUTOR, Part.SECRETARY, Part.READER}:
        raise Invalid(part="Choose contributor, committee secretary or named reader")
    if len(expertise.strip()) > 300:
        raise Invalid(expertise="What they know must be 300 characters or fewer")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.INVITE, actor=actor, session=session, lock=True).assessment
        guest = session.get(Person, person_id)
        if guest is None or (guest.left_on and guest.left_on <= day_of(now)):
            raise Invalid(person_id="Choose a person from the list")
        row = session.get(Participant, (assessment.id, person_id, part), populate_existing=True)
        if row and row.ended_at is None and (row.expertise == expertise.strip() or not expertise.strip()):
            return  # they take part already, as after a form that was sent twice: nobody is told again
        take_part(session, assessment.id, person_id, part, by=by, now=now, expertise=expertise.strip())
        note_on(
            session,
            assessment,
            "invited",
            by=by,
            at=now,
            name=guest.name,
            part=part.value,
        )
        tell(session, assessment, "invited", {person_id}, by=by, now=now, part=part.label)


def end_part(ref: str, *, person_id: int, part: Part, by: int, now: datetime) -> None:
    """Somebody takes part no more. Whether they wrote is remembered for ever."""
    if part in {Part.AUTHOR, Part.DIRECTOR, Part.OWNER}:
        raise Invalid(part="Name another author, director or owner instead")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.INVITE, actor=actor, session=session, lock=True).assessment
        if not leave(session, assessment.id, person_id, part, now=now):
            raise NotFound
        assigning.release(session, assessment.id, person_id)
        guest = people.names({person_id}, session=session).get(person_id, "")
        note_on(
            session,
            assessment,
            "part_ended",
            by=by,
            at=now,
            name=guest,
            part=part.value,
        )


def take_part(
    session: Session,
    assessment_id: int,
    person_id: int,
    part: Part,
    *,
    by: int,
    now: datetime,
    wrote: bool = False,
    expertise: str = "",
) -> None:
    """Let somebody take part, again where they did before, in the caller's transaction.

    ``wrote``: they count as having written from the start. ``expertise``: what they know; empty keeps
    what is there.
    """
    row = session.get(Participant, (assessment_id, person_id, part))
    if row is None:
        row = Participant(
            assessment_id=assessment_id,
            person_id=person_id,
            part=part,
            added_by=by,
            added_at=now,
            expertise=expertise,
            wrote_at=now if wrote else None,
        )
        session.add(row)
    row.ended_at = None
    if expertise:
        row.expertise = expertise
    session.flush()


def leave(session: Session, assessment_id: int, person_id: int, part: Part, *, now: datetime) -> bool:
    """End what somebody does there, in the caller's transaction; False where they did not do it.

    The row stays: whether somebody wrote is remembered for ever.
    """
    row = session.get(Participant, (assessment_id, person_id, part))
    if row is None or row.ended_at is not None:
        return False
    row.ended_at = now
    session.flush()
    return True
