"""House tests about tables: migrations, triggers, and what migrations may lean on."""

from __future__ import annotations

import ast
import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Enum, inspect, text

from ehiia.extensions import db
from ehiia.store import protect
from ehiia.store.models import Base
from tests.house.tree import HOME, tracked

TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger "
    "WHERE NOT tgisinternal AND tgenabled = 'O'",
}
REFUSES = {"sqlite": "SELECT RAISE(ABORT, ", "postgresql": "EXECUTE FUNCTION insert_only()"}


def test_migrations_make_the_tables_that_the_models_describe(inside: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == [], "write a migration"


def test_every_insert_only_table_has_triggers_that_refuse(inside: Flask) -> None:
    kind = db.engine.dialect.name
    with db.engine.connect() as connection:
        found = {name: " ".join(sql.split()) for name, sql in connection.execute(text(TRIGGERS[kind]))}
    expected = protect.trigger_names(kind)
    assert expected
    assert set(found) == expected
    for name, definition in found.items():
        table, _, event = name.partition("_refuses_")
        assert re.search(rf"BEFORE {event.upper()} ON (public\.)?{table} ", definition), definition
        assert REFUSES[kind] in definition, definition


def test_every_column_takes_every_word_of_its_vocabulary(inside: Flask) -> None:
    """A word added to the vocabulary needs a migration of the CHECK, which autogenerate does not see."""
    refused = []
    with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            checks = {
                check["name"]: check["sqltext"]
                for check in inspect(connection).get_check_constraints(table.name)
            }
            for column in table.columns:
                if not isinstance(column.type, Enum) or column.type.native_enum:
                    continue
                text = checks[f"ck_{table.name}_{column.type.name}"]
                refused += [
                    f"{table.name}.{column.name}: {one}"
                    for one in column.type.enums
                    if f"'{one}'" not in text
                ]
    assert not refused, "write a migration that widens the CHECK, as 0002 did: " + ", ".join(refused)


def test_the_insert_only_tables_exist(inside: Flask) -> None:
    assert set(protect.INSERT_ONLY + protect.NEVER_CHANGED) <= set(Base.metadata.tables)


def test_a_fresh_database_is_empty(inside: Flask) -> None:
    """Tests empty the database between them, so nothing may come from a migration."""
    with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            assert connection.execute(table.select().limit(1)).first() is None, table.name


def test_migrations_never_import_the_application() -> None:
    for path in tracked("ehiia/store/migrations/versions/*.py"):
        for node in ast.walk(ast.parse((HOME / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names]
                module = getattr(node, "module", None) or ""
                assert not any(name.startswith("ehiia") for name in [module, *names]), path


@pytest.mark.parametrize("table", protect.INSERT_ONLY + protect.NEVER_CHANGED)
def test_batch_mode_is_banned_on_insert_only_tables(table: str) -> None:
    """A batch migration rebuilds the table on SQLite, and the rebuilt table has no triggers."""
    for path in tracked("ehiia/store/migrations/versions/*.py"):
        source = (HOME / path).read_text(encoding="utf-8")
        assert f'batch_alter_table("{table}"' not in source, path
        assert 'recreate="always"' not in source, path
