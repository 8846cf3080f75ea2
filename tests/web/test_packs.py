"""The page of the report and the pack: prepared, its state, handed out."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.files.store import WRITING
from ehiia.services import cases, restriction, work
from ehiia.services.transaction import read
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import CaseRow
from tests.people import Cast
from tests.services.test_cases import WHOLE
from tests.services.test_programmes import APRIL, begun, done, drawn
from tests.web.conftest import Browsers, Clock, counted, words
from tests.web.filling import fill


@pytest.fixture
def page(app: Flask, cast: Cast, now: datetime, standing_clock: Clock) -> str:
    """Draw a sample with one action in it; it is April."""
    with app.app_context():
        programme = begun(cast, now)
        done(cast, now)
        run = drawn(cast, programme)
        standing_clock.now = APRIL
        return f"/audits/runs/{run.id}/report"


def finish(cast: Cast) -> None:
    """Give the verdict on the one item."""
    case = read().scalars(select(CaseRow)).one()
    cases.save(case.id, WHOLE, revision=case.revision, finish=True, by=cast.dev, now=APRIL)


def test_dev_prepares_an_interim_report_then_the_whole_one_and_saves_both(
    app: Flask, cast: Cast, as_: Browsers, page: str
) -> None:
    dev = as_("dev")
    assert "Report and pack" in words(dev.get(page.removesuffix("/report")))
    text = words(dev.get(page))
    assert "No report yet" in text
    assert "1 item of the sample has no verdict yet" in text
    assert fill(dev, page, {}).status_code == 303
    text = words(dev.get(page))
    assert "EHIIA-AUD-2026-01 Interim" in text
    assert "Dev Patel, 2 April 2026" in text
    assert "1 item without a verdict yet" in text
    assert "file storage only" in text
    with app.app_context():
        finish(cast)
    assert fill(dev, page, {}).status_code == 303
    assert fill(dev, page, {}).status_code == 303  # nothing is new
    text = words(dev.get(page))
    assert "EHIIA-AUD-2026-02 Prepared" in text
    assert "EHIIA-AUD-2026-01 Replaced" in text
    assert "EHIIA-AUD-2026-03" not in text
    for ref in ("EHIIA-AUD-2026-01", "EHIIA-AUD-2026-02"):
        pdf = dev.get(f"/audits/reports/{ref}.pdf")
        assert pdf.data.startswith(b"%PDF-")
        assert pdf.headers["Content-Disposition"] == f"attachment; filename={ref}.pdf"
        assert dev.get(f"/audits/reports/{ref}.zip").data.startswith(b"PK")
    assert dev.get("/audits/reports/EHIIA-AUD-2026-03.pdf").status_code == 404


def test_until_it_is_sealed_it_says_that_it_waits(
    app: Flask, as_: Browsers, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dev = as_("dev")
    monkeypatch.setattr(work, "do_now", lambda *_, **__: False)
    assert fill(dev, page, {}).status_code == 303
    assert "Waiting to be sealed" in words(dev.get(page))
    assert dev.get("/audits/reports/EHIIA-AUD-2026-01.zip").status_code == 404
    with app.app_context():
        work.do_due(now=APRIL + timedelta(minutes=1))
    assert "Sealed 2 April 2026" in words(dev.get(page))


def test_what_was_restricted_since_is_handed_to_nobody_outside(
    app: Flask, cast: Cast, as_: Browsers, page: str
) -> None:
    dev = as_("dev")
    fill(dev, page, {})
    with app.app_context():
        ref = read().scalars(select(Assessment.ref)).one()
        restriction.restrict(ref, reason="A named person.", until_on=None, by=cast.amina, now=APRIL)
    text = words(dev.get(page))
    assert "was restricted since" in text
    assert ref not in text
    assert dev.get("/audits/reports/EHIIA-AUD-2026-01.pdf").status_code == 403
    assert dev.get("/audits/reports/EHIIA-AUD-2026-01.zip").status_code == 403


WATCHED: list[str] = []
"""The folder that is watched, while there is one."""
READ: list[str] = []


def _note_reading(event: str, given: tuple[object, ...]) -> None:
    if not WATCHED or event not in ("open", "os.listdir", "os.scandir") or WATCHED[0] not in str(given[0]):
        return
    flags = given[2] if event == "open" else os.O_RDONLY
    if isinstance(flags, int) and flags & os.O_ACCMODE != os.O_WRONLY and WRITING not in str(given[0]):
        READ.append(f"{event} {given[0]}")


@cache
def watching() -> None:
    """Begin to note what is read: once, because a hook stays for good."""
    sys.addaudithook(_note_reading)


def test_nothing_is_ever_read_from_the_auditors_folder(
    app: Flask, as_: Browsers, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = tmp_path / "audits"
    config = replace(app.extensions["ehiia.config"], audits=room)
    monkeypatch.setitem(app.extensions, "ehiia.config", config)
    dev = as_("dev")
    watching()
    WATCHED.append(str(room))
    try:
        assert fill(dev, page, {}).status_code == 303
        assert "Written to 2026/EHIIA-AUD-2026-01" in words(dev.get(page))
        assert dev.get("/audits/reports/EHIIA-AUD-2026-01.zip").status_code == 200
        assert READ == []
        (room / "2026" / "EHIIA-AUD-2026-01" / "report.pdf").read_bytes()  # the watch sees what is read
        assert len(READ) == 1
    finally:
        WATCHED.clear()
        READ.clear()


def test_others_stay_outside(as_: Browsers, page: str) -> None:
    fill(as_("dev"), page, {})
    amina, esther = as_("amina"), as_("esther")
    for path in (page, "/audits/reports/EHIIA-AUD-2026-01.zip"):
        assert amina.get(path).status_code == 403
        assert esther.get(path).status_code in (403, 404)
    assert as_("ben").get(page).status_code == 200


def test_many_reports_cost_no_more_queries_than_one(app: Flask, cast: Cast, as_: Browsers, page: str) -> None:
    dev = as_("dev")
    fill(dev, page, {})
    with counted(app) as one:
        dev.get(page)
    with app.app_context():
        finish(cast)
    fill(dev, page, {})
    with counted(app) as two:
        dev.get(page)
    assert len(two) == len(one)
