"""What every test leans on: an empty database each time, triggers awake, the network off."""

from __future__ import annotations

import socket

import pytest
from flask import Flask
from pytest_socket import SocketConnectBlockedError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ehiia.extensions import db
from ehiia.store.organisations import Organisation
from tests.conftest import Database


@pytest.mark.parametrize("time", [1, 2])
def test_what_a_test_writes_is_gone_in_the_next(inside: Flask, time: int) -> None:
    assert db.session.query(Organisation).count() == 0
    made = Organisation(code="one", name="One", ref_prefix="ONE", settings={})
    db.session.add(made)
    db.session.commit()
    assert made.id == 1, "numbers begin again as well"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_triggers_are_awake_although_the_database_was_emptied(inside: Flask) -> None:
    with db.engine.connect() as connection:
        assert connection.scalar(text("SHOW session_replication_role")) == "origin"
        with pytest.raises(DBAPIError, match="history is insert-only"):
            connection.execute(text("TRUNCATE history CASCADE"))


def test_a_test_that_holds_a_transaction_open_does_not_block_the_next(app: Flask, database: Database) -> None:
    with app.app_context():
        connection = db.engine.connect()
        connection.execute(text("SELECT count(*) FROM organisation"))
        if database.kind == "postgresql":
            database.empty()
            connection.invalidate()
        connection.close()
    database.empty()


def test_the_network_is_off() -> None:
    with (
        socket.socket() as attempt,
        pytest.raises((UserWarning, SocketConnectBlockedError), match=r"192[.]0[.]2[.]1"),
    ):
        attempt.connect(("192.0.2.1", 80))
