"""The public page on which anybody asks about a record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ehiia.services import restriction, sealing
from ehiia.services.tries import TRIES
from ehiia.store.decisions import RecordRow
from tests import factories
from tests.people import Cast, send
from tests.web.conftest import Clock, counted, soup, words

DAY = timedelta(days=1)
TITLE = "Closing the ward on Quay Street"


@pytest.fixture
def record(app: Flask, cast: Cast, standing_clock: Clock) -> RecordRow:
    with app.app_context():
        _, row = factories.decided(cast, standing_clock.now - DAY, worse=True, title=TITLE)
        sealing.seal_record(row.id, now=standing_clock.now)
        return row


def test_the_page_offers_three_ways_and_needs_no_script(client: FlaskClient, cast: Cast) -> None:
    page = soup(client.get("/verify"))
    assert [button.get_text(strip=True) for button in page.select("main button")] == [
        "Check this file",
        "See how it stands",
    ]
    assert len(page.select("main button:not(.nhsuk-button--secondary)")) == 1
    text = words(client.get("/verify"))
    assert "It never has I, L, O or U, and no 0 or 1" in text
    assert "You are told nothing that it says." in text
    assert client.get("/guidance/checking-a-record").status_code == 200


def test_the_code_on_the_paper_leads_to_how_it_stands(client: FlaskClient, record: RecordRow) -> None:
    typed = f" {record.code[:4].lower()}-{record.code[4:8]} {record.code[8:]}"
    sent = send(client, "/verify", {"asked": typed}, to="/verify/asked")
    assert sent.status_code == 303
    answer = client.get(sent.location)
    text = words(answer)
    for part in ("Current", record.ref, record.sha256, "1 March 2026"):
        assert part in text, part
    assert TITLE not in text
    assert words(client.get(f"/verify/{record.code}")) == text


def test_a_letter_that_is_never_in_a_code_is_explained(client: FlaskClient, cast: Cast) -> None:
    refused = send(client, "/verify", {"asked": "OKMQ-4RTX-9CWE"}, to="/verify/asked")
    assert refused.status_code == 400
    assert "A code never has O: O is perhaps D or Q" in words(refused)
    assert 'value="OKMQ-4RTX-9CWE"' in refused.get_data(as_text=True)
    assert send(client, "/verify", {"asked": " "}, to="/verify/asked").status_code == 400


def test_what_was_not_published_is_answered_as_what_does_not_exist(
    app: Flask, client: FlaskClient, cast: Cast, record: RecordRow, standing_clock: Clock
) -> None:
    with app.app_context():
        ref = record.ref.rpartition("-")[0]
        restriction.restrict(
            ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=standing_clock.now
        )
    answers = []
    for asked in (record.ref, ref, "EHIIA-2031-999-D7", "ABCDEFGHJKMN", "nonsense", "0"):
        with counted(app) as queries:
            answer = client.get(f"/verify/{asked}")
        answers.append((answer.status_code, answer.data, answer.headers["Content-Length"], len(queries)))
    assert {answers[0], answers[1]} == {answers[0]} == set(answers[2:]), "all of them are alike"
    assert answers[0][0] == 404
    assert "Unknown here" in words(answer)


def test_whoever_guesses_has_to_wait(client: FlaskClient, record: RecordRow) -> None:
    for guess in range(TRIES):
        assert client.get(f"/verify/ABCDEFGHJK{guess:02}").status_code == 404
    assert client.get(f"/verify/{record.code}").status_code == 429
