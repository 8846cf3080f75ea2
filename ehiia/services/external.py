"""An external checker: somebody from another body who may check one assessment, and sees nothing else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Part, Permission
from ehiia.services import people, team
from ehiia.services.sight import see
from ehiia.services.telling import tell
from ehiia.services.transaction import Invalid, NotFound, note_on, transaction
from ehiia.store.assessments import Participant
from ehiia.store.people import Account, Person, Post

__all__ = ["end_checker", "name_checker"]


def name_checker(ref: str, *, email: str, by: int, now: datetime) -> None:
    """An equality lead names somebody from another body to check this one assessment.

    They need an account here through their own organisation. Raises Invalid (field ``email``).
    """
    email = email.strip().lower()
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.NAME_CHECKER, actor=actor, session=session, lock=True).assessment
        guest = session.scalar(
            select(Person)
            .join(Account, Account.person_id == Person.id)
            .where(
                Account.email == email,
                Account.active.is_(True),
                or_(Person.left_on.is_(None), Person.left_on > day_of(now)),
            )
        )
        if guest is None:
            raise Invalid(email="There is no account with this address. Their own organisation adds them")
        here = session.scalar(
            select(Post.id)
            .where(
                Post.person_id == guest.id,
                Post.organisation_id == assessment.organisation_id,
                or_(Post.ends_on.is_(None), Post.ends_on >= day_of(now)),
            )
            .limit(1)
        )
        if here is not None:
            raise Invalid(email="They work here. An external checker comes from another body")
        wrote = session.scalar(
            select(Participant.person_id)
            .where(
                Participant.assessment_id == assessment.id,
                Participant.person_id == guest.id,
                or_(
                    Participant.wrote_at.is_not(None),
                    (Participant.part.in_((Part.AUTHOR, Part.CONTRIBUTOR))) & Participant.ended_at.is_(None),
                ),
            )
            .limit(1)
        )
        if wrote is not None:
            raise Invalid(email="They wrote or changed an answer, so somebody else must check it")
        row = session.get(Participant, (assessment.id, guest.id, Part.CHECKER), populate_existing=True)
        if row is not None and row.ended_at is None:
            return  # the form was sent twice
        team.take_part(session, assessment.id, guest.id, Part.CHECKER, by=by, now=now)
        note_on(
            session,
            assessment,
            "checker_named",
            by=by,
            at=now,
            name=guest.name,
        )
        tell(session, assessment, "checker_named", {guest.id}, by=by, now=now)


def end_checker(ref: str, *, person_id: int, by: int, now: datetime) -> None:
    """The external checker takes part no more."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.NAME_CHECKER, actor=actor, session=session, lock=True).assessment
        row = session.get(Participant, (assessment.id, person_id, Part.CHECKER), populate_existing=True)
        if row is None:
            raise NotFound
        if not team.leave(session, assessment.id, person_id, Part.CHECKER, now=now):
            return
        note_on(
            session,
            assessment,
            "checker_ended",
            by=by,
            at=now,
            name=people.names({person_id}, session=session).get(person_id, ""),
        )
