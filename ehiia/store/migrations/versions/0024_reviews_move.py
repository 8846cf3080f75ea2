"""Go-live that moves, reviews that move with it, and requests to postpone them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
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
    op.add_column(
        "review_date_change", sa.Column("kind", sa.String(length=64), nullable=False, server_default="")
    )
    op.create_table(
        "go_live_change",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("started", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_go_live_change_assessment_id")
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_go_live_change_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_go_live_change")),
    )
    op.create_index(
        op.f("ix_go_live_change_assessment_id_go_live_change_id"),
        "go_live_change",
        ["assessment_id", "id"],
        unique=False,
    )
    triggers("go_live_change")
    op.create_table(
        "review_postponement",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("review_id", WHOLE, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", WHOLE, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *("waiting", "approved", "declined", "ended"),
                name="asked",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", WHOLE, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["person.id"], name=op.f("fk_review_postponement_answered_by")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_review_postponement_asked_by")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_postponement_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_postponement")),
    )
    op.create_index(
        op.f("ix_review_postponement_review_id_review_postponement_id"),
        "review_postponement",
        ["review_id", "id"],
        unique=False,
    )


def downgrade() -> None:
    """What was decided is never thrown away by a command."""
    raise NotImplementedError("decisions are kept")
