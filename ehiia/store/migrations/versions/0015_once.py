"""What was started by a form that may be sent twice, so that it is started once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("assessment", sa.Column("once", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_assessment_once"), "assessment", ["once"], unique=True)


def downgrade() -> None:
    """What was written is never thrown away by a command."""
    raise NotImplementedError("answers are kept")
