"""Pages given to people, drafts, and who has a page open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{table}_{column}"))


def _assessment(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["assessment_id"], ["assessment.id"], name=op.f(f"fk_{table}_assessment_id")
    )


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "section_assignment",
        sa.Column("assessment_id", NUMBER, nullable=False),
        sa.Column("section", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("assigned_by", NUMBER, nullable=False),
        sa.Column("assigned_at", MOMENT, nullable=False),
        _assessment("section_assignment"),
        _person("section_assignment", "person_id"),
        _person("section_assignment", "assigned_by"),
        sa.PrimaryKeyConstraint("assessment_id", "section", "subject", name=op.f("pk_section_assignment")),
    )
    op.create_index(
        op.f("ix_section_assignment_person_id_section_assignment_assessment_id"),
        "section_assignment",
        ["person_id", "assessment_id"],
    )
    op.create_table(
        "draft",
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("assessment_id", NUMBER, nullable=False),
        sa.Column("page", sa.String(140), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        _person("draft", "person_id"),
        _assessment("draft"),
        sa.PrimaryKeyConstraint("person_id", "assessment_id", "page", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_assessment_id_draft_saved_at"), "draft", ["assessment_id", "saved_at"])
    op.create_table(
        "page_open",
        sa.Column("assessment_id", NUMBER, nullable=False),
        sa.Column("page", sa.String(140), nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("since_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        _assessment("page_open"),
        _person("page_open", "person_id"),
        sa.PrimaryKeyConstraint("assessment_id", "page", "person_id", name=op.f("pk_page_open")),
    )
    op.create_index(op.f("ix_page_open_seen_at"), "page_open", ["seen_at"])


def downgrade() -> None:
    """Go back."""
    for table in ("page_open", "draft", "section_assignment"):
        op.drop_table(table)
