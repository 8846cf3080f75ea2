"""The blocks of a document as what platypus stacks on pages, and as the structure tree, both at once."""

from __future__ import annotations

from itertools import dropwhile, takewhile

from reportlab.lib.colors import Color, white
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, PageBreak, Spacer, TableStyle

from ehiia.documents.pdf import styles
from ehiia.documents.pdf.bars import BarChart
from ehiia.documents.pdf.flowables import (
    ContentsLine,
    CoverBand,
    ExactLine,
    FieldBox,
    Figure,
    HeadingLine,
    MarkedLine,
    RunningLines,
)
from ehiia.documents.pdf.fonts import BODY
from ehiia.documents.pdf.grid import Grid
from ehiia.documents.pdf.objects import text_string
from ehiia.documents.pdf.said import Said
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
    SignatureField,
    Table,
    Tone,
)
from ehiia.documents.pdf.tags import Element, Sections

OF_COLUMN = "/O/Table/Scope/Column"
OF_ROW = "/O/Table/Scope/Row"
BULLETS, NUMBERS = "/O/List/ListNumbering/Disc", "/O/List/ListNumbering/Decimal"


def story(document: Document, root: Element) -> list[Flowable]:
    """Return the flowables of a document; its structure is added to ``root``.

    A cover takes the heading of the first level; the chapters then begin with the second.
    """
    sections = Sections(root)
    title_above = any(isinstance(block, Cover) for block in document.blocks)
    flowables: list[Flowable] = []
    for place, block in enumerate(document.blocks):
        if isinstance(block, Heading):
            role = f"H{block.level + title_above}"
            heading = sections.begin(block.level).add(role, key=block.key)
            room = CondPageBreak(_room(block, document.blocks[place + 1 :]))
            flowables += [room, HeadingLine.of_heading(block, heading)]
        else:
            flowables += _flowables(block, document, sections.here)
    return flowables


def _flowables(block: Block, document: Document, parent: Element) -> list[Flowable]:
    match block:
        case Cover():
            return _cover(block, parent)
        case Paragraph(text, tone, pointers):
            room = 60 if tone is Tone.QUESTION or text.endswith(":") else 0
            said = Said.of(text, styles.TONES[tone], parent.add("P"), pointers=pointers)
            return [*([CondPageBreak(room)] if room else []), said]
        case Items(items, numbered):
            made = parent.add("L", attributes=NUMBERS if numbered else BULLETS)
            return [
                Said.item(item, f"{number}." if numbered else "•", styles.ITEM, made.add("LI"))
                for number, item in enumerate(items, 1)
            ]
        case Notice(title, paragraphs):
            return [_notice(title, paragraphs, parent.add("Div"))]
        case KeyFacts():
            return [CondPageBreak(_room_of(block)), _facts(block, parent)]
        case Table():
            return _table(block, parent)
        case Matrix(table, alternative):
            said = Said.of(alternative, styles.TONES[Tone.BODY], parent.add("P"))
            return [said, *_table(table, parent)]
        case Chart():
            return _chart(block, parent)
        case Contents():
            return _contents(block, document, parent)
        case SignatureField():
            return _field(block, parent)
        case Code():
            return [CodeBeside(block, parent)]
        case NewPage(running):
            return [PageBreak(), *([RunningLines(running)] if running else [])]
        case _:
            return []


def _cover(cover: Cover, parent: Element) -> list[Flowable]:
    organisation, kind = parent.add("P"), parent.add("P")
    band = CoverBand(cover, organisation, kind)
    opening: list[Flowable] = [band, Spacer(1, 30)]
    if band.wrap(styles.WIDTH, styles.HEIGHT)[1] > styles.HEIGHT / 3:
        opening = [
            Said.of(cover.organisation, styles.COVER_SUBTITLE, organisation),
            Said.of(cover.kind, styles.COVER_SUBTITLE, kind),
        ]
    return [
        *opening,
        Said.of(cover.title, styles.COVER_TITLE, parent.add("H1")),
        Said.of(cover.subtitle, styles.COVER_SUBTITLE, parent.add("P")),
        *([_verdict(cover.verdict, parent.add("Div"))] if cover.verdict else []),
    ]


