"""A logical document as a Word document: real headings, header rows that are marked, language and title.

Made from the blocks that the PDF is made from, so that nothing is left out. What
is drawn there (bars, squares) is told here: each has its words and its table.
"""

from __future__ import annotations

import io
from typing import Any
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document as Doc
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt

from ehiia.documents.pdf.ordering import levels
from ehiia.documents.pdf.structure import (
    Block,
    Cell,
    Chart,
    Code,
    Contents,
    Cover,
    Document,
    Heading,
    Items,
    KeyFacts,
    Matrix,
    Notice,
    Paragraph,
    SignatureField,
    Table,
    Tone,
)
from ehiia.documents.word.write import clean, prepare_styles


def write_document(document: Document) -> bytes:
    """Return the Word document of a logical document."""
    made = docx.Document()
    prepare_styles(made)
    about = made.core_properties
    about.title, about.author = clean(document.title)[:255], clean(document.author)[:255]
    about.subject, about.language, about.comments = document.subject, document.language, ""
    about.created = about.modified = document.made_at.replace(tzinfo=None)
    about.last_modified_by, about.revision = "", 1
    made.sections[0].footer.paragraphs[0].text = clean(f"{document.running.right}. {document.running.foot}")
    headings = [block for block in document.blocks if isinstance(block, Heading)]
    for block in document.blocks:
        _block(made, block, headings)
    out = io.BytesIO()
    made.save(out)
    return _without_the_time(out.getvalue())


def _without_the_time(packed: bytes) -> bytes:
    """Return the file without the time of packing: the same document gives the same bytes."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(packed)) as before, ZipFile(out, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(ZipInfo(name), before.read(name), ZIP_DEFLATED)
    return out.getvalue()


def _block(made: Doc, block: Block, headings: list[Heading]) -> None:
    match block:
        case Cover(organisation, kind, title, subtitle, verdict):
            _text(made, organisation)
            _text(made, kind)
            _text(made, title, style="Title")
            _text(made, subtitle)
            for line in verdict:
                _label(made, line)
        case Heading(level, text, key):
            _mark(_text(made, text, style=f"Heading {level}"), key, headings.index(block))
        case Paragraph(text, tone):
            _label(made, text) if tone is Tone.QUESTION else _text(made, text)
        case Items(items, numbered):
            for number, item in enumerate(items, 1):
                _text(
                    made, f"{number}. {item}" if numbered else item, style="" if numbered else "List Bullet"
                )
        case Notice(title, paragraphs):
            _label(made, title)
            for text in paragraphs:
                _text(made, text)
        case KeyFacts(facts=facts):
            for fact in facts:
                _label(made, fact.name)
                for line in fact.value:
                    _text(made, line)
        case Table():
            _table(made, block)
        case Matrix(table, alternative):
            _text(made, alternative)
            _table(made, table)
        case Chart(title, alternative):
            _label(made, title)
            _text(made, alternative)
            _table(made, block.table())
        case Contents(title):
            _label(made, title)
            for heading in headings:
                if heading.level < 3:
                    _link(made, heading)
        case SignatureField(heading=heading, detail=detail, visible=True):
            _label(made, heading)
            _text(made, f"{detail} Signed in the PDF only.".strip())
        case Code(title, code, how, address):
            _label(made, title)
            for text in (code, *how, address):
                _text(made, text)
        case _:
            return


def _text(made: Any, text: str, *, style: str = "", bold: bool = False) -> Any:
    """Add a paragraph to the document or to a cell; one that runs from the right says so."""
    paragraph = made.add_paragraph(style=style or None)
    run = paragraph.add_run(clean(text))
    if bold:
        run.bold = True
    if 1 in levels(text)[1][:1]:
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        run.font.rtl = True
    return paragraph


def _label(made: Doc, text: str) -> None:
    """Add a line that stands over what follows it: a question, the name of a fact, the caption of a table."""
    form = _text(made, text, bold=True).paragraph_format
    form.keep_with_next, form.space_before, form.space_after = True, Pt(8), Pt(1)


def _mark(paragraph: Any, key: str, number: int) -> None:
    """Make a heading a place that the contents lead to."""
    start = f"<w:bookmarkStart {nsdecls('w')} w:id={quoteattr(str(number))} w:name={quoteattr(_name(key))}/>"
    paragraph._p.append(parse_xml(start))
    paragraph._p.append(parse_xml(f"<w:bookmarkEnd {nsdecls('w')} w:id={quoteattr(str(number))}/>"))


def _link(made: Doc, heading: Heading) -> None:
    """Add a line of the contents."""
    paragraph = _text(made, heading.text)
    link = parse_xml(f"<w:hyperlink {nsdecls('w')} w:anchor={quoteattr(_name(heading.key))}/>")
    link.append(paragraph.runs[0]._r)
    paragraph._p.append(link)


def _name(key: str) -> str:
    """Return a key as the name of a bookmark: at most 40 letters, digits and underscores."""
    return ("at_" + "".join(letter if letter.isalnum() else "_" for letter in key))[:40]


def _table(made: Doc, table: Table) -> None:
    _label(made, table.caption)
    grid = made.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    for cell, column in zip(grid.rows[0].cells, table.columns, strict=True):
        cell.paragraphs[0].add_run(clean(column.title)).bold = True
    grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in table.rows:
        for place, (cell, content) in enumerate(zip(grid.add_row().cells, row, strict=True)):
            _cell(cell, content, header=place == 0)


def _cell(cell: Any, content: Cell, *, header: bool) -> None:
    for place, line in enumerate(content.lines):
        _text(cell, line.text, bold=line.strong or (header and place == 0))
    if content.lines:
        cell._tc.remove(cell.paragraphs[0]._p)
