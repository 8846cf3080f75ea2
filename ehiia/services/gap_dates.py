"""The date by which an accepted evidence gap will be known: moved after the decision, with a reason.

The decision was made on the date that stands in its record, which stays. Whoever
decided, and whoever sees to the gap, is told of the new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.vocabulary import GapState, Permission, Stage
from ehiia.services import gaps, people
from ehiia.services.sight import Seen, see
from ehiia.services.telling import authors, deciders, tell
from ehiia.services.transaction import Invalid, Refused, Stale, note_on, read, transaction
from ehiia.store.library import GapDateChange, GapRow
from ehiia.store.people import Person

__all__ = ["Moved", "may_move", "move", "moves_of"]

LONGEST = 1000


@dataclass(frozen=True)
class Moved:
    """A change of the date of a gap."""

    from_on: date | None
    to_on: date
    reason: str
    by: str
    at: datetime


def moves_of(gap_ids: Iterable[int], *, session: Session | None = None) -> dict[int, list[Moved]]:
    """Return how often the dates of these gaps were moved, oldest first, by the id of the gap: one query."""
    rows = (session or read()).execute(
        select(GapDateChange, Person.name)
        .join(Person, Person.id == GapDateChange.by)
        .where(GapDateChange.gap_id.in_(gap_ids))
        .order_by(GapDateChange.id)
    )
    found: dict[int, list[Moved]] = {}
    for row, name in rows:
        found.setdefault(row.gap_id, []).append(Moved(row.from_on, row.to_on, row.reason, name, row.at))
    return found


def may_move(seen: Seen, row: GapRow) -> bool:
    """Say whether the person may give this gap another date now: it was accepted, and the decision stands."""
    return (
        row.state is GapState.ACCEPTED
        and seen.assessment.stage is Stage.IN_FORCE
        and bool(seen.may(Permission.REVIEW))
    )


def move(
    ref: str, number: int, *, to_on: date | None, reason: str, revision: int, by: int, now: datetime
) -> None:
    """Give an accepted gap another date, with a reason, as whoever may move a review.

    Every change is kept and shown. Raises Invalid by field, Stale where somebody changed the gap meanwhile,
    Refused where it was not accepted with a decision that stands, NotAllowed, NotFound.
    """
    reason = reason.strip()
    errors = {}
    if to_on is None:
        errors["to_on"] = "Enter the date by which it will be known"
    elif to_on <= day_of(now):
        errors["to_on"] = "The new date must be in the future"
    if not reason:
        errors["reason"] = "Enter why it is not known yet; it is kept in the history"
    elif len(reason) > LONGEST:
        errors["reason"] = f"This must be {LONGEST:,} characters or fewer"
    if errors or to_on is None:
        raise Invalid(**errors)
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.REVIEW, actor=actor, session=session, lock=True)
        row = gaps.one_of(seen.assessment.id, number, session=session)
        last = moves_of([row.id], session=session).get(row.id, [])[-1:]
        if row.accepted_until == to_on and [one.reason for one in last] == [reason]:
            return  # the form was sent twice
        if not may_move(seen, row):
            raise Refused("Only a gap that was accepted with the decision in force gets another date here.")
        if row.revision != revision:
            raise Stale
        if row.accepted_until == to_on:
            raise Invalid(to_on="This is its date already")
        before = row.accepted_until
        session.add(GapDateChange(gap_id=row.id, from_on=before, to_on=to_on, reason=reason, by=by, at=now))
        row.accepted_until, row.revision = to_on, row.revision + 1
        row.by, row.at = by, now
        note_on(
            session,
            seen.assessment,
            "gap_moved",
            by=by,
            at=now,
            gap=row.ref,
            from_on=before.isoformat() if before else "",
            to_on=to_on.isoformat(),
            reason=reason,
        )
        told = authors(session, seen.assessment.id) | deciders(session, seen.assessment.id)
        tell(
            session,
            seen.assessment,
            "gap_moved",
            told | ({row.owner_id} if row.owner_id else set()),
            by=by,
            now=now,
            item=row.ref,
            what=row.unknown,
            due_on=to_on,
            comment=reason,
            path=f"/a/{ref}/section/evidence",
        )
