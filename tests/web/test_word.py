"""Working in Word, as Amina meets it: download, give back, see what would change, take what she wants."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient

from tests import writing
from tests.people import Cast
from tests.typing_in_word import typed
from tests.web.conftest import Browsers, counted, soup, words
from tests.web.filling import fill


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return writing.writing(cast, now)


def download(client: FlaskClient, ref: str, blank: bool = False) -> bytes:
    answer = client.get(f"/a/{ref}/word/form" + ("?blank=1" if blank else ""))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    return bytes(answer.data)


def token(client: FlaskClient, path: str) -> str:
    field = soup(client.get(path)).find("input", {"name": "csrf_token"})
    assert field is not None
    return str(field["value"])


def give_back(client: FlaskClient, ref: str, data: bytes, name: str = "form.docx") -> Any:
    path = f"/a/{ref}/word"
    fields = {"csrf_token": token(client, path), "file": (io.BytesIO(data), name)}
    return client.post(path, data=fields, content_type="multipart/form-data")


def test_amina_downloads_a_document_that_word_opens(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    fill(amina, f"/a/{ref}/section/proposal", {"q-problem": "Long waits at night."})
    assert "Long waits at night." in Document(io.BytesIO(download(amina, ref))).element.xml
    assert "Long waits at night." not in Document(io.BytesIO(download(amina, ref, blank=True))).element.xml


def test_amina_gives_it_back_sees_what_would_change_and_takes_it(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    fill(amina, f"/a/{ref}/section/proposal", {"q-problem": "Long waits.", "q-options": "None."})
    data = typed(download(amina, ref), {"/problem": "Very long waits.", "/options": ""})
    answer = give_back(amina, ref, data)
    assert answer.status_code == 303
    shown = amina.get(answer.location)
    page = soup(shown)
    assert "2 answers differ" in words(shown)
    ticked = {box["value"]: box.has_attr("checked") for box in page.find_all("input", {"name": "take"})}
    assert ticked == {"/problem": True, "/options": False}
    assert [" ".join(ins.get_text().split()) for ins in page.find_all("ins")] == ["[added: Very long]"]
    fields = {str(box["name"]): str(box["value"]) for box in page.find_all("input", {"type": "hidden"})}
    done = amina.post(answer.location, data={**fields, "take": "/problem"})
    assert done.status_code == 303
    assert "1 answer taken over from Word" in words(amina.get(done.location))
    section = amina.get(f"/a/{ref}/section/proposal").get_data(as_text=True)
    assert "Very long waits." in section
    assert "None." in section


def test_taking_nothing_is_answered_with_what_to_do(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    answer = give_back(amina, ref, typed(download(amina, ref), {"/problem": "Waits."}))
    refused = amina.post(answer.location, data={"csrf_token": token(amina, answer.location)})
    assert refused.status_code == 400
    assert "Tick the answers that you want to take over" in words(refused)


def test_a_file_can_be_put_away(ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    answer = give_back(amina, ref, download(amina, ref))
    assert "Nothing would change" in words(amina.get(answer.location))
    away = amina.post(answer.location, data={"csrf_token": token(amina, answer.location), "then": "end"})
    assert away.status_code == 303
    assert "Nothing was taken over." in words(amina.get(away.location))


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "form.docx", "Choose the Word document that you filled in"),
        (b"a letter", "form.docx", "is not a Word document, or it is damaged"),
        (b"%PDF-1.7 %%EOF", "form.pdf", "Choose a Word document"),
    ],
)
def test_a_file_that_is_no_form_is_explained_beside_the_field(
    ref: str, as_: Browsers, data: bytes, name: str, sentence: str
) -> None:
    amina = as_("amina")
    refused = give_back(amina, ref, data, name if data else "")
    assert refused.status_code == 400
    assert sentence in words(refused)
    assert soup(refused).select_one(".nhsuk-error-summary a[href='#file']") is not None


def test_who_only_reads_may_download_and_is_told_why_not_more(ref: str, as_: Browsers) -> None:
    ben = as_("ben")
    page = ben.get(f"/a/{ref}/word")
    assert soup(page).find("input", {"type": "file"}) is None
    assert "and not give it back" in words(page)
    data = download(ben, ref)
    refused = ben.post(
        f"/a/{ref}/word",
        data={"csrf_token": token(ben, "/account"), "file": (io.BytesIO(data), "form.docx")},
        content_type="multipart/form-data",
    )
    assert refused.status_code == 403
    assert ben.get(f"/a/{ref}/word/1").status_code == 403


def test_the_document_costs_the_same_queries_however_much_is_answered(
    app: Flask, ref: str, as_: Browsers
) -> None:
    amina = as_("amina")
    with counted(app) as few:
        download(amina, ref)
    for group in ("age", "disability", "race"):
        fill(amina, f"/a/{ref}/group/{group}", {"affected": "no", "not_affected_reason": "Nothing changes."})
    with counted(app) as many:
        download(amina, ref)
    assert len(many) == len(few)