def _verdict(lines: tuple[str, ...], made: Element) -> Flowable:
    """Return what must be seen first on the cover, large, in a frame."""
    said = [
        [[Said.of(line, styles.VERDICT if place == 0 else styles.VERDICT_LINE, made.add("P"))]]
        for place, line in enumerate(lines)
    ]
    return _frame(said, styles.PALE, styles.BLUE, 14)


def _frame(rows: list[list[list[Flowable]]], ground: Color, edge: Color, after: float) -> Flowable:
    """Return rows in a tinted frame with a thick line at its left."""
    return Grid(
        rows,
        colWidths=[styles.WIDTH],
        splitInRow=1,
        spaceAfter=after,
        style=TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), BODY, 10),
                ("BACKGROUND", (0, 0), (-1, -1), ground),
                ("LINEBEFORE", (0, 0), (0, -1), 4, edge),
                ("LEFTPADDING", (0, 0), (-1, -1), 12),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        ),
    )


def _contents(contents: Contents, document: Document, parent: Element) -> list[Flowable]:
    after = document.blocks[document.blocks.index(contents) :]
    headings = [block for block in after if isinstance(block, Heading)]
    level = 2 if contents.of else 1
    wanted = _beneath(contents.of, document.blocks) if contents.of else _to(contents.levels, headings)
    title = Said.of(contents.title, styles.HEADINGS[level], parent.add(f"H{level + 1}"))
    made = parent.add("TOC")
    return [title, *(ContentsLine.of_heading(heading, made) for heading in wanted)]


def _to(levels: int, headings: list[Heading]) -> list[Heading]:
    return [heading for heading in headings if heading.level <= levels]


def _beneath(key: str, blocks: tuple[Block, ...]) -> list[Heading]:
    """Return the headings of level 2 beneath the one of level 1 with this key."""
    headings = [block for block in blocks if isinstance(block, Heading)]
    following = dropwhile(lambda heading: heading.key != key, headings)
    next(following)
    of_chapter = takewhile(lambda heading: heading.level > 1, following)
    return [heading for heading in of_chapter if heading.level == 2]


def _room(heading: Heading, following: tuple[Block, ...]) -> float:
    """Return how much room (points) must be left on the page, or the heading moves to the next.

    Enough for what stands beneath it: headings of lower levels, short paragraphs, and then the first
    lines of a text or the first rows of a table.
    """
    need = OF_HEADING[heading.level]
    if heading.key == "signatures":
        fields = sum(1 for block in following if isinstance(block, SignatureField) and block.visible)
        return need + 40.0 + 105.0 * min(fields, 4)
    for place, block in enumerate(following[:MOST_BELOW]):
        if isinstance(block, Heading):
            beneath = block.level > heading.level
            return need + (_room(block, following[place + 1 :]) if beneath else 0.0)
        if not isinstance(block, Paragraph) or len(block.text) >= SHORT:
            return need + _room_of(block)
        need += 22.0 if len(block.text) < SHORT / 2 else 36.0
    return need


OF_HEADING = {1: 52.0, 2: 37.0, 3: 28.0, 4: 25.0}
"""How high a heading of each level is with the space around it (points)."""
MOST_BELOW, SHORT = 3, 200
"""How many blocks are looked at beneath a heading; a paragraph of fewer letters is short."""


def _room_of(block: Block) -> float:
    """Return how much room (points) the beginning of a block needs; all of it where it is small."""
    match block:
        case Chart(bars=bars):
            drawn = BarChart(block).high + 60
            return drawn if len(bars) >= MANY_BARS else drawn + 30 + 22 * (len(bars) + 1)
        case KeyFacts(facts=facts):
            whole = sum(10.0 + 14.0 * len(fact.value) for fact in facts)
            return whole if whole < styles.HEIGHT / 4 else 110.0
        case Table() | Matrix() | Notice():
            return 110.0
        case _:
            return 45.0


