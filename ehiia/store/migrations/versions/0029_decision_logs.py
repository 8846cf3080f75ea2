"""Decision logs that were matched with assessments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
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


def of_log(table: str) -> sa.ForeignKeyConstraint:
    """Tie a row to a log of the same organisation."""
    return sa.ForeignKeyConstraint(
        ["organisation_id", "log_id"],
        ["decision_log.organisation_id", "decision_log.id"],
        name=op.f(f"fk_{table}_organisation_id_log_id"),
    )


def of_assessment(table: str) -> sa.ForeignKeyConstraint:
    """Tie a row to an assessment of the same organisation."""
    return sa.ForeignKeyConstraint(
        ["organisation_id", "assessment_id"],
        ["assessment.organisation_id", "assessment.id"],
        name=op.f(f"fk_{table}_organisation_id_assessment_id"),
    )


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "decision_log",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_decision_log_by")),
        sa.ForeignKeyConstraint(["file_sha256"], ["file.sha256"], name=op.f("fk_decision_log_file_sha256")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_decision_log_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_log")),
        sa.UniqueConstraint(
            "organisation_id", "file_sha256", name=op.f("uq_decision_log_organisation_id_file_sha256")
        ),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_decision_log_organisation_id_id")),
    )
    op.create_table(
        "decision_log_check",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("log_id", WHOLE, nullable=False),
        sa.Column("n", WHOLE, nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_decision_log_check_by")),
        of_log("decision_log_check"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_log_check")),
        sa.UniqueConstraint("log_id", "n", name=op.f("uq_decision_log_check_log_id_n")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_decision_log_check_organisation_id_id")),
    )
    triggers("decision_log_check")
    op.create_table(
        "logged_decision",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("check_id", WHOLE, nullable=False),
        sa.Column("line", WHOLE, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "fate",
            sa.Enum(
                *("none", "late", "unsure", "unread", "earlier", "explained", "matched"),
                name="fate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("assessment_id", WHOLE, nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        of_assessment("logged_decision"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "check_id"],
            ["decision_log_check.organisation_id", "decision_log_check.id"],
            name=op.f("fk_logged_decision_organisation_id_check_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logged_decision")),
        sa.UniqueConstraint("check_id", "line", name=op.f("uq_logged_decision_check_id_line")),
    )
    triggers("logged_decision")
    op.create_table(
        "decision_log_answer",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("log_id", WHOLE, nullable=False),
        sa.Column("line", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        of_assessment("decision_log_answer"),
        of_log("decision_log_answer"),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_decision_log_answer_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_log_answer")),
    )
    op.create_index(
        op.f("ix_decision_log_answer_log_id_decision_log_answer_line"),
        "decision_log_answer",
        ["log_id", "line"],
        unique=False,
    )
    triggers("decision_log_answer")


def downgrade() -> None:
    """What was found is never thrown away by a command."""
    raise NotImplementedError("audits are kept")
