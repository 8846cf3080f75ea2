"""Urgent decisions: a director agrees that it cannot wait, one page is written, and a whole one follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import holidays
from ehiia.domain import urgency as rules
from ehiia.domain.access import UNSENT
from ehiia.domain.questions import Depth
from ehiia.domain.reasons import Reason
from ehiia.domain.schedule import ReviewDate
from ehiia.domain.vocabulary import Permission, Role, Stage
from ehiia.services import answering, moves, organisations, people, reviews
from ehiia.services.answered import answers_of, question_set_of
from ehiia.services.growing import extend
from ehiia.services.sight import see
from ehiia.services.telling import authors, tell
from ehiia.services.transaction import Invalid, Refused, note_on, read, transaction
from ehiia.services.versions import begin_version
from ehiia.store.answers import Answer
from ehiia.store.assessments import Assessment
from ehiia.store.circumstances import Urgency
from ehiia.store.people import Person

__all__ = ["Agreed", "agreed_for", "declare", "give_up", "settle", "whole_due_for"]

"""Stages in which it can be said that the decision cannot wait."""


@dataclass(frozen=True)
class Agreed:
    """That a decision cannot wait: why, and which director agreed."""

    reason: str
    agreed_by: str
    at: datetime
    version_no: int


def declare(ref: str, *, reason: str, agreed_by: int, by: int, now: datetime) -> None:
    """The author says that the decision cannot wait, and which director agreed to that.

    Only one page is asked then, and it goes straight to be checked. Raises Invalid by field, Refused.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.SUBMIT, actor=actor, session=session, lock=True).assessment
        if assessment.depth == Depth.RAPID:
            return  # the form was sent twice
        if assessment.stage not in UNSENT or assessment.version_no > 1:
            raise Refused("A rapid assessment comes before the first decision, while it is being written.")
        errors = {}
        directors = {
            one.id: one.name
            for one in people.with_role(
                assessment.organisation_id, Role.DIRECTOR, today=day_of(now), session=session
            )
        }
        if not reason.strip():
            errors["reason"] = "Enter why the decision cannot wait for a whole assessment"
        elif len(reason.strip()) > 2000:
            errors["reason"] = "The reason must be 2,000 characters or fewer"
        if agreed_by not in directors:
            errors["agreed_by"] = "Choose the director who agreed that it is urgent"
        elif agreed_by in authors(session, assessment.id) | {by}:
            errors["agreed_by"] = "The author cannot agree it. Choose another director"
        if errors:
            raise Invalid(**errors)
        session.add(
            Urgency(
                assessment_id=assessment.id,
                version_no=assessment.version_no,
                reason=reason.strip(),
                agreed_by=agreed_by,
                by=by,
                at=now,
            )
        )
        assessment.depth, assessment.depth_reason = Depth.RAPID.value, ""
        note_on(
            session,
            assessment,
            "urgency_agreed",
            by=by,
            at=now,
            name=directors[agreed_by],
            reason=reason.strip(),
        )
        if assessment.stage is Stage.SCREENING:
            moves.move(session, assessment, "begin_rapid", by=by, now=now)
        else:
            moves.touch(assessment, now)
        answering.recount(session, assessment)
        tell(session, assessment, "urgency_named", {agreed_by}, by=by, now=now, comment=reason.strip())


def give_up(ref: str, *, by: int, now: datetime) -> None:
    """It can wait after all: the whole assessment is asked, and begins with what the page says."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.SUBMIT, actor=actor, session=session, lock=True).assessment
        if assessment.depth != Depth.RAPID:
            return
        if assessment.stage not in UNSENT:
            raise Refused(f"This cannot be done while the assessment is “{assessment.stage.label}”.")
        why = Reason("GRO-04", "It could wait after all, so a whole assessment is made before the decision.")
        _carry_over(session, assessment, why, by=by, now=now)
        moves.touch(assessment, now)


def whole_due_for(session: Session, assessment: Assessment, *, decided_at: datetime) -> ReviewDate:
    """Return by when a whole assessment is due after an urgent decision, by the organisation's setting."""
    settings = organisations.settings_of(organisations.get(assessment.organisation_id, session=session))
    return rules.whole_due(day_of(decided_at), settings.full_working_days, holidays.bank_holidays())


def settle(session: Session, assessment: Assessment, *, by: int, now: datetime) -> None:
    """After an urgent decision write it again as a whole one, with a date; in the caller's transaction."""
    due = whole_due_for(session, assessment, decided_at=now)
    reviews.cancel_open(session, assessment, now=now)
    assessment.full_due_on = due.due_on
    moves.move(session, assessment, "begin_whole", by=by, now=now, reason=due.reasons[0].text)
    begin_version(session, assessment, reason="A whole assessment after an urgent decision", by=by, now=now)
    _carry_over(session, assessment, due.reasons[0], by=by, now=now)


def _carry_over(session: Session, assessment: Assessment, why: Reason, *, by: int, now: datetime) -> None:
    answers = answers_of(session, assessment)
    extend(session, assessment, [why], by=by, now=now)
    origin = {
        row.question: row
        for row in session.scalars(
            select(Answer).where(Answer.assessment_id == assessment.id, Answer.subject == "")
        )
    }
    for question, (rapid, value) in rules.carried_over(question_set_of(assessment), answers).items():
        row = origin.get(question)
        if row is None:
            row = Answer(assessment_id=assessment.id, question=question, subject="", revision=0)
            session.add(row)
        row.value, row.by, row.at = value, origin[rapid].by, now
        row.revision = row.revision + 1
    answering.recount(session, assessment)


def agreed_for(assessment_id: int, *, session: Session | None = None) -> Agreed | None:
    """Return that the decision could not wait, as it was agreed last, or None."""
    found = (
        (session or read())
        .execute(
            select(Urgency, Person.name)
            .join(Person, Person.id == Urgency.agreed_by)
            .where(Urgency.assessment_id == assessment_id)
            .order_by(Urgency.id.desc())
            .limit(1)
        )
        .one_or_none()
    )
    if found is None:
        return None
    row, name = found
    return Agreed(row.reason, name, row.at, row.version_no)
