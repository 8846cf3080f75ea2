"""A copy of a record in Word: nothing left out, and as accessible as Word can be."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn

from ehiia.documents.copies import copy_of
from ehiia.documents.pdf.structure import Heading, texts
from ehiia.documents.word.record import write_document
from ehiia.domain.decision import DecisionRecord
from tests.documents.large import large_record
from tests.documents.reading import squeezed
from tests.documents.records import small_record
from tests.documents.sayings import SAYINGS

SMALL = small_record()
STRANGE = replace(SMALL, duties=(*SAYINGS.values(), "control \x07 and \ufffe", "<w:p>&amp;"))


@pytest.mark.parametrize("record", [SMALL, large_record(), STRANGE], ids=["small", "large", "strange"])
def test_every_text_of_a_record_is_in_the_word_document(record: DecisionRecord) -> None:
    copy = copy_of(record, sha256=record.digest(), address="https://ehiia.example.nhs.uk")
    made = docx.Document(io.BytesIO(write_document(copy)))
    said = squeezed("".join(made.element.body.itertext()))
    missing = [text for text in texts(copy) if squeezed(_allowed(text)) not in said]
    assert not missing


def _allowed(text: str) -> str:
    """Return what XML can carry of a text."""
    return text.replace("\x07", "").replace("\ufffe", "")


def test_the_same_record_gives_the_same_bytes_whenever_it_is_written() -> None:
    made = write_document(copy_of(SMALL, sha256=SMALL.digest()))
    assert made == write_document(copy_of(SMALL, sha256=SMALL.digest()))
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        assert {one.date_time for one in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_it_has_headings_marked_header_rows_a_language_and_links() -> None:
    copy = copy_of(SMALL, sha256=SMALL.digest())
    made = docx.Document(io.BytesIO(write_document(copy)))
    named = [(one.style.name or "" if one.style else "", one.text) for one in made.paragraphs]
    headings = [(style, text) for style, text in named if style.startswith("Heading")]
    wanted = [(f"Heading {one.level}", one.text) for one in copy.blocks if isinstance(one, Heading)]
    assert headings == wanted
    assert made.tables
    for table in made.tables:
        assert list(table.rows[0]._tr.iter(qn("w:tblHeader")))
    languages = {one.get(qn("w:val")) for one in made.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}
    assert made.core_properties.language == "en-GB"
    assert made.core_properties.title == copy.title
    marks = {one.get(qn("w:name")) for one in made.element.body.iter(qn("w:bookmarkStart"))}
    assert {one.get(qn("w:anchor")) for one in made.element.body.iter(qn("w:hyperlink"))} <= marks


def test_what_runs_from_the_right_says_so() -> None:
    record = replace(SMALL, duties=("خدمة جديدة", "A new service"))
    made = docx.Document(io.BytesIO(write_document(copy_of(record, sha256=record.digest()))))
    turned = [one.text for one in made.paragraphs if one._p.find(f".//{qn('w:bidi')}") is not None]
    assert turned == ["خدمة جديدة"]


def test_the_same_record_gives_the_same_words() -> None:
    copy = copy_of(SMALL, sha256=SMALL.digest())
    first, second = (docx.Document(io.BytesIO(write_document(copy))).element.xml for _ in range(2))
    assert first == second
