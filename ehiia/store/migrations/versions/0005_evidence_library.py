"""The evidence library: items with versions, what an assessment uses, citations and evidence gaps.

Every row of the old table of evidence becomes the use of an item. The same words in two
assessments of an organisation become one item. Nothing is lost: what was taken out stays so.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSERT_ONLY = ("evidence_version",)

WORDS = ("kind", "title", "publisher", "year", "shows")


def triggers(tables: Iterable[str]) -> None:
    """Refuse to change or remove what is insert-only."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in tables:
        for event in ("UPDATE", "DELETE"):
            name = f"{table}_refuses_{event.lower()}"
            if sqlite:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
                )
            else:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION insert_only()"
                )
        if not sqlite:
            op.execute(
                f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION insert_only()"
            )


def _table(name: str, *columns: sa.ColumnClause[Any]) -> sa.TableClause:
    moment = sa.DateTime(timezone=True)
    return sa.table(name, *columns, sa.column("by", sa.BigInteger), sa.column("at", moment))


def move() -> None:
    """Make an item, a version and a use of every row of evidence."""
    connection = op.get_bind()
    old = _table(
        "evidence",
        *(sa.column(name, sa.Text) for name in WORDS),
        sa.column("id", sa.BigInteger),
        sa.column("assessment_id", sa.BigInteger),
        sa.column("strength", sa.String),
        sa.column("taken_out_at", sa.DateTime(timezone=True)),
        sa.column("revision", sa.BigInteger),
    )
    assessment = sa.table(
        "assessment", sa.column("id", sa.BigInteger), sa.column("organisation_id", sa.BigInteger)
    )
    item = _table(
        "evidence_item",
        *(sa.column(name, sa.BigInteger) for name in ("id", "organisation_id", "home_id", "newest")),
        sa.column("privileged", sa.Boolean),
        sa.column("retired_reason", sa.Text),
    )
    version = _table(
        "evidence_version",
        *(sa.column(name, sa.BigInteger) for name in ("item_id", "number")),
        *(sa.column(name, sa.Text) for name in (*WORDS, "place", "link", "file_name", "changed")),
        sa.column("groups", sa.JSON),
    )
    use = _table(
        "evidence_use",
        *(
            sa.column(name, sa.BigInteger)
            for name in ("id", "organisation_id", "assessment_id", "item_id", "version_no", "revision")
        ),
        sa.column("strength", sa.String),
        sa.column("shows_here", sa.Text),
        sa.column("taken_out_at", sa.DateTime(timezone=True)),
    )
    rows = connection.execute(
        sa.select(old, assessment.c.organisation_id)
        .join(assessment, assessment.c.id == old.c.assessment_id)
        .order_by(old.c.id)
    ).mappings()
    known: dict[tuple[Any, ...], int] = {}
    items, versions, uses = [], [], []
    for row in rows:
        words = tuple(row[name] for name in WORDS)
        said = (row["organisation_id"], *words)
        written = {"by": row["by"], "at": row["at"]}
        if said not in known:
            known[said] = len(known) + 1
            items.append(
                {
                    "id": known[said],
                    "organisation_id": row["organisation_id"],
                    "home_id": row["assessment_id"],
                    "newest": 1,
                    "privileged": False,
                    "retired_reason": "",
                }
                | written
            )
            versions.append(
                {"item_id": known[said], "number": 1, "groups": []}
                | dict(zip(WORDS, words, strict=True))
                | dict.fromkeys(("place", "link", "file_name", "changed"), "")
                | written
            )
        uses.append(
            {
                "id": row["id"],
                "organisation_id": row["organisation_id"],
                "assessment_id": row["assessment_id"],
                "item_id": known[said],
                "version_no": 1,
                "revision": row["revision"],
                "strength": row["strength"],
                "shows_here": "",
                "taken_out_at": row["taken_out_at"],
            }
            | written
        )
    for table, made in ((item, items), (version, versions), (use, uses)):
        if made:
            connection.execute(table.insert(), made)
    if connection.dialect.name == "postgresql" and uses:
        for name in ("evidence_item", "evidence_use"):
            op.execute(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"  # noqa: S608
            )


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "evidence_item",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("home_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("newest", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("privileged", sa.Boolean(), nullable=False),
        sa.Column("retired_reason", sa.Text(), nullable=False),
        sa.Column("retired_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_evidence_item_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "home_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_evidence_item_organisation_id_home_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_evidence_item_organisation_id")
        ),
        sa.ForeignKeyConstraint(["retired_by"], ["person.id"], name=op.f("fk_evidence_item_retired_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_item")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_evidence_item_organisation_id_id")),
    )
    op.create_index(
        op.f("ix_evidence_item_organisation_id_evidence_item_home_id"),
        "evidence_item",
        ["organisation_id", "home_id"],
        unique=False,
    )
    op.create_table(
        "evidence_version",
        sa.Column("item_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("number", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("publisher", sa.String(length=300), nullable=False),
        sa.Column("year", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("shows", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_evidence_version_by")),
        sa.ForeignKeyConstraint(
            ["file_sha256"], ["file.sha256"], name=op.f("fk_evidence_version_file_sha256")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["evidence_item.id"], name=op.f("fk_evidence_version_item_id")),
        sa.PrimaryKeyConstraint("item_id", "number", name=op.f("pk_evidence_version")),
    )
    op.create_table(
        "evidence_use",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("item_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("version_no", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "strength",
            sa.Enum(
                "none",
                "weak",
                "moderate",
                "strong",
                name="confidence",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("shows_here", sa.Text(), nullable=False),
        sa.Column("taken_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_evidence_use_by")),
        sa.ForeignKeyConstraint(
            ["item_id", "version_no"],
            ["evidence_version.item_id", "evidence_version.number"],
            name=op.f("fk_evidence_use_item_id_version_no"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_evidence_use_organisation_id_assessment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "item_id"],
            ["evidence_item.organisation_id", "evidence_item.id"],
            name=op.f("fk_evidence_use_organisation_id_item_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_use")),
        sa.UniqueConstraint("assessment_id", "id", name=op.f("uq_evidence_use_assessment_id_id")),
    )
    op.create_index(op.f("ix_evidence_use_item_id"), "evidence_use", ["item_id"], unique=False)
    op.create_table(
        "citation",
        sa.Column("use_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("dimension", sa.String(length=24), nullable=False),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id", "use_id"],
            ["evidence_use.assessment_id", "evidence_use.id"],
            name=op.f("fk_citation_assessment_id_use_id"),
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_citation_by")),
        sa.PrimaryKeyConstraint("use_id", "subject", "question", "dimension", name=op.f("pk_citation")),
    )
    op.create_index(
        op.f("ix_citation_assessment_id_citation_subject"),
        "citation",
        ["assessment_id", "subject"],
        unique=False,
    )
    op.create_table(
        "evidence_gap",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("number", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("unknown", sa.Text(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("dimension", sa.String(length=24), nullable=False),
        sa.Column("material", sa.Boolean(), nullable=True),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("owner_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("outside_owner", sa.String(length=300), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "closed",
                "accepted",
                name="gapstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("use_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("closed_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_reason", sa.Text(), nullable=False),
        sa.Column("accepted_until", sa.Date(), nullable=True),
        sa.Column("protection", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("taken_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id", "use_id"],
            ["evidence_use.assessment_id", "evidence_use.id"],
            name=op.f("fk_evidence_gap_assessment_id_use_id"),
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_evidence_gap_by")),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_evidence_gap_closed_by")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_evidence_gap_decision_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_evidence_gap_organisation_id_assessment_id"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_evidence_gap_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_gap")),
        sa.UniqueConstraint("assessment_id", "number", name=op.f("uq_evidence_gap_assessment_id_number")),
    )
    op.create_index(
        op.f("ix_evidence_gap_organisation_id_evidence_gap_due_on"),
        "evidence_gap",
        ["organisation_id", "due_on"],
        unique=False,
    )
    op.add_column("file", sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True))
    triggers(INSERT_ONLY)
    move()
    op.drop_index("ix_evidence_assessment_id_evidence_id", table_name="evidence")
    op.drop_table("evidence")


def downgrade() -> None:
    """There is no way back: versions, citations and gaps would be lost."""
    raise NotImplementedError("the evidence library is not undone")
