"""Packs of papers are asked for and then put together by a piece of work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "paper_pack_order",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("body_id", WHOLE, nullable=False),
        sa.Column("meeting_on", sa.Date(), nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("papers", WHOLE, nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_paper_pack_order_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_paper_pack_order_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "body_id"],
            ["body.organisation_id", "body.id"],
            name=op.f("fk_paper_pack_order_organisation_id_body_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_pack_order")),
        sa.UniqueConstraint(
            "body_id", "meeting_on", "number", name=op.f("uq_paper_pack_order_body_id_meeting_on_number")
        ),
    )


def downgrade() -> None:
    """What was asked for is never thrown away by a command."""
    raise NotImplementedError("papers of meetings are kept")
