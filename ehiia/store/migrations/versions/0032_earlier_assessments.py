"""Assessments from before this system, and the files of registers that bring them in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "earlier_assessment",
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("old_ref", sa.String(length=300), nullable=False),
        sa.Column("ref_folded", sa.String(length=300), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(length=300), nullable=False),
        sa.Column("lead", sa.String(length=300), nullable=False),
        sa.Column("kept_at", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_earlier_assessment_organisation_id_assessment_id"),
        ),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_earlier_assessment")),
    )
    op.create_index(
        op.f("ix_earlier_assessment_ref"),
        "earlier_assessment",
        ["organisation_id", "ref_folded"],
        unique=False,
    )
    op.create_table(
        "register_import",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("sheet", sa.String(length=300), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "strategy",
                "policy",
                "service_change",
                "closure",
                "procurement",
                "digital",
                "workforce",
                "finance",
                "project",
                "guideline",
                name="proposalkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "done",
                "undone",
                name="importstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", WHOLE, nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", WHOLE, nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("history_seq", WHOLE, nullable=True),
        sa.Column("revision", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_register_import_by")),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_register_import_done_by")),
        sa.ForeignKeyConstraint(
            ["file_sha256"], ["file.sha256"], name=op.f("fk_register_import_file_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_register_import_organisation_id")
        ),
        sa.ForeignKeyConstraint(["undone_by"], ["person.id"], name=op.f("fk_register_import_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_import")),
    )
    op.create_index(
        op.f("ix_register_import_organisation_id_register_import_id"),
        "register_import",
        ["organisation_id", "id"],
        unique=False,
    )
    op.create_table(
        "imported_row",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("import_id", WHOLE, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("ref", sa.String(length=300), nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("mitigation_id", WHOLE, nullable=True),
        sa.Column("action_digest", sa.String(length=64), nullable=True),
        sa.Column("review_id", WHOLE, nullable=True),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("taken_away_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["register_import.id"], name=op.f("fk_imported_row_import_id")
        ),
        sa.ForeignKeyConstraint(
            ["mitigation_id"], ["mitigation.id"], name=op.f("fk_imported_row_mitigation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_imported_row_organisation_id_assessment_id"),
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_imported_row_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_row")),
    )
    op.create_index(op.f("ix_imported_row_assessment_id"), "imported_row", ["assessment_id"], unique=False)
    op.create_index(
        op.f("ix_imported_row_import_id_imported_row_number"),
        "imported_row",
        ["import_id", "number"],
        unique=False,
    )
    op.add_column("assessment", sa.Column("earlier", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column(
        "assessment", sa.Column("taken_away", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    """What was brought in is never thrown away by a command."""
    raise NotImplementedError("what was brought in is kept")
