"""Audit programmes: rules, runs, draws, and what was drawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
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
        "audit_programme",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column(
            "rhythm",
            sa.Enum(
                "quarterly", "yearly", name="rhythm", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_audit_programme_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_audit_programme_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_programme")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_audit_programme_organisation_id_id")),
    )
    op.create_table(
        "audit_rule",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("programme_id", WHOLE, nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_audit_rule_by")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["audit_programme.id"], name=op.f("fk_audit_rule_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_rule")),
    )
    op.create_index(
        op.f("ix_audit_rule_programme_id_audit_rule_id"), "audit_rule", ["programme_id", "id"], unique=False
    )
    op.create_table(
        "audit_run",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("programme_id", WHOLE, nullable=False),
        sa.Column("ref", sa.String(length=48), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["audit_programme.organisation_id", "audit_programme.id"],
            name=op.f("fk_audit_run_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_run")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_audit_run_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "ref", name=op.f("uq_audit_run_organisation_id_ref")),
        sa.UniqueConstraint("programme_id", "first_on", name=op.f("uq_audit_run_programme_id_first_on")),
    )
    op.create_table(
        "audit_case",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("run_id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("mitigation_id", WHOLE, nullable=True),
        sa.Column("ref", sa.String(length=48), nullable=False),
        sa.Column(
            "pool",
            sa.Enum(
                "overdue_high",
                "harm_left",
                "completed",
                "screened_out",
                name="pool",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("stratum", sa.String(length=300), nullable=False),
        sa.Column("draw_n", WHOLE, nullable=False),
        sa.Column("auditor_id", WHOLE, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "begun",
                "done",
                name="casestate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "working",
                "too_early",
                "not_working",
                "partly",
                "not_done",
                "no_proof",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "screened",
            sa.Enum(
                "right",
                "wrong",
                "unclear",
                name="screened",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("likelihood", WHOLE, nullable=True),
        sa.Column("severity", WHOLE, nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("by", WHOLE, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "likelihood IS NULL OR likelihood BETWEEN 1 AND 5", name=op.f("ck_audit_case_likelihood")
        ),
        sa.CheckConstraint(
            "severity IS NULL OR severity BETWEEN 1 AND 5", name=op.f("ck_audit_case_severity")
        ),
        sa.ForeignKeyConstraint(["auditor_id"], ["person.id"], name=op.f("fk_audit_case_auditor_id")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_audit_case_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_audit_case_organisation_id_assessment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mitigation_id"],
            ["mitigation.organisation_id", "mitigation.id"],
            name=op.f("fk_audit_case_organisation_id_mitigation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "run_id"],
            ["audit_run.organisation_id", "audit_run.id"],
            name=op.f("fk_audit_case_organisation_id_run_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_case")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_audit_case_organisation_id_id")),
        sa.UniqueConstraint("run_id", "ref", name=op.f("uq_audit_case_run_id_ref")),
    )
    op.create_index(
        op.f("ix_audit_case_auditor_id_audit_case_state"), "audit_case", ["auditor_id", "state"], unique=False
    )
    op.create_table(
        "audit_draw",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("run_id", WHOLE, nullable=False),
        sa.Column("n", WHOLE, nullable=False),
        sa.Column("seed_seq", WHOLE, nullable=False),
        sa.Column("seed_hash", sa.String(length=64), nullable=False),
        sa.Column("frame", sa.Text(), nullable=False),
        sa.Column("frame_sha256", sa.String(length=64), nullable=False),
        sa.Column("drawn", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", WHOLE, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_audit_draw_by")),
        sa.ForeignKeyConstraint(["run_id"], ["audit_run.id"], name=op.f("fk_audit_draw_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_draw")),
        sa.UniqueConstraint("run_id", "n", name=op.f("uq_audit_draw_run_id_n")),
    )
    triggers("audit_rule")
    triggers("audit_draw")


def downgrade() -> None:
    """What was drawn is never thrown away by a command."""
    raise NotImplementedError("audits are kept")
