"""The public register, and feedback of the public on what is in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "edition_entry",
        sa.Column("edition_id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("assessment_ref", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=300), nullable=False),
        sa.Column("outcome", sa.String(length=300), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_year", WHOLE, nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_entry_edition_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_edition_entry_organisation_id")
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_edition_entry")),
    )
    op.create_index(op.f("ix_edition_entry_assessment_ref"), "edition_entry", ["assessment_ref"])
    op.create_index(
        "ix_edition_entry_newest",
        "edition_entry",
        ["organisation_id", "decided_on", "edition_id"],
    )
    op.create_table(
        "public_feedback",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("edition_id", WHOLE, nullable=False),
        sa.Column("dedupe_key", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_by", sa.String(length=300), nullable=False),
        sa.Column("email", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *("waits", "replied", "review", "noted", "spam"),
                name="feedbackstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("answered_by", WHOLE, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_public_feedback_organisation_id_assessment_id"),
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_public_feedback_edition_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_public_feedback_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_feedback")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_public_feedback_dedupe_key")),
    )
    op.create_index("ix_public_feedback_waiting", "public_feedback", ["organisation_id", "state", "id"])
    op.create_table(
        "edition_facet",
        sa.Column("edition_id", WHOLE, nullable=False),
        sa.Column("facet", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_facet_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "facet", "label", name=op.f("pk_edition_facet")),
    )


def downgrade() -> None:
    """What was published is never thrown away by a command."""
    raise NotImplementedError("the public register is kept")
