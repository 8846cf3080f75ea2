"""Keys that an organisation brings along; their chain of certificates may be long."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; SQLite never enforced the length."""
    op.add_column(
        "signing_key", sa.Column("supplied", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("signing_key", "certificate_pem", type_=sa.Text())


def downgrade() -> None:
    """Keys are never thrown away by a command."""
    raise NotImplementedError("keys are kept")
