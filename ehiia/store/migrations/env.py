"""Runs migrations: foreign keys off while SQLite tables are rebuilt, a lock while PostgreSQL is upgraded.

Migrations themselves never import the application.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

LOCK = 7_244_201  # any number, the same for every process that upgrades


def metadata() -> Any:
    """Return the metadata that the tables are compared with."""
    from ehiia.store.models import Base

    return Base.metadata


def render_item(kind: str, item: Any, _autogen: Any) -> Any:
    """Write our own column types as plain SQLAlchemy, so that migrations never import the application."""
    if kind == "type":
        name = type(item).__name__
        if name == "UTCDateTime":
            return "sa.DateTime(timezone=True)"
        if name == "AsaList":
            return "sa.UnicodeText()"
    return False


def run(connection: Connection) -> None:
    """Run the migrations on one connection, in one transaction."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        transactional_ddl=True,
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        if not sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        context.run_migrations()
        if sqlite:
            broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
            if broken:
                raise RuntimeError(f"the migration left rows that point nowhere: {broken[:5]}")
    if sqlite:
        driver.execute("PRAGMA foreign_keys=ON")


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with current_app.extensions["migrate"].db.engine.connect() as opened:
        run(opened)
        opened.commit()
