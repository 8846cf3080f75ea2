"""Umbrellas and the assessments under them, and assessments of another kind that are kept elsewhere.

A link never tells anybody of an assessment they may not know of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import rollup
from ehiia.domain.access import Actor, Sight, sight
from ehiia.domain.frozen import Elsewhere
from ehiia.domain.rollup import HowFar
from ehiia.domain.vocabulary import Permission, RoutePart, Stage
from ehiia.services import answering, people
from ehiia.services.sight import facts_of_many, see
from ehiia.services.transaction import Invalid, NotFound, note_on, read, transaction
from ehiia.store.assessments import Assessment, RouteStep
from ehiia.store.links import AssessmentLink, ElsewhereLink

KINDS = {
    "quality": "Quality impact assessment",
    "data_protection": "Data protection impact assessment",
    "other": "Another assessment",
}
MOST_ELSEWHERE = 20
DEEPEST = 50


@dataclass(frozen=True)
class Under:
    """An assessment under an umbrella, or the umbrella, as far as the reader may know of it."""

    ref: str
    title: str
    """ "" where the reader may know the reference only."""
    stage: Stage | None
    due_on: date | None
    """When it is decided."""
    far: HowFar | None


@dataclass(frozen=True)
class Family:
    """What an assessment is linked with. ``far``: of everything under it that the reader may see."""

    umbrella: Under | None
    under: tuple[Under, ...]
    far: HowFar | None


def put_under(ref: str, umbrella_ref: str, *, by: int, now: datetime) -> None:
    """The author puts an assessment under an umbrella that they may read; "" takes it out again.

    Raises Invalid (field ``umbrella``) for one that is not known, of another organisation, or a circle.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        child = see(ref, Permission.SUBMIT, actor=actor, session=session, lock=True).assessment
        wanted = umbrella_ref.strip().upper()
        umbrella = None
        if wanted:
            try:
                umbrella = see(wanted, Permission.READ, actor=actor, session=session).assessment
            except NotFound:
                raise Invalid(umbrella="There is no assessment with this reference") from None
            if umbrella.organisation_id != child.organisation_id:
                raise Invalid(umbrella="The umbrella belongs to another organisation")
            if child.id in _upwards(session, umbrella.id):
                raise Invalid(umbrella="It stands under this assessment itself, which would be a circle")
        row = session.get(AssessmentLink, child.id)
        if (row.parent_id if row else None) == (umbrella.id if umbrella else None):
            return
        if row is not None:
            session.delete(row)
            session.flush()
        if umbrella is not None:
            session.add(AssessmentLink(child_id=child.id, parent_id=umbrella.id, by=by, at=now))
        note_on(
            session,
            child,
            "umbrella_changed",
            by=by,
            at=now,
            umbrella=umbrella.ref if umbrella and not umbrella.restricted else "",
            under=umbrella is not None,
        )


def _upwards(session: Session, assessment_id: int) -> set[int]:
    """Return an assessment and everything above it."""
    found: set[int] = set()
    current: int | None = assessment_id
    while current is not None and current not in found and len(found) < DEEPEST:
        found.add(current)
        current = session.scalar(select(AssessmentLink.parent_id).where(AssessmentLink.child_id == current))
    return found


def family_of(assessment: Assessment, *, actor: Actor) -> Family:
    """Return the umbrella and what is under it, each only as far as the reader may know of it."""
    session = read()
    rows = session.execute(
        select(AssessmentLink.child_id == assessment.id, Assessment)
        .join(
            Assessment,
            ((AssessmentLink.child_id == assessment.id) & (Assessment.id == AssessmentLink.parent_id))
            | ((AssessmentLink.parent_id == assessment.id) & (Assessment.id == AssessmentLink.child_id)),
        )
        .order_by(Assessment.ref)
    ).all()
    if not rows:
        return Family(None, (), None)
    facts = facts_of_many(session, [one for _, one in rows], actor.person_id)
    ids = [one.id for _, one in rows]
    dates: dict[int, date | None] = dict(
        session.execute(
            select(RouteStep.assessment_id, RouteStep.meeting_on).where(
                RouteStep.assessment_id.in_(ids), RouteStep.part == RoutePart.DECIDES
            )
        ).all()
    )
    umbrella: Under | None = None
    under: list[Under] = []
    for above, one in rows:
        known = sight(actor, facts[one.id])
        if known is Sight.NONE:
            continue
        if known is Sight.REFERENCE:
            shown = Under(one.ref, "", None, None, None)
        else:
            far = rollup.how_far(one.stage, one.answered_count, one.asked_count)
            shown = Under(one.ref, one.title, one.stage, dates.get(one.id), far)
        if above:
            umbrella = shown
        else:
            under.append(shown)
    return Family(umbrella, tuple(under), rollup.together(one.far for one in under if one.far))


