"""What the policy needs to know of an assessment and a person, read from the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from ehiia.domain.access import Actor, Facts, MitigationFacts, Ruling, Sight, may, sight
from ehiia.domain.vocabulary import Attested, Part, Permission, RoutePart
from ehiia.services import people
from ehiia.services.transaction import NotAllowed, NotFound, read
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Participant, RouteStep
from ehiia.store.decisions import AttestationRow
from ehiia.store.organisations import Body
from ehiia.store.practice import WITH_PRACTICE


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


_IDS = bindparam("ids", type_=Integer, expanding=True)
# Built once: every page of an assessment and every save asks these.
_ONE = select(Assessment).where(Assessment.ref == bindparam("ref")).execution_options(**{WITH_PRACTICE: True})
_ONE_LOCKED = _ONE.with_for_update().execution_options(populate_existing=True)
_PARTS = select(
    Participant.assessment_id, Participant.part, Participant.wrote_at, Participant.ended_at
).where(Participant.person_id == bindparam("person"), Participant.assessment_id.in_(_IDS))
_ATTESTED = select(AttestationRow.assessment_id, AttestationRow.what).where(
    AttestationRow.assessment_id.in_(_IDS), AttestationRow.person_id == bindparam("person")
)
_DECIDING = (
    select(RouteStep, Body)
    .join(Body, Body.id == RouteStep.body_id)
    .where(RouteStep.assessment_id.in_(_IDS), RouteStep.part == RoutePart.DECIDES)
    .order_by(RouteStep.assessment_id, RouteStep.position)
)


def facts_of(session: Session, assessment: Assessment, person_id: int) -> Facts:
    """Read the facts of one person in one assessment: three small queries."""
    return facts_of_many(session, (assessment,), person_id)[assessment.id]


def facts_of_many(session: Session, assessments: Sequence[Assessment], person_id: int) -> dict[int, Facts]:
    """Read the facts of one person in several assessments, by their ids: three queries in all."""
    ids = [assessment.id for assessment in assessments]
    parts: dict[int, set[Part]] = {}
    wrote: set[int] = set()
    given = {"person": person_id, "ids": ids}
    for here, part, wrote_at, ended_at in session.execute(_PARTS, given):
        if wrote_at is not None:
            wrote.add(here)
        if ended_at is None:
            parts.setdefault(here, set()).add(part)
    did: dict[int, set[Attested]] = {}
    for here, what in session.execute(_ATTESTED, given):
        did.setdefault(here, set()).add(what)
    bodies = {here: body for here, (_, body) in deciding_steps(session, ids).items()}
    return {one.id: _facts(one, person_id, parts, wrote, did, bodies.get(one.id)) for one in assessments}


def _facts(
    assessment: Assessment,
    person_id: int,
    parts: Mapping[int, set[Part]],
    wrote: set[int],
    did: Mapping[int, set[Attested]],
    body: Body | None,
) -> Facts:
    here = assessment.id
    chair = body is not None and body.chair_id == person_id
    return Facts(
        organisation_id=assessment.organisation_id,
        stage=assessment.stage,
        restricted=assessment.restricted,
        practice=assessment.practice,
        parts=frozenset(parts.get(here, ())),
        wrote=here in wrote,
        did=frozenset(did.get(here, ())),
        decides_alone=body is not None and chair and not body.committee,
        chairs=body is not None and chair and body.committee,
        secretary=body is not None and body.secretary_id == person_id,
    )


def deciding_step(session: Session, assessment_id: int) -> tuple[RouteStep, Body] | None:
    """Return the step of the route at which it is decided, with its body."""
    return deciding_steps(session, (assessment_id,)).get(assessment_id)


def deciding_steps(session: Session, assessment_ids: Iterable[int]) -> dict[int, tuple[RouteStep, Body]]:
    """Return for each of these assessments the step at which it is decided, with its body: one query."""
    rows = session.execute(_DECIDING, {"ids": list(assessment_ids)})
    found: dict[int, tuple[RouteStep, Body]] = {}
    for step, body in rows:
        found.setdefault(step.assessment_id, (step, body))
    return found


def sees(session: Session, assessment: Assessment, person_id: int, *, today: date) -> bool:
    """Say whether somebody can see the whole of an assessment, as is asked before they are given a task."""
    actor = people.actor_of(person_id, today=today, session=session)
    return sight(actor, facts_of(session, assessment, person_id)) is Sight.FULL


def see_many(session: Session, assessments: Sequence[Assessment], *, actor: Actor) -> list[Seen]:
    """Return those of these assessments that the person can see in full, in their order: three queries."""
    facts = facts_of_many(session, assessments, actor.person_id)
    seen = (Seen(one, actor, facts[one.id], sight(actor, facts[one.id])) for one in assessments)
    return [one for one in seen if one.sight is Sight.FULL]


def see(
    ref: str, permission: Permission, *, actor: Actor, session: Session | None = None, lock: bool = False
) -> Seen:
    """Load an assessment by its reference and make sure the person may do this: load and authorise in one.

    Raises NotFound where there is none or the person does not know of it, NotAllowed (with the reason)
    where they know of it without the right. ``lock`` holds the row until the transaction ends.
    """
    session = session or read()
    assessment = session.scalar(_ONE_LOCKED if lock else _ONE, {"ref": ref})
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
