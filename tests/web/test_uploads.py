"""Uploads with a virus scanner: kept when clean; refused when infected or when nobody can tell."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.vocabulary import Verdict
from ehiia.services import audits, uploads
from ehiia.services.transaction import Invalid, read
from ehiia.services.uploads import Upload
from ehiia.store.answers import StoredFile
from ehiia.store.library import EvidenceItemRow
from tests import people
from tests.servers.clamd import EICAR, ClamdServer
from tests.web.conftest import Clock, soup, words
from tests.web.filling import fields, main_form

MakeApp = Callable[..., Flask]


def add(app: Flask, now: datetime, content: bytes) -> object:
    with app.app_context():
        cast = people.gather(now)
    ben = people.browser(app, cast.ben, now)
    sent = fields(main_form(soup(ben.get("/library/add")))) | {"kind": "other", "title": "A letter"}
    return ben.post(
        "/library/add", data=sent | {"shows": "What it shows", "upload": (io.BytesIO(content), "letter.txt")}
    )


def kept(app: Flask) -> list[StoredFile]:
    with app.app_context():
        return list(read().scalars(select(StoredFile)))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_clean_file_is_kept_with_the_moment_of_its_scan(make_app: MakeApp, standing_clock: Clock) -> None:
    with ClamdServer() as server:
        app = make_app(clamav=server.address, clamav_seconds=5.0)
        answer = add(app, standing_clock.now, b"Dear all")
    assert answer.status_code == 303  # type: ignore[attr-defined]
    assert [row.scanned_at for row in kept(app)] == [standing_clock.now]
    assert server.seen == [b"Dear all"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("content", "says", "message"),
    [
        (b"Dear all " + EICAR, None, "The virus scanner found “Eicar-Test-Signature” in this file"),
        (b"Dear all", b"out of memory ERROR\0", "could not be checked for viruses just now"),
    ],
)
def test_a_file_that_is_infected_or_could_not_be_scanned_is_refused_and_nothing_typed_is_lost(
    make_app: MakeApp, standing_clock: Clock, content: bytes, says: bytes | None, message: str
) -> None:
    with ClamdServer(says=says) as server:
        app = make_app(clamav=server.address, clamav_seconds=5.0)
        answer = add(app, standing_clock.now, content)
    assert answer.status_code == 400  # type: ignore[attr-defined]
    page = soup(answer)
    assert message in words(answer)
    assert page.select_one(".nhsuk-error-summary a[href='#upload']") is not None
    assert page.select_one("#shows").get_text().strip() == "What it shows"  # type: ignore[union-attr]
    assert kept(app) == []
    with app.app_context():
        assert read().scalars(select(EvidenceItemRow)).all() == []
        assert not [path for path in uploads.room().root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_scanner_that_is_down_stops_the_file_and_not_the_words(
    make_app: MakeApp, standing_clock: Clock
) -> None:
    with ClamdServer() as server:
        address = server.address
    app = make_app(clamav=address, clamav_seconds=1.0)
    assert add(app, standing_clock.now, b"Dear all").status_code == 400  # type: ignore[attr-defined]
    assert kept(app) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_proof_of_a_verdict_goes_the_same_way(make_app: MakeApp, standing_clock: Clock) -> None:
    with ClamdServer() as server:
        app = make_app(clamav=server.address, clamav_seconds=5.0)
        with app.app_context(), pytest.raises(Invalid) as refused:
            audits.give_verdict(
                "EHIIA-2026-001-M1",
                verdict=Verdict.WORKING,
                found="Seen.",
                proof=Upload("seen.txt", EICAR),
                by=1,
                now=standing_clock.now,
            )
    assert "The virus scanner found" in refused.value.errors["proof"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_a_scanner_a_file_says_that_it_was_not_scanned(
    make_app: MakeApp, standing_clock: Clock
) -> None:
    app = make_app()
    assert add(app, standing_clock.now, b"Dear all").status_code == 303  # type: ignore[attr-defined]
    assert [row.scanned_at for row in kept(app)] == [None]
