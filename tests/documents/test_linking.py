"""Addresses in the text of a record are links, and so are the numbers of the sections that it points at."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from ehiia.documents.pdf.layout import lay_out, lay_out_document
from ehiia.documents.pdf.linking import Stretch, stretches
from ehiia.documents.pdf.record import record_document
from ehiia.documents.pdf.structure import Block, Contents, Fact, Heading, KeyFacts, Paragraph, texts
from tests.documents.everything import full_record
from tests.documents.reading import as_printed
from tests.documents.records import small_record
from tests.documents.tagged import elements, reading_of, tree_of

LONG = "https://www.example.nhs.uk/a/" + "path/" * 30


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://example.org/a?b=c.", ["https://example.org/a?b=c"]),
        ("(http://example.org/a(b)), or HTTPS://E.UK!", ["http://example.org/a(b)", "HTTPS://E.UK"]),
        ("Write to mailto:amina@example.org;", ["mailto:amina@example.org"]),
        ("‘https://example.org/ŵ’", ["https://example.org/"]),
        ("javascript:alert(1) ftp://example.org file:///etc data:text/html,x", []),
        ("https:// http://, mailto:nobody xhttps://example.org amina@example.org", []),
    ],
)
def test_only_addresses_of_the_web_and_of_mail_lead_somewhere(text: str, links: list[str]) -> None:
    cut = stretches(text)
    assert "".join(one.text for one in cut) == text
    assert [one.to for one in cut if one.to] == links


def test_a_number_of_a_section_leads_to_it() -> None:
    assert stretches("Age (4.1); Sex (9.9) (4.2)", (("4.1", "age"), ("4.2", "sex"))) == (
        Stretch("Age ("),
        Stretch("4.1", "#age"),
        Stretch("); Sex (9.9) ("),
        Stretch("4.2", "#sex"),
        Stretch(")"),
    )


def _laid_out(*blocks: Block) -> bytes:
    return lay_out_document(replace(record_document(small_record()), blocks=blocks, attachments=()))


def _links(pdf: bytes) -> list[tuple[str, list[str], list[str]]]:
    """Return of each Link what it is read out as, what its annotations say, and where they lead."""
    with pikepdf.open(BytesIO(pdf)) as file:
        found = []
        for one in elements(file.Root.StructTreeRoot.K):
            if one.S == "/Link":
                kids = list(one.K) if isinstance(one.K, pikepdf.Array) else [one.K]
                notes = [kid.Obj for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/Obj" in kid]
                led = [str(note.A.URI) if "/A" in note else str(note.Dest) for note in notes]
                found.append((str(one.P.S), [str(note.Contents) for note in notes], led))
        return found


def test_an_address_in_a_paragraph_is_a_link_that_says_where_it_leads(tmp_path: Path) -> None:
    text = "كتبت https://example.org/x اللجنة, and mailto:amina@example.org"
    pdf = _laid_out(Paragraph("Nothing here."), Paragraph(text))
    both = ["https://example.org/x", "mailto:amina@example.org"]
    assert _links(pdf) == [("/P", [address], [address]) for address in both]
    assert [link.said() for link in tree_of(pdf, tmp_path).all("Link")] == both
    assert reading_of(pdf, tmp_path) == as_printed("Nothing here." + text)


def test_a_long_address_is_one_link_on_as_many_lines_as_it_needs(tmp_path: Path) -> None:
    pdf = _laid_out(Paragraph(f"Read {LONG} and {LONG}"))
    assert [link.said() for link in tree_of(pdf, tmp_path).all("Link")] == [LONG, LONG]
    for _, said, led in _links(pdf):
        assert set(said) == set(led) == {LONG}
        assert len(led) >= 2
    with pikepdf.open(BytesIO(pdf)) as file:
        (page,) = file.pages
        edge = float(page.MediaBox[2])
        assert all(0 < float(note.Rect[0]) < float(note.Rect[2]) < edge for note in page.Annots)


def test_what_is_exact_is_compared_and_leads_nowhere() -> None:
    name = ("https://example.org/layout/1",)
    assert _links(_laid_out(KeyFacts("Facts", (Fact("Layout", name, exact=True),)))) == []
    assert len(_links(_laid_out(KeyFacts("Facts", (Fact("Layout", name),))))) == 1


def test_the_contents_lead_to_their_sections_only_whatever_a_title_says() -> None:
    pdf = _laid_out(Contents(), Heading(1, "See https://example.org", "one"))
    assert [parent for parent, _, _ in _links(pdf)] == ["/Reference", "/H1"]


def test_a_duty_leads_to_the_sections_in_which_it_was_considered() -> None:
    record = full_record()
    document = record_document(record)
    numbers = {block.key: block.text for block in document.blocks if isinstance(block, Heading)}
    pointers = [
        pointer for block in document.blocks if isinstance(block, Paragraph) for pointer in block.pointers
    ]
    assert pointers
    assert all(numbers[key].startswith(f"{number} ") for number, key in pointers)
    led = [said for parent, said, _ in _links(lay_out(record, signatories=())) if parent == "/P"]
    assert [[numbers[key]] for _, key in pointers] == [said for said in led if "://" not in said[0]]


def test_nothing_of_what_is_read_out_changes(tmp_path: Path) -> None:
    record = full_record()
    record = replace(record, duties=(f"Read {LONG}", *record.duties))
    said = "".join(as_printed(text) for text in texts(record_document(record)))
    assert reading_of(lay_out(record, signatories=()), tmp_path) == said
