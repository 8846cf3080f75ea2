"""What a review found, in each respect and of each mitigating action, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
OUTCOMES = ("keep", "update", "reassess", "close")


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


def words(name: str, *listed: str) -> sa.Enum:
    """Return the type of a column that holds one of these words."""
    return sa.Enum(*listed, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    """Go forward."""
    widen("review", "outcome", "ck_review_reviewoutcome", OUTCOMES)
    for column in ("outcome_reasons", "lessons"):
        op.add_column("review", sa.Column(column, sa.Text(), nullable=False, server_default=""))
    op.add_column("review", sa.Column("frozen_key", sa.String(length=64), nullable=False, server_default=""))
    op.create_table(
        "review_finding",
        sa.Column("review_id", WHOLE, nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("dimension", sa.String(length=24), nullable=False),
        sa.Column("turned", words("turned", "better", "as_predicted", "worse", "not_known"), nullable=True),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("likelihood", WHOLE, nullable=True),
        sa.Column("severity", WHOLE, nullable=True),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "likelihood IS NULL OR likelihood BETWEEN 1 AND 5", name=op.f("ck_review_finding_likelihood")
        ),
        sa.CheckConstraint(
            "severity IS NULL OR severity BETWEEN 1 AND 5", name=op.f("ck_review_finding_severity")
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_review_finding_by")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_finding_review_id")),
        sa.PrimaryKeyConstraint("review_id", "subject", "dimension", name=op.f("pk_review_finding")),
    )
    op.create_table(
        "reviewed_action",
        sa.Column("review_id", WHOLE, nullable=False),
        sa.Column("mitigation_id", WHOLE, nullable=False),
        sa.Column("worked", words("worked", "yes", "partly", "no", "too_early", "not_known"), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_reviewed_action_by")),
        sa.ForeignKeyConstraint(
            ["mitigation_id"], ["mitigation.id"], name=op.f("fk_reviewed_action_mitigation_id")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_reviewed_action_review_id")),
        sa.PrimaryKeyConstraint("review_id", "mitigation_id", name=op.f("pk_reviewed_action")),
    )


def downgrade() -> None:
    """What a review found is never thrown away by a command."""
    raise NotImplementedError("reviews are kept")
