"""Insert-only tables: the triggers that refuse to change or remove what was written.

The first migration runs ``statements``; a house test looks for the triggers on
both databases, because SQLite drops them when Alembic rebuilds a table and
autogenerate does not see them. Batch mode is banned on these tables.
"""

from __future__ import annotations

INSERT_ONLY = (
    "history",
    "snapshot",
    "attestation",
    "decision",
    "record",
    "record_file",
    "move",
    "audit_item",
    "review_date_change",
    "evidence_version",
    "adoption",
    "urgency",
    "meeting_date_change",
    "gap_date_change",
)
"""Tables whose rows are never changed and never removed."""

NEVER_CHANGED = ("history_body",)
"""Rows are never changed; disposal may remove a body, and the chain stays whole."""


def statements(dialect: str) -> list[str]:
    """Return the CREATE TRIGGER statements for "sqlite" or "postgresql"."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_refuses_{event.lower()} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
            for table, event in _pairs()
        ]
    made = [
        "CREATE OR REPLACE FUNCTION insert_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME; END $$"
    ]
    made += [
        f"CREATE TRIGGER {table}_refuses_{event.lower()} BEFORE {event} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION insert_only()"
        for table, event in _pairs()
    ]
    made += [
        f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION insert_only()"
        for table in INSERT_ONLY + NEVER_CHANGED
    ]
    return made


def trigger_names(dialect: str) -> set[str]:
    """Return the names of all triggers that must exist."""
    names = {f"{table}_refuses_{event.lower()}" for table, event in _pairs()}
    if dialect != "sqlite":
        names |= {f"{table}_refuses_truncate" for table in INSERT_ONLY + NEVER_CHANGED}
    return names


def _pairs() -> list[tuple[str, str]]:
    pairs = [(table, event) for table in INSERT_ONLY for event in ("UPDATE", "DELETE")]
    return pairs + [(table, "UPDATE") for table in NEVER_CHANGED]
