"""The self-check's explanations, scored criteria, and comments as threads on a question."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Go forward."""
    op.add_column("comment", sa.Column("question", sa.String(length=64), nullable=False, server_default=""))
    op.create_table(
        "self_check_explanation",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("assessment_id", NUMBER, nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("anchor", sa.String(length=64), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision", NUMBER, nullable=False),
        sa.Column("by", NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_self_check_explanation_assessment_id")
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_self_check_explanation_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_check_explanation")),
        sa.UniqueConstraint(
            "assessment_id",
            "rule",
            "section",
            "subject",
            "anchor",
            name=op.f("uq_self_check_explanation_assessment_id_rule_section_subject_anchor"),
        ),
    )
    op.create_table(
        "quality_score",
        sa.Column("check_id", NUMBER, nullable=False),
        sa.Column("criterion", sa.String(length=64), nullable=False),
        sa.Column("score", NUMBER, nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("by", NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score IS NULL OR score BETWEEN 0 AND 3", name=op.f("ck_quality_score_score")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_quality_score_by")),
        sa.ForeignKeyConstraint(["check_id"], ["quality_check.id"], name=op.f("fk_quality_score_check_id")),
        sa.PrimaryKeyConstraint("check_id", "criterion", name=op.f("pk_quality_score")),
    )
    op.create_table(
        "comment_reply",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("comment_id", NUMBER, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_comment_reply_by")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_comment_reply_comment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_reply")),
    )
    op.create_index(
        op.f("ix_comment_reply_comment_id_comment_reply_id"),
        "comment_reply",
        ["comment_id", "id"],
        unique=False,
    )
    op.create_table(
        "comment_closing",
        sa.Column("comment_id", NUMBER, nullable=False),
        sa.Column("by", NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_comment_closing_by")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_comment_closing_comment_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_comment_closing")),
    )


def downgrade() -> None:
    """What was found and said is never thrown away by a command."""
    raise NotImplementedError("this migration is not undone")
