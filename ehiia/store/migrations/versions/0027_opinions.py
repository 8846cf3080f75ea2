"""Opinions on assurance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
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
        "audit_opinion_draft",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("run_id", WHOLE, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_audit_opinion_draft_by")),
        sa.ForeignKeyConstraint(["run_id"], ["audit_run.id"], name=op.f("fk_audit_opinion_draft_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_opinion_draft")),
        sa.UniqueConstraint("run_id", name=op.f("uq_audit_opinion_draft_run_id")),
    )
    op.create_table(
        "audit_opinion",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("run_id", WHOLE, nullable=False),
        sa.Column("ref", sa.String(length=48), nullable=False),
        sa.Column("design", sa.String(length=300), nullable=False),
        sa.Column("design_reasons", sa.Text(), nullable=False),
        sa.Column("operation", sa.String(length=300), nullable=False),
        sa.Column("operation_reasons", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("rests_on", sa.Text(), nullable=False),
        sa.Column("not_looked_at", sa.Text(), nullable=False),
        sa.Column("scale", sa.JSON(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("corrects_id", WHOLE, nullable=True),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_audit_opinion_by")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["audit_opinion.id"], name=op.f("fk_audit_opinion_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "run_id"],
            ["audit_run.organisation_id", "audit_run.id"],
            name=op.f("fk_audit_opinion_organisation_id_run_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_opinion")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_audit_opinion_corrects_id")),
        sa.UniqueConstraint("organisation_id", "ref", name=op.f("uq_audit_opinion_organisation_id_ref")),
    )
    triggers("audit_opinion")


def downgrade() -> None:
    """What was given is never thrown away by a command."""
    raise NotImplementedError("opinions are kept")
