"""Parts of a proposal that are decided apart, and dates of meetings that were moved too late."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
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
    op.create_table(
        "decision_component",
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_decision_component_assessment_id")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "position", name=op.f("pk_decision_component")),
    )
    op.create_table(
        "meeting_date_change",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("version_no", WHOLE, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_meeting_date_change_assessment_id")
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_meeting_date_change_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_date_change")),
    )
    op.create_index(
        op.f("ix_meeting_date_change_assessment_id_meeting_date_change_id"),
        "meeting_date_change",
        ["assessment_id", "id"],
        unique=False,
    )
    triggers("meeting_date_change")


def downgrade() -> None:
    """What was decided is never thrown away by a command."""
    raise NotImplementedError("decisions are kept")
