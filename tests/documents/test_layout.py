"""How the record looks: the same bytes every time, every text on paper, fonts embedded, data attached."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from ehiia.documents.pdf.layout import lay_out, lay_out_document
from ehiia.documents.pdf.record import record_document
from ehiia.documents.pdf.structure import Cell, Column, Line, Table, texts
from ehiia.domain.decision import DecisionRecord
from tests.documents.large import large_record
from tests.documents.reading import as_printed, run, squeezed, text_of
from tests.documents.records import CAROL, small_record

RECORDS = pytest.mark.parametrize("record", [small_record(), large_record()], ids=["small", "large"])


@RECORDS
def test_the_same_record_gives_the_same_bytes(record: DecisionRecord) -> None:
    assert lay_out(record, signatories=(CAROL,)) == lay_out(record, signatories=(CAROL,))


def test_another_process_on_another_day_gives_the_same_bytes() -> None:
    program = (
        "import hashlib, sys; from tests.documents.records import *;"
        "from ehiia.documents.pdf.layout import lay_out;"
        "sys.stdout.write(hashlib.sha256(lay_out(small_record(), signatories=(CAROL,))).hexdigest())"
    )
    there = os.environ | {"PYTHONHASHSEED": "77", "TZ": "Pacific/Auckland", "SOURCE_DATE_EPOCH": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        env=there,
        cwd=Path(__file__).resolve().parents[2],
    )
    here = lay_out(small_record(), signatories=(CAROL,))
    assert done.stdout.decode() == hashlib.sha256(here).hexdigest()


def test_records_laid_out_at_the_same_time_do_not_mix() -> None:
    alone = [lay_out(record, signatories=()) for record in (small_record(), large_record())]
    with ThreadPoolExecutor(4) as pool:
        together = list(
            pool.map(lambda record: lay_out(record, signatories=()), [small_record(), large_record()] * 2)
        )
    assert together == alone * 2


def test_a_record_that_cannot_be_laid_out_leaves_the_next_one_unharmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = lay_out(small_record(), signatories=())
    with monkeypatch.context() as broken:
        broken.setattr("ehiia.documents.pdf.canvas.RecordCanvas._attach", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            lay_out(large_record(), signatories=())
    assert lay_out(small_record(), signatories=()) == before


@RECORDS
def test_every_text_of_the_document_is_on_paper(record: DecisionRecord, tmp_path: Path) -> None:
    document = record_document(record, signatories=(CAROL,))
    seen = squeezed(text_of(lay_out_document(document), tmp_path))
    for text in texts(document):
        assert as_printed(text) in seen, f"not on paper: {text!r}"


def test_the_contents_name_the_pages_where_the_chapters_are(tmp_path: Path) -> None:
    pdf = lay_out(large_record(), signatories=(CAROL,))
    pages = run("pdftotext", tmp_path, pdf, "-layout", "-enc", "UTF-8", after="-").split("\f")
    listed = re.findall(
        r"^\s*([\d.]+ (?:The evidence|The check|Seal and signatures|Unpaid carers)) +(\d+)$",
        pages[1] + pages[2],
        re.M,
    )
    assert len(listed) == 4
    for title, page in listed:
        assert re.search(rf"^\s*{title}$", pages[int(page) - 1], re.M)
    assert f"Page {len(pages) - 1} of {len(pages) - 1}" in pages[-2]


@RECORDS
def test_every_font_is_embedded(record: DecisionRecord, tmp_path: Path) -> None:
    assert _not_embedded(lay_out(record, signatories=(CAROL,)), tmp_path) == []


def test_the_check_above_fails_on_a_file_with_a_standard_font(tmp_path: Path) -> None:
    out = BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 72, "plain")
    canvas.save()
    assert _not_embedded(out.getvalue(), tmp_path) == ["Helvetica"]


def _not_embedded(pdf: bytes, folder: Path) -> list[str]:
    rows = run("pdffonts", folder, pdf).splitlines()[2:]
    assert rows
    return [row.split()[0] for row in rows if row.split()[-5] != "yes"]


def test_the_canonical_json_is_attached_and_its_digest_is_printed_in_the_document() -> None:
    record = large_record()
    with pikepdf.open(BytesIO(lay_out(record, signatories=()))) as pdf:
        attached = pdf.attachments["record.json"].get_file().read_bytes()
        assert str(pdf.Root.AF[0].AFRelationship) == "/Data"
    assert attached == record.canonical().encode("utf-8")
    assert json.loads(attached)["reference"] == record.reference
    assert hashlib.sha256(attached).hexdigest() == record.digest()
    assert record.digest() in set(texts(record_document(record)))


def test_the_properties_of_the_file_come_from_the_record() -> None:
    record = large_record()
    with pikepdf.open(BytesIO(lay_out(record, signatories=()))) as pdf:
        assert (
            str(pdf.docinfo.Title)
            == "Decision record EHIIA-2026-014/2: People and Communities Strategy 2027 to 2030"
        )
        assert str(pdf.docinfo.CreationDate) == "D:20270125154107Z"
        assert str(pdf.docinfo.ModDate) == "D:20270125154107Z"
        assert str(pdf.Root.Lang) == "en-GB"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        first = bytes(pdf.trailer.ID[0])
    with pikepdf.open(BytesIO(lay_out(small_record(), signatories=()))) as other:
        assert bytes(other.trailer.ID[0]) != first


def test_bookmarks_follow_the_headings() -> None:
    with pikepdf.open(BytesIO(lay_out(small_record(), signatories=()))) as pdf, pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
        assert titles[:3] == ["1 In short", "2 The proposal", "3 Who is affected"]
        assert [item.title for item in outline.root[1].children] == [
            "2.1 The route to the decision",
            "2.2 Why this assessment was made",
        ]


def test_every_signature_field_is_there_empty_and_says_what_it_is_for() -> None:
    with pikepdf.open(BytesIO(lay_out(small_record(), signatories=(CAROL,)))) as pdf:
        found = {str(field.T): str(field.TU) for field in pdf.Root.AcroForm.Fields}
        assert not any("/V" in field for field in pdf.Root.AcroForm.Fields)
    assert found == {
        "Seal": "Seal of Elmshire Integrated Care Board",
        "DecisionMaker": "Signature of Carol Reeve, Chair of the Board",
        "ArchiveTimestamp": "Archive time-stamp",
    }


def test_a_cell_with_thousands_of_characters_loses_none(tmp_path: Path) -> None:
    numbered = " ".join(f"word{number:04}" for number in range(450))
    unbroken = "".join(f"{number:04}" for number in range(1000))
    record = small_record()
    item = replace(record.snapshot.evidence[0], shows=numbered, title=unbroken)
    action = replace(record.snapshot.mitigations[0], what=unbroken, measure=numbered)
    snapshot = replace(record.snapshot, evidence=(item,), mitigations=(action,), summary=numbered)
    long = replace(record, snapshot=snapshot)
    seen = text_of(lay_out(long, signatories=()), tmp_path)
    assert all(seen.count(f"word{number:04}") == 3 for number in range(450))
    digits = squeezed(seen)
    assert len(re.findall(r"\d", digits)) >= 2 * len(unbroken)
    assert all(
        digits.count(f"{number:04}{number + 1:04}{number + 2:04}") >= 1 for number in range(0, 990, 90)
    )


def test_a_row_higher_than_a_page_goes_on_with_its_header_repeated(tmp_path: Path) -> None:
    record = record_document(small_record())
    text = "\n".join(f"line{number:03}" for number in range(200))
    table = Table("Long", (Column("Name"), Column("Text", 3)), ((Cell((Line("row"),)), Cell((Line(text),))),))
    seen = text_of(lay_out_document(replace(record, blocks=(table,), attachments=())), tmp_path)
    assert all(seen.count(f"line{number:03}") == 1 for number in range(200))
    assert seen.count("Name") >= 3
