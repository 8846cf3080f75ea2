"""The domain is tested dry: whoever reaches for a database here has written the test in the wrong folder."""

from __future__ import annotations

import sqlite3
from typing import NoReturn

import psycopg
import pytest


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection to a database."""

    def refuse(*_: object, **__: object) -> NoReturn:
        pytest.fail(
            "tests/domain may not reach a database; this test belongs in tests/services or tests/store"
        )

    for module in (sqlite3, sqlite3.dbapi2, psycopg, psycopg.Connection):
        monkeypatch.setattr(module, "connect", refuse)
