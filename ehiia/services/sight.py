"""What the policy needs to know of an assessment and a person, read from the rows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.domain.access import Actor, Facts, MitigationFacts, Ruling, Sight, may, sight
from ehiia.domain.vocabulary import Part, Permission, RoutePart
from ehiia.services.transaction import NotAllowed, NotFound, read
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Participant, RouteStep
from ehiia.store.decisions import AttestationRow
from ehiia.store.organisations import Body


@dataclass(frozen=True)
class Seen:
    """An assessment as one person sees it: the row, the facts and how much they may see."""

    assessment: Assessment
    actor: Actor
    facts: Facts
    sight: Sight

    def may(self, permission: Permission) -> Ruling:
        """Say whether the person may do this with it."""
        return may(self.actor, permission, self.facts)

    def may_with(self, permission: Permission, mitigation: MitigationRow) -> Ruling:
        """Say whether the person may do this with one of its mitigating actions."""
        owned = mitigation.owner_id == self.actor.person_id
        return may(self.actor, permission, self.facts, MitigationFacts(owned=owned))


def facts_of(session: Session, assessment: Assessment, person_id: int) -> Facts:
    """Read the facts of one person in one assessment: three small queries."""
    parts: set[Part] = set()
    wrote = False
    for part, wrote_at, ended_at in session.execute(
        select(Participant.part, Participant.wrote_at, Participant.ended_at).where(
            Participant.person_id == person_id, Participant.assessment_id == assessment.id
        )
    ):
        wrote = wrote or wrote_at is not None
        if ended_at is None:
            parts.add(part)
    did = frozenset(
        session.scalars(
            select(AttestationRow.what).where(
                AttestationRow.assessment_id == assessment.id, AttestationRow.person_id == person_id
            )
        )
    )
    body = deciding_body(session, assessment.id)
    chair = body is not None and body.chair_id == person_id
    return Facts(
        organisation_id=assessment.organisation_id,
        stage=assessment.stage,
        restricted=assessment.restricted,
        parts=frozenset(parts),
        wrote=wrote,
        did=did,
        decides_alone=bool(body) and chair and not (body and body.committee),
        chairs=bool(body) and chair and bool(body and body.committee),
        secretary=bool(body and body.secretary_id == person_id),
    )


def deciding_step(session: Session, assessment_id: int) -> tuple[RouteStep, Body] | None:
    """Return the step of the route at which it is decided, with its body."""
    found = session.execute(
        select(RouteStep, Body)
        .join(Body, Body.id == RouteStep.body_id)
        .where(RouteStep.assessment_id == assessment_id, RouteStep.part == RoutePart.DECIDES)
        .order_by(RouteStep.position)
        .limit(1)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def deciding_body(session: Session, assessment_id: int) -> Body | None:
    """Return the body that decides, or None where the route names none."""
    found = deciding_step(session, assessment_id)
    return found[1] if found else None


def see(
    ref: str, permission: Permission, *, actor: Actor, session: Session | None = None, lock: bool = False
) -> Seen:
    """Load an assessment by its reference and make sure the person may do this: load and authorise in one.

    Raises NotFound where there is none or the person does not know of it, NotAllowed (with the reason)
    where they know of it without the right. ``lock`` holds the row until the transaction ends.
    """
    session = session or read()
    query = select(Assessment).where(Assessment.ref == ref)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    assessment = session.scalar(query)
    if assessment is None:
        raise NotFound
    facts = facts_of(session, assessment, actor.person_id)
    how_much = sight(actor, facts)
    if how_much is Sight.NONE or (how_much is Sight.REFERENCE and permission is not Permission.KNOW):
        raise NotFound
    seen = Seen(assessment, actor, facts, how_much)
    if how_much is Sight.FULL:
        ruling = seen.may(permission)
        if not ruling:
            raise NotAllowed(ruling.reason)
    return seen
