"""The logical document on A4 pages, with ReportLab. The same document always gives the same bytes."""

from __future__ import annotations

import threading
from io import BytesIO
from typing import Any

from reportlab.lib.colors import white
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as Grid

from ehiia.documents.pdf import styles
from ehiia.documents.pdf.bars import BarChart
from ehiia.documents.pdf.canvas import CREATOR, PRODUCER, RecordCanvas
from ehiia.documents.pdf.flowables import ContentsLine, CoverBand, FieldBox, HeadingLine, MarkedParagraph
from ehiia.documents.pdf.fonts import BODY, markup, shortened, width
from ehiia.documents.pdf.record import record_document
from ehiia.documents.pdf.squares import CodeBeside
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
    Line,
    Matrix,
    NewPage,
    Notice,
    Paragraph,
    Signatory,
    SignatureField,
    Table,
    Tone,
)
from ehiia.domain.decision import DecisionRecord

ONE_AT_A_TIME = threading.Lock()
"""ReportLab's fonts hold the state of the document being made."""


def lay_out(record: DecisionRecord, *, signatories: tuple[Signatory, ...], address: str = "") -> bytes:
    """Return the unsigned PDF of a record, with an empty field for the seal and for each signatory.

    Fonts are embedded, the canonical JSON is attached as ``record.json``; ``address`` is the public
    address of the installation, at which the record can be verified. The same record, signatories and
    address give the same bytes.
    """
    return lay_out_document(record_document(record, signatories=signatories, address=address))


def lay_out_document(document: Document) -> bytes:
    """Return the PDF of a logical document."""
    out = BytesIO()
    with ONE_AT_A_TIME:
        template = BaseDocTemplate(
            out,
            pagesize=styles.PAGE,
            title=document.title,
            author=document.author,
            subject=document.subject,
            creator=CREATOR,
            producer=PRODUCER,
            keywords="",
            pageTemplates=[
                PageTemplate(
                    frames=[Frame(styles.MARGIN, styles.BOTTOM, styles.WIDTH, styles.HEIGHT, 0, 0, 0, 0)],
                    onPageEnd=_running_lines,
                )
            ],
        )
        template.build(
            _story(document),
            canvasmaker=lambda stream, **settings: RecordCanvas(stream, document, **_allowed(settings)),
        )
    return out.getvalue()


