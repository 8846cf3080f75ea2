"""Answers to feedback go by mail to an address that nobody is shown; names and addresses are removed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("mail", sa.Column("private", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("public_feedback", sa.Column("mailed_at", sa.DateTime(timezone=True)))
    op.add_column("public_feedback", sa.Column("cleared_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """What was answered is never thrown away by a command."""
    raise NotImplementedError("answers are kept")
