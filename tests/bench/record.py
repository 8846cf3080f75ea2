"""A record laid out, sealed and signed, and the same pages drawn with plain ReportLab.

The plain ones have the same texts, fonts, sizes and tables. They have no
structure, no marks, no fields, no attachment and no signature.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.charts.barcharts import HorizontalBarChart
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import white
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from ehiia.documents.pdf import styles
from ehiia.documents.pdf.fonts import body_characters
from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.pdf.record import record_document
from ehiia.documents.pdf.structure import (
    Block,
    Chart,
    Code,
    Contents,
    Cover,
    Document,
    Heading,
    Items,
    KeyFacts,
    Matrix,
    NewPage,
    Notice,
    SignatureField,
    Table,
)
from ehiia.documents.pdf.structure import Paragraph as Text
from ehiia.documents.signing.authority import Credential, make_clock, make_root
from ehiia.documents.signing.revocation import make_crl
from ehiia.documents.signing.seal import certify, close, sign
from ehiia.documents.signing.timestamps import HttpTimestamper, Timestamper
from ehiia.domain.decision import DecisionRecord
from tests.bench.measure import Line, in_turns
from tests.bench.printed import printed
from tests.documents.conftest import make_keys
from tests.documents.large import large_record
from tests.documents.records import CAROL, small_record
from tests.servers.timestamps import authority

ADDRESS = "https://ehiia.example.nhs.uk"


def records(folder: Path, rounds: int, now: datetime) -> Iterator[Line]:
    """Compare a record with drawing the same pages: laid out, tagged and archived; then what signing adds.

    The small one has 15 pages. WeasyPrint makes PDF/UA of the same texts. The time-stamps come over HTTP
    from an authority whose own work is not counted.
    """
    keys = make_keys()
    clock_key = make_clock("A Time Service", root=make_root("A Time Service", now=now), now=now)
    with authority(folder, clock_key) as stamping:
        stamper = HttpTimestamper(stamping.address)
        for name, record in (("record of 15 pages", small_record()), ("large record", large_record())):
            document, unsigned = document_of(record), laid_out(record)
            seal_and_sign = partial(signed, unsigned, root=keys.root, seal=keys.seal, now=now)
            costs = in_turns(
                {
                    "bare": partial(plain, document),
                    "laid out": partial(laid_out, record),
                    "signed": seal_and_sign,
                    "closed": partial(seal_and_sign, closing=stamper),
                    "stamped": partial(seal_and_sign, each=stamper, closing=stamper),
                    "weasyprint": partial(printed, document),
                },
                rounds=rounds,
                warm=1,
            )
            bare = costs["bare"].cpu
            yield Line(f"{name} laid out, tagged and archived", bare, costs["laid out"].cpu, "ms", 1.5)
            yield Line(f"{name}: to seal and sign it", bare, costs["signed"].cpu, "ms")
            yield Line(f"{name}: to seal, sign and close it", bare, costs["closed"].cpu, "ms", 2)
            yield Line(f"{name}: the same, each time-stamped", bare, costs["stamped"].cpu, "ms", 2)
            yield Line(f"{name} by WeasyPrint as PDF/UA", bare, costs["weasyprint"].cpu, "ms")


def signed(
    unsigned: bytes,
    *,
    root: Credential,
    seal: Credential,
    now: datetime,
    each: Timestamper | None = None,
    closing: Timestamper | None = None,
) -> bytes:
    """Return a file sealed by the organisation, signed by the decision-maker, and closed by a time-stamp.

    ``each``: who stamps the seal and the signature too, or None. ``closing``: None leaves it open.
    """
    sealed = certify(unsigned, seal=seal, issuer=root.certificate, now=now, timestamper=each)
    approved = sign(
        sealed,
        field=CAROL.field,
        signatory=CAROL,
        authority=root,
        now=now,
        reason="Approved",
        timestamper=each,
    )
    if closing is None:
        return approved
    nobody = make_crl(root, (), number=1, now=now)
    return close(approved, timestamper=closing, revocation_lists=(nobody,))


def plain(document: Document) -> bytes:
    """Return the pages of a logical document as anybody would draw them with ReportLab."""
    body_characters()  # registers the fonts
    out = BytesIO()
    story: list[Any] = []
    for block in document.blocks:
        story += _drawn(block, document)
    template = SimpleDocTemplate(
        out,
        pagesize=styles.PAGE,
        leftMargin=styles.MARGIN,
        rightMargin=styles.MARGIN,
        topMargin=styles.TOP,
        bottomMargin=styles.BOTTOM,
    )
    with patch.object(rl_config, "useA85", 1):  # as the library comes
        template.build(story, onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


def document_of(record: DecisionRecord) -> Document:
    """Return the logical document of a record, with one signatory."""
    return record_document(record, signatories=(CAROL,), address=ADDRESS)


def laid_out(record: DecisionRecord) -> bytes:
    """Return the record laid out, tagged and archived, before anybody signs."""
    return lay_out(record, signatories=(CAROL,), address=ADDRESS)


def _foot(canvas: Any, template: Any) -> None:
    canvas.setFont("Helvetica", 8.5)
    canvas.drawString(styles.MARGIN, 34, f"Page {template.page}")


def _said(text: str, style: Any) -> Paragraph:
    return Paragraph(escape(text).replace("\n", "<br/>"), style)


def _drawn(block: Block, document: Document) -> list[Any]:
    match block:
        case Cover(organisation, kind, title, subtitle, verdict):
            texts = (organisation, kind, subtitle, *verdict)
            small = [_said(text, styles.COVER_SUBTITLE) for text in texts]
            return [*small, _said(title, styles.COVER_TITLE), Spacer(1, 60)]
        case Heading(level, text):
            return [_said(text, styles.HEADINGS[level])]
        case Text(text, tone):
            return [_said(text, styles.TONES[tone])]
        case Items(items):
            return [Paragraph(escape(item), styles.ITEM, bulletText="•") for item in items]
        case Notice(title, paragraphs):
            return [
                _said(title, styles.NOTICE_TITLE),
                *(_said(text, styles.NOTICE_TEXT) for text in paragraphs),
            ]
        case KeyFacts(facts=facts):
            rows = [
                [_said(fact.name, styles.FACT_NAME), [_said(line, styles.FACT_VALUE) for line in fact.value]]
                for fact in facts
            ]
            return [_grid(rows, [0.3, 0.7], [])]
        case Table():
            return _table(block)
        case Matrix(table, alternative):
            return [_said(alternative, styles.TONES[next(iter(styles.TONES))]), *_table(table)]
        case Chart(title, alternative):
            words = [_said(title, styles.CAPTION), _said(alternative, styles.CELL)]
            return [*words, _bars(block), *_table(block.table())]
        case Code(title, code, how, address):
            words = [_said(text, styles.CODE_HOW) for text in (title, code, *how)]
            squares = [QrCodeWidget(address)] if address else []
            return [Drawing(90, 90, *squares), *words]
        case Contents(title):
            headings = [one for one in document.blocks if isinstance(one, Heading) and one.level <= 2]
            return [
                _said(title, styles.HEADINGS[1]),
                *(_said(one.text, styles.CONTENTS[one.level]) for one in headings),
            ]
        case SignatureField(heading=heading, detail=detail, visible=True):
            return [_said(heading, styles.FIELD_NAME), _said(detail, styles.FIELD_DETAIL), Spacer(1, 60)]
        case NewPage():
            return [PageBreak()]
        case _:
            return []


def _bars(chart: Chart) -> Drawing:
    """Return the bars as the library draws them."""
    bars = HorizontalBarChart()
    bars.data = [tuple(numbers[place] for _, numbers in chart.bars) for place in range(len(chart.series))]
    bars.categoryAxis.categoryNames = [name for name, _ in chart.bars]
    bars.categoryAxis.style = "stacked"
    bars.x, bars.y, bars.width, bars.height = 120, 5, 300, 20 * len(chart.bars)
    return Drawing(styles.WIDTH, bars.height + 20, bars)


def _table(table: Table) -> list[Any]:
    head = [_said(column.title, styles.COLUMN_HEAD) for column in table.columns]
    rows = [[[_said(line.text, styles.CELL) for line in cell.lines] for cell in row] for row in table.rows]
    coloured = [
        ("BACKGROUND", (0, 0), (-1, 0), styles.DARK_BLUE),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), [white, styles.PALE]),
    ]
    grid = _grid([head, *rows], [column.share for column in table.columns], coloured, repeatRows=1)
    return [_said(table.caption, styles.CAPTION), grid]


def _grid(rows: list[Any], shares: list[float], more: list[Any], **settings: Any) -> Grid:
    total = sum(shares)
    lines = ("LINEBELOW", (0, 0), (-1, -1), 0.5, styles.RULE)
    return Grid(
        rows,
        colWidths=[styles.WIDTH * share / total for share in shares],
        splitInRow=1,
        spaceAfter=10,
        style=[("VALIGN", (0, 0), (-1, -1), "TOP"), lines, *more],
        **settings,
    )
