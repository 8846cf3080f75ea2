"""What is out of the ordinary about an assessment, in words: for its pages, and for what is frozen."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.frozen import Circumstance
from ehiia.domain.questions import Depth
from ehiia.domain.schedule import in_full
from ehiia.domain.vocabulary import Part
from ehiia.services import urgency
from ehiia.services.transaction import read
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.circumstances import Adoption
from ehiia.store.people import Person

__all__ = ["adoption_of", "circumstances_of", "external"]


def circumstances_of(assessment: Assessment, *, session: Session | None = None) -> tuple[Circumstance, ...]:
    """Return what is out of the ordinary, most important first; an ordinary one asks nothing for it."""
    session = session or read()
    found = []
    rapid = assessment.depth == Depth.RAPID
    urgent = None
    if rapid or assessment.version_no > 1:
        urgent = urgency.agreed_for(assessment.id, session=session)
    if urgent is not None:
        title = "Rapid assessment" if rapid else "It followed an urgent decision"
        said = [
            f"{urgent.agreed_by} agreed on {in_full(day_of(urgent.at))} that the decision could not wait.",
            *urgent.reason.split("\n\n"),
        ]
        if rapid:
            said.append("A whole assessment and its ratification follow the decision.")
        elif assessment.full_due_on:
            said.append(
                f"The whole assessment is to be made and ratified by {in_full(assessment.full_due_on)}."
            )
        found.append(Circumstance("urgent", title, tuple(said)))
    if assessment.decided_before_on is not None:
        text = (
            f"{assessment.decided_before_by or 'The organisation'} decided on "
            f"{in_full(assessment.decided_before_on)}, before the assessment began. "
            "It is marked late for ever."
        )
        found.append(Circumstance("decided_before", "Decided before it was assessed", (text,)))
    if assessment.outside_author or assessment.outside_body:
        found.append(_outside(session, assessment))
    return tuple(found)


def adoption_of(assessment: Assessment, *, session: Session | None = None) -> tuple[Adoption, str] | None:
    """Return the adoption of the version in hand with the name of the director, or None."""
    found = (
        (session or read())
        .execute(
            select(Adoption, Person.name)
            .join(Person, Person.id == Adoption.by)
            .where(
                Adoption.assessment_id == assessment.id,
                Adoption.version_no == assessment.version_no,
                Adoption.outside_author == assessment.outside_author,
                Adoption.outside_body == assessment.outside_body,
            )
            .order_by(Adoption.id.desc())
            .limit(1)
        )
        .one_or_none()
    )
    return (found[0], found[1]) if found is not None else None


def _outside(session: Session, assessment: Assessment) -> Circumstance:
    who = ", ".join(part for part in (assessment.outside_author, assessment.outside_body) if part)
    said = [f"It was written by {who}."]
    adopted = adoption_of(assessment, session=session)
    if adopted is None:
        said.append("The accountable director has not adopted it yet.")
    else:
        row, name = adopted
        said += [f"{name} adopted it on {in_full(day_of(row.at))}:", *row.statement.split("\n\n")]
    return Circumstance("outside", "Written outside the organisation", tuple(said))


def external(session: Session, assessment_id: int) -> tuple[Circumstance, ...]:
    """Return who from another body was named to check it, for what is frozen."""
    names = session.scalars(
        select(Person.name)
        .join(Participant, Participant.person_id == Person.id)
        .where(
            Participant.assessment_id == assessment_id,
            Participant.part == Part.CHECKER,
            Participant.ended_at.is_(None),
        )
        .order_by(Person.name)
    ).all()
    if not names:
        return ()
    text = f"{', '.join(names)} from another body may check this assessment, and sees no other."
    return (Circumstance("checker", "External checker", (text,)),)
