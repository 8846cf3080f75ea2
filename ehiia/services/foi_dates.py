"""The dates of a request for information: by when the Act asks for its answer, and its internal review."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.foi import RUNNING, RequestState
from ehiia.domain.schedule import Deadline, DeadlineKind
from ehiia.services import telling
from ehiia.services.deadlines import FURTHEST, Thing
from ehiia.store.foi import FoiRequest


def due(today: date) -> ColumnElement[bool]:
    """Return the predicate of requests whose time runs, due before long."""
    return and_(FoiRequest.due_on <= today + FURTHEST, FoiRequest.state.in_(RUNNING))


def reviews_due(today: date) -> ColumnElement[bool]:
    """Return the predicate of requests whose answer is being reviewed, due before long."""
    return and_(FoiRequest.state == RequestState.REVIEWING, FoiRequest.review_due_on <= today + FURTHEST)


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


def reviews(session: Session, row: FoiRequest, _: object, now: datetime) -> Iterator[Thing]:
    """Tell whoever reviews the answer; when it is late, whoever gave it too."""
    assert row.review_due_on is not None
    yield Thing(
        Deadline(DeadlineKind.INFORMATION_REVIEW, str(row.id), row.review_due_on),
        f"the review of request {row.ref}",
        row.reviewer_id,
        {"item": row.ref, "path": f"/foi/{row.ref}"},
        answered_by=(row.answered_by or row.recorded_by,),
        subject=f"foi:{row.id}",
    )
