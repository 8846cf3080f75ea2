"""The engagement log, commitments, and public reviewers who read a summary by link."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "commitment",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("number", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("owner_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("outside_owner", sa.String(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "kept",
                "not_kept",
                name="promise",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("owner_id IS NULL OR outside_owner = ''", name=op.f("ck_commitment_one_owner")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_commitment_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_commitment_organisation_id_assessment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_commitment_organisation_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_commitment_owner_id")),
        sa.ForeignKeyConstraint(["said_by"], ["person.id"], name=op.f("fk_commitment_said_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint("assessment_id", "number", name=op.f("uq_commitment_assessment_id_number")),
    )
    op.create_index(
        op.f("ix_commitment_organisation_id_commitment_due_on"),
        "commitment",
        ["organisation_id", "due_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_commitment_owner_id_commitment_due_on"), "commitment", ["owner_id", "due_on"], unique=False
    )
    op.create_table(
        "engagement",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("number", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column(
            "everybody",
            sa.Enum(
                "under_10",
                "from_10",
                "from_25",
                "from_50",
                "from_100",
                name="headcount",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("others", sa.String(length=300), nullable=False),
        sa.Column("led_by", sa.String(length=300), nullable=False),
        sa.Column("partner", sa.String(length=300), nullable=False),
        sa.Column("reached", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("shown_version", sa.String(length=300), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.Column("fed_back_on", sa.Date(), nullable=True),
        sa.Column("fed_back_how", sa.String(length=300), nullable=False),
        sa.Column("not_reached", sa.Text(), nullable=False),
        sa.Column("taken_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_engagement_assessment_id")
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_engagement_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement")),
        sa.UniqueConstraint("assessment_id", "number", name=op.f("uq_engagement_assessment_id_number")),
    )
    op.create_table(
        "reviewer_link",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("made_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("last_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_reviewer_link_assessment_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_reviewer_link_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_reviewer_link_token_sha256")),
    )
    op.create_index(
        op.f("ix_reviewer_link_assessment_id_reviewer_link_id"),
        "reviewer_link",
        ["assessment_id", "id"],
        unique=False,
    )
    op.create_table(
        "reviewer_summary",
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("affected", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_reviewer_summary_assessment_id")
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_reviewer_summary_by")),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_reviewer_summary")),
    )
    op.create_table(
        "engagement_group",
        sa.Column("engagement_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column(
            "band",
            sa.Enum(
                "under_10",
                "from_10",
                "from_25",
                "from_50",
                "from_100",
                name="headcount",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagement.id"], name=op.f("fk_engagement_group_engagement_id")
        ),
        sa.PrimaryKeyConstraint("engagement_id", "subject", name=op.f("pk_engagement_group")),
    )
    op.create_table(
        "engagement_voice",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("engagement_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "naming",
            sa.Enum(
                "not_at_all",
                "group_only",
                "first_name",
                "by_name",
                name="naming",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("named_as", sa.String(length=300), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_engagement_voice_by")),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagement.id"], name=op.f("fk_engagement_voice_engagement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement_voice")),
    )
    op.create_index(
        op.f("ix_engagement_voice_engagement_id_engagement_voice_id"),
        "engagement_voice",
        ["engagement_id", "id"],
        unique=False,
    )
    op.create_table(
        "reviewer_comment",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("link_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("number", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("said_by", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_reviewer_comment_answered_by")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_reviewer_comment_assessment_id")
        ),
        sa.ForeignKeyConstraint(["link_id"], ["reviewer_link.id"], name=op.f("fk_reviewer_comment_link_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_comment")),
        sa.UniqueConstraint("assessment_id", "number", name=op.f("uq_reviewer_comment_assessment_id_number")),
    )
    op.create_index(
        op.f("ix_reviewer_comment_link_id_reviewer_comment_id"),
        "reviewer_comment",
        ["link_id", "id"],
        unique=False,
    )


def downgrade() -> None:
    """What was said and promised is never thrown away by a command."""
    raise NotImplementedError("this migration is not undone")
