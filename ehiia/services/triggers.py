"""Early triggers: anybody who may read an assessment raises one, the equality lead accepts or declines it.

Accepted, the review is brought forward to a day. Both are kept, and told to
the author and to whoever raised it, once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.domain.review_dates import DECIDED
from ehiia.domain.triggers import Raised
from ehiia.domain.vocabulary import Permission, ReviewTrigger
from ehiia.services import moves, notices, people, reviews
from ehiia.services.sight import see
from ehiia.services.telling import authors, equality_leads, taking_part, tell
from ehiia.services.transaction import Invalid, NotFound, Refused, note_on, read, transaction
from ehiia.store import due
from ehiia.store.assessments import Assessment
from ehiia.store.people import Person
from ehiia.store.reviews import RaisedTrigger

__all__ = ["Shown", "answer", "found", "label_of", "list_of", "one_of", "raise_one"]

LONGEST = 2000


@dataclass(frozen=True)
class Shown:
    """A trigger as it is shown. ``raised_by`` is "" where a job found it."""

    id: int
    trigger: str
    label: str
    reason: str
    raised_by: str
    raised_at: datetime
    state: Raised
    answer: str
    brought_to_on: date | None
    answered_by: str
    answered_at: datetime | None


def label_of(trigger: str) -> str:
    """Return the words of a trigger; one that is no longer listed keeps its id."""
    return next((one.label for one in load.review_triggers() if one.id == trigger), trigger)


def list_of(assessment_id: int) -> list[Shown]:
    """Return the triggers that were raised for an assessment, newest first: one query."""
    answerer = aliased(Person)
    rows = read().execute(
        select(RaisedTrigger, Person.name, answerer.name)
        .outerjoin(Person, Person.id == RaisedTrigger.raised_by)
        .outerjoin(answerer, answerer.id == RaisedTrigger.answered_by)
        .where(RaisedTrigger.assessment_id == assessment_id)
        .order_by(RaisedTrigger.id.desc())
    )
    return [
        Shown(
            id=row.id,
            trigger=row.trigger,
            label=label_of(row.trigger),
            reason=row.reason,
            raised_by=name or "",
            raised_at=row.raised_at,
            state=row.state,
            answer=row.answer,
            brought_to_on=row.brought_to_on,
            answered_by=by or "",
            answered_at=row.answered_at,
        )
        for row, name, by in rows
    ]


def one_of(assessment_id: int, trigger_id: int) -> Shown:
    """Return a trigger by its id. Raises NotFound where the assessment has none like that."""
    for one in list_of(assessment_id):
        if one.id == trigger_id:
            return one
    raise NotFound


def raise_one(ref: str, *, trigger: str, reason: str, by: int, now: datetime) -> None:
    """Raise a trigger with a reason, as anybody who may read the assessment.

    Raises Invalid by field, Refused where no decision stands. The same sent twice is raised once.
    """
    reason = reason.strip()
    errors = {}
    if trigger not in {one.id for one in load.review_triggers()}:
        errors["trigger"] = "Choose what has happened"
    if not reason:
        errors["reason"] = "Enter what has happened, and why it should not wait"
    elif len(reason) > LONGEST:
        errors["reason"] = f"This must be {LONGEST:,} characters or fewer"
    if errors:
        raise Invalid(**errors)
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.READ, actor=actor, session=session, lock=True).assessment
        if assessment.practice or assessment.stage not in DECIDED:
            raise Refused("No decision stands, so there is no review to bring forward.")
        same = session.scalar(
            select(RaisedTrigger.id).where(
                RaisedTrigger.assessment_id == assessment.id,
                RaisedTrigger.state == Raised.OPEN,
                RaisedTrigger.trigger == trigger,
                RaisedTrigger.reason == reason,
                RaisedTrigger.raised_by == by,
            )
        )
        if same is not None:
            return  # the form was sent twice
        row = RaisedTrigger(
            organisation_id=assessment.organisation_id,
            assessment_id=assessment.id,
            trigger=trigger,
            reason=reason,
            raised_by=by,
            raised_at=now,
        )
        session.add(row)
        session.flush()
        _note_raised(session, assessment, trigger, reason, by=by, now=now)
        moves.touch(assessment, now)
        tell(
            session,
            assessment,
            "trigger_raised",
            authors(session, assessment.id) | equality_leads(session, assessment, now),
            by=by,
            now=now,
            item=row.id,
            what=label_of(trigger),
            comment=reason,
            path=f"/a/{ref}/review/triggers/{row.id}",
        )


def found(
    session: Session, assessment: Assessment, *, trigger: str, reason: str, key: str, now: datetime
) -> bool:
    """Raise what a job has found, once by its key, in the caller's transaction; say whether it was new."""
    made = due.insert_once(
        session,
        RaisedTrigger,
        [RaisedTrigger.dedupe_key],
        {
            "organisation_id": assessment.organisation_id,
            "assessment_id": assessment.id,
            "trigger": trigger,
            "reason": reason,
            "dedupe_key": key,
            "raised_at": now,
            "state": Raised.OPEN,
            "answer": "",
        },
    )
    if made is None:
        return False
    _note_raised(session, assessment, trigger, reason, by=None, now=now)
    told = authors(session, assessment.id) | equality_leads(session, assessment, now)
    if assessment.restricted:
        told &= taking_part(session, assessment.id)
    for person_id in sorted(told):
        notices.tell(
            session,
            assessment=assessment,
            person_id=person_id,
            message_name="trigger_found",
            values={
                "what": label_of(trigger),
                "comment": reason,
                "path": f"/a/{assessment.ref}/review/triggers/{made}",
            },
            dedupe_key=f"trigger_found:{made}",
            now=now,
        )
    return True


