"""What happens to mitigating actions: progress, figures, and what the body that decided was asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
LINE, LONG = sa.String(length=300), sa.Text()


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


def word(kind: str, *words: str) -> sa.Enum:
    """Return a column type for a word, with its CHECK."""
    return sa.Enum(*words, name=kind, native_enum=False, create_constraint=True, length=24)


def of_a_mitigation(table: str, *columns: sa.schema.SchemaItem) -> None:
    """Make an insert-only table of what hangs on a mitigating action, with who did it and when."""
    op.create_table(
        table,
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("mitigation_id", WHOLE, nullable=False),
        *columns,
        sa.Column("by", WHOLE, nullable=True),
        sa.Column("name", LINE, nullable=False, server_default=""),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f(f"fk_{table}_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mitigation_id"],
            ["mitigation.organisation_id", "mitigation.id"],
            name=op.f(f"fk_{table}_organisation_id_mitigation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_mitigation_id_{table}_id"), table, ["mitigation_id", "id"])
    triggers(table)


def upgrade() -> None:
    """Go forward."""
    of_a_mitigation(
        "mitigation_ending",
        sa.Column("request_id", WHOLE, nullable=True),
        sa.Column(
            "state", word("asking", "asked", "made", "agreed", "refused", "taken_back"), nullable=False
        ),
        sa.Column("kind", word("ending", "superseded", "cancelled", "weakened"), nullable=False),
        sa.Column("body_id", WHOLE, nullable=False),
        sa.Column("reason", LONG, nullable=False),
        sa.Column("what", LONG, nullable=False, server_default=""),
        sa.Column("measure", LONG, nullable=False, server_default=""),
        sa.Column("target", LINE, nullable=False, server_default=""),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.Column("minute", LINE, nullable=False, server_default=""),
        sa.ForeignKeyConstraint(
            ["request_id"], ["mitigation_ending.id"], name=op.f("fk_mitigation_ending_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "body_id"],
            ["body.organisation_id", "body.id"],
            name=op.f("fk_mitigation_ending_organisation_id_body_id"),
        ),
        sa.UniqueConstraint("request_id", name=op.f("uq_mitigation_ending_request_id")),
    )
    op.create_index(
        "ix_mitigation_ending_state",
        "mitigation_ending",
        ["organisation_id", "state", "id"],
    )
    of_a_mitigation(
        "progress_note",
        sa.Column("text", LONG, nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", LINE, nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["file_sha256"], ["file.sha256"], name=op.f("fk_progress_note_file_sha256")),
    )
    of_a_mitigation(
        "measurement",
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("label", LINE, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("note", LONG, nullable=False, server_default=""),
    )


def downgrade() -> None:
    """What was promised is never thrown away by a command."""
    raise NotImplementedError("what was promised is kept")
