"""The people of the tests, their organisation and its bodies; and a browser in which they are signed in.

Amina writes, Ben and Ivan check, Carol decides, Dev audits, Esther belongs to
another organisation, Farah administers, Daniel is the director, Grace the
secretary, Helen contributes and owns actions. A password is hashed once per run.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password

from ehiia.domain.vocabulary import Role
from ehiia.services import bodies, organisations, people
from ehiia.services.bodies import NewBody
from ehiia.services.transaction import transaction
from ehiia.store.people import Account
from tests.remembered import remembered

PASSWORD = "quiet-harbour-lantern"

ROLES: dict[str, tuple[Role, ...]] = {
    "amina": (Role.STAFF,),
    "ben": (Role.EQUALITY_LEAD,),
    "carol": (Role.DECISION_MAKER,),
    "daniel": (Role.DIRECTOR,),
    "dev": (Role.AUDITOR,),
    "farah": (Role.ADMINISTRATOR,),
    "grace": (Role.STAFF,),
    "helen": (Role.STAFF,),
    "ivan": (Role.EQUALITY_LEAD,),
}
NAMES = {
    "amina": "Amina Hassan",
    "ben": "Ben Okoro",
    "carol": "Carol Whitfield",
    "daniel": "Daniel Ashby",
    "dev": "Dev Patel",
    "esther": "Esther Lindqvist",
    "farah": "Farah Malik",
    "grace": "Grace Tilley",
    "helen": "Helen Marsh",
    "ivan": "Ivan Petrov",
}


@dataclass(frozen=True)
class Cast:
    """Everybody by id, their organisation, its bodies and places, and another organisation."""

    organisation_id: int
    other_id: int
    """Esther's organisation."""
    board_id: int
    """A committee: Carol chairs it, Grace is its secretary."""
    alone_id: int
    """Carol deciding alone."""
    place_ids: tuple[int, ...]
    ids: dict[str, int]

    def __getattr__(self, name: str) -> int:
        """Return a person's id by first name."""
        try:
            return self.ids[name]
        except KeyError:
            raise AttributeError(name) from None


@cache
def _hashed() -> str:
    return str(hash_password(PASSWORD))


@remembered
def gather(now: datetime) -> Cast:
    """Make two organisations and everybody in them. Within an application context."""
    began = now - timedelta(days=400)
    here = organisations.create(
        code="snee", name="Suffolk and North East Essex", ref_prefix="EHIIA", by=None, now=began
    )
    there = organisations.create(code="other", name="Another Board", ref_prefix="OTHER", by=None, now=began)
    ids = {name: _person(here.id, name, roles, began) for name, roles in ROLES.items()}
    ids["esther"] = _person(there.id, "esther", (Role.EQUALITY_LEAD,), began)
    board = bodies.add(
        here.id,
        NewBody("Integrated Care Board", chair_id=ids["carol"], secretary_id=ids["grace"]),
        by=None,
        now=began,
    )
    alone = bodies.add(
        here.id,
        NewBody("Director of Commissioning", committee=False, chair_id=ids["carol"]),
        by=None,
        now=began,
    )
    places = [
        organisations.add_place(here.id, name=name, by=None, now=began)
        for name in ("North East Essex Alliance", "West Suffolk Alliance")
    ]
    return Cast(here.id, there.id, board.id, alone.id, tuple(place.id for place in places), ids)


def _person(organisation_id: int, name: str, roles: tuple[Role, ...], now: datetime) -> int:
    made = people.add_person(
        organisation_id=organisation_id,
        name=NAMES[name],
        email=f"{name}@example.org",
        roles=roles,
        password=None,
        by=None,
        now=now,
    )
    with transaction() as session:
        session.add(
            Account(
                person_id=made.id,
                email=made.email,
                password=_hashed(),
                active=True,
                fs_uniquifier=secrets.token_hex(16),
                confirmed_at=now,
                create_datetime=now,
                update_datetime=now,
                password_set_at=now,
            )
        )
    return made.id


def browser(app: Flask, person_id: int, now: datetime) -> FlaskClient:
    """Return a browser in which this person signed in at ``now``, without the slow hashing of the page."""
    from sqlalchemy import select

    from ehiia.services.transaction import read

    with app.app_context():
        account = read().scalars(select(Account).where(Account.person_id == person_id)).one()
        token = people.begin_session(account.id, now=now)
        uniquifier = account.fs_uniquifier
    client = app.test_client()
    with client.session_transaction() as session:
        session.update(
            {"_user_id": uniquifier, "_fresh": True, "browser": token, "seen": int(now.timestamp())}
        )
    return client


def send(client: FlaskClient, page: str, fields: dict[str, Any], *, to: str = "", **kwargs: Any) -> Any:
    """Load a page, fill in its form and send it, with the token that is on the page."""
    from bs4 import BeautifulSoup

    found = BeautifulSoup(client.get(page).get_data(as_text=True), "html.parser").find(
        "input", {"name": "csrf_token"}
    )
    token = found["value"] if found else ""
    return client.post(to or page, data={"csrf_token": token, **fields}, **kwargs)