def _note_raised(
    session: Session, assessment: Assessment, trigger: str, reason: str, *, by: int | None, now: datetime
) -> None:
    note_on(
        session,
        assessment,
        "trigger_raised",
        by=by,
        at=now,
        trigger=label_of(trigger),
        reason=reason,
    )


def answer(
    ref: str, trigger_id: int, *, accept: bool, to_on: date | None, words: str, by: int, now: datetime
) -> None:
    """Accept a trigger, so that the review is brought forward to a day, or decline it with a reason.

    By an equality lead. A review that is due sooner anyway stays. Raises Invalid by field, Refused where it
    was answered or settled meanwhile.
    """
    words, today = words.strip(), day_of(now)
    errors = {}
    if accept and to_on is None:
        errors["to_on"] = "Enter the day that the review is brought forward to"
    elif accept and to_on is not None and to_on < today:
        errors["to_on"] = "The day must be today or later"
    if not accept and not words:
        errors["words"] = "Enter why the review can wait; whoever raised it will read it"
    if len(words) > LONGEST:
        errors["words"] = f"This must be {LONGEST:,} characters or fewer"
    if errors:
        raise Invalid(**errors)
    with transaction() as session:
        actor = people.actor_of(by, today=today, session=session)
        assessment = see(ref, Permission.ANSWER_TRIGGER, actor=actor, session=session, lock=True).assessment
        row = session.get(RaisedTrigger, trigger_id, with_for_update=True, populate_existing=True)
        if row is None or row.assessment_id != assessment.id:
            raise NotFound
        wanted = Raised.ACCEPTED if accept else Raised.DECLINED
        if (row.state, row.answer, row.answered_by) == (wanted, words, by):
            return  # the form was sent twice
        if row.state is not Raised.OPEN:
            raise Refused(f"This trigger is not open any more: {row.state.label.lower()}.")
        if assessment.stage not in DECIDED:
            raise Refused(f"It cannot be answered while the assessment is “{assessment.stage.label}”.")
        row.state, row.answer, row.answered_by, row.answered_at = wanted, words, by, now
        session.flush()
        due_on = None
        if accept and to_on is not None:
            planned = reviews.open_review(session, assessment)
            if planned is None or planned.due_on > to_on:
                reviews.sooner(
                    session,
                    assessment,
                    to_on=to_on,
                    why=f"{label_of(row.trigger)}: {row.reason}",
                    trigger=ReviewTrigger.RAISED,
                    by=by,
                    now=now,
                )
                due_on = to_on
            else:
                due_on = planned.due_on
            row.brought_to_on = due_on
        note_on(
            session,
            assessment,
            "trigger_accepted" if accept else "trigger_declined",
            by=by,
            at=now,
            trigger=label_of(row.trigger),
            to_on=due_on.isoformat() if due_on else "",
            reason=words,
        )
        moves.touch(assessment, now)
        tell(
            session,
            assessment,
            "trigger_accepted" if accept else "trigger_declined",
            _sees(session, assessment, {row.raised_by} if row.raised_by else ())
            | authors(session, assessment.id),
            by=by,
            now=now,
            item=row.id,
            what=label_of(row.trigger),
            comment=words,
            review_on=due_on,
            path=f"/a/{ref}/review/triggers/{row.id}",
        )


def _sees(session: Session, assessment: Assessment, person_ids: Iterable[int]) -> set[int]:
    """Return those of these people who may still know of the assessment."""
    known = set(person_ids)
    return known & taking_part(session, assessment.id) if assessment.restricted else known
