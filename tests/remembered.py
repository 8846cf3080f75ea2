"""Stories that many tests begin with: told by the services once, then put back as the rows they left.

A story (``gather``, ``writing``, ``passed`` ...) asked for twice by tests of one
process, with the same words, in the same database before it, is kept as the
rows that it added or changed. The next test gets the same rows, ids and times
by plain inserts, many times faster than by the services. It is told for real

* the first time, and where the database before it is not one that was made here;
* where a test changes how things work: it asks for ``monkeypatch`` or an application of its own;
* where it left a file behind.

What was written since the last story is noticed by counting the statements that
write, and what another process wrote by the length of the history.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest
from sqlalchemy import Engine, Integer, Table, event, func, insert, select, text, update

from ehiia.extensions import db
from ehiia.services import installation
from ehiia.services.transaction import read, transaction
from ehiia.store.base import Base
from ehiia.store.history import History

Given = ParamSpec("Given")
Value = TypeVar("Value")
Key = tuple[Any, ...]
Rows = dict[Table, dict[Key, dict[str, Any]]]

READS = ("SELECT", "PRAGMA", "BEGIN", "SET", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")
OWN_WAYS = {"monkeypatch", "make_app", "editing", "live_server"}
"""Fixtures with which a test may change how a story goes."""
HARMLESS = {"standing_clock"}
"""A fixture that uses one of them to stop the clock, which every story is given anyhow."""


@dataclass(frozen=True)
class _Story:
    """What it returned, the rows it added and those it changed, table by table, parents first."""

    value: Any
    added: tuple[tuple[Table, list[dict[str, Any]]], ...]
    changed: tuple[tuple[Table, list[tuple[Key, dict[str, Any]]]], ...]
    length: int
    """Of the history after it."""


@dataclass
class _Memory:
    """What is known in this process, and where its database stands."""

    allowed: bool = False
    writes: int = 0
    asked: set[Key] = field(default_factory=set)
    stories: dict[Key, _Story] = field(default_factory=dict)
    here: Key | None = None
    """The stories that made the database as it is, where nothing else was written since."""
    at: tuple[int, int] = (0, 0)
    """Writes and length of the history when ``here`` was so."""


_memory = _Memory()


@event.listens_for(Engine, "before_cursor_execute")
def _count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    if not statement.lstrip().startswith(READS):
        _memory.writes += 1


@contextmanager
def minding(request: pytest.FixtureRequest) -> Iterator[None]:
    """Begin a test with an unknown database; tell every story for real where it has ways of its own."""
    _memory.here = None
    _memory.allowed = not _has_own_ways(request)
    yield
    _memory.here, _memory.allowed = None, False


def _has_own_ways(request: pytest.FixtureRequest) -> bool:
    known = request.node._fixtureinfo
    if OWN_WAYS & set(known.argnames):
        return True
    return any(
        OWN_WAYS & set(one.argnames)
        for name, ways in known.name2fixturedefs.items()
        for one in ways
        if name not in HARMLESS
    )


def remembered(tell: Callable[Given, Value]) -> Callable[Given, Value]:
    """Keep the rows of a story; its arguments must say themselves in ``repr``, its value must not change."""

    @functools.wraps(tell)
    def told(*args: Given.args, **kwargs: Given.kwargs) -> Value:
        before = _before() if _memory.allowed else None
        words = repr((args, sorted(kwargs.items())))
        if before is None or " at 0x" in words:
            return tell(*args, **kwargs)
        key = (*before, (tell.__module__, tell.__qualname__, words))
        story = _memory.stories.get(key)
        value: Value
        if story is not None:
            _put(story)
            value = story.value
        elif key in _memory.asked:
            value = _learn(key, lambda: tell(*args, **kwargs))
        else:
            _memory.asked.add(key)
            value = tell(*args, **kwargs)
        _memory.here, _memory.at = key, (_memory.writes, _length())
        return value

    return told


def _before() -> Key | None:
    """Return how the database came to be, or None where it is not known."""
    length = _length()
    if _memory.here is not None and _memory.at == (_memory.writes, length):
        return _memory.here
    if length == 0:
        return (repr(installation.config()),)
    return None


def _length() -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(History)) or 0


def _files() -> set[Path]:
    return {path for path in installation.config().instance.rglob("*") if path.is_file()}


def _learn(key: Key, tell: Callable[[], Value]) -> Value:
    before, files = _read(), _files()
    value = tell()
    after = _read()
    gone = any(set(rows) - set(after.get(table, {})) for table, rows in before.items())
    if not gone and _files() == files:
        added, changed = [], []
        for table, rows in after.items():
            old = before.get(table, {})
            added.append((table, [row for place, row in rows.items() if place not in old]))
            changed.append((table, [(p, r) for p, r in rows.items() if p in old and old[p] != r]))
        _memory.stories[key] = _Story(value, tuple(added), tuple(changed), _length())
    return value


def _read() -> Rows:
    read().rollback()
    found: Rows = {}
    with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            keys = [column.name for column in table.primary_key]
            rows = [dict(row) for row in connection.execute(select(table)).mappings()]
            if rows:
                found[table] = {tuple(row[name] for name in keys): row for row in rows}
    return found


def _put(story: _Story) -> None:
    counters = []
    with transaction() as session:
        for table, rows in story.added:
            if rows:
                session.execute(insert(table), rows)
                column = table.autoincrement_column
                if column is not None and isinstance(column.type, Integer):
                    counters.append((table.name, column.name))
        for table, changes in story.changed:
            for place, row in changes:
                same = zip(table.primary_key, place, strict=True)
                session.execute(update(table).where(*(column == part for column, part in same)).values(row))
        if counters and session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT " + ", ".join(_counter(*one) for one in counters)))
        session.expire_all()


def _counter(table: str, column: str) -> str:
    return f"setval(pg_get_serial_sequence('{table}', '{column}'), (SELECT max({column}) FROM {table}))"
