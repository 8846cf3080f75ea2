"""What every change of a request for information has in common: who may, twice is harmless, the history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content.holidays import anywhere
from ehiia.domain import foi as rules
from ehiia.domain.access import Actor
from ehiia.domain.foi import MOVES, RequestMove, Step, Who
from ehiia.domain.schedule import in_full
from ehiia.domain.vocabulary import Permission, Role
from ehiia.services import notices, people
from ehiia.services.foi import must_see
from ehiia.services.transaction import NotAllowed, Refused, Stale, note
from ehiia.store.foi import FoiRequest

__all__ = ["APPROVES", "count", "day_error", "judges", "keeper", "noted", "tell", "write"]

APPROVES = (Role.DIRECTOR, Role.EQUALITY_LEAD, Role.DECISION_MAKER)
"""Who may be asked to approve an exemption, or to review an answer."""
NOT_YOURS = {
    Who.APPROVER: "Only whoever was asked approves an exemption, and never their own.",
    Who.REVIEWER: "Only whoever was asked reviews an answer, and never their own.",
}
NOT_APPROVED = "Nothing is withheld until somebody else has approved the exemption."


def keeper(session: Session, organisation_id: int, by: int, now: datetime) -> Actor:
    """Return the person as an actor. Raises NotAllowed unless they keep the log."""
    actor = people.actor_of(by, today=day_of(now), session=session)
    must_see(actor, organisation_id, Permission.KEEP_REQUESTS)
    return actor


def judges(
    organisation_id: int, *, without: set[int | None], today: date, session: Session | None = None
) -> dict[int, str]:
    """Return who may be asked to approve or to review, without those who had a part in it: id and name."""
    found = people.with_role(organisation_id, *APPROVES, today=today, session=session)
    return {one.id: one.name for one in found if one.id not in without}


def write(
    row: FoiRequest, values: Mapping[str, Any], *, revision: int, by: int, move: RequestMove | None = None
) -> bool:
    """Put values into a row that is held, and make a move with it; False where the form was sent twice.

    Raises Stale, NotAllowed where the move is somebody else's, Refused where it is not possible now.
    """
    if row.revision != revision:
        moved = move is None or rules.reached(row.state, move)
        if moved and row.by == by and all(getattr(row, name) == value for name, value in values.items()):
            return False
        raise Stale
    if move is not None:
        row.state = _step(row, move, by).after
    for name, value in values.items():
        setattr(row, name, value)
    row.by = by
    row.revision += 1
    return True


def _step(row: FoiRequest, move: RequestMove, by: int) -> Step:
    step = MOVES.get((row.state, move))
    if step is None and move is RequestMove.WITHHOLD:
        raise Refused(NOT_APPROVED)
    if step is None:
        raise Refused(f"“{move.label}” is not possible while the request is “{row.state.label}”.")
    if not _may(row, step, by):
        raise NotAllowed(NOT_YOURS[step.who])
    return step


def _may(row: FoiRequest, step: Step, by: int) -> bool:
    match step.who:
        case Who.APPROVER:
            return by == row.approver_id and by != row.claimed_by
        case Who.REVIEWER:
            return by == row.reviewer_id and by not in (row.claimed_by, row.approver_id, row.answered_by)
        case _:
            return True


def count(row: FoiRequest) -> None:
    """Work out by when it is to be answered, from what is recorded of it."""
    row.due_on = rules.due_on(
        row.received_on, anywhere(), clarified_on=row.clarified_on, extended_to=row.extended_to
    )


def day_error(day: date | None, *, first: date, why: str, today: date) -> str:
    """Return what is wrong with a day that lies between another and today; "" where nothing is.

    ``why``: what happened on the first day it may be.
    """
    if day is None:
        return "Enter the day"
    if not first <= day <= today:
        return f"The day must be between {in_full(first)}, when {why}, and today"
    return ""


def noted(session: Session, row: FoiRequest, verb: str, by: int, now: datetime, **body: object) -> None:
    """Write the history row of what was done with a request."""
    session.flush()
    note(
        session,
        verb,
        organisation_id=row.organisation_id,
        subject=f"foi:{row.id}",
        by=by,
        at=now,
        request=row.ref,
        **body,
    )


def tell(
    session: Session,
    row: FoiRequest,
    message: str,
    person_id: int | None,
    by: int,
    now: datetime,
    **values: object,
) -> None:
    """Tell somebody of a request, where there is somebody to be told."""
    if person_id is None:
        return
    given = {"item": row.ref, "due_on": row.due_on, "path": f"/foi/{row.ref}"}
    notices.tell(
        session,
        person_id=person_id,
        message_name=message,
        values=given | {"by": people.names({by}, session=session).get(by, "")} | values,
        dedupe_key=f"{message}:{row.id}:{row.revision}",
        now=now,
        organisation_id=row.organisation_id,
    )
