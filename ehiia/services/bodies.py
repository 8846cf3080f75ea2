"""Committees and decision-makers of an organisation: who chairs them, who is secretary, who also signs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.signatories import FIRST
from ehiia.services import organisations, signatories
from ehiia.services.people import must_administer, with_role
from ehiia.services.signatories import AlsoSigns
from ehiia.services.transaction import Invalid, NotFound, Stale, note, read, transaction
from ehiia.store.organisations import Body

__all__ = ["AlsoSigns", "Body", "NewBody", "add", "change", "listed"]

TWO_PEOPLE = "Choose somebody else: the secretary enters what the chair confirms"


@dataclass(frozen=True)
class NewBody:
    """A body as an administrator enters it."""

    name: str
    committee: bool = True
    chair_id: int | None = None
    secretary_id: int | None = None
    code: str = ""


def listed(organisation_id: int, *, today: date) -> list[Body]:
    """Return the bodies valid today, by name."""
    query = (
        select(Body)
        .where(Body.organisation_id == organisation_id, organisations.valid_on(Body, today))
        .order_by(Body.name)
    )
    return list(read().scalars(query))


def add(organisation_id: int, new: NewBody, *, by: int | None, now: datetime) -> Body:
    """Add a body. Raises Invalid where the name is empty or taken."""
    name = " ".join(new.name.split())
    if not name:
        raise Invalid(name="Enter the name of the committee or decision-maker")
    with transaction() as session:
        must_administer(session, organisation_id, by=by, now=now)
        if new.chair_id and new.chair_id == new.secretary_id:
            raise Invalid(secretary_id=TWO_PEOPLE)
        named = {"chair_id": new.chair_id, "secretary_id": new.secretary_id}
        _must_be_here(session, organisation_id, named, now=now)
        code = new.code or organisations.slug(name)
        if session.scalar(select(Body.id).where(Body.organisation_id == organisation_id, Body.code == code)):
            raise Invalid(name="There is a body of this name already")
        made = Body(
            organisation_id=organisation_id,
            code=code,
            name=name,
            committee=new.committee,
            chair_id=new.chair_id,
            secretary_id=new.secretary_id,
        )
        session.add(made)
        session.flush()
        note(
            session,
            "body_added",
            organisation_id=organisation_id,
            subject=f"organisation:{organisation_id}",
            by=by,
            at=now,
            name=name,
        )
    return made


def change(
    organisation_id: int,
    body_id: int,
    *,
    chair_id: int | None,
    secretary_id: int | None,
    signs: Sequence[AlsoSigns] | None = None,
    revision: int,
    by: int,
    now: datetime,
) -> Body:
    """Name another chair or secretary, and who also signs its records (None: as before).

    Raises NotFound, Invalid by field, Stale.
    """
    with transaction() as session:
        must_administer(session, organisation_id, by=by, now=now)
        body = session.get(Body, body_id, with_for_update=True, populate_existing=True)
        if body is None or body.organisation_id != organisation_id:
            raise NotFound
        if body.revision != revision:
            raise Stale
        if chair_id and chair_id == secretary_id:
            raise Invalid(secretary_id=TWO_PEOPLE)
        new = {
            "chair_id": chair_id if chair_id != body.chair_id else None,
            "secretary_id": secretary_id if secretary_id != body.secretary_id else None,
        }
        if signs is not None:
            before = {one.person_id for one in signatories.also_sign(body.id, session=session)}
            for position, one in enumerate(signs, FIRST):
                new[f"person_{position}"] = one.person_id if one.person_id not in before else None
        _must_be_here(session, organisation_id, new, now=now)
        if signs is not None:
            signatories.put(session, body, signs)
        body.chair_id, body.secretary_id = chair_id, secretary_id
        body.revision += 1
        note(
            session,
            "body_changed",
            organisation_id=organisation_id,
            subject=f"organisation:{organisation_id}",
            by=by,
            at=now,
            name=body.name,
        )
    return body


def _must_be_here(
    session: Session, organisation_id: int, named: Mapping[str, int | None], *, now: datetime
) -> None:
    """Raise Invalid (by field) unless whoever is named holds a post in the organisation today."""
    known = {one.id for one in with_role(organisation_id, today=day_of(now), session=session)}
    errors = {
        name: "Choose a person from the list" for name, one in named.items() if one and one not in known
    }
    if errors:
        raise Invalid(**errors)
