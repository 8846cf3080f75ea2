"""Early advice: an unfinished assessment goes to the equality leads with a question; nothing else happens.

No stage changes and nothing is blocked. Advice counts neither as writing nor as checking, so whoever gave it
may still check the assessment later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ehiia.clock import day_of
from ehiia.domain.access import UNSENT, Actor
from ehiia.domain.vocabulary import Permission, Stage
from ehiia.domain.workflow import practise
from ehiia.services import people
from ehiia.services.sight import see
from ehiia.services.telling import authors, equality_leads, tell
from ehiia.services.transaction import Invalid, NotFound, Refused, note_on, read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.circumstances import AdviceRow
from ehiia.store.people import Person
from ehiia.store.visible import known_in

__all__ = ["Advice", "Asked", "advice_on", "answer", "ask", "take_back", "waiting"]

LONGEST = 4000


@dataclass(frozen=True)
class Advice:
    """A question to the equality leads, and what they said. ``open``: it waits for an answer."""

    id: int
    question: str
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None
    taken_back: bool

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None and not self.taken_back


@dataclass(frozen=True)
class Asked:
    """A question that waits in the queue of the equality leads."""

    ref: str
    title: str
    stage: Stage
    question: str
    asked_by: str
    asked_at: datetime
    own: bool
    """The person who looks asked it: somebody else has to answer."""


def ask(ref: str, *, question: str, by: int, now: datetime) -> None:
    """Ask the equality leads something about an assessment that is not finished.

    Raises Invalid (field ``question``), Refused once it was sent on, or where no equality lead can see it.
    """
    question = question.strip()
    if not question:
        raise Invalid(question="Enter what you would like advice on")
    if len(question) > LONGEST:
        raise Invalid(question=f"The question must be {LONGEST:,} characters or fewer")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.WRITE, actor=actor, session=session, lock=True).assessment
        if assessment.practice:
            practise("advice_asked")
        if assessment.stage not in UNSENT:
            raise Refused("Early advice is for what is not finished. This one was sent on already.")
        leads = equality_leads(session, assessment, now) - {by}
        if not leads:
            raise Refused(
                "No other equality lead can see this assessment. Name one as a reader first, under People."
            )
        twice = session.scalar(
            select(AdviceRow.id).where(
                AdviceRow.assessment_id == assessment.id,
                AdviceRow.asked_by == by,
                AdviceRow.question == question,
                AdviceRow.answered_at.is_(None),
                AdviceRow.ended_at.is_(None),
            )
        )
        if twice is not None:
            return  # the form was sent twice
        row = AdviceRow(assessment_id=assessment.id, question=question, asked_by=by, asked_at=now)
        session.add(row)
        session.flush()
        note_on(
            session,
            assessment,
            "advice_asked",
            by=by,
            at=now,
            comment=question,
        )
        tell(session, assessment, "advice_asked", leads, by=by, now=now, comment=question, item=str(row.id))


def answer(ref: str, advice_id: int, *, text: str, by: int, now: datetime) -> None:
    """An equality lead answers. Raises Invalid (field ``answer``), NotFound, Refused."""
    text = text.strip()
    if not text:
        raise Invalid(answer="Enter your advice")
    if len(text) > LONGEST:
        raise Invalid(answer=f"Your advice must be {LONGEST:,} characters or fewer")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.ADVISE, actor=actor, session=session, lock=True).assessment
        row = session.get(AdviceRow, advice_id, populate_existing=True)
        if row is None or row.assessment_id != assessment.id:
            raise NotFound
        if (row.answer, row.answered_by) == (text, by):
            return  # the form was sent twice
        if row.asked_by == by:
            raise Refused("You asked this yourself, so somebody else has to answer it.")
        if row.answered_at is not None:
            raise Refused("Somebody else has answered this meanwhile.")
        if row.ended_at is not None:
            raise Refused("The question was taken back meanwhile.")
        row.answer, row.answered_by, row.answered_at = text, by, now
        note_on(
            session,
            assessment,
            "advice_given",
            by=by,
            at=now,
            comment=text,
        )
        told = authors(session, assessment.id) | {row.asked_by}
        tell(session, assessment, "advice_given", told, by=by, now=now, comment=text, item=str(row.id))


def take_back(ref: str, advice_id: int, *, by: int, now: datetime) -> None:
    """Take a question back that nobody has answered."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.WRITE, actor=actor, session=session, lock=True).assessment
        row = session.get(AdviceRow, advice_id, populate_existing=True)
        if row is None or row.assessment_id != assessment.id:
            raise NotFound
        if row.answered_at is not None or row.ended_at is not None:
            return
        row.ended_at = now
        note_on(
            session,
            assessment,
            "advice_taken_back",
            by=by,
            at=now,
        )


def advice_on(assessment_id: int) -> list[Advice]:
    """Return the questions about an assessment with their answers, newest first."""
    rows = read().execute(
        select(AdviceRow, Person.name)
        .join(Person, Person.id == AdviceRow.asked_by)
        .where(AdviceRow.assessment_id == assessment_id)
        .order_by(AdviceRow.id.desc())
    )
    found = [(row, name) for row, name in rows]
    names = people.names({row.answered_by for row, _ in found if row.answered_by})
    return [
        Advice(
            row.id,
            row.question,
            row.asked_by,
            name,
            row.asked_at,
            row.answer,
            names.get(row.answered_by or 0, ""),
            row.answered_at,
            row.ended_at is not None,
        )
        for row, name in found
    ]


def waiting(actor: Actor, organisation_id: int, *, limit: int = 100) -> list[Asked]:
    """Return the open questions about assessments that this person knows of, oldest first: one query."""
    rows = read().execute(
        select(AdviceRow, Person.name, Assessment.ref, Assessment.title, Assessment.stage)
        .join(Assessment, Assessment.id == AdviceRow.assessment_id)
        .join(Person, Person.id == AdviceRow.asked_by)
        .where(
            known_in(organisation_id, actor.person_id, holds_post=bool(actor.roles.get(organisation_id))),
            AdviceRow.answered_at.is_(None),
            AdviceRow.ended_at.is_(None),
        )
        .order_by(AdviceRow.id)
        .limit(limit)
    )
    return [
        Asked(ref, title, stage, row.question, name, row.asked_at, row.asked_by == actor.person_id)
        for row, name, ref, title, stage in rows
    ]
