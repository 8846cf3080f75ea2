"""Numbers in an address or a form that no row can have: not found or left aside, never an error of ours."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from tests import writing
from tests.people import Cast, send
from tests.web.conftest import Browsers

HUGE = "9" * 30


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return writing.writing(cast, now)


@pytest.mark.parametrize(
    "path", ["/library/{n}", "/a/{ref}/evidence/{n}", "/a/{ref}/gaps/{n}", "/a/{ref}/commitments/{n}"]
)
def test_a_page_whose_number_is_too_large_is_not_there(ref: str, as_: Browsers, path: str) -> None:
    for number in (HUGE, str(2**31)):
        assert as_("amina").get(path.format(ref=ref, n=number)).status_code == 404


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("amina", "/assessments?place={n}"),
        ("amina", "/library?after={n}"),
        ("amina", "/a/{ref}/history?before={n}"),
        ("amina", "/a/{ref}/comments?answer={n}"),
        ("farah", "/organisation/history?before={n}"),
        ("farah", "/organisation/mail?before={n}"),
    ],
)
def test_a_list_that_begins_at_such_a_number_opens(ref: str, as_: Browsers, who: str, path: str) -> None:
    assert as_(who).get(path.format(ref=ref, n=HUGE)).status_code == 200


def test_nobody_of_such_a_number_takes_part(ref: str, as_: Browsers) -> None:
    answer = send(as_("amina"), f"/a/{ref}", {"person_id": HUGE, "part": "reader"}, to=f"/a/{ref}/people/end")
    assert answer.status_code == 404
