"""The pages of the evidence library and of the sources of one assessment."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.services import evidence, library, restriction
from ehiia.services.evidence import Source
from ehiia.services.items import Entry
from ehiia.services.transaction import read
from ehiia.services.uploads import Upload
from ehiia.store.library import EvidenceItemRow
from tests import writing
from tests.people import Cast
from tests.web.conftest import Browsers, counted, soup, words
from tests.web.filling import fields, fill, main_form


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return writing.writing(cast, now)


def test_an_item_is_added_found_changed_and_retired(app: Flask, ref: str, as_: Browsers) -> None:
    ben = as_("ben")
    assert "No evidence yet" in words(ben.get("/library"))
    assert fill(ben, "/library/add", {"kind": "census"}).status_code == 400
    sent = {"kind": "census", "title": "Census 2021", "groups": ["disability"], "year": "2021"}
    made = fill(ben, "/library/add", sent)
    assert made.status_code == 303
    path = str(made.headers["Location"])
    assert "Census 2021" in words(ben.get("/library?group=disability&year=2021"))
    assert "Nothing found" in words(ben.get("/library?kind=travel"))
    changes = {"shows": "One in five.", "changed": "What it shows"}
    assert fill(ben, f"{path}/change", changes | {"changed": ""}).status_code == 400
    assert fill(ben, f"{path}/change", changes).status_code == 303
    page = words(ben.get(path))
    assert "Version 2" in page
    assert "What version 1 said" in page
    form = next(f for f in soup(ben.get(path)).select("main form") if f.select_one("[name=reason]"))
    assert ben.post(path, data=fields(form) | {"reason": ""}).status_code == 400
    assert ben.post(path, data=fields(form) | {"reason": "Old."}).status_code == 303
    assert "Retired on" in words(ben.get(path))
    assert "Census 2021" not in words(ben.get("/library"))
    assert "Census 2021" in words(ben.get("/library?retired=y"))


def test_amina_picks_a_source_and_is_told_when_there_is_a_newer_version(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        item = library.add(cast.organisation_id, Entry("census", "Census 2021"), by=cast.ben, now=now)
        item_id = item.id
    amina = as_("amina")
    assert "Census 2021" in words(amina.get(f"/a/{ref}/evidence/pick?words=census"))
    used = fill(amina, f"/a/{ref}/evidence/use/{item_id}", {"strength": "strong"})
    assert used.status_code == 303
    assert "Nothing more to choose" in words(amina.get(f"/a/{ref}/evidence/pick"))
    with app.app_context():
        newer = Entry("census", "Census 2021", shows="One in five.", changed="Says what it shows")
        library.change(item_id, newer, newest=1, by=cast.ben, now=now)
    page = soup(amina.get(f"/a/{ref}/section/evidence"))
    assert "There is a newer version of this item." in page.get_text()
    form = next(f for f in page.select("main form") if "move" in str(f.get("action")))
    assert amina.post(str(form["action"]), data=fields(form)).status_code == 303
    text = words(amina.get(f"/a/{ref}/section/evidence"))
    assert "One in five." in text
    assert "newer version" not in text
    assert "it uses version" not in words(amina.get(f"/library/{item_id}"))


def test_a_file_is_handed_out_to_be_saved_and_never_shown(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    amina = as_("amina")
    page = soup(amina.get(f"/a/{ref}/evidence/add"))
    data = fields(main_form(page)) | {"kind": "other", "title": "A letter"}
    bad = amina.post(
        f"/a/{ref}/evidence/add",
        data=data | {"shows": "Typed words", "upload": (io.BytesIO(b"<html><script>"), "l.txt")},
    )
    assert bad.status_code == 400
    assert "Typed words" in bad.get_data(as_text=True)
    assert "is not plain text" in words(bad)
    good = amina.post(
        f"/a/{ref}/evidence/add", data=data | {"upload": (io.BytesIO(b"Dear all"), "the letter.txt")}
    )
    assert good.status_code == 303
    with app.app_context():
        item_id = read().scalars(select(EvidenceItemRow.id)).one()
    path = f"/library/{item_id}/versions/1/file"
    assert path in amina.get(f"/a/{ref}/section/evidence").get_data(as_text=True)
    answer = as_("dev").get(path)
    assert answer.data == b"Dear all"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "application/octet-stream"
    assert as_("esther").get(path).status_code == 404
    with app.app_context():
        restriction.restrict(ref, reason="Staff.", until_on=None, by=cast.amina, now=now)
    for name in ("dev", "ben", "carol"):
        assert as_(name).get(path).status_code == 404
        assert as_(name).get(f"/library/{item_id}").status_code == 404
        assert "A letter" not in words(as_(name).get("/library?words=letter"))
    assert amina.get(path).status_code == 200


def test_what_was_typed_stays_when_somebody_else_wrote_a_version_meanwhile(
    app: Flask, cast: Cast, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        item_id = library.add(cast.organisation_id, Entry("census", "Census"), by=cast.ben, now=now).id
    ben = as_("ben")
    data = fields(main_form(soup(ben.get(f"/library/{item_id}/change"))))
    with app.app_context():
        library.change(item_id, Entry("census", "Theirs", changed="Title"), newest=1, by=cast.helen, now=now)
    answer = ben.post(f"/library/{item_id}/change", data=data | {"title": "Mine", "changed": "Title"})
    assert answer.status_code == 409
    assert 'value="Mine"' in answer.get_data(as_text=True)
    again = fields(main_form(soup(answer)))
    assert ben.post(f"/library/{item_id}/change", data=again).status_code == 303


def test_a_reader_of_an_assessment_has_no_door_to_its_sources(ref: str, as_: Browsers) -> None:
    dev = as_("dev")
    for path in ("pick", "add", "use/1"):
        assert dev.get(f"/a/{ref}/evidence/{path}").status_code == 403
    assert dev.get("/library/add").status_code == 403


def test_the_library_asks_the_database_a_few_times_only(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    amina = as_("amina")

    def add(count: int) -> None:
        with app.app_context():
            for number in range(count):
                source = Source("census", f"Source {number}", upload=Upload("a.txt", b"Seen."))
                evidence.add(ref, source, by=cast.amina, now=now)

    def asked(path: str) -> int:
        with counted(app) as queries:
            assert amina.get(path).status_code == 200
        return len(queries)

    add(2)
    section = f"/a/{ref}/section/evidence"
    few = asked(section)
    add(25)
    assert asked(section) == few
    assert asked("/library") <= 5
    page = soup(amina.get("/library"))
    assert len(page.select("main h2 a")) == 25
    following = page.select_one("a[rel=next]")
    assert following is not None
    assert len(soup(amina.get(str(following["href"]))).select("main h2 a")) == 2
