"""The people of the demonstration: who they are and how to sign in as them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ehiia import content
from ehiia.content.reading import from_toml


@dataclass(frozen=True)
class DemoPerson:
    """Somebody made up. ``role`` is in words, for the sign-in page."""

    name: str
    role: str
    email: str
    password: str


@dataclass(frozen=True)
class _Entry:
    name: str
    role: str
    email: str


@dataclass(frozen=True)
class _Table:
    password: str
    people: tuple[_Entry, ...]


@cache
def people() -> tuple[DemoPerson, ...]:
    """Return the people of the demonstration, in the order in which an assessment meets them."""
    read = from_toml(Path(content.__file__).parent / "demonstration_people.toml", _Table)
    return tuple(DemoPerson(one.name, one.role, one.email, read.password) for one in read.people)
