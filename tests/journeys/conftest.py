"""The town of a journey: the application on a real port, its people, and a browser for whoever walks in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest

from ehiia import clock
from tests.journeys.person import Person
from tests.people import Cast, gather
from tests.servers.browser import Desk, LiveServer


@dataclass(frozen=True)
class Town:
    """Where a journey takes place. ``inside()`` opens the context for what happens off the stage."""

    server: LiveServer
    cast: Cast
    sit_down: Callable[..., Desk]

    def enter(self, name: str, *, script: bool = True, narrow: bool = False) -> Person:
        """Let somebody sit down at a browser of their own; a name not of the cast is a stranger."""
        return Person(name, self.sit_down(script=script, narrow=narrow), self.server.url, narrow, script)

    def inside(self) -> AbstractContextManager[object]:
        """Open the application's context."""
        return self.server.app.app_context()


@pytest.fixture
def town(live_server: LiveServer, sit_down: Callable[..., Desk]) -> Town:
    """Return a town with two organisations and everybody in them."""
    with live_server.app.app_context():
        return Town(live_server, gather(clock.now()), sit_down)
