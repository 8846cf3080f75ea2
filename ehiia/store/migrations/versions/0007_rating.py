"""For how many, for how long and whether it can be undone; and the scale of risk an assessment began with."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WORDS = {
    "number_affected": ("numberaffected", ["under_10", "tens", "hundreds", "thousands", "unknown"]),
    "duration": ("duration", ["days", "months", "years", "permanent"]),
    "reversible": ("reversible", ["yes", "partly", "no", "unknown"]),
}


def downgrade() -> None:
    """What was rated is not thrown away by a command."""
    raise NotImplementedError("ratings are not thrown away")


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("impact") as impact:
        for column, (name, values) in WORDS.items():
            kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)
            impact.add_column(sa.Column(column, kind, nullable=True))
    op.add_column("assessment", sa.Column("scale", sa.String(16), nullable=False, server_default="5x5"))
    for column, usual in (("band_low_to", 3), ("band_medium_to", 9), ("band_high_to", 16)):
        number = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
        op.add_column("assessment", sa.Column(column, number, nullable=False, server_default=str(usual)))
    _keep_borders()


def _keep_borders() -> None:
    """Give what was begun before the borders that its organisation has now."""
    bind = op.get_bind()
    for here, settings in bind.execute(sa.text("SELECT id, settings FROM organisation")).all():
        known = json.loads(settings) if isinstance(settings, str) else settings
        borders = {name: known.get(name) for name in ("band_low_to", "band_medium_to", "band_high_to")}
        if all(borders.values()):
            bind.execute(
                sa.text(
                    "UPDATE assessment SET band_low_to = :band_low_to, band_medium_to = :band_medium_to, "
                    "band_high_to = :band_high_to WHERE organisation_id = :here"
                ),
                borders | {"here": here},
            )
