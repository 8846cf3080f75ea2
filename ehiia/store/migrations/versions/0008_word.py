"""Forms in Word that were given back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    number = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
    op.create_table(
        "word_upload",
        sa.Column("id", number, nullable=False),
        sa.Column("assessment_id", number, nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("taken", number, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by", number, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_word_upload_assessment_id")
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_word_upload_by")),
        sa.ForeignKeyConstraint(["file_sha256"], ["file.sha256"], name=op.f("fk_word_upload_file_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_upload")),
    )
    op.create_index(
        op.f("ix_word_upload_assessment_id_word_upload_id"), "word_upload", ["assessment_id", "id"]
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("word_upload")
