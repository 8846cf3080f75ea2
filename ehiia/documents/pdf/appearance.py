"""What a signature looks like on the page: drawn with ReportLab, so that its fonts are embedded."""

from __future__ import annotations

from io import BytesIO

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas

from ehiia.documents.pdf import styles
from ehiia.documents.pdf.fonts import BODY, BOLD, body_characters
from ehiia.documents.pdf.layout import ONE_AT_A_TIME
from ehiia.documents.pdf.text import Text

SIZES = (9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0)
"""Sizes of type that are tried, largest first, until everything fits (points)."""


def signature_appearance(lines: tuple[str, ...], *, width: float, height: float) -> bytes:
    """Return a one-page PDF of the given size (points) with these lines, the first one bold.

    Long names make the type smaller; what still does not fit is cut off at the frame.
    """
    out = BytesIO()
    with ONE_AT_A_TIME:
        body_characters()  # makes the fonts known: this process may sign what another laid out
        canvas = Canvas(out, pagesize=(width, height), pageCompression=1, invariant=1, initialFontName=BODY)
        canvas.setFillColor(styles.PALE)
        canvas.setStrokeColor(styles.BLUE)
        canvas.setLineWidth(1)
        canvas.rect(0.5, 0.5, width - 1, height - 1, fill=1)
        canvas.setFillColor(styles.BLUE)
        canvas.rect(0, 0, 4, height, stroke=0, fill=1)
        y = height - 5
        for paragraph, tall in _fitting(lines, width - 18, height - 8):
            y -= tall
            if y < 0:
                break
            paragraph.drawOn(canvas, 12, y)
        canvas.showPage()
        canvas.save()
    return out.getvalue()


def _fitting(lines: tuple[str, ...], width: float, height: float) -> list[tuple[Text, float]]:
    placed: list[tuple[Text, float]] = []
    for size in SIZES:
        placed = []
        for place, line in enumerate(lines):
            style = ParagraphStyle(
                "signature",
                fontName=BODY if place else BOLD,
                fontSize=size,
                leading=size * 1.28,
                textColor=styles.INK,
            )
            paragraph = Text(line, style)
            placed.append((paragraph, float(paragraph.wrap(width, height)[1])))
        if sum(tall for _, tall in placed) <= height:
            break
    return placed
