"""New dates of accepted evidence gaps, with their reasons; the revision of a page given to somebody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def triggers(table: str) -> None:
    """Refuse to change or remove what is only ever added."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for event in ("UPDATE", "DELETE"):
        name = f"CREATE TRIGGER {table}_refuses_{event.lower()} BEFORE {event} ON {table} "
        if sqlite:
            op.execute(f"{name}BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END")
        else:
            op.execute(f"{name}FOR EACH ROW EXECUTE FUNCTION insert_only()")
    if not sqlite:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION insert_only()"
        )


def upgrade() -> None:
    """Go forward."""
    op.add_column("section_assignment", sa.Column("revision", WHOLE, nullable=False, server_default="1"))
    op.create_table(
        "gap_date_change",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("gap_id", WHOLE, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_gap_date_change_by")),
        sa.ForeignKeyConstraint(["gap_id"], ["evidence_gap.id"], name=op.f("fk_gap_date_change_gap_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_date_change")),
    )
    op.create_index(
        op.f("ix_gap_date_change_gap_id_gap_date_change_id"),
        "gap_date_change",
        ["gap_id", "id"],
        unique=False,
    )
    triggers("gap_date_change")


def downgrade() -> None:
    """What was decided is never thrown away by a command."""
    raise NotImplementedError("decisions are kept")
