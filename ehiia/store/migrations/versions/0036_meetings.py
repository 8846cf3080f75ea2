"""Packs of papers for meetings, and decisions confirmed by a one-time link or a signed minute."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def widen(table: str, column: str, check: str, words: Sequence[str]) -> None:
    """Let a column hold more words: give its CHECK another list, as 0002 says."""
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
    for table in ("attestation", "record_signature"):
        widen(table, "method", f"ck_{table}_reauthentication", ("password", "link", "minute"))
    op.create_table(
        "paper_pack",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("body_id", WHOLE, nullable=False),
        sa.Column("meeting_on", sa.Date(), nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_paper_pack_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_paper_pack_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "body_id"],
            ["body.organisation_id", "body.id"],
            name=op.f("fk_paper_pack_organisation_id_body_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_pack")),
        sa.UniqueConstraint(
            "body_id", "meeting_on", "number", name=op.f("uq_paper_pack_body_id_meeting_on_number")
        ),
        sa.UniqueConstraint("sha256", name=op.f("uq_paper_pack_sha256")),
    )
    op.create_table(
        "pack_reading",
        sa.Column("attestation_id", WHOLE, nullable=False),
        sa.Column("pack_id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["attestation_id"], ["attestation.id"], name=op.f("fk_pack_reading_attestation_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["paper_pack.id"], name=op.f("fk_pack_reading_pack_id")),
        sa.PrimaryKeyConstraint("attestation_id", name=op.f("pk_pack_reading")),
    )
    op.create_table(
        "confirm_link",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("entry_id", WHOLE, nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("made_by", WHOLE, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["meeting_entry.id"], name=op.f("fk_confirm_link_entry_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_confirm_link_made_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_confirm_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirm_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_confirm_link_token_sha256")),
    )
    op.create_index(
        op.f("ix_confirm_link_entry_id_confirm_link_id"), "confirm_link", ["entry_id", "id"], unique=False
    )
    op.create_table(
        "signed_minute",
        sa.Column("entry_id", WHOLE, nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_signed_minute_by")),
        sa.ForeignKeyConstraint(["entry_id"], ["meeting_entry.id"], name=op.f("fk_signed_minute_entry_id")),
        sa.ForeignKeyConstraint(["file_sha256"], ["file.sha256"], name=op.f("fk_signed_minute_file_sha256")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_signed_minute")),
    )
    for table in ("paper_pack", "pack_reading", "signed_minute"):
        triggers(table)


def downgrade() -> None:
    """What lay before a meeting is never thrown away by a command."""
    raise NotImplementedError("papers of meetings are kept")
