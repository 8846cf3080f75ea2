"""The history on both databases: appended, chained, and refused to whoever would change it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ehiia.extensions import db
from ehiia.store import history
from ehiia.store.organisations import Organisation


def _organisation(code: str) -> int:
    made = Organisation(code=code, name=code, ref_prefix=code)
    db.session.add(made)
    db.session.commit()
    return made.id


def _append(organisation_id: int, at: datetime, verb: str = "started") -> history.Head:
    head = history.append(
        db.session(),
        organisation_id=organisation_id,
        at=at,
        by=None,
        verb=verb,
        subject="x:1",
        body={"n": verb},
    )
    db.session.commit()
    return head


def test_each_row_follows_the_one_before_in_its_own_organisation(inside: Flask, now: datetime) -> None:
    ours, theirs = _organisation("OURS"), _organisation("THEIRS")
    heads = [_append(ours, now + timedelta(minutes=n)) for n in range(3)]
    _append(theirs, now)
    assert [head.seq for head in heads] == [1, 2, 3]
    assert history.head(db.session(), ours) == heads[-1]
    assert history.head(db.session(), theirs).seq == 1
    assert list(history.breaks(db.session(), ours)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET verb = 'withdrawn'",
        "UPDATE history SET hash = 'x' WHERE seq = 1",
        "DELETE FROM history WHERE seq = 1",
        "UPDATE history_body SET text = '{}'",
    ],
)
def test_whoever_would_change_the_history_is_refused(inside: Flask, now: datetime, statement: str) -> None:
    organisation = _organisation("OURS")
    head = _append(organisation, now)
    with pytest.raises(DBAPIError, match="insert-only"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert history.head(db.session(), organisation) == head
    assert list(history.breaks(db.session(), organisation)) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_insert_or_replace_does_not_slip_past_on_sqlite(inside: Flask, now: datetime) -> None:
    _append(_organisation("OURS"), now)
    with pytest.raises(DBAPIError, match="insert-only"):
        db.session.execute(text("INSERT OR REPLACE INTO history SELECT * FROM history WHERE seq = 1"))
    db.session.rollback()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_truncate_is_refused_on_postgresql(inside: Flask, now: datetime) -> None:
    _append(_organisation("OURS"), now)
    with pytest.raises(DBAPIError, match="insert-only"):
        db.session.execute(text("TRUNCATE history CASCADE"))
    db.session.rollback()


def test_a_body_may_be_disposed_of_and_the_chain_stays_whole(inside: Flask, now: datetime) -> None:
    organisation = _organisation("OURS")
    for n in range(3):
        _append(organisation, now + timedelta(minutes=n))
    db.session.execute(text("DELETE FROM history_body"))
    db.session.commit()
    assert list(history.breaks(db.session(), organisation)) == []


def test_a_missing_newest_row_is_found(inside: Flask, now: datetime) -> None:
    organisation = _organisation("OURS")
    _append(organisation, now)
    db.session.execute(text("UPDATE history_head SET seq = 7"))
    db.session.commit()
    assert [one.what for one in history.breaks(db.session(), organisation)] == ["the newest row is missing"]
