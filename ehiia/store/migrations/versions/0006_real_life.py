"""The depth of an assessment, early advice, urgent and already made decisions, adoption, external checkers."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

RESULTS = ("full", "short", "use_existing", "not_relevant")
PARTS = ("author", "contributor", "secretary", "reader", "director", "checker", "owner")
WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
INSERT_ONLY = ("adoption", "urgency")


def widen(table: str, column: str, check: str, words: Sequence[str]) -> None:
    """Let a column hold more words: give its CHECK another list (see the second migration for how)."""
    connection = op.get_bind()
    listed = ", ".join(f"'{word}'" for word in words)
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f(check), table, type_="check")
        op.create_check_constraint(op.f(check), table, sa.text(f"{column} IN ({listed})"))
        return
    text: str = connection.execute(
        sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :name"), {"name": table}
    ).scalar_one()
    start = text.index(f"CONSTRAINT {check} CHECK (")
    opens = text.index(" IN (", start) + len(" IN (")
    changed = text[:opens] + listed + text[text.index(")", opens) :]
    number = connection.execute(sa.text("PRAGMA schema_version")).scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.execute(
        sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :name"),
        {"sql": changed, "name": table},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={number + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")


def triggers() -> None:
    """Refuse to change or remove what is only ever added."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in INSERT_ONLY:
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
    widen("assessment", "screening_result", "ck_assessment_screeningresult", RESULTS)
    widen("participant", "part", "ck_participant_part", PARTS)
    op.execute("UPDATE assessment SET depth = 'extended' WHERE depth = 'full'")
    for name in ("full_due_on", "decided_before_on", "consultation_opens_on"):
        op.add_column("assessment", sa.Column(name, sa.Date(), nullable=True))
    for name in ("decided_before_by", "outside_author", "outside_body"):
        op.add_column("assessment", sa.Column(name, sa.String(length=300), nullable=False, server_default=""))
    op.add_column("assessment", sa.Column("depth_reason", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "advice",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by", WHOLE, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", WHOLE, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_advice_answered_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_advice_asked_by")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_advice_assessment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advice")),
    )
    op.create_index(
        op.f("ix_advice_assessment_id_advice_id"), "advice", ["assessment_id", "id"], unique=False
    )
    op.create_table(
        "adoption",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("version_no", WHOLE, nullable=False),
        sa.Column("outside_author", sa.String(length=300), nullable=False),
        sa.Column("outside_body", sa.String(length=300), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_adoption_assessment_id")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_adoption_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption")),
    )
    op.create_index(
        op.f("ix_adoption_assessment_id_adoption_id"), "adoption", ["assessment_id", "id"], unique=False
    )
    op.create_table(
        "urgency",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("version_no", WHOLE, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("agreed_by", WHOLE, nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agreed_by"], ["person.id"], name=op.f("fk_urgency_agreed_by")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_urgency_assessment_id")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_urgency_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urgency")),
    )
    op.create_index(
        op.f("ix_urgency_assessment_id_urgency_id"), "urgency", ["assessment_id", "id"], unique=False
    )
    triggers()


def downgrade() -> None:
    """What was adopted and agreed is never thrown away by a command."""
    raise NotImplementedError("statements are kept")
