"""The public register with 2,000 entries: how what is looked for is found, and in how many queries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from ehiia.extensions import db
from ehiia.services import published
from ehiia.services.published import Wanted
from tests import factories
from tests.people import gather
from tests.publishing import publish
from tests.shelf import stock

EVERYTHING, WORDS, GROUP = Wanted(), Wanted(words="ipswich dental"), Wanted(group="Carers")


@contextmanager
def sent() -> Iterator[list[tuple[str, Any]]]:
    """Collect the queries that are sent within the block, with their parameters."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            found.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def plan(wanted: Wanted, now: datetime, *, organisation_code: str = "") -> str:
    """Return how the database finds the lines of a page."""
    with sent() as queries:
        page = published.register(wanted, organisation_code=organisation_code, today=now.date())
        assert page.lines
    ((statement, parameters),) = [one for one in queries if "edition_entry.title" in one[0]]
    connection = db.session.connection()
    server = connection.dialect.name == "postgresql"
    if server:  # with so few rows it may rightly read and sort them all
        for way in ("seqscan", "bitmapscan", "sort"):
            connection.execute(text(f"SET LOCAL enable_{way} = off"))
    explain = "EXPLAIN " if server else "EXPLAIN QUERY PLAN "
    lines = connection.exec_driver_sql(explain + statement, parameters).all()
    db.session.rollback()
    return "\n".join(str(line[-1]) for line in lines)


@pytest.fixture
def stocked(inside: Flask, now: datetime) -> datetime:
    """Publish 2,000 assessments, and one as the service does it."""
    cast = gather(now)
    _, row = factories.decided(cast, now, worse=True)
    publish(cast, row, now)
    with sent() as few:
        published.register(EVERYTHING, today=now.date())
    db.session.rollback()
    stock(inside, cast, 2000, now=now)
    with sent() as many:
        published.register(EVERYTHING, today=now.date())
    assert len(many) == len(few) <= 7
    return now


def test_nothing_is_searched_for_by_reading_all_and_an_organisation_is_read_in_its_order(
    stocked: datetime,
) -> None:
    for wanted in (EVERYTHING, WORDS, GROUP):
        found = plan(wanted, stocked)
        assert "Seq Scan" not in found
        assert not [line for line in found.splitlines() if line.startswith("SCAN")]
    for wanted in (EVERYTHING, WORDS):
        found = plan(wanted, stocked, organisation_code="snee")
        assert "ix_edition_entry_newest" in found
        assert "Sort" not in found
        assert "ORDER BY" not in found, "all of it is not sorted for one page"
