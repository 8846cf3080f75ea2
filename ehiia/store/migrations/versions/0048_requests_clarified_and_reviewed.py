"""Requests for information: clarification, longer for the public interest, internal reviews, what was released."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
STATES = ("open", "clarifying", "to_approve", "approved", "closed", "reviewing", "reviewed")
OUTCOMES = ("full", "part", "refused", "not_held", "withdrawn", "unclear")
DAYS = ("asked_back_on", "clarified_on", "extended_to", "extended_on")
REVIEW_DAYS = ("review_asked_on", "review_due_on", "reviewed_on")
TEXTS = ("asked_back", "clarified", "extension_reason", "review_asked", "review_found")


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


def upgrade() -> None:
    """Go forward."""
    widen("foi_request", "state", "ck_foi_request_requeststate", STATES)
    widen("foi_request", "outcome", "ck_foi_request_answered", OUTCOMES)
    for name in DAYS + REVIEW_DAYS:
        op.add_column("foi_request", sa.Column(name, sa.Date()))
    for name in TEXTS:
        op.add_column("foi_request", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("foi_request", sa.Column("extended_for", sa.JSON(), nullable=False, server_default="[]"))
    # Written out, because both databases take a constraint with a new column and Alembic gives it only one.
    whole = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE foi_request ADD COLUMN reviewer_id {whole} "
        "CONSTRAINT fk_foi_request_reviewer_id REFERENCES person (id)"
    )
    op.execute(
        "ALTER TABLE foi_request ADD COLUMN reviewed_as VARCHAR(24) "
        "CONSTRAINT ck_foi_request_reviewedas CHECK (reviewed_as IN ('stands', 'part', 'changed'))"
    )
    op.create_table(
        "foi_released",
        sa.Column("request_id", WHOLE, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *("edition", "record", "document"),
                name="released",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("thing_id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "request_id"],
            ["foi_request.organisation_id", "foi_request.id"],
            name=op.f("fk_foi_released_organisation_id_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_foi_released_organisation_id_assessment_id"),
        ),
        sa.PrimaryKeyConstraint("request_id", "kind", "thing_id", name=op.f("pk_foi_released")),
    )


def downgrade() -> None:
    """What was asked and answered is never thrown away by a command."""
    raise NotImplementedError("requests are kept")
