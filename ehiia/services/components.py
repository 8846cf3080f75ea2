"""The parts of a proposal that are decided apart, as the author lists them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.frozen import Component
from ehiia.domain.vocabulary import Permission
from ehiia.services import answering, people
from ehiia.services.sight import see
from ehiia.services.transaction import Invalid, Stale, read, transaction
from ehiia.store.components import DecisionComponent

MOST = 12
NAME_LENGTH = 200
WHAT_LENGTH = 2000


def of_assessment(assessment_id: int, *, session: Session | None = None) -> tuple[Component, ...]:
    """Return the parts of a proposal in order; empty where it is decided as a whole."""
    rows = (session or read()).execute(
        select(DecisionComponent.name, DecisionComponent.what)
        .where(DecisionComponent.assessment_id == assessment_id)
        .order_by(DecisionComponent.position)
    )
    return tuple(Component(name, what) for name, what in rows)


def set_components(
    ref: str, given: Sequence[Component], *, revision: int, by: int, now: datetime
) -> tuple[Component, ...]:
    """List the parts that are decided apart, in order; none where it is decided as a whole.

    Counts as writing, and undoes a pass. Saved again with nothing changed it does nothing. Raises Stale where
    somebody changed the assessment since the page was made, Invalid by field ("part-2-name").
    """
    parts = tuple(Component(one.name.strip(), one.what.strip()) for one in given)
    _check(parts)
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.WRITE, actor=actor, session=session, lock=True).assessment
        if of_assessment(assessment.id, session=session) == parts:
            return parts
        if assessment.revision != revision:
            raise Stale
        session.execute(delete(DecisionComponent).where(DecisionComponent.assessment_id == assessment.id))
        session.add_all(
            DecisionComponent(assessment_id=assessment.id, position=at, name=one.name, what=one.what)
            for at, one in enumerate(parts, start=1)
        )
        session.flush()
        answering.changed_answers(
            session, assessment, by=by, now=now, what={"parts": [one.name for one in parts]}
        )
    return parts


def _check(parts: Sequence[Component]) -> None:
    errors: dict[str, str] = {}
    known: set[str] = set()
    for at, one in enumerate(parts, start=1):
        if not one.name:
            errors[f"part-{at}-name"] = "Enter what the part is called, or remove it"
        elif len(one.name) > NAME_LENGTH:
            errors[f"part-{at}-name"] = f"The name must be {NAME_LENGTH} characters or fewer"
        elif one.name.casefold() in known:
            errors[f"part-{at}-name"] = "Another part has this name already. Give each its own"
        known.add(one.name.casefold())
        if len(one.what) > WHAT_LENGTH:
            errors[f"part-{at}-what"] = f"This must be {WHAT_LENGTH:,} characters or fewer"
    if len(parts) > MOST:
        errors["part-1-name"] = f"List {MOST} parts at most"
    if errors:
        raise Invalid(**errors)
