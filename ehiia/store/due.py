"""Queries that rows which are due have in common: insert once, claim with a lease, mark.

A claim is fenced by the count of attempts: whoever was too slow and lost the
lease cannot mark the row any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, CursorResult, Table, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from ehiia.store.base import Base
from ehiia.store.duties import DeliveryState, MailRow, Work

D = TypeVar("D", MailRow, Work)

STEPS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
"""How long to wait after the first, second ... failure; hourly after the last."""

FAR_AHEAD = timedelta(hours=2)
"""No row was made so far ahead, and no lease ends so late, but by a clock that was wrong: it is due now."""
LONGEST_WAIT = timedelta(days=4)
"""Nothing waits longer for its next try, over a weekend with bank holidays."""

MOST_ATTEMPTS = 75
"""About three days of trying: four steps, then hourly."""


def insert_once(
    session: Session, table: type[Base], key: Sequence[InstrumentedAttribute[Any]], values: Mapping[str, Any]
) -> int | None:
    """Insert a row unless one with this unique key is there; return its id, or None where it was there.

    Two at the same moment: one inserts, the other waits for it and gets None.
    """
    statement = _unless_there(session, table, key, values).returning(table.__table__.c.id)
    return session.execute(statement).scalar_one_or_none()


def make_sure(
    session: Session, table: type[Base], key: Sequence[InstrumentedAttribute[str]], values: Mapping[str, Any]
) -> None:
    """Insert a row unless one with this key is there. Two at the same moment leave one row."""
    session.execute(_unless_there(session, table, key, values))


def _unless_there(
    session: Session, table: type[Base], key: Sequence[InstrumentedAttribute[str]], values: Mapping[str, Any]
) -> sqlite.Insert | postgresql.Insert:
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    return make(table).values(**values).on_conflict_do_nothing(index_elements=key)


def insert_all_once(
    session: Session,
    table: type[Base],
    key: InstrumentedAttribute[str],
    rows: Sequence[Mapping[str, Any]],
) -> set[str]:
    """Insert rows unless one with the same unique key is there; return the keys of those that were not.

    They are inserted in the order given: two that insert the same in the same order wait for each other
    and do not stand in each other's way.
    """
    if not rows:
        return set()
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    here = table.__table__
    assert isinstance(here, Table)
    column = here.c[key.key]
    statement = make(here).on_conflict_do_nothing(index_elements=[column]).returning(column)
    return set(session.scalars(statement, [dict(row) for row in rows]))


def claim(session: Session, table: type[D], *, now: datetime, lease: timedelta, limit: int) -> list[D]:
    """Claim rows whose time has come, or whose lease ran out, oldest first; counts the attempt.

    On PostgreSQL rows that somebody else is claiming are passed over; on SQLite only one transaction
    writes at a time.
    """
    rows = list(
        session.scalars(
            select(table)
            .where(is_due(table, now))
            .order_by(table.next_try_at, table.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
    )
    for row in rows:
        row.state = DeliveryState.CLAIMED
        row.leased_until = now + lease
        row.attempts += 1
    session.flush()
    return rows


def is_due(table: type[D], now: datetime) -> ColumnElement[bool]:
    """Return the predicate of rows that may be claimed now.

    A row that a clock which was ahead has put off, or leased, does not wait for that day.
    """
    return or_(
        and_(
            table.state == DeliveryState.WAITING,
            or_(
                table.next_try_at <= now,
                table.made_at > now + FAR_AHEAD,
                table.next_try_at > now + LONGEST_WAIT,
            ),
        ),
        and_(
            table.state == DeliveryState.CLAIMED,
            or_(table.leased_until < now, table.leased_until > now + FAR_AHEAD),
        ),
    )


def finish(session: Session, table: type[D], row_id: int, attempt: int, values: Mapping[str, Any]) -> bool:
    """Change a claimed row, unless the claim was lost meanwhile; say whether it was still ours."""
    changed = session.execute(
        update(table)
        .where(table.id == row_id, table.state == DeliveryState.CLAIMED, table.attempts == attempt)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(changed, CursorResult)
    return changed.rowcount == 1


def after_failure(attempt: int, *, now: datetime, words: str) -> dict[str, Any]:
    """Return what a row becomes after its n-th failed attempt: waiting again, or given up."""
    values: dict[str, Any] = {"leased_until": None, "last_error": words[:2000]}
    if attempt >= MOST_ATTEMPTS:
        return values | {"state": DeliveryState.FAILED}
    wait = STEPS[min(attempt, len(STEPS)) - 1]
    return values | {"state": DeliveryState.WAITING, "next_try_at": now + wait}


def again(now: datetime) -> dict[str, Any]:
    """Return what a row becomes when somebody asks for it to be tried again."""
    return {"state": DeliveryState.WAITING, "attempts": 0, "next_try_at": now, "leased_until": None}
