"""Dates that people were sent for their calendars, and the secret addresses of their feeds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Go forward."""
    op.add_column("notice", sa.Column("calendar", sa.Text(), nullable=False, server_default=""))
    op.add_column("mail", sa.Column("calendar", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "calendar_event",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "mitigation",
                "review",
                "meeting",
                name="datekind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", WHOLE, nullable=False),
        sa.Column("assessment_id", WHOLE, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("sequence", WHOLE, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_calendar_event_assessment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_event_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_event")),
        sa.UniqueConstraint(
            "person_id", "kind", "subject_id", name=op.f("uq_calendar_event_person_id_kind_subject_id")
        ),
    )
    op.create_index(
        op.f("ix_calendar_event_cancelled_at_calendar_event_kind_calendar_event_subject_id"),
        "calendar_event",
        ["cancelled_at", "kind", "subject_id"],
        unique=False,
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("person_id", name=op.f("uq_calendar_feed_person_id")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_calendar_feed_token_sha256")),
    )


def downgrade() -> None:
    """What people were told is never thrown away by a command."""
    raise NotImplementedError("notices are kept")
