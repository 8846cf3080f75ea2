"""Publication: what was decided about it, its editions and their files, and other ways of reading them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
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
        "publication_format",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "easy_read",
                "translation",
                "bsl",
                name="formatkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=300), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "wanted",
                "in_progress",
                "there",
                name="formatstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_publication_format_by")),
        sa.ForeignKeyConstraint(
            ["file_sha256"], ["file.sha256"], name=op.f("fk_publication_format_file_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_publication_format_organisation_id_assessment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_format")),
    )
    op.create_index(
        op.f("ix_publication_format_assessment_id_publication_format_id"),
        "publication_format",
        ["assessment_id", "id"],
        unique=False,
    )
    op.create_table(
        "publication",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("record_id", WHOLE, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "full",
                "summary",
                "redacted",
                "withheld",
                name="publishing",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "preparing",
                "asked",
                "agreed",
                "given_up",
                "replaced",
                "withdrawn",
                name="publicationstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "exemption",
            sa.Enum(
                "s21",
                "s22",
                "s31",
                "s36",
                "s38",
                "s40",
                "s41",
                "s42",
                "s43",
                "s44",
                name="exemption",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("not_before_on", sa.Date(), nullable=True),
        sa.Column("begun_by", WHOLE, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", WHOLE, nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("agreed_by", WHOLE, nullable=True),
        sa.Column("agreed_as", sa.String(length=300), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", WHOLE, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.Column("revision", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["agreed_by"], ["person.id"], name=op.f("fk_publication_agreed_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_publication_asked_by")),
        sa.ForeignKeyConstraint(["begun_by"], ["person.id"], name=op.f("fk_publication_begun_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_publication_ended_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_publication_organisation_id_assessment_id"),
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_publication_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
    )
    op.create_index(
        op.f("ix_publication_assessment_id_publication_id"),
        "publication",
        ["assessment_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_publication_organisation_id_publication_state_publication_agreed_at"),
        "publication",
        ["organisation_id", "state", "agreed_at"],
        unique=False,
    )
    op.create_table(
        "edition",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("record_id", WHOLE, nullable=False),
        sa.Column("publication_id", WHOLE, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("ref", sa.String(length=48), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_edition_assessment_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_edition_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_edition_publication_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_edition_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("code", name=op.f("uq_edition_code")),
        sa.UniqueConstraint("publication_id", name=op.f("uq_edition_publication_id")),
        sa.UniqueConstraint("record_id", "number", name=op.f("uq_edition_record_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_edition_ref")),
    )
    op.create_index(
        op.f("ix_edition_assessment_id_edition_id"), "edition", ["assessment_id", "id"], unique=False
    )
    op.create_index(op.f("ix_edition_sha256"), "edition", ["sha256"], unique=False)
    op.create_table(
        "publication_looked_at",
        sa.Column("publication_id", WHOLE, nullable=False),
        sa.Column("point", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_publication_looked_at_by")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_publication_looked_at_publication_id")
        ),
        sa.PrimaryKeyConstraint("publication_id", "point", name=op.f("pk_publication_looked_at")),
    )
    op.create_table(
        "redaction",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("publication_id", WHOLE, nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("passage", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "exemption",
            sa.Enum(
                "s21",
                "s22",
                "s31",
                "s36",
                "s38",
                "s40",
                "s41",
                "s42",
                "s43",
                "s44",
                name="exemption",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_redaction_by")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_redaction_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction")),
    )
    op.create_index(
        op.f("ix_redaction_publication_id_redaction_id"), "redaction", ["publication_id", "id"], unique=False
    )
    op.create_table(
        "edition_file",
        sa.Column("edition_id", WHOLE, nullable=False),
        sa.Column("step", WHOLE, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=300), nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("signatory", sa.String(length=300), nullable=False),
        sa.Column("certificate_pem", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_file_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "step", name=op.f("pk_edition_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_edition_file_sha256")),
    )
    for table in ("edition", "edition_file"):
        triggers(table)


def downgrade() -> None:
    """What was published is never thrown away by a command."""
    raise NotImplementedError("publications are kept")
