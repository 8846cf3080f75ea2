"""Practice assessments: a mark on the assessment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark; nothing that exists is practice."""
    op.add_column(
        "assessment", sa.Column("practice", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    """Take the mark away."""
    op.drop_column("assessment", "practice")
