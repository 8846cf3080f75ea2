"""Who is told what about an assessment: through the outbox, once, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.access import WRITERS
from ehiia.domain.telling import DateKind
from ehiia.domain.vocabulary import Part, Role
from ehiia.services import notices, people
from ehiia.services.calendars import Dated, going_with
from ehiia.services.remembering import remembered
from ehiia.services.sight import deciding_step
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.people import Person

PAGES = {
    "submitted_to_director": "agree",
    "waiting_for_check": "check",
    "sent_back": "comments",
    "advice_asked": "advice",
    "advice_given": "advice",
    "waiting_for_decision": "paper",
    "entered_for_confirmation": "confirm-decision",
}
"""Message -> the page of the assessment that it asks somebody to open."""


MEETS = frozenset({"waiting_for_decision", "ready_for_decision"})
"""Messages with which the day of the deciding meeting goes into calendars."""


def authors(session: Session, assessment_id: int) -> set[int]:
    """Return the ids of the authors."""
    return remembered(
        session, "authors", assessment_id, lambda: _with_part(session, assessment_id, Part.AUTHOR)
    )


def directors(session: Session, assessment: Assessment) -> set[int]:
    """Return the ids of the accountable director, and of those who take part as director."""
    taking_part_so = remembered(
        session, "directors", assessment.id, lambda: _with_part(session, assessment.id, Part.DIRECTOR)
    )
    return taking_part_so | ({assessment.director_id} if assessment.director_id else set())


def _with_part(session: Session, assessment_id: int, part: Part) -> set[int]:
    return parts_of(session, [assessment_id], part)[assessment_id]


def parts_of(session: Session, assessment_ids: Collection[int], part: Part) -> dict[int, set[int]]:
    """Return the ids of those who have a part now, by assessment, of many at once."""
    found: dict[int, set[int]] = {assessment_id: set() for assessment_id in assessment_ids}
    rows = session.execute(
        select(Participant.assessment_id, Participant.person_id).where(
            Participant.assessment_id.in_(assessment_ids),
            Participant.part == part,
            Participant.ended_at.is_(None),
        )
    )
    for assessment_id, person_id in rows:
        found[assessment_id].add(person_id)
    return found


def deciders(session: Session, assessment_id: int) -> set[int]:
    """Return the ids of the chair and the secretary of the body that decides."""
    step = deciding_step(session, assessment_id)
    return {person for person in (step[1].chair_id, step[1].secretary_id) if person} if step else set()


def equality_leads(session: Session, assessment: Assessment, now: datetime) -> set[int]:
    """Return the ids of the equality leads who may see it: of a restricted one only those who take part."""
    here = assessment.organisation_id
    leads = remembered(session, "equality leads", here, lambda: leads_of(session, here, day_of(now)))
    return leads & taking_part(session, assessment.id) if assessment.restricted else leads


def leads_of(session: Session, organisation_id: int, today: date) -> set[int]:
    """Return the ids of the equality leads of an organisation."""
    found = people.with_role(organisation_id, Role.EQUALITY_LEAD, today=today, session=session)
    return {lead.id for lead in found}


def may_check(session: Session, assessment: Assessment, today: date) -> set[int]:
    """Return the ids of those who may check it: equality leads and named checkers who wrote none of it.

    Whether they can see it is another matter.
    """
    leads = people.with_role(assessment.organisation_id, Role.EQUALITY_LEAD, today=today, session=session)
    wrote = set(
        session.scalars(
            select(Participant.person_id).where(
                Participant.assessment_id == assessment.id,
                or_(
                    Participant.wrote_at.is_not(None),
                    Participant.part.in_(WRITERS) & Participant.ended_at.is_(None),
                ),
            )
        )
    )
    return ({lead.id for lead in leads} | checkers(session, assessment.id)) - wrote


def checkers(session: Session, assessment_id: int) -> set[int]:
    """Return the ids of those from other bodies who are named to check it."""
    return set(
        session.scalars(
            select(Participant.person_id).where(
                Participant.assessment_id == assessment_id,
                Participant.part == Part.CHECKER,
                Participant.ended_at.is_(None),
            )
        )
    )


def taking_part(session: Session, assessment_id: int) -> set[int]:
    """Return the ids of everybody who takes part now."""
    return set(
        session.scalars(
            select(Participant.person_id).where(
                Participant.assessment_id == assessment_id, Participant.ended_at.is_(None)
            )
        )
    )


def tell(
    session: Session,
    assessment: Assessment,
    message: str,
    person_ids: set[int],
    *,
    by: int | str,
    now: datetime,
    attach: notices.Attach | None = None,
    **values: object,
) -> None:
    """Tell people something about an assessment through the outbox, once, in the caller's transaction.

    The date of the deciding meeting is told where it is known and still to come. Of a restricted
    assessment only those who take part are told anything. ``by``: a person, or the name of somebody outside.
    """
    if assessment.practice:
        return
    if assessment.restricted:
        person_ids = person_ids & taking_part(session, assessment.id)
    name = by if isinstance(by, str) else session.scalar(select(Person.name).where(Person.id == by)) or ""
    step = deciding_step(session, assessment.id)
    known: dict[str, object] = {"by": name}
    if step and step[0].meeting_on and step[0].meeting_on >= day_of(now):
        known["meeting_on"] = step[0].meeting_on
    if message in PAGES:
        known["path"] = f"/a/{assessment.ref}/{PAGES[message]}"
    if message in MEETS and step and "meeting_on" in known and step[0].meeting_on:
        meeting = Dated(DateKind.MEETING, assessment.id, step[0].meeting_on)
        attach = going_with(session, meeting, assessment, now=now)
    for person_id in sorted(one for one in person_ids if one != by):
        notices.tell(
            session,
            assessment=assessment,
            person_id=person_id,
            message_name=message,
            values=known | values,
            dedupe_key=f"{message}:{assessment.id}:{values.get('item', '')}:{now.isoformat()}",
            now=now,
            attach=attach,
        )


def tell_of_action(
    session: Session,
    assessment: Assessment,
    row: MitigationRow,
    message: str,
    person_ids: set[int],
    *,
    by: int | None,
    named: str = "",
    now: datetime,
    page: str = "",
    attach: notices.Attach | None = None,
    **values: object,
) -> None:
    """Tell people something about a mitigating action, with the address of its page, or of one below it.

    ``by`` None: the owner outside did it, ``named`` says who that is. ``page``: such as "/date".
    """
    tell(
        session,
        assessment,
        message,
        person_ids,
        by=named if by is None else by,
        now=now,
        attach=attach,
        item=row.ref,
        what=row.what,
        path=f"/mitigations/{row.ref}{page}",
        **values,
    )
