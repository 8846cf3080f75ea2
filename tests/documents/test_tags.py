"""What a screen reader is given: every text once, in order, as what it is; nothing outside the tags."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import ImageCms
from reportlab.platypus import Flowable
from reportlab.platypus import Paragraph as Untagged

from ehiia.documents.pdf import styles
from ehiia.documents.pdf.canvas import RecordCanvas
from ehiia.documents.pdf.colour import srgb
from ehiia.documents.pdf.fonts import BODY
from ehiia.documents.pdf.layout import lay_out, lay_out_document
from ehiia.documents.pdf.marking import UntaggedText
from ehiia.documents.pdf.record import record_document
from ehiia.documents.pdf.structure import (
    Block,
    Cell,
    Chart,
    Column,
    Cover,
    Document,
    Heading,
    Items,
    Line,
    Notice,
    Paragraph,
    Table,
    texts,
)
from ehiia.documents.pdf.tags import Element
from ehiia.domain.decision import DecisionRecord
from tests.documents.everything import full_record
from tests.documents.reading import as_printed
from tests.documents.records import CAROL, small_record
from tests.documents.tagged import Node, elements, reading_of, tree_of

ADDRESS = "https://ehiia.example"


def _document(*blocks: Block) -> Document:
    return replace(record_document(small_record()), blocks=blocks, attachments=())


def _tree(folder: Path, *blocks: Block) -> Node:
    return next(tree_of(lay_out_document(_document(*blocks)), folder).all("Document"))


@pytest.mark.parametrize("record", [small_record(), full_record()], ids=["small", "full"])
def test_every_text_is_read_out_once_in_order_and_nothing_else(
    record: DecisionRecord, tmp_path: Path
) -> None:
    document = record_document(record, signatories=(CAROL,), address=ADDRESS)
    said = "".join(as_printed(text) for text in texts(document))
    assert reading_of(lay_out_document(document), tmp_path) == said


def test_text_that_belongs_to_no_element_cannot_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_untagged(*_: object) -> list[Flowable]:
        return [Untagged("on paper, and hidden from those who listen", styles.CELL)]

    monkeypatch.setattr("ehiia.documents.pdf.layout.story", with_untagged)
    with pytest.raises(UntaggedText, match="without a structure element"):
        lay_out(small_record(), signatories=())


def test_neither_can_what_is_drawn_later() -> None:
    canvas = RecordCanvas(BytesIO(), _document(), Element("Document"))
    with pytest.raises(UntaggedText):
        canvas.later(lambda later: None)
    with canvas.artifact():
        canvas.line_of_text(10, 10, "a running line", BODY, 8)


def test_headings_are_those_of_the_title_and_the_chapters_each_in_its_section(tmp_path: Path) -> None:
    cover = Cover("Elmshire", "Kind", "Title", "Sub")
    tree = _tree(tmp_path, cover, Heading(1, "One", "a"), Heading(2, "Two", "b"), Heading(1, "Three", "c"))
    assert [node.said() for node in tree.all("H1")] == ["Title"]
    assert [[kid.role for kid in section.kids] for section in tree.all("Sect")] == [
        ["H2", "Sect"],
        ["H3"],
        ["H2"],
    ]


def test_without_a_cover_the_chapters_are_the_first_level(tmp_path: Path) -> None:
    tree = _tree(tmp_path, Heading(1, "One", "a"))
    assert [node.said() for node in tree.all("H1")] == ["One"]


def test_the_header_of_a_table_is_read_once_on_however_many_pages_it_stands(tmp_path: Path) -> None:
    rows = tuple((Cell((Line(f"row {number}"),)), Cell((Line("text"),))) for number in range(120))
    tree = _tree(tmp_path, Table("Long", (Column("Name"), Column("What")), rows))
    (table,) = tree.all("Table")
    assert [kid.role for kid in table.kids] == ["Caption", "THead", "TBody"]
    assert [node.facts for node in table.kids[1].all("TH")] == [["/Scope /Column"], ["/Scope /Column"]]
    body = list(table.kids[2].all("TR"))
    assert len(body) == 120
    assert [(kid.role, kid.facts, kid.said()) for kid in body[7].kids] == [
        ("TH", ["/Scope /Row"], "row 7"),
        ("TD", [], "text"),
    ]


def test_a_paragraph_that_goes_on_over_pages_stays_one(tmp_path: Path) -> None:
    text = " ".join(f"word{number}" for number in range(3000))
    tree = _tree(tmp_path, Paragraph(text))
    (paragraph,) = tree.all("P")
    assert len(paragraph.texts) > 2
    assert paragraph.said().split() == text.split()


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"word{number}" for number in range(900)),
        " ".join(f"w⅗rd{number}" for number in range(900)),
        "\n".join(f"line{number} and more" for number in range(200)),
        " ".join(["short", "0123456789abcdef" * 40, "end"] * 12),
        " ".join(["short ⅗", "0123456789abcdef" * 40, "end"] * 12),
    ],
    ids=["words", "two fonts", "lines", "digests", "digests, two fonts"],
)
def test_words_are_not_joined_at_line_ends_nor_cut_within(text: str, tmp_path: Path) -> None:
    """In a broad column and a narrow one, on one page and over several."""
    narrow = Table("Two", (Column("One"), Column("Two", 4)), ((Cell((Line(text),)), Cell((Line("x"),))),))
    tree = _tree(tmp_path, Paragraph(text), narrow)
    (paragraph,) = tree.all("P")
    assert paragraph.said().split() == text.split()
    cell = list(tree.all("TH"))[2]
    assert cell.said().split() == text.split()


def test_items_have_their_labels_and_notices_stand_together(tmp_path: Path) -> None:
    tree = _tree(tmp_path, Items(("first", "second"), numbered=True), Notice("Mind", ("this", "that")))
    (made,) = tree.all("L")
    assert [[(kid.role, kid.said()) for kid in item.kids] for item in made.kids] == [
        [("Lbl", "1."), ("LBody", "first")],
        [("Lbl", "2."), ("LBody", "second")],
    ]
    (notice,) = tree.all("Div")
    assert [kid.said() for kid in notice.kids] == ["Mind", "this", "that"]


def test_a_chart_says_what_it_shows_and_where_it_stands(tmp_path: Path) -> None:
    chart = Chart("Verdicts", "Two were met.", "Verdict", ("Items",), (("Met", (2,)), ("Not met", (1,))))
    pdf = lay_out_document(_document(chart))
    assert "Met" in next(tree_of(pdf, tmp_path).all("Figure")).said()
    with pikepdf.open(BytesIO(pdf)) as file:
        (figure,) = (one for one in elements(file.Root.StructTreeRoot.K) if one.S == "/Figure")
        assert str(figure.Alt) == "Bar chart: Verdicts. Two were met."
        assert len(figure.A[0].BBox if isinstance(figure.A, pikepdf.Array) else figure.A.BBox) == 4


def test_links_and_fields_say_what_they_are_for() -> None:
    document = record_document(small_record(), signatories=(CAROL,))
    headings = [block.text for block in document.blocks if isinstance(block, Heading) and block.level < 3]
    with pikepdf.open(BytesIO(lay_out_document(document))) as pdf:
        notes = [note for page in pdf.pages for note in page.get("/Annots", [])]
        links = [str(note.Contents) for note in notes if note.Subtype == "/Link"]
        assert links[: len(headings)] == headings
        assert all(link.startswith("https://") for link in links[len(headings) :])
        parents = pdf.Root.StructTreeRoot.ParentTree.Nums
        owners = {int(parents[place]): parents[place + 1] for place in range(0, len(parents), 2)}
        roles = {str(owners[int(note.StructParent)].S) for note in notes}
        assert roles == {"/Link", "/Form"}
        assert {str(page.Tabs) for page in pdf.pages} == {"/S"}
        for number, page in enumerate(pdf.pages):
            assert int(page.StructParents) == number
            assert len(owners[number]) == page.Contents.read_bytes().count(b"/MCID")


def test_headings_can_be_found_by_their_keys() -> None:
    document = record_document(small_record())
    keys = sorted(block.key for block in document.blocks if isinstance(block, Heading))
    with pikepdf.open(BytesIO(lay_out_document(document))) as pdf:
        names = pdf.Root.StructTreeRoot.IDTree.Names
        assert [str(names[place]) for place in range(0, len(names), 2)] == keys
        assert all(re.fullmatch(r"/H[234]", str(names[place + 1].S)) for place in range(0, len(names), 2))


def test_a_span_stands_for_the_text_it_was_given(tmp_path: Path) -> None:
    root, out = Element("Document"), BytesIO()
    paragraph = root.add("P")
    canvas = RecordCanvas(out, _document(), root)
    with canvas.belonging(paragraph):
        canvas.line_of_text(72, 700, "before ", BODY, 10)
        with canvas.span("actual", "cy"):
            canvas.line_of_text(120, 700, "glyphs", BODY, 10)
        text = canvas.beginText(72, 600)
        text.setFont(BODY, 10)
        text.textOut("one ")
        text.begin_span("two", "ar")
        text.textOut("owt")
        text.end_span()
        text.textOut(" three")
        canvas.drawText(text)
    canvas.save()
    with pikepdf.open(BytesIO(out.getvalue())) as pdf:
        found = [one for one in elements(pdf.Root.StructTreeRoot.K) if one.S == "/Span"]
        assert [(str(one.ActualText), str(one.Lang)) for one in found] == [("actual", "cy"), ("two", "ar")]
    (node,) = tree_of(out.getvalue(), tmp_path).all("P")
    assert [kid.role for kid in node.kids] == ["Span", "Span"]


def test_the_file_says_what_it_conforms_to_and_in_which_colours() -> None:
    with pikepdf.open(BytesIO(lay_out(small_record(), signatories=()))) as pdf:
        with pdf.open_metadata() as told:
            assert (told["pdfaid:part"], told["pdfaid:conformance"], told["pdfuaid:part"]) == ("3", "A", "1")
            assert told["dc:title"] == str(pdf.docinfo.Title)
            assert told["xmp:CreateDate"] == "2027-01-12T14:41:07Z"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes() == srgb()


def test_the_profile_of_colours_is_srgb() -> None:
    profile = ImageCms.ImageCmsProfile(BytesIO(srgb()))
    assert ImageCms.getProfileDescription(profile).strip() == "sRGB IEC61966-2.1"
    there = ImageCms.createProfile("sRGB")
    assert profile.profile.xcolor_space == "RGB "
    for ours, theirs in zip(
        (profile.profile.red_colorant, profile.profile.green_colorant, profile.profile.blue_colorant),
        (there.red_colorant, there.green_colorant, there.blue_colorant),
        strict=True,
    ):
        assert ours is not None
        assert theirs is not None
        assert ours[0] == pytest.approx(theirs[0], abs=0.0005)
