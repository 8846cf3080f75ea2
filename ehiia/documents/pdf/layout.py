"""The logical document on A4 pages, with ReportLab. The same document always gives the same bytes."""

from __future__ import annotations

import threading
from io import BytesIO
from typing import Any

from reportlab import rl_config
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from ehiia.documents.pdf import styles
from ehiia.documents.pdf.canvas import CREATOR, PRODUCER, RecordCanvas
from ehiia.documents.pdf.finish import finished
from ehiia.documents.pdf.fonts import BODY
from ehiia.documents.pdf.marking import FOOTER, HEADER
from ehiia.documents.pdf.record import record_document
from ehiia.documents.pdf.story import story
from ehiia.documents.pdf.structure import Document, Signatory
from ehiia.documents.pdf.tags import Element
from ehiia.documents.pdf.writing import shortened, width
from ehiia.documents.pdf.xmp import in_one_line
from ehiia.domain.decision import DecisionRecord

rl_config.useA85 = 0
"""What is drawn is compressed and not written in letters as well: qpdf would take that back at the end."""

ONE_AT_A_TIME = threading.Lock()
"""ReportLab's fonts hold the state of the document being made."""


def lay_out(
    record: DecisionRecord, *, signatories: tuple[Signatory, ...], address: str = "", text: str = ""
) -> bytes:
    """Return the unsigned PDF of a record, with an empty field for the seal and for each signatory.

    Fonts are embedded, the canonical JSON is attached as ``record.json``; ``address`` is the public
    address of the installation, at which the record can be verified; ``text`` the canonical text as it was
    frozen. The same record, signatories and address give the same bytes.
    """
    document = record_document(record, signatories=signatories, address=address, text=text)
    return lay_out_document(document)


def lay_out_document(document: Document) -> bytes:
    """Return the PDF of a logical document: tagged (PDF/UA-1) and archival (PDF/A-3a)."""
    out, root = BytesIO(), Element("Document")
    with ONE_AT_A_TIME:
        template = BaseDocTemplate(
            out,
            pagesize=styles.PAGE,
            title=in_one_line(document.title),
            author=in_one_line(document.author),
            subject=in_one_line(document.subject),
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
            story(document, root),
            canvasmaker=lambda stream, **settings: RecordCanvas(stream, document, root, **_allowed(settings)),
        )
    return finished(out.getvalue())


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
    canvas.saveState()
    if canvas.getPageNumber() > 1:
        with canvas.artifact(HEADER):
            _head(canvas)
    with canvas.artifact(FOOTER):
        _foot(canvas)
    canvas.restoreState()


def _head(canvas: RecordCanvas) -> None:
    running, right, high = canvas.running, styles.PAGE[0] - styles.MARGIN, styles.PAGE[1] - 15 * mm
    canvas.setFillColor(styles.GREY)
    left = shortened(running.left, BODY, 8.5, 0.55 * styles.WIDTH)
    canvas.line_of_text(styles.MARGIN, high, left, BODY, 8.5)
    text = shortened(running.right, BODY, 8.5, 0.42 * styles.WIDTH)
    canvas.line_of_text(right - width(text, BODY, 8.5), high, text, BODY, 8.5)
    canvas.setStrokeColor(styles.BLUE)
    canvas.setLineWidth(1)
    canvas.line(styles.MARGIN, high - 6, right, high - 6)


def _foot(canvas: RecordCanvas) -> None:
    page, right, low = canvas.getPageNumber(), styles.PAGE[0] - styles.MARGIN, 12 * mm
    canvas.setFillColor(styles.GREY)
    text = shortened(canvas.running.foot, BODY, 8.5, 0.7 * styles.WIDTH)
    canvas.line_of_text(styles.MARGIN, low, text, BODY, 8.5)

    def number(later: RecordCanvas) -> None:
        said = f"Page {page} of {later.total_pages}"
        later.setFillColor(styles.GREY)
        later.line_of_text(right - width(said, BODY, 8.5), low, said, BODY, 8.5)

    canvas.later(number)
