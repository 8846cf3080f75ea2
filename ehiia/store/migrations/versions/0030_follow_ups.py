"""Every time that a finding was looked at again; so far only the newest was kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
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
    """Go forward, with the newest of each finding as it was kept."""
    op.create_table(
        "audit_follow_up",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("finding_id", WHOLE, nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                *("done", "partly", "not_done", "overtaken"),
                name="followup",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_audit_follow_up_by")),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["audit_finding.id"], name=op.f("fk_audit_follow_up_finding_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_follow_up")),
    )
    op.create_index(
        op.f("ix_audit_follow_up_finding_id_audit_follow_up_id"),
        "audit_follow_up",
        ["finding_id", "id"],
        unique=False,
    )
    op.execute(
        'INSERT INTO audit_follow_up (finding_id, result, words, "by", at) '
        "SELECT id, followed, followed_words, followed_by, followed_at FROM audit_finding "
        "WHERE followed IS NOT NULL ORDER BY followed_at, id"
    )
    triggers("audit_follow_up")


def downgrade() -> None:
    """What was seen is never thrown away by a command."""
    raise NotImplementedError("audits are kept")
