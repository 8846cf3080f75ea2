"""Findings of audits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "audit_finding",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("ref", sa.String(length=48), nullable=False),
        sa.Column("case_id", WHOLE, nullable=True),
        sa.Column("assessment_id", WHOLE, nullable=True),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("recommendation", sa.Text(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum(
                "high", "medium", "low", name="grade", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("answers_id", WHOLE, nullable=False),
        sa.Column("raised_by", WHOLE, nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "response",
            sa.Enum(
                "accepted",
                "partly",
                "not_accepted",
                name="response",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("response_words", sa.Text(), nullable=False),
        sa.Column("risk_taken_by", WHOLE, nullable=True),
        sa.Column("owner_id", WHOLE, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("responded_by", WHOLE, nullable=True),
        sa.Column("responded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "followed",
            sa.Enum(
                "done",
                "partly",
                "not_done",
                "overtaken",
                name="followup",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("followed_words", sa.Text(), nullable=False),
        sa.Column("followed_by", WHOLE, nullable=True),
        sa.Column("followed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answers_id"], ["person.id"], name=op.f("fk_audit_finding_answers_id")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_audit_finding_by")),
        sa.ForeignKeyConstraint(["followed_by"], ["person.id"], name=op.f("fk_audit_finding_followed_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_audit_finding_organisation_id_assessment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "case_id"],
            ["audit_case.organisation_id", "audit_case.id"],
            name=op.f("fk_audit_finding_organisation_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_audit_finding_organisation_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_audit_finding_owner_id")),
        sa.ForeignKeyConstraint(["raised_by"], ["person.id"], name=op.f("fk_audit_finding_raised_by")),
        sa.ForeignKeyConstraint(["responded_by"], ["person.id"], name=op.f("fk_audit_finding_responded_by")),
        sa.ForeignKeyConstraint(
            ["risk_taken_by"], ["person.id"], name=op.f("fk_audit_finding_risk_taken_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_finding")),
        sa.UniqueConstraint("organisation_id", "ref", name=op.f("uq_audit_finding_organisation_id_ref")),
    )
    op.create_index(op.f("ix_audit_finding_case_id"), "audit_finding", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_audit_finding_organisation_id_audit_finding_due_on"),
        "audit_finding",
        ["organisation_id", "due_on"],
        unique=False,
    )


def downgrade() -> None:
    """What was drawn is never thrown away by a command."""
    raise NotImplementedError("audits are kept")
