"""The paper pack of a meeting: each paper in full, found by contents, bookmarks and running lines."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from itertools import dropwhile
from pathlib import Path

import pikepdf
import pytest

from ehiia.documents.pdf.papers import lay_out_pack, pack_document
from ehiia.documents.pdf.structure import Heading, texts
from ehiia.domain import places
from ehiia.domain.decision import DEMONSTRATION
from ehiia.domain.meeting import NO_REFERENCE, PaperMark, PaperPack, without_reference
from ehiia.domain.paper import QUESTIONS
from tests.conformance.candidates import paper_pack
from tests.documents.everything import full_record
from tests.documents.reading import as_printed, run, squeezed, text_of


@pytest.fixture(scope="module")
def pdf() -> bytes:
    """Return the file of a pack with a paper of each mark, the first of everything a version can hold."""
    return lay_out_pack(paper_pack())


def test_every_text_of_the_version_is_in_its_paper(pdf: bytes, tmp_path: Path) -> None:
    read = squeezed(text_of(pdf, tmp_path)).casefold()
    said = [place.text for place in places.texts(full_record().snapshot)]
    assert len(said) > 100
    assert [text for text in said if as_printed(text).casefold() not in read] == []


def test_the_duties_and_the_five_questions_stand_once_before_the_papers(pdf: bytes, tmp_path: Path) -> None:
    read = squeezed(text_of(pdf, tmp_path)).partition(squeezed("Digest of the version"))[0]
    for text in (*(question for question, _ in QUESTIONS), *full_record().duties):
        assert as_printed(text) in read


def test_each_page_of_a_paper_names_it_and_its_mark(pdf: bytes, tmp_path: Path) -> None:
    pages = run("pdftotext", tmp_path, pdf, "-layout", "-enc", "UTF-8", after="-").split("\f")[:-1]
    marks = ["Checked, for decision: EHIIA-2026-007, version 1", NO_REFERENCE, "Decided: EHIIA-2026-014-D1"]
    number = 0
    for page in dropwhile(lambda page: "In this paper\n" not in page, pages):
        number += "In this paper\n" in page
        assert f"Paper {number}: " in page.splitlines()[0]
        assert "Integrated Care Board, Monday 20 April 2026" in page.splitlines()[0]
        assert marks[number - 1] in page.splitlines()[-1]
    assert number == 3


def test_contents_and_bookmarks_lead_to_each_paper_and_its_chapters(pdf: bytes) -> None:
    headings = [block for block in pack_document(paper_pack()).blocks if isinstance(block, Heading)]
    assert len({heading.key for heading in headings}) == len(headings)
    with pikepdf.open(BytesIO(pdf)) as file, file.open_outline() as outline:
        papers = [item for item in outline.root if item.title.startswith("Paper ")]
        first = [item.title for item in papers[0].children]
    assert len(papers) == 3
    assert first[:2] == ["1.1 In short", "1.2 What the assessment says to the five questions"]
    assert {"1.5 The proposal", "1.12 What is not known", "1.15 The duties"} <= set(first)


def test_a_draft_has_no_reference_anywhere() -> None:
    pack = paper_pack()
    full = full_record().snapshot
    summary = f"As {full.reference} says, and {full.reference}-M1."
    draft = replace(pack.papers[1], snapshot=replace(full, summary=summary))
    said = list(texts(pack_document(replace(pack, papers=(draft,)))))
    assert [text for text in said if full.reference in text] == []
    assert "As this draft says, and M1." in said
    promised = (replace(full.mitigations[0], ref=f"{full.reference}-M1"),)
    assert without_reference(replace(full, mitigations=promised)).mitigations[0].ref == "M1"


def test_the_same_pack_gives_the_same_bytes_and_an_empty_one_is_made_too(pdf: bytes) -> None:
    assert lay_out_pack(paper_pack()) == pdf
    assert lay_out_pack(replace(paper_pack(), papers=())).startswith(b"%PDF-")


def test_a_pack_of_the_demonstration_says_so_on_each_page(tmp_path: Path) -> None:
    pack: PaperPack = replace(paper_pack(), demonstration=True)
    made = lay_out_pack(replace(pack, papers=pack.papers[1:2]))
    pages = run("pdftotext", tmp_path, made, "-layout", "-enc", "UTF-8", after="-").split("\f")[:-1]
    assert [number for number, page in enumerate(pages) if DEMONSTRATION not in page] == []
    assert pack.papers[1].mark is PaperMark.DRAFT
