"""What is out of the ordinary, as the author says it; and the director who adopts what others wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ehiia.clock import day_of
from ehiia.domain.access import UNSENT
from ehiia.domain.vocabulary import Permission, ProposalKind, Stage
from ehiia.services import answering, people
from ehiia.services.circumstances import adoption_of
from ehiia.services.sight import see
from ehiia.services.telling import authors, tell
from ehiia.services.transaction import Invalid, Refused, Stale, note_on, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.circumstances import Adoption

__all__ = ["ADOPTING", "Particulars", "adopt", "change", "must_fit", "particulars_of"]

ADOPTING = UNSENT | {Stage.WITH_DIRECTOR}


@dataclass(frozen=True)
class Particulars:
    """What is out of the ordinary. Empty is the ordinary case."""

    decided_before_on: date | None = None
    """The day on which it was decided, where that was before the assessment began. Never taken back."""
    decided_before_by: str = ""
    consultation_opens_on: date | None = None
    """For a workforce proposal: the day on which the consultation of staff opens."""
    outside_author: str = ""
    outside_body: str = ""


def particulars_of(assessment: Assessment) -> Particulars:
    """Return what was said."""
    return Particulars(
        assessment.decided_before_on,
        assessment.decided_before_by,
        assessment.consultation_opens_on,
        assessment.outside_author,
        assessment.outside_body,
    )


def must_fit(given: Particulars, *, today: date, before: Particulars = Particulars()) -> None:
    """Refuse what cannot be: raises Invalid by field."""
    errors = {}
    if given.decided_before_on is not None:
        if given.decided_before_on > today:
            errors["decided_before_on"] = "The day on which it was decided cannot be in the future"
        if not given.decided_before_by.strip():
            errors["decided_before_by"] = "Enter who decided it"
    elif given.decided_before_by.strip():
        errors["decided_before_on"] = "Enter the day on which it was decided"
    if before.decided_before_on is not None and given.decided_before_on != before.decided_before_on:
        errors["decided_before_on"] = "That it was decided before is kept for ever, with its day"
    if given.outside_author.strip() and not given.outside_body.strip():
        errors["outside_body"] = "Enter the organisation they work for"
    for name in ("decided_before_by", "outside_author", "outside_body"):
        if len(getattr(given, name).strip()) > 300:
            errors[name] = "This must be 300 characters or fewer"
    if errors:
        raise Invalid(**errors)


def put_into(assessment: Assessment, given: Particulars) -> None:
    """Write it into the row, in the caller's transaction; decided before is late for ever."""
    assessment.decided_before_on = given.decided_before_on
    assessment.decided_before_by = given.decided_before_by.strip()
    assessment.consultation_opens_on = given.consultation_opens_on
    assessment.outside_author = given.outside_author.strip()
    assessment.outside_body = given.outside_body.strip()
    if given.decided_before_on is not None:
        assessment.late = True


def change(ref: str, given: Particulars, *, revision: int, by: int, now: datetime) -> None:
    """Say what is out of the ordinary. Counts as writing. Raises Invalid by field, Stale."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.WRITE, actor=actor, session=session, lock=True).assessment
        before = particulars_of(assessment)
        if assessment.kind is not ProposalKind.WORKFORCE and given.consultation_opens_on is not None:
            raise Invalid(consultation_opens_on="Only a workforce change has a consultation of staff")
        must_fit(given, today=day_of(now), before=before)
        if given == before:
            return
        if assessment.revision != revision:
            raise Stale
        put_into(assessment, given)
        answering.changed_answers(session, assessment, by=by, now=now, what={"details": True})
        answering.recount(session, assessment)


def adopt(ref: str, *, statement: str, by: int, now: datetime) -> None:
    """The accountable director adopts what was written outside, for this version (rule ADO-01).

    Raises Invalid (field ``statement``), NotAllowed, Refused.
    """
    statement = statement.strip()
    if not statement:
        raise Invalid(statement="Say what you read and checked, and that the organisation makes it its own")
    if len(statement) > 4000:
        raise Invalid(statement="The statement must be 4,000 characters or fewer")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.AGREE, actor=actor, session=session, lock=True).assessment
        if not (assessment.outside_author or assessment.outside_body):
            raise Refused("It was not written outside the organisation, so there is nothing to adopt.")
        if assessment.stage not in ADOPTING:
            raise Refused(f"It cannot be adopted while it is “{assessment.stage.label}”.")
        known = adoption_of(assessment, session=session)
        if known is not None and (known[0].statement, known[0].by) == (statement, by):
            return  # the form was sent twice
        session.add(
            Adoption(
                assessment_id=assessment.id,
                version_no=assessment.version_no,
                outside_author=assessment.outside_author,
                outside_body=assessment.outside_body,
                statement=statement,
                by=by,
                at=now,
            )
        )
        note_on(
            session,
            assessment,
            "adopted",
            by=by,
            at=now,
            name=assessment.outside_body or assessment.outside_author,
            comment=statement,
        )
        tell(session, assessment, "adopted", authors(session, assessment.id), by=by, now=now)
