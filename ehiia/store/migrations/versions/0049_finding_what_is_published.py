"""What is published is found by group and place without reading all of them."""

from __future__ import annotations

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_index("ix_edition_facet_label", "edition_facet", ["facet", "label", "edition_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_edition_facet_label", "edition_facet")