MANY_BARS = 9
"""A chart with fewer bars stands on one page with its table."""


def _chart(chart: Chart, parent: Element) -> list[Flowable]:
    title = Said.of(chart.title, styles.CAPTION, parent.add("P"))
    alternative = Said.of(chart.alternative, styles.TONES[Tone.BODY], parent.add("P"))
    drawn = parent.add("Figure", alternative=f"Bar chart: {chart.title}. {chart.alternative}")
    return [
        CondPageBreak(_room_of(chart)),
        title,
        alternative,
        Figure(BarChart(chart), drawn),
        *_table(chart.table(), parent),
    ]


# -- grids ------------------------------------------------------------------------------------------


def _line(line: Line, element: Element, strong: bool) -> Flowable:
    style = styles.CELL_STRONG if strong or line.strong else styles.CELL
    if line.mark is not None:
        return MarkedLine.with_mark(line.text, line.mark, style, element)
    return Said.of(line.text, style, element)


def _cell(cell: Cell, element: Element, header: bool) -> list[Flowable]:
    """Return the lines of a cell; where there are several, each is a paragraph in it."""
    return [
        _line(line, element if len(cell.lines) == 1 else element.add("P"), header and place == 0)
        for place, line in enumerate(cell.lines)
    ]


def _row(row: tuple[Cell, ...], made: Element) -> list[list[Flowable]]:
    first = [_cell(cell, made.add("TH", attributes=OF_ROW), True) for cell in row[:1]]
    return first + [_cell(cell, made.add("TD"), False) for cell in row[1:]]


def _table(table: Table, parent: Element) -> list[Flowable]:
    total = sum(column.share for column in table.columns)
    made = parent.add("Table")
    caption = Said.of(table.caption, styles.CAPTION, made.add("Caption"))
    header = made.add("THead").add("TR")
    head = [
        [Said.of(column.title, styles.COLUMN_HEAD, header.add("TH", attributes=OF_COLUMN))]
        for column in table.columns
    ]
    body = made.add("TBody")
    grid = Grid(
        [head, *(_row(row, body.add("TR")) for row in table.rows)],
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
    return [CondPageBreak(110), caption, grid]


def _facts(facts: KeyFacts, parent: Element) -> Flowable:
    title = text_string(facts.title).decode("ascii")
    made = parent.add("Table", attributes=f"/O/Table/Summary {title}")
    rows = []
    for fact in facts.facts:
        row = made.add("TR")
        name, value = row.add("TH", attributes=OF_ROW), row.add("TD")
        kind, style = (ExactLine, styles.FACT_EXACT) if fact.exact else (Said, styles.FACT_VALUE)
        lines = [
            kind.of(line, style, value if len(fact.value) == 1 else value.add("P")) for line in fact.value
        ]
        rows.append([[Said.of(fact.name, styles.FACT_NAME, name)], lines])
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


def _notice(title: str, paragraphs: tuple[str, ...], made: Element) -> Flowable:
    rows = [[[Said.of(title, styles.NOTICE_TITLE, made.add("P"))]]]
    rows += [[[Said.of(text, styles.NOTICE_TEXT, made.add("P"))]] for text in paragraphs]
    return _frame(rows, styles.WARM, styles.WARM_EDGE, 10)


def _field(field: SignatureField, parent: Element) -> list[Flowable]:
    if not field.visible:
        return [FieldBox(field, parent.add("Form"))]
    heading = Said.of(field.heading, styles.FIELD_NAME, parent.add("P"))
    detail = [Said.of(field.detail, styles.FIELD_DETAIL, parent.add("P"))] if field.detail else []
    box = FieldBox(field, parent.add("Form"))
    return [KeepTogether([Spacer(1, 8), heading, *detail, box, Spacer(1, 8)])]
