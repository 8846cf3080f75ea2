"""Keys say why they were revoked and keep their list; steps of a file say what they are and who gave the time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "signing_key", sa.Column("revoked_why", sa.String(length=1000), server_default="", nullable=False)
    )
    op.add_column("signing_key", sa.Column("leaked", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("signing_key", sa.Column("crl", sa.LargeBinary(), nullable=True))
    op.add_column("record_file", sa.Column("kind", sa.String(length=64), server_default="", nullable=False))
    op.add_column(
        "record_file", sa.Column("timed_by", sa.String(length=300), server_default="", nullable=False)
    )


def downgrade() -> None:
    """Keys are never thrown away by a command."""
    raise NotImplementedError("keys are kept")
