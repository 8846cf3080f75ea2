"""Gates before and after consultation, and why a version was frozen there."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GATES = ("pre_consultation", "post_consultation", "submitted", "for_decision", "reviewed")


def widen(table: str, column: str, check: str, words: Sequence[str]) -> None:
    """Let a column hold more words: give its CHECK another list.

    SQLite cannot change a CHECK, and rebuilding the table would drop the triggers of an insert-only one.
    So the text of the table is changed where SQLite keeps it, which is the way its makers describe for
    changes that touch no row. The constraint stays the same but for the list.
    """
    connection = op.get_bind()
    listed = ", ".join(f"'{word}'" for word in words)
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f(check), table, type_="check")
        op.create_check_constraint(op.f(check), table, sa.text(f"{column} IN ({listed})"))
        return
    text: str = connection.execute(
        sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :name"), {"name": table}
    ).scalar_one()
    start = text.index(f"CONSTRAINT {check} CHECK (")
    opens = text.index(" IN (", start) + len(" IN (")
    changed = text[:opens] + listed + text[text.index(")", opens) :]
    number = connection.execute(sa.text("PRAGMA schema_version")).scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.execute(
        sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :name"),
        {"sql": changed, "name": table},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={number + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")


def upgrade() -> None:
    """Go forward."""
    widen("snapshot", "gate", "ck_snapshot_gate", GATES)
    op.add_column("snapshot", sa.Column("reason", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """What was frozen is never thrown away by a command."""
    raise NotImplementedError("frozen versions are kept")
