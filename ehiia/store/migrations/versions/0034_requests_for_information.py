"""Requests under the Freedom of Information Act."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def word(name: str, *values: str) -> sa.Enum:
    """Return a column type that takes these values."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def person(column: str) -> sa.ForeignKeyConstraint:
    """Tie a column to a person."""
    return sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_foi_request_{column}"))


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "foi_request",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("ref", sa.String(length=48), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "requester",
            word(
                "requester",
                *("public", "press", "elected", "community"),
                *("business", "researcher", "public_body", "other"),
            ),
            nullable=False,
        ),
        sa.Column("requester_name", sa.String(length=300), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("owner_id", WHOLE, nullable=True),
        sa.Column("state", word("requeststate", "open", "to_approve", "approved", "closed"), nullable=False),
        sa.Column("exemptions", sa.JSON(), nullable=False),
        sa.Column("withheld", sa.Text(), nullable=False),
        sa.Column("public_interest", sa.Text(), nullable=False),
        sa.Column("claimed_by", WHOLE, nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approver_id", WHOLE, nullable=True),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ruled_words", sa.Text(), nullable=False),
        sa.Column(
            "outcome", word("answered", "full", "part", "refused", "not_held", "withdrawn"), nullable=True
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("released", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", WHOLE, nullable=True),
        sa.Column("recorded_by", WHOLE, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        *map(person, ("owner_id", "claimed_by", "approver_id", "answered_by", "recorded_by", "by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_foi_request_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_foi_request")),
        sa.UniqueConstraint("organisation_id", "ref", name=op.f("uq_foi_request_organisation_id_ref")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_foi_request_organisation_id_id")),
    )
    op.create_index(
        op.f("ix_foi_request_organisation_id_foi_request_state_foi_request_due_on"),
        "foi_request",
        ["organisation_id", "state", "due_on"],
    )
    op.create_table(
        "foi_about",
        sa.Column("request_id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "request_id"],
            ["foi_request.organisation_id", "foi_request.id"],
            name=op.f("fk_foi_about_organisation_id_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_foi_about_organisation_id_assessment_id"),
        ),
        sa.PrimaryKeyConstraint("request_id", "assessment_id", name=op.f("pk_foi_about")),
    )


def downgrade() -> None:
    """What was asked and answered is never thrown away by a command."""
    raise NotImplementedError("requests are kept")
