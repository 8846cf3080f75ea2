"""The pages of the system checks: what was found, and a finding that begins with it."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from tests import factories
from tests.people import Cast
from tests.web.conftest import Browsers, counted, soup, words
from tests.web.filling import fill

PAGE = "/audits/system-checks"


@pytest.fixture
def decided(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return factories.decided(cast, now, worse=True)[0]


def test_dev_reads_what_was_found_and_begins_a_finding_with_it(
    app: Flask, cast: Cast, as_: Browsers, decided: str
) -> None:
    dev = as_("dev")
    listed = words(dev.get(PAGE))
    assert "Not taken on SYS-07" in listed
    assert "1 found" in listed
    page = f"{PAGE}/SYS-07"
    assert "A minibus from the harbour" in words(dev.get(page))
    assert "Nothing was found" in words(dev.get(f"{PAGE}/SYS-04"))
    begin = soup(dev.get(page)).select_one("main a.nhsuk-button")
    assert begin is not None
    write = str(begin["href"])
    assert f"{decided}-M1: A minibus" in words(dev.get(write))
    made = fill(dev, write, {"grade": "low", "answers_id": str(cast.daniel)})
    assert made.status_code == 303
    assert "1 (SYS-07)" in words(dev.get(made.headers["Location"]))


def test_others_stay_outside(as_: Browsers, decided: str) -> None:
    assert as_("amina").get(PAGE).status_code == 403
    assert as_("amina").get(f"{PAGE}/SYS-07").status_code == 403
    assert as_("dev").get(f"{PAGE}/SYS-99").status_code == 404
    assert as_("dev").get("/audits/findings/write?check=SYS-99").status_code == 404
    assert "1 found" not in words(as_("esther").get(PAGE))


def test_the_checks_take_as_many_queries_for_many_rows_as_for_few(
    app: Flask, cast: Cast, as_: Browsers, decided: str, now: datetime
) -> None:
    dev, numbers = as_("dev"), []
    for _ in range(2):
        with counted(app) as found:
            assert dev.get(PAGE).status_code == 200
        numbers.append(len(found))
        with app.app_context():
            factories.decided(cast, now, worse=True, title="Another")
    assert numbers[0] == numbers[1] <= 18, found