# -- kept elsewhere --------------------------------------------------------------------------------


def elsewhere_of(assessment_id: int, *, session: Session | None = None) -> tuple[Elsewhere, ...]:
    """Return the assessments of another kind that are kept elsewhere, as they are frozen and shown."""
    return tuple(
        Elsewhere(KINDS.get(row.kind, row.kind), row.label, row.address)
        for row in _rows(assessment_id, session)
    )


def rows_of(assessment_id: int) -> list[tuple[int, Elsewhere]]:
    """Return the same with their ids, for the page on which they are changed."""
    return [
        (row.id, Elsewhere(KINDS.get(row.kind, row.kind), row.label, row.address))
        for row in _rows(assessment_id, None)
    ]


def _rows(assessment_id: int, session: Session | None) -> list[ElsewhereLink]:
    return list(
        (session or read()).scalars(
            select(ElsewhereLink)
            .where(ElsewhereLink.assessment_id == assessment_id)
            .order_by(ElsewhereLink.id)
        )
    )


def address_problem(address: str) -> str:
    """Return what is wrong with an address, or "": only http and https, with a host and no password in it."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return "Enter the whole address, such as https://example.org/quality/12"
    if parts.scheme not in {"http", "https"} or not host or any(ord(c) <= 32 for c in address):
        return "Enter the whole address, such as https://example.org/quality/12"
    if parts.username or parts.password:
        return "Leave the name and password out of the address"
    return "The address must be 2,000 characters or fewer" if len(address) > 2000 else ""


def add_elsewhere(ref: str, *, kind: str, label: str, address: str, by: int, now: datetime) -> None:
    """Say where another assessment of the proposal is kept. Counts as writing. Raises Invalid by field.

    The same address is kept once, so that it is harmless twice.
    """
    errors = {}
    if kind not in KINDS:
        errors["kind"] = "Choose what kind of assessment it is"
    if not label.strip():
        errors["label"] = "Enter what it is called"
    elif len(label.strip()) > 300:
        errors["label"] = "This must be 300 characters or fewer"
    if problem := address_problem(address.strip()):
        errors["address"] = problem
    if errors:
        raise Invalid(**errors)
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.WRITE, actor=actor, session=session, lock=True).assessment
        rows = _rows(assessment.id, session)
        if any(row.address == address.strip() for row in rows):
            return
        if len(rows) >= MOST_ELSEWHERE:
            raise Invalid(address=f"{MOST_ELSEWHERE} are kept at most")
        session.add(
            ElsewhereLink(
                assessment_id=assessment.id,
                kind=kind,
                label=label.strip(),
                address=address.strip(),
                by=by,
                at=now,
            )
        )
        session.flush()
        answering.changed_answers(session, assessment, by=by, now=now, what={"elsewhere": label.strip()})


def remove_elsewhere(ref: str, link_id: int, *, by: int, now: datetime) -> None:
    """Take such a link out. One that is gone already is no mistake."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.WRITE, actor=actor, session=session, lock=True).assessment
        row = session.get(ElsewhereLink, link_id)
        if row is None:
            return
        if row.assessment_id != assessment.id:
            raise NotFound
        session.delete(row)
        answering.changed_answers(session, assessment, by=by, now=now, what={"elsewhere": row.label})
