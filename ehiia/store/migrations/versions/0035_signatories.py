"""Who signs a record after its decision-maker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
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
        "body_signatory",
        sa.Column("body_id", WHOLE, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("role", sa.String(length=300), nullable=False),
        sa.Column("person_id", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_body_signatory_body_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_body_signatory_person_id")),
        sa.PrimaryKeyConstraint("body_id", "position", name=op.f("pk_body_signatory")),
    )
    op.create_table(
        "record_signatory",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("record_id", WHOLE, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("role", sa.String(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_record_signatory_assessment_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_signatory_record_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_record_signatory_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_signatory")),
        sa.UniqueConstraint("record_id", "position", name=op.f("uq_record_signatory_record_id_position")),
    )
    op.create_index(
        op.f("ix_record_signatory_assessment_id_record_signatory_id"),
        "record_signatory",
        ["assessment_id", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_record_signatory_person_id"), "record_signatory", ["person_id"], unique=False)
    op.create_table(
        "record_signature",
        sa.Column("record_id", WHOLE, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "password",
                name="reauthentication",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("reauthenticated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_record_signature_by")),
        sa.ForeignKeyConstraint(
            ["record_id", "position"],
            ["record_signatory.record_id", "record_signatory.position"],
            name=op.f("fk_record_signature_record_id_position"),
        ),
        sa.PrimaryKeyConstraint("record_id", "position", name=op.f("pk_record_signature")),
    )
    for table in ("record_signatory", "record_signature"):
        triggers(table)


def downgrade() -> None:
    """Signatures are never thrown away by a command."""
    raise NotImplementedError("signatures are kept")
