"""What tests of pages can ask for: everybody, a clock that stands still, browsers, and counted queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from ehiia import clock
from ehiia.extensions import db
from tests import people
from tests.people import Cast


class Clock:
    """The moment that every page takes for now; ``pass_on`` lets time go by."""

    def __init__(self, now: datetime) -> None:
        """Stand still at this moment."""
        self.now = now

    def pass_on(self, **how_long: float) -> datetime:
        """Let time go by, as in ``pass_on(minutes=61)``."""
        self.now += timedelta(**how_long)
        return self.now


@pytest.fixture
def standing_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Clock:
    """Stop the clock at the fixed moment of the tests."""
    stopped = Clock(now)
    monkeypatch.setattr(clock, "now", lambda: stopped.now)
    return stopped


@pytest.fixture
def cast(app: Flask, standing_clock: Clock) -> Cast:
    """Return everybody, made in the empty database."""
    with app.app_context():
        return people.gather(standing_clock.now)


Browsers = Callable[[str], FlaskClient]


@pytest.fixture
def as_(app: Flask, cast: Cast, standing_clock: Clock) -> Browsers:
    """Return a function from a first name to a browser in which that person is signed in."""
    return lambda name: people.browser(app, cast.ids[name], standing_clock.now)


def soup(response: Any) -> BeautifulSoup:
    """Return a page as a tree; the page must have come."""
    assert response.status_code < 500, response.get_data(as_text=True)
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def words(response: Any) -> str:
    """Return the words of a page with single spaces."""
    return " ".join(soup(response).get_text(" ").split())


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Collect the queries made within the block; what opens a transaction does not count."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SET TRANSACTION")):
            found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
