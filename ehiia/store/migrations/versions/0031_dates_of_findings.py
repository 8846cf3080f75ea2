"""Dates of findings stand in calendars; a finding may be about no assessment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

KINDS = ("mitigation", "review", "meeting", "finding")
CHECK = "ck_calendar_event_datekind"


def upgrade() -> None:
    """Go forward: one more word in a CHECK, and a column that may be empty; SQLite's as 0002 says."""
    connection = op.get_bind()
    listed = ", ".join(f"'{word}'" for word in KINDS)
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f(CHECK), "calendar_event", type_="check")
        op.create_check_constraint(op.f(CHECK), "calendar_event", sa.text(f"kind IN ({listed})"))
        op.alter_column("calendar_event", "assessment_id", nullable=True)
        return
    text: str = connection.execute(
        sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'calendar_event'")
    ).scalar_one()
    opens = text.index(" IN (", text.index(f"CONSTRAINT {CHECK} CHECK (")) + len(" IN (")
    changed = text[:opens] + listed + text[text.index(")", opens) :]
    assert "assessment_id INTEGER NOT NULL" in changed
    changed = changed.replace("assessment_id INTEGER NOT NULL", "assessment_id INTEGER")
    number = connection.execute(sa.text("PRAGMA schema_version")).scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.execute(
        sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = 'calendar_event'"),
        {"sql": changed},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={number + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")


def downgrade() -> None:
    """What stands in people's calendars is kept."""
    raise NotImplementedError("calendars are kept")
