"""The pages of commitments: recorded by Amina, kept by Helen, waiting on her first page until she says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from tests import writing
from tests.people import Cast, send
from tests.web.conftest import Browsers, soup, words
from tests.web.filling import chosen, fill


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return writing.writing(cast, now)


def given(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "what": "We will come back in June",
        "source": "Consultation paper, page 12",
        "owner_id": str(cast.helen),
        "due_on-day": "5",
        "due_on-month": "3",
        "due_on-year": "2026",
    } | changes


def test_amina_records_a_commitment_and_helen_says_that_it_was_kept(
    cast: Cast, ref: str, as_: Browsers
) -> None:
    amina, helen = as_("amina"), as_("helen")
    assert "No commitments yet" in words(amina.get(f"/a/{ref}/commitments"))
    assert fill(amina, f"/a/{ref}/commitments/add", given(cast)).status_code == 303
    page = words(amina.get(f"/a/{ref}/commitments"))
    assert "Promised in Consultation paper, page 12. Helen Marsh, due Thursday 5 March 2026" in page
    home = words(helen.get("/"))
    assert "Say whether it was kept: We will come back in June" in home
    assert f"/a/{ref}/commitments" in {str(a["href"]) for a in soup(helen.get("/")).select("a[href]")}
    kept = {"state": "kept", "note": "We came on 4 March."}
    assert fill(helen, f"/a/{ref}/commitments/1/kept", kept).status_code == 303
    assert "Kept 2 March 2026 We came on 4 March." in words(amina.get(f"/a/{ref}/commitments"))
    assert "Say whether it was kept" not in words(helen.get("/"))


def test_what_was_typed_stays_when_something_is_missing(cast: Cast, ref: str, as_: Browsers) -> None:
    answer = fill(as_("amina"), f"/a/{ref}/commitments/add", given(cast, source=" "))
    assert answer.status_code == 400
    assert "Enter where it was promised" in words(answer)
    assert chosen(soup(answer), "what") == ["We will come back in June"]


def test_the_second_who_changes_it_sees_what_the_first_wrote(cast: Cast, ref: str, as_: Browsers) -> None:
    amina, ben = as_("amina"), as_("ben")
    fill(amina, f"/a/{ref}/commitments/add", given(cast))
    page = soup(amina.get(f"/a/{ref}/commitments/1"))
    fill(ben, f"/a/{ref}/commitments/1", {"what": "We will come back in May"})
    token = chosen(page, "csrf_token")[0]
    answer = amina.post(
        f"/a/{ref}/commitments/1", data=given(cast, what="In July") | {"revision": "1", "csrf_token": token}
    )
    assert answer.status_code == 409
    assert "We will come back in May" in words(answer)
    assert chosen(soup(answer), "what") == ["In July"]


def test_only_the_author_or_an_equality_lead_records_and_takes_out(
    cast: Cast, ref: str, as_: Browsers
) -> None:
    amina = as_("amina")
    fill(amina, f"/a/{ref}/commitments/add", given(cast))
    for name, status in (("dev", 403), ("esther", 404)):
        for path in ("/add", "/1", "/1/kept"):
            assert as_(name).get(f"/a/{ref}/commitments{path}").status_code == status
    sent = send(amina, f"/a/{ref}/commitments/1", {}, to=f"/a/{ref}/commitments/1/take-out")
    assert sent.status_code == 303
    assert "No commitments yet" in words(amina.get(f"/a/{ref}/commitments"))
