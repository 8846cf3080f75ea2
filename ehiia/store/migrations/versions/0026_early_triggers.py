"""Early triggers of a review, raised by people and found by a job."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
TRIGGERS = ("planned", "not_working", "moved", "raised")


def widen(table: str, column: str, check: str, words: Sequence[str]) -> None:
    """Let a column hold more words: give its CHECK another list, as 0002 says."""
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
    widen("review", "trigger", "ck_review_reviewtrigger", TRIGGERS)
    op.create_table(
        "raised_trigger",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("trigger", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=200), nullable=True),
        sa.Column("raised_by", WHOLE, nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *("open", "accepted", "declined", "ended"),
                name="raised",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("brought_to_on", sa.Date(), nullable=True),
        sa.Column("answered_by", WHOLE, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_raised_trigger_answered_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_raised_trigger_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["raised_by"], ["person.id"], name=op.f("fk_raised_trigger_raised_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raised_trigger")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_raised_trigger_dedupe_key")),
    )
    op.create_index(
        op.f("ix_raised_trigger_assessment_id_raised_trigger_id"),
        "raised_trigger",
        ["assessment_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_raised_trigger_organisation_id_raised_trigger_state"),
        "raised_trigger",
        ["organisation_id", "state"],
        unique=False,
    )


def downgrade() -> None:
    """What was raised is never thrown away by a command."""
    raise NotImplementedError("triggers are kept")
