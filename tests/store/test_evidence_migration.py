"""The move from evidence in each assessment to a library: nothing is lost, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from ehiia.app import create_app
from ehiia.config import Config
from ehiia.extensions import db
from tests.servers import postgres

THEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
BEFORE, AFTER = "0004", "0005"

OLD = [
    # id, assessment, kind, title, publisher, year, shows, strength, taken out, revision
    (3, 1, "census", "Census 2021", "ONS", "2021", "One in five.", "strong", None, 2),
    (4, 2, "census", "Census 2021", "ONS", "2021", "One in five.", "weak", None, 1),
    (5, 2, "census", "Census 2021", "ONS", "2021", "Other words.", None, None, 1),
    (6, 1, "other", "A letter", "", "", "", None, THEN, 3),
    (7, 3, "census", "Census 2021", "ONS", "2021", "One in five.", "strong", None, 1),
]
"""Assessments 1 and 2 belong to one organisation, 3 to another."""


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Open a database as it was before the library, with evidence in it."""
    dropped: Callable[[], None] | None = None
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    else:
        server: postgres.Server = request.getfixturevalue("postgres_server")
        url = server.create(name := f"old_{tmp_path.name.replace('-', '_')}".lower()[:60])
        dropped = lambda: server.drop(name)  # noqa: E731
    app = create_app(Config.for_tests(instance=tmp_path / "instance", database_url=url))
    with app.app_context():
        flask_migrate.upgrade(revision=BEFORE)
        _fill()
        yield app
        db.session.remove()
        db.engine.dispose()
    if dropped:
        dropped()
    shutil.rmtree(tmp_path / "instance", ignore_errors=True)


def _fill() -> None:
    meta = sa.MetaData()
    meta.reflect(db.engine, only=["organisation", "person", "assessment", "evidence"])
    filler: dict[str, Any] = {"DATE": THEN.date(), "BOOLEAN": False, "JSON": {}}

    def row(table: str, **given: Any) -> None:
        values = dict(given)
        for column in meta.tables[table].columns:
            if column.name in values or column.nullable or column.server_default is not None:
                continue
            kind = str(column.type).upper()
            if "TIME" in kind:
                values[column.name] = THEN
            elif "INT" in kind:
                values[column.name] = 1
            else:
                values[column.name] = filler.get(kind, f"{table}{given.get('id', '')}")
        with db.engine.begin() as connection:
            connection.execute(meta.tables[table].insert().values(**values))

    row("person", id=1, name="Amina")
    row("organisation", id=1, code="one")
    row("organisation", id=2, code="two")
    for number, organisation in ((1, 1), (2, 1), (3, 2)):
        row(
            "assessment",
            id=number,
            organisation_id=organisation,
            ref=f"A-{number}",
            kind="closure",
            stage="writing",
            created_by=1,
        )
    names = ("id", "assessment_id", "kind", "title", "publisher", "year", "shows")
    for values in OLD:
        given = dict(zip(names, values, strict=False))
        row(
            "evidence", **given, strength=values[7], taken_out_at=values[8], revision=values[9], by=1, at=THEN
        )


def test_every_row_becomes_a_use_and_the_same_words_one_item(old: Flask) -> None:
    flask_migrate.upgrade(revision=AFTER)
    with db.engine.connect() as connection:
        found = connection.execute(
            sa.text(
                "SELECT u.id, u.assessment_id, v.kind, v.title, v.publisher, v.year, v.shows, u.strength,"
                " u.taken_out_at IS NOT NULL AS gone, u.revision, u.item_id,"
                " i.organisation_id, a.organisation_id"
                " FROM evidence_use u JOIN evidence_version v"
                " ON v.item_id = u.item_id AND v.number = u.version_no"
                " JOIN evidence_item i ON i.id = u.item_id JOIN assessment a ON a.id = u.assessment_id"
                " ORDER BY u.id"
            )
        ).all()
    assert [(*row[:8], bool(row.gone), row.revision) for row in found] == [
        (*values[:8], values[8] is not None, values[9]) for values in OLD
    ]
    items = {row.id: row.item_id for row in found}
    assert items[3] == items[4], "the same words in one organisation are one item"
    assert len(set(items.values())) == 4, "other words, or another organisation, are another item"
    assert all(row[11] == row[12] for row in found)


def test_new_items_are_numbered_after_those_that_were_moved(old: Flask) -> None:
    flask_migrate.upgrade(revision=AFTER)
    with db.engine.begin() as connection:
        made = connection.execute(
            sa.text(
                "INSERT INTO evidence_item (organisation_id, newest, privileged, retired_reason, by, at)"
                " VALUES (1, 1, false, '', 1, '2026-03-02 10:00:00') RETURNING id"
            )
        ).scalar_one()
    assert made == 5


def test_a_version_cannot_be_changed_or_removed(old: Flask) -> None:
    flask_migrate.upgrade(revision=AFTER)
    for statement in ("UPDATE evidence_version SET title = 'x'", "DELETE FROM evidence_version"):
        with (
            pytest.raises(sa.exc.DBAPIError, match="insert-only"),
            db.engine.begin() as connection,
        ):
            connection.execute(sa.text(statement))
