"""Mitigating actions as somebody sees them: one, those of an assessment, and what they answer.

An owner outside has no account. What they do reaches the services by a link
that was checked before: then ``by`` is None and ``named`` says who they are.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.access import Actor
from ehiia.domain.vocabulary import Permission
from ehiia.services import people
from ehiia.services.sight import Seen, see
from ehiia.services.transaction import NotAllowed, NotFound, read
from ehiia.store.answers import MitigationImpact, MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.people import Person
from ehiia.store.practice import WITH_PRACTICE

__all__ = ["Link", "MitigationRow", "links_of", "list_of", "opened", "see_one"]

Link = tuple[str, str]
"""An impact: (group code, dimension), or (question id, "overall") for a Core20PLUS5 question."""


def see_one(
    mitigation_ref: str,
    *,
    actor: Actor,
    permission: Permission = Permission.READ,
    session: Session | None = None,
    lock: bool = False,
) -> tuple[Seen, MitigationRow]:
    """Load a mitigating action with its assessment, and make sure the person may do this with it.

    ``lock`` holds both rows. Raises NotFound where there is none, it was taken out, or the person does
    not know of its assessment; NotAllowed with the reason.
    """
    session = session or read()
    found = session.execute(
        select(MitigationRow, Assessment.ref)
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .where(MitigationRow.ref == mitigation_ref, MitigationRow.taken_out_at.is_(None))
        .execution_options(**{WITH_PRACTICE: True})
    ).one_or_none()
    if found is None:
        raise NotFound
    row, ref = found
    first = Permission.READ if permission is Permission.CLAIM else permission
    seen = see(ref, first, actor=actor, session=session, lock=lock)
    if lock:
        session.refresh(row, with_for_update=True)
        if row.taken_out_at is not None:
            raise NotFound
    ruling = seen.may_with(permission, row)
    if not ruling:
        raise NotAllowed(ruling.reason)
    return seen, row


def opened(
    session: Session,
    mitigation_ref: str,
    permission: Permission,
    *,
    by: int | None,
    named: str = "",
    now: datetime,
) -> tuple[Assessment, MitigationRow]:
    """Load an action with its assessment for somebody who does something with it, and hold both rows.

    ``by`` None: the owner outside does it, ``named`` says who that is, and whoever calls has checked the link
    by which they came. Raises NotFound, NotAllowed.
    """
    if by is not None:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen, row = see_one(mitigation_ref, actor=actor, permission=permission, session=session, lock=True)
        return seen.assessment, row
    found = session.execute(
        select(MitigationRow, Assessment)
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .where(MitigationRow.ref == mitigation_ref)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or found[0].taken_out_at is not None:
        raise NotFound
    row, assessment = found
    if not named.strip() or row.owner_id is not None or not row.outside_owner:
        raise NotAllowed("Somebody here owns this action now.")
    return assessment, row


def list_of(assessment_id: int, *, subject: str = "") -> list[tuple[MitigationRow, str, tuple[Link, ...]]]:
    """Return the actions of an assessment in order: row, owner's name, the impacts it answers.

    With ``subject`` only those that answer an impact of that group or question.
    """
    query = (
        select(MitigationRow, Person.name, MitigationImpact.subject, MitigationImpact.dimension)
        .outerjoin(Person, Person.id == MitigationRow.owner_id)
        .outerjoin(MitigationImpact, MitigationImpact.mitigation_id == MitigationRow.id)
        .where(MitigationRow.assessment_id == assessment_id, MitigationRow.taken_out_at.is_(None))
        .order_by(MitigationRow.id, MitigationImpact.subject, MitigationImpact.dimension)
    )
    if subject:
        query = query.where(MitigationImpact.subject == subject)
    found: dict[int, tuple[MitigationRow, str, list[Link]]] = {}
    for row, name, about, dimension in read().execute(query):
        entry = found.setdefault(row.id, (row, name or row.outside_owner, []))
        if about is not None:
            entry[2].append((about, dimension))
    return [(row, owner, tuple(links)) for row, owner, links in found.values()]


def links_of(mitigation_id: int, *, session: Session | None = None) -> tuple[Link, ...]:
    """Return the impacts an action answers."""
    rows = (session or read()).execute(
        select(MitigationImpact.subject, MitigationImpact.dimension)
        .where(MitigationImpact.mitigation_id == mitigation_id)
        .order_by(MitigationImpact.subject, MitigationImpact.dimension)
    )
    return tuple((subject, dimension) for subject, dimension in rows)
