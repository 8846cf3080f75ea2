"""Notices that wait for the digest of a day, and how each person chooses to be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Go forward."""
    op.add_column("notice", sa.Column("subject", sa.String(length=300), nullable=False, server_default=""))
    op.add_column("notice", sa.Column("said", sa.Text(), nullable=False, server_default=""))
    op.add_column("notice", sa.Column("link", sa.Text(), nullable=False, server_default=""))
    op.add_column("notice", sa.Column("waits_for", sa.Date(), nullable=True))
    op.add_column("notice", sa.Column("told_in", sa.String(length=200), nullable=True))
    op.create_index(
        op.f("ix_notice_waits_for_notice_person_id"), "notice", ["waits_for", "person_id"], unique=False
    )
    op.create_index(op.f("ix_notice_told_in"), "notice", ["told_in"], unique=False)
    op.create_table(
        "telling_choice",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column(
            "choice",
            sa.Enum(
                "urgent_at_once",
                "daily",
                "at_once",
                name="telling",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_telling_choice_person_id")),
        sa.UniqueConstraint("person_id", name=op.f("uq_telling_choice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telling_choice")),
    )


def downgrade() -> None:
    """What people were told is never thrown away by a command."""
    raise NotImplementedError("notices are kept")
