"""Views of the register of mitigating actions that somebody keeps for themselves, under a name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import select

from ehiia.services.transaction import Invalid, NotFound, read, transaction
from ehiia.store.views import SavedView

__all__ = ["MOST", "SavedView", "drop", "filters_of", "keep", "mine"]

LONGEST_NAME, LONGEST_QUERY = 100, 1000
MOST = 20
"""So many views can be kept by one person in one organisation."""


def mine(person_id: int, organisation_id: int) -> list[SavedView]:
    """Return the views that somebody keeps, by name: one query."""
    return list(
        read().scalars(
            select(SavedView)
            .where(SavedView.person_id == person_id, SavedView.organisation_id == organisation_id)
            .order_by(SavedView.name, SavedView.id)
        )
    )


def filters_of(view: SavedView) -> dict[str, Any]:
    """Return the filters of a view by name."""
    return dict(parse_qsl(view.query))


def keep(name: str, filters: Mapping[str, str], *, organisation_id: int, by: int, now: datetime) -> None:
    """Keep filters under a name; the same name again is given the new filters. Raises Invalid (``name``)."""
    name, query = " ".join(name.split()), urlencode(sorted(filters.items()))
    if not name:
        raise Invalid(name="Enter a name for this view")
    if len(name) > LONGEST_NAME:
        raise Invalid(name=f"The name must be {LONGEST_NAME} characters or fewer")
    if not query or len(query) > LONGEST_QUERY:
        raise Invalid(name="Choose first what the register shows, then keep it")
    if not organisation_id:
        raise Invalid(name="You hold no post today, so there is no register to keep a view of")
    with transaction() as session:
        known = {
            view.name: view
            for view in session.scalars(
                select(SavedView)
                .where(SavedView.person_id == by, SavedView.organisation_id == organisation_id)
                .with_for_update()
            )
        }
        if name in known:
            known[name].query, known[name].at = query, now
            return
        if len(known) >= MOST:
            raise Invalid(name=f"You keep {MOST} views already. Take one away first")
        session.add(SavedView(person_id=by, organisation_id=organisation_id, name=name, query=query, at=now))


def drop(view_id: int, *, by: int) -> None:
    """Take one's own view away. Raises NotFound where there is none, or it is somebody else's."""
    with transaction() as session:
        view = session.get(SavedView, view_id)
        if view is None or view.person_id != by:
            raise NotFound
        session.delete(view)