def _allowed(settings: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the canvas fixes itself."""
    fixed = {
        "pagesize",
        "initialFontName",
        "initialFontSize",
        "pageCompression",
        "invariant",
        "pdfVersion",
        "lang",
    }
    return {name: value for name, value in settings.items() if name not in fixed}


def _running_lines(canvas: RecordCanvas, _template: BaseDocTemplate) -> None:
    document, page = canvas.document, canvas.getPageNumber()
    right = styles.PAGE[0] - styles.MARGIN
    canvas.saveState()
    if page > 1:
        canvas.setFillColor(styles.GREY)
        high = styles.PAGE[1] - 15 * mm
        canvas.line_of_text(
            styles.MARGIN, high, shortened(document.running_left, BODY, 8.5, 0.55 * styles.WIDTH), BODY, 8.5
        )
        text = shortened(document.running_right, BODY, 8.5, 0.42 * styles.WIDTH)
        canvas.line_of_text(right - width(text, BODY, 8.5), high, text, BODY, 8.5)
        canvas.setStrokeColor(styles.BLUE)
        canvas.setLineWidth(1)
        canvas.line(styles.MARGIN, high - 6, right, high - 6)
    canvas.setFillColor(styles.GREY)
    low = 12 * mm
    canvas.line_of_text(
        styles.MARGIN, low, shortened(document.running_foot, BODY, 8.5, 0.7 * styles.WIDTH), BODY, 8.5
    )

    def number(later: RecordCanvas) -> None:
        said = f"Page {page} of {later.total_pages}"
        later.setFillColor(styles.GREY)
        later.line_of_text(right - width(said, BODY, 8.5), low, said, BODY, 8.5)

    canvas.later(number)
    canvas.restoreState()


def _story(document: Document) -> list[Flowable]:
    story: list[Flowable] = []
    for place, block in enumerate(document.blocks):
        following = document.blocks[place + 1] if place + 1 < len(document.blocks) else None
        story += _flowables(block, following, document)
    return story


def _flowables(block: Block, following: Block | None, document: Document) -> list[Flowable]:
    match block:
        case Cover():
            return _cover(block)
        case Heading():
            return [CondPageBreak(_room(block, following)), HeadingLine.of(block)]
        case Paragraph(text, tone):
            room = 60 if tone is Tone.QUESTION else 0
            return [*([CondPageBreak(room)] if room else []), Text(markup(text), styles.TONES[tone])]
        case Items(items, numbered):
            return [
                Text(markup(item), styles.ITEM, bulletText=f"{number}." if numbered else "•")
                for number, item in enumerate(items, 1)
            ]
        case Notice(title, paragraphs):
            return [_notice(title, paragraphs)]
        case KeyFacts():
            return [_facts(block)]
        case Table():
            return _table(block)
        case Matrix(table, alternative):
            return [Text(markup(alternative), styles.TONES[Tone.BODY]), *_table(table)]
        case Chart():
            return [
                CondPageBreak(BarChart(block).high + 60),
                Text(markup(block.title), styles.CAPTION),
                Text(markup(block.alternative), styles.TONES[Tone.BODY]),
                BarChart(block),
                *_table(block.table()),
            ]
        case Contents(title):
            wanted = [heading for heading in _headings_after(document, block) if heading.level <= 2]
            return [
                Text(markup(title), styles.HEADINGS[1]),
                *(ContentsLine.of(heading) for heading in wanted),
            ]
        case SignatureField():
            return _field(block)
        case Code():
            return [CodeBeside(block)]
        case NewPage():
            return [PageBreak()]


def _cover(cover: Cover) -> list[Flowable]:
    band = CoverBand(cover)
    opening: list[Flowable] = [band, Spacer(1, 30)]
    if band.wrap(styles.WIDTH, styles.HEIGHT)[1] > styles.HEIGHT / 3:
        opening = [Text(markup(text), styles.COVER_SUBTITLE) for text in (cover.organisation, cover.kind)]
    return [
        *opening,
        Text(markup(cover.title), styles.COVER_TITLE),
        Text(markup(cover.subtitle), styles.COVER_SUBTITLE),
    ]


def _headings_after(document: Document, contents: Contents) -> list[Heading]:
    start = document.blocks.index(contents)
    return [block for block in document.blocks[start:] if isinstance(block, Heading)]


def _room(heading: Heading, following: Block | None) -> float:
    """Return how much room (points) must be left on the page, or the heading moves to the next."""
    need = {1: 110.0, 2: 85.0, 3: 65.0}[heading.level]
    if isinstance(following, Heading | Table | Matrix | Chart | KeyFacts):
        need += 60
    if isinstance(following, Paragraph) and following.tone is Tone.SMALL:
        need += 55
    return 260.0 if heading.key == "signatures" else need


def _line(line: Line, strong: bool = False) -> Flowable:
    style = styles.CELL_STRONG if strong or line.strong else styles.CELL
    if line.mark is not None:
        return MarkedParagraph.of(line.text, line.mark, style)
    return Text(markup(line.text), style)


def _cell(cell: Cell, header: bool = False) -> list[Flowable]:
    return [_line(line, strong=header and place == 0) for place, line in enumerate(cell.lines)]


def _table(table: Table) -> list[Flowable]:
    total = sum(column.share for column in table.columns)
    head = [[Text(markup(column.title), styles.COLUMN_HEAD)] for column in table.columns]
    rows = [[_cell(cell, header=place == 0) for place, cell in enumerate(row)] for row in table.rows]
    grid = Grid(
        [head, *rows],
        colWidths=[styles.WIDTH * column.share / total for column in table.columns],
        repeatRows=1,
        splitInRow=1,
        spaceAfter=12,
        style=TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), BODY, 9),
                ("BACKGROUND", (0, 0), (-1, 0), styles.DARK_BLUE),
                ("ROWBACKGROUNDS", (0, 1), (-1, -1), [white, styles.PALE]),
                ("LINEBELOW", (0, 1), (-1, -1), 0.5, styles.RULE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
            ]
        ),
    )
    return [CondPageBreak(110), Text(markup(table.caption), styles.CAPTION), grid]


def _facts(facts: KeyFacts) -> Flowable:
    rows = [
        [
            [Text(markup(fact.name), styles.FACT_NAME)],
            [
                Text(markup(line), styles.FACT_EXACT if fact.exact else styles.FACT_VALUE)
                for line in fact.value
            ],
        ]
        for fact in facts.facts
    ]
    return Grid(
        rows,
        colWidths=[styles.WIDTH * 0.3, styles.WIDTH * 0.7],
        splitInRow=1,
        spaceAfter=9,
        style=TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), BODY, 10),
                ("LINEABOVE", (0, 0), (-1, 0), 0.5, styles.RULE),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, styles.RULE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
            ]
        ),
    )


def _notice(title: str, paragraphs: tuple[str, ...]) -> Flowable:
    rows = [[[Text(markup(title), styles.NOTICE_TITLE)]]]
    rows += [[[Text(markup(text), styles.NOTICE_TEXT)]] for text in paragraphs]
    return Grid(
        rows,
        colWidths=[styles.WIDTH],
        splitInRow=1,
        spaceAfter=10,
        style=TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), BODY, 10),
                ("BACKGROUND", (0, 0), (-1, -1), styles.WARM),
                ("LINEBEFORE", (0, 0), (0, -1), 4, styles.WARM_EDGE),
                ("LEFTPADDING", (0, 0), (-1, -1), 12),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        ),
    )


def _field(field: SignatureField) -> list[Flowable]:
    if not field.visible:
        return [FieldBox(field)]
    return [
        KeepTogether(
            [
                Spacer(1, 8),
                Text(markup(field.heading), styles.FIELD_NAME),
                *([Text(markup(field.detail), styles.FIELD_DETAIL)] if field.detail else []),
                FieldBox(field),
                Spacer(1, 8),
            ]
        )
    ]
