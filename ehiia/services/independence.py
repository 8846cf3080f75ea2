"""Who may audit what: the one rule of ``domain.access`` for many people and many actions at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import access
from ehiia.domain.access import Actor, Facts, MitigationFacts, Ruling, may
from ehiia.domain.vocabulary import Attested, Part, Permission, Role
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.decisions import AttestationRow
from ehiia.store.people import Person, Post

__all__ = ["AUDIT_POSTS", "auditors", "may_audit", "may_give_opinion", "spread"]

AUDIT_POSTS = (Role.AUDITOR, Role.EQUALITY_LEAD)

Thing = tuple[str, Assessment, int | None]
"""A reference, the assessment it belongs to, and the owner of the action, if there is one."""


def auditors(session: Session, organisation_id: int, *, today: date) -> list[Actor]:
    """Return those who hold a post that audits today: auditors first, then equality leads, by id."""
    roles: dict[int, set[Role]] = {}
    for person_id, role in session.execute(
        select(Post.person_id, Post.role)
        .join(Person, Person.id == Post.person_id)
        .where(
            Post.organisation_id == organisation_id,
            Post.role.in_(AUDIT_POSTS),
            Post.starts_on <= today,
            or_(Post.ends_on.is_(None), Post.ends_on >= today),
            or_(Person.left_on.is_(None), Person.left_on > today),
        )
    ):
        roles.setdefault(person_id, set()).add(role)
    found = [Actor(person, {organisation_id: frozenset(held)}) for person, held in roles.items()]
    return sorted(found, key=lambda one: (not one.has(organisation_id, Role.AUDITOR), one.person_id))


def may_audit(
    session: Session, things: Sequence[Thing], people: Sequence[Actor]
) -> dict[str, tuple[int, ...]]:
    """Return for each reference who of these people may audit it, in their order: two queries."""
    ids = {assessment.id for _, assessment, _ in things}
    persons = {one.person_id for one in people}
    parts: dict[tuple[int, int], set[Part]] = {}
    wrote: set[tuple[int, int]] = set()
    for row in session.execute(
        select(
            Participant.assessment_id,
            Participant.person_id,
            Participant.part,
            Participant.wrote_at,
            Participant.ended_at,
        ).where(Participant.assessment_id.in_(ids), Participant.person_id.in_(persons))
    ):
        pair = (row.assessment_id, row.person_id)
        if row.wrote_at is not None:
            wrote.add(pair)
        if row.ended_at is None:
            parts.setdefault(pair, set()).add(row.part)
    did: dict[tuple[int, int], set[Attested]] = {}
    for here, person, what in session.execute(
        select(AttestationRow.assessment_id, AttestationRow.person_id, AttestationRow.what).where(
            AttestationRow.assessment_id.in_(ids), AttestationRow.person_id.in_(persons)
        )
    ):
        did.setdefault((here, person), set()).add(what)

    def allowed(assessment: Assessment, owner_id: int | None, one: Actor) -> bool:
        pair = (assessment.id, one.person_id)
        facts = Facts(
            organisation_id=assessment.organisation_id,
            stage=assessment.stage,
            restricted=assessment.restricted,
            practice=assessment.practice,
            parts=frozenset(parts.get(pair, ())),
            wrote=pair in wrote,
            did=frozenset(did.get(pair, ())),
        )
        owned = MitigationFacts(owned=owner_id == one.person_id)
        return bool(may(one, Permission.VERIFY, facts, owned))

    return {
        ref: tuple(one.person_id for one in people if allowed(assessment, owner_id, one))
        for ref, assessment, owner_id in things
    }


def spread(may: Mapping[str, Sequence[int]], load: Mapping[int, int]) -> dict[str, int | None]:
    """Give each reference to the one of those who may have it with the least to do; the first where equal."""
    has = dict(load)
    given: dict[str, int | None] = {}
    for ref in sorted(may):
        people = may[ref]
        given[ref] = min(people, key=lambda one: has.get(one, 0)) if people else None
        if (chosen := given[ref]) is not None:
            has[chosen] = has.get(chosen, 0) + 1
    return given


def may_give_opinion(session: Session, actor: Actor, organisation_id: int, *, since: datetime) -> Ruling:
    """Say whether somebody may give the opinion on a period that began then (UTC): one query."""
    me = actor.person_id
    led = exists().where(
        Post.person_id == me,
        Post.organisation_id == organisation_id,
        Post.role == Role.EQUALITY_LEAD,
        or_(Post.ends_on.is_(None), Post.ends_on >= day_of(since)),
    )
    checked = exists().where(
        AttestationRow.person_id == me,
        AttestationRow.what.in_((Attested.PASSED, Attested.COUNTERSIGNED)),
        AttestationRow.at >= since,
        AttestationRow.assessment_id == Assessment.id,
        Assessment.organisation_id == organisation_id,
    )
    was_lead, did_check = session.execute(select(led, checked)).one()
    return access.may_give_opinion(actor, organisation_id, led=bool(was_lead), checked=bool(did_check))
