"""The date of a request for information: by when the Act asks for its answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.foi import RequestState
from ehiia.domain.schedule import Deadline, DeadlineKind
from ehiia.services import telling
from ehiia.services.deadlines import FURTHEST, Thing
from ehiia.store.foi import FoiRequest


def due(today: date) -> ColumnElement[bool]:
    """Return the predicate of requests that are not closed, due before long."""
    return and_(FoiRequest.due_on <= today + FURTHEST, FoiRequest.state != RequestState.CLOSED)


def things(session: Session, row: FoiRequest, _: object, now: datetime) -> Iterator[Thing]:
    """Tell whoever answers it, or the equality leads; when it is late, whoever recorded it too."""
    keepers = [row.owner_id] if row.owner_id else telling.leads_of(session, row.organisation_id, day_of(now))
    yield Thing(
        Deadline(DeadlineKind.INFORMATION, str(row.id), row.due_on),
        f"request {row.ref}",
        row.owner_id,
        {"item": row.ref, "path": f"/foi/{row.ref}"},
        keepers=lambda: keepers,
        answered_by=(row.recorded_by,),
        subject=f"foi:{row.id}",
    )
