"""What is published before it is decided: the version that waits, and when it was decided since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def loosen(table: str) -> None:
    """Let a row be without a record; the table is not rebuilt, so that its triggers stay."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.alter_column(table, "record_id", nullable=True)
        return
    text: str = connection.execute(
        sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :name"), {"name": table}
    ).scalar_one()
    changed = text.replace("record_id INTEGER NOT NULL", "record_id INTEGER", 1)
    if changed == text:
        raise RuntimeError(f"the table {table} is not as it was made")
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
    for table in ("publication", "edition"):
        loosen(table)
    whole = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE publication ADD COLUMN snapshot_id {whole} "
        "CONSTRAINT fk_publication_snapshot_id REFERENCES snapshot (id)"
    )
    op.add_column("publication", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Nothing that was published is thrown away by a command."""
    raise NotImplementedError("what was published before a decision would have no place")
