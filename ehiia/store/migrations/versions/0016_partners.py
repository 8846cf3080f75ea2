"""Owners outside: their address, the links they are sent, and what they say by them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def triggers(table: str) -> None:
    """Refuse to change or remove what is only ever added."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for event in ("UPDATE", "DELETE"):
        name = f"CREATE TRIGGER {table}_refuses_{event.lower()} BEFORE {event} ON {table} "
        if sqlite:
            op.execute(f"{name}BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END")
        else:
            op.execute(f"{name}FOR EACH ROW EXECUTE FUNCTION insert_only()")
    if not sqlite:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION insert_only()"
        )


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "mitigation", sa.Column("outside_email", sa.String(length=254), nullable=False, server_default="")
    )
    op.add_column(
        "mitigation", sa.Column("claimed_outside", sa.String(length=300), nullable=False, server_default="")
    )
    op.create_table(
        "partner_link",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("mitigation_id", WHOLE, nullable=False),
        sa.Column("dedupe_key", sa.String(length=200), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("made_by", WHOLE, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.Column("for_restricted", sa.Boolean(), nullable=False),
        sa.Column("opened", WHOLE, nullable=False),
        sa.Column("last_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_partner_link_made_by")),
        sa.ForeignKeyConstraint(
            ["mitigation_id"], ["mitigation.id"], name=op.f("fk_partner_link_mitigation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_link")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_partner_link_dedupe_key")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_partner_link_token_sha256")),
    )
    op.create_index(
        op.f("ix_partner_link_mitigation_id_partner_link_id"),
        "partner_link",
        ["mitigation_id", "id"],
        unique=False,
    )
    op.create_table(
        "partner_update",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("mitigation_id", WHOLE, nullable=False),
        sa.Column("link_id", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column(
            "claim",
            sa.Enum(
                "not_started",
                "on_track",
                "at_risk",
                "done",
                "superseded",
                "cancelled",
                name="claim",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["partner_link.id"], name=op.f("fk_partner_update_link_id")),
        sa.ForeignKeyConstraint(
            ["mitigation_id"], ["mitigation.id"], name=op.f("fk_partner_update_mitigation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_update")),
    )
    op.create_index(
        op.f("ix_partner_update_mitigation_id_partner_update_id"),
        "partner_update",
        ["mitigation_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_partner_update_link_id_partner_update_id"),
        "partner_update",
        ["link_id", "id"],
        unique=False,
    )
    triggers("partner_update")


def downgrade() -> None:
    """What was said is never thrown away by a command."""
    raise NotImplementedError("what was said is kept")
