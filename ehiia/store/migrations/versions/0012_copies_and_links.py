"""Copied answers that are to be confirmed; umbrellas and what is under them; assessments kept elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Go forward."""
    for table in ("answer", "impact"):
        op.add_column(table, sa.Column("to_confirm", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "assessment_link",
        sa.Column("child_id", WHOLE, nullable=False),
        sa.Column("parent_id", WHOLE, nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("parent_id <> child_id", name=op.f("ck_assessment_link_not_itself")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_assessment_link_by")),
        sa.ForeignKeyConstraint(["child_id"], ["assessment.id"], name=op.f("fk_assessment_link_child_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["assessment.id"], name=op.f("fk_assessment_link_parent_id")),
        sa.PrimaryKeyConstraint("child_id", name=op.f("pk_assessment_link")),
    )
    op.create_index(op.f("ix_assessment_link_parent_id"), "assessment_link", ["parent_id"], unique=False)
    op.create_table(
        "elsewhere_link",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_elsewhere_link_assessment_id")
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_elsewhere_link_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elsewhere_link")),
    )
    op.create_index(
        op.f("ix_elsewhere_link_assessment_id_elsewhere_link_id"),
        "elsewhere_link",
        ["assessment_id", "id"],
        unique=False,
    )


def downgrade() -> None:
    """What was written is never thrown away by a command."""
    raise NotImplementedError("answers are kept")
