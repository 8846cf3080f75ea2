"""Extensions, created here and bound in ``app.py``; and how the database is opened.

On SQLite the driver is left in autocommit and transactions are begun by us:
BEGIN IMMEDIATE where something will be written, so that a busy database waits
instead of losing the write, and BEGIN for reading. A transaction marked as
reading cannot write: a GET never does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask_migrate import Migrate
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, event

db = SQLAlchemy(session_options={"expire_on_commit": False})
migrate = Migrate()
security = Security()
csrf = CSRFProtect()

_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def reading() -> Iterator[None]:
    """Within this block a new transaction may only read."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def only_read(value: bool) -> None:
    """Say for the rest of this request whether a new transaction may only read."""
    _reading.set(value)


def engine_options(database_url: str) -> dict[str, Any]:
    """Return the options of the engine for this database."""
    if database_url.startswith("sqlite"):
        return {"connect_args": {"isolation_level": None, "timeout": 30, "check_same_thread": False}}
    return {"pool_pre_ping": True}


def prepare_engine(engine: Engine) -> None:
    """Attach the listeners that open connections and begin transactions as described above."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def _open_sqlite(connection: Any, _record: Any) -> None:
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "synchronous=NORMAL",
        "recursive_triggers=ON",  # INSERT OR REPLACE must not slip past the insert-only triggers
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if _reading.get() else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if _reading.get():
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
