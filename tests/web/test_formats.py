"""The pages of other formats: Easy Read, translations and British Sign Language, from wanted to there."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from flask import Flask

from ehiia.services import history
from tests import factories
from tests.people import Cast
from tests.web.conftest import Browsers, soup, words
from tests.web.filling import fill

POLISH = {"kind": "translation", "language": " Polish ", "state": "wanted"}
VIDEO = "https://example.org/bsl"
EASY = b"The surgery moves. It is far."


@pytest.fixture
def here(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return f"/a/{factories.decided(cast, now)[0]}/publication/formats"


def test_amina_asks_for_a_format_and_the_public_is_shown_it_when_it_is_there(
    app: Flask, cast: Cast, as_: Browsers, here: str
) -> None:
    amina = as_("amina")
    assert "No other format is kept yet" in words(amina.get(here))
    assert fill(amina, f"{here}/add", POLISH).location == here
    assert fill(amina, f"{here}/add", POLISH).location == here, "the form was sent twice"
    assert fill(amina, f"{here}/add", {"kind": "easy_read", "state": "in_progress"}).location == here
    page = words(amina.get(here))
    assert page.count("Translation: Polish : wanted") == 1
    assert "Easy Read summary : in progress" in page
    assert "Amina Hassan" in page
    one = str(soup(amina.get(here)).select(f"a[href^='{here}/']")[2]["href"])
    file = {"state": "there", "upload": (io.BytesIO(EASY), "easy.txt")}
    assert fill(amina, one, file, content_type="multipart/form-data").location == here
    assert as_("ben").get(f"{one}/file").data == EASY
    assert fill(amina, one, {}).location == here, "nothing was changed"
    assert "easy.txt" in words(amina.get(one))
    with app.app_context():
        said = [one.sentence for one in history.of_subject("assessment:1").entries]
    assert said[0] == "Amina Hassan changed another format for the public: Easy Read summary, there"


def test_who_saves_second_sees_what_the_first_said(as_: Browsers, here: str) -> None:
    fill(as_("amina"), f"{here}/add", POLISH)
    fill(as_("ben"), f"{here}/1", {"state": "in_progress"})
    second = fill(as_("amina"), f"{here}/1", {"revision": "1", "state": "there", "link": VIDEO})
    assert second.status_code == 409
    assert "As Ben Okoro left it: Translation: Polish, in progress" in words(second)
    assert VIDEO in second.get_data(as_text=True), "what she typed is still there"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"language": " "}, "language"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"state": "there"}, "state"),
        ({"link": VIDEO, "upload": "easy.txt"}, "upload"),
        ({"kind": "bsl", "upload": "video.txt"}, "upload"),
        ({"language": "polish", "state": "in_progress"}, "kind"),
        ({"kind": ""}, "kind"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_a_format_stands_once(
    as_: Browsers, here: str, given: dict[str, object], field: str
) -> None:
    amina = as_("amina")
    fill(amina, f"{here}/add", POLISH)
    other = {"kind": "translation", "language": "Welsh", "state": "wanted"}
    files = {"upload": (io.BytesIO(EASY), given["upload"])} if "upload" in given else {}
    refused = fill(amina, f"{here}/add", other | given | files, content_type="multipart/form-data")
    assert refused.status_code == 400
    assert soup(refused).select(f".nhsuk-error-summary a[href^='#{field}']")


def test_a_format_is_removed_once_that_was_confirmed(as_: Browsers, here: str) -> None:
    amina = as_("amina")
    fill(amina, f"{here}/add", {"kind": "bsl", "state": "there", "link": VIDEO})
    assert soup(amina.get(here)).select_one(f"a[href='{VIDEO}']")
    assert as_("carol").get(f"{here}/1/remove").status_code == 403
    assert fill(amina, f"{here}/1/remove", {}).location == here
    assert "No other format is kept yet" in words(amina.get(here))
    assert amina.get(f"{here}/1").status_code == 404
