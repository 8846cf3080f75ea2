"""Whether owners took their mitigating actions on, and other dates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
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
    whole = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    # Written out, because both databases take a constraint with a new column and Alembic gives it only one.
    op.execute(
        "ALTER TABLE mitigation ADD COLUMN acceptance VARCHAR(24) NOT NULL DEFAULT 'waiting' "
        "CONSTRAINT ck_mitigation_acceptance CHECK (acceptance IN ('waiting', 'accepted', 'declined'))"
    )
    op.add_column("mitigation", sa.Column("acceptance_reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("mitigation", sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        f"ALTER TABLE mitigation ADD COLUMN accepted_by {whole} "
        "CONSTRAINT fk_mitigation_accepted_by REFERENCES person (id)"
    )
    name = sa.Column("accepted_name", sa.String(length=300), nullable=False, server_default="")
    op.add_column("mitigation", name)
    op.create_table(
        "date_change",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=False),
        sa.Column("mitigation_id", WHOLE, nullable=False),
        sa.Column("request_id", WHOLE, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                *("asked", "made", "agreed", "refused", "taken_back"),
                name="asking",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rules", sa.String(length=300), nullable=False, server_default=""),
        sa.Column("by", WHOLE, nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False, server_default=""),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_date_change_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mitigation_id"],
            ["mitigation.organisation_id", "mitigation.id"],
            name=op.f("fk_date_change_organisation_id_mitigation_id"),
        ),
        sa.ForeignKeyConstraint(["request_id"], ["date_change.id"], name=op.f("fk_date_change_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_change")),
        sa.UniqueConstraint("request_id", name=op.f("uq_date_change_request_id")),
    )
    op.create_index(
        op.f("ix_date_change_mitigation_id_date_change_id"), "date_change", ["mitigation_id", "id"]
    )
    op.create_index(
        op.f("ix_date_change_organisation_id_date_change_state_date_change_id"),
        "date_change",
        ["organisation_id", "state", "id"],
    )
    triggers("date_change")


def downgrade() -> None:
    """What was promised is never thrown away by a command."""
    raise NotImplementedError("what was promised is kept")
