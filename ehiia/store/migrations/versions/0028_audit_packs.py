"""Reports of audits and their evidence packs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
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
        "audit_report",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("run_id", WHOLE, nullable=False),
        sa.Column("ref", sa.String(length=48), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("said_sha256", sa.String(length=64), nullable=False),
        sa.Column("assessments", sa.JSON(), nullable=False),
        sa.Column("to_do", WHOLE, nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_audit_report_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_audit_report_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "run_id"],
            ["audit_run.organisation_id", "audit_run.id"],
            name=op.f("fk_audit_report_organisation_id_run_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_report")),
        sa.UniqueConstraint("organisation_id", "ref", name=op.f("uq_audit_report_organisation_id_ref")),
    )
    op.create_index(
        op.f("ix_audit_report_run_id_audit_report_id"), "audit_report", ["run_id", "id"], unique=False
    )
    op.create_table(
        "audit_pack",
        sa.Column("report_id", WHOLE, nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("zip_sha256", sa.String(length=64), nullable=False),
        sa.Column("zip_size", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["audit_report.id"], name=op.f("fk_audit_pack_report_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_audit_pack")),
    )
    op.create_table(
        "audit_pack_copy",
        sa.Column("report_id", WHOLE, nullable=False),
        sa.Column("folder", sa.String(length=300), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["audit_report.id"], name=op.f("fk_audit_pack_copy_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_audit_pack_copy")),
    )
    for table in ("audit_report", "audit_pack", "audit_pack_copy"):
        triggers(table)


def downgrade() -> None:
    """What was sealed is never thrown away by a command."""
    raise NotImplementedError("reports are kept")
