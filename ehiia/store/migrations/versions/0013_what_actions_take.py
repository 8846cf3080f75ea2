"""What a mitigating action does about the harm, when it starts, its figures, and what it takes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = ("remove", "reduce", "compensate", "find_out", "listen", "watch")
FUNDING = ("not_needed", "agreed", "asked", "none")


def upgrade() -> None:
    """Go forward."""
    for name, kind, words in (("kind", "actionkind", KINDS), ("funding", "funding", FUNDING)):
        listed = ", ".join(f"'{word}'" for word in words)
        # Written out, because both databases take a CHECK with a new column and Alembic gives it only one.
        op.execute(
            f"ALTER TABLE mitigation ADD COLUMN {name} VARCHAR(24) "
            f"CONSTRAINT ck_mitigation_{kind} CHECK ({name} IN ({listed}))"
        )
    op.add_column("mitigation", sa.Column("starts_on", sa.Date(), nullable=True))
    for name in ("baseline", "target", "data_source", "clause"):
        column = sa.Column(name, sa.String(length=300), nullable=False, server_default="")
        op.add_column("mitigation", column)
    op.add_column("mitigation", sa.Column("resources", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """What was written is never thrown away by a command."""
    raise NotImplementedError("what was promised is kept")
