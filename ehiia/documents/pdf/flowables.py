"""The pieces that platypus stacks on pages, where its own do not suffice."""

from __future__ import annotations

from typing import Any

from reportlab.lib.colors import white
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph

from ehiia.documents.pdf import styles
from ehiia.documents.pdf.fonts import markup, width
from ehiia.documents.pdf.structure import Cover, Heading, Mark, SignatureField

SHAPE = 7.0
"""Width and height of a mark in points."""

BAND_BARS = {
    Mark.BAND_NONE: 0,
    Mark.BAND_LOW: 1,
    Mark.BAND_MEDIUM: 2,
    Mark.BAND_HIGH: 3,
    Mark.BAND_VERY_HIGH: 4,
}


class _OfHeading(Paragraph):  # type: ignore[misc]
    """A paragraph that stands for a heading; the first part of it does so when it is split."""

    heading: Heading | None = None

    def split(self, wide: float, high: float) -> list[Any]:
        """Split it; the first part keeps the heading. Called by platypus."""
        parts: list[Any] = super().split(wide, high)
        if parts:
            parts[0].heading = self.heading
        return parts


class HeadingLine(_OfHeading):
    """A heading with its bookmark and its line in the outline; notes its page for the contents."""

    @classmethod
    def of(cls, heading: Heading) -> HeadingLine:
        """Make the flowable of a heading."""
        made = cls(markup(heading.text), styles.HEADINGS[heading.level])
        made.heading = heading
        return made

    def draw(self) -> None:
        """Draw it; called by platypus."""
        if self.heading is not None and self.heading.key not in self.canv.pages_of:
            canvas, heading = self.canv, self.heading
            canvas.pages_of[heading.key] = canvas.getPageNumber()
            top = canvas.absolutePosition(0, self.height + 12)[1]
            canvas.bookmarkPage(heading.key, fit="XYZ", left=0, top=top)
            canvas.addOutlineEntry(heading.text, heading.key, heading.level - 1, closed=heading.level > 1)
        super().draw()


class ContentsLine(_OfHeading):
    """A line of the contents: a link, and the number of the page when it is known."""

    @classmethod
    def of(cls, heading: Heading) -> ContentsLine:
        """Make the line of a heading."""
        made = cls(markup(heading.text), styles.CONTENTS[heading.level])
        made.heading = heading
        return made

    def draw(self) -> None:
        """Draw it; called by platypus."""
        super().draw()
        heading = self.heading
        if heading is None:
            return
        self.canv.linkRect(
            heading.text, heading.key, (0, 0, self.width, self.height), relative=1, thickness=0
        )
        style, right = self.style, self.width

        def number(canvas: Any) -> None:
            text = str(canvas.pages_of[heading.key])
            canvas.setFillColor(styles.INK)
            canvas.line_of_text(
                right - width(text, style.fontName, style.fontSize), 4, text, style.fontName, style.fontSize
            )

        self.canv.later(number)


class MarkedParagraph(Paragraph):  # type: ignore[misc]
    """A paragraph with a shape before its first line; only the first part after a split has it."""

    mark: Mark | None = None

    @classmethod
    def of(cls, text: str, mark: Mark, style: ParagraphStyle) -> MarkedParagraph:
        """Make a line with its mark; the text is indented to clear it."""
        wide = 18.0 if mark in BAND_BARS else 11.0
        made = cls(markup(text), ParagraphStyle(style.name + "-marked", parent=style, leftIndent=wide))
        made.mark = mark
        return made

    def split(self, wide: float, high: float) -> list[Any]:
        """Split it; called by platypus."""
        parts: list[Any] = super().split(wide, high)
        if parts:
            parts[0].mark = self.mark
        return parts

    def draw(self) -> None:
        """Draw it; called by platypus."""
        if self.mark is not None:
            low = self.height - self.style.leading + 2.6
            draw_mark(self.canv, self.mark, 0, low)
        super().draw()


def draw_mark(canvas: Any, mark: Mark, x: float, y: float) -> None:
    """Draw the shape of a mark with its lower left corner at x, y (points)."""
    canvas.saveState()
    canvas.setFillColor(styles.MARK_COLOURS[mark])
    canvas.setStrokeColor(styles.MARK_COLOURS[mark])
    canvas.setLineWidth(0.9)
    s = SHAPE
    if mark in BAND_BARS:
        for bar in range(4):
            filled = bar < BAND_BARS[mark]
            canvas.rect(x + bar * 3.8, y, 2.7, 2.2 + bar * 1.6, stroke=1, fill=int(filled))
    elif mark is Mark.BETTER:
        _polygon(canvas, ((x, y), (x + s, y), (x + s / 2, y + s)))
    elif mark is Mark.WORSE:
        _polygon(canvas, ((x, y + s), (x + s, y + s), (x + s / 2, y)))
    elif mark is Mark.MIXED:
        _polygon(canvas, ((x + s / 2, y), (x + s, y + s / 2), (x + s / 2, y + s), (x, y + s / 2)))
        canvas.setFillColor(white)
        _polygon(canvas, ((x + s / 2, y + 1.2), (x + s - 1.2, y + s / 2), (x + s / 2, y + s - 1.2)))
    elif mark is Mark.SAME:
        canvas.rect(x, y + s * 0.6, s, 1.4, stroke=0, fill=1)
        canvas.rect(x, y + s * 0.2, s, 1.4, stroke=0, fill=1)
    else:
        canvas.setDash([1.4, 1.2])
        canvas.circle(x + s / 2, y + s / 2, s / 2, stroke=1, fill=0)
    canvas.restoreState()


def _polygon(canvas: Any, points: tuple[tuple[float, float], ...]) -> None:
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


class CoverBand(Flowable):  # type: ignore[misc]
    """The blue band over the cover, with the organisation and the kind of document; it cannot be split."""

    def __init__(self, cover: Cover) -> None:
        super().__init__()
        self.organisation = Paragraph(markup(cover.organisation), styles.COVER_ORGANISATION)
        self.kind = Paragraph(markup(cover.kind), styles.COVER_KIND)

    def wrap(self, wide: float, high: float) -> tuple[float, float]:
        """Say how much room it takes; called by platypus."""
        self.parts = [(part, part.wrap(wide, high)[1]) for part in (self.organisation, self.kind)]
        self.width, self.height = wide, sum(tall for _, tall in self.parts) + 26
        return self.width, self.height

    def draw(self) -> None:
        """Draw it to the edges of the page; called by platypus."""
        canvas = self.canv
        canvas.saveState()
        canvas.setFillColor(styles.BLUE)
        canvas.rect(-styles.MARGIN, 0, styles.PAGE[0], self.height + styles.TOP, stroke=0, fill=1)
        canvas.restoreState()
        y = self.height
        for part, tall in self.parts:
            y -= tall
            part.drawOn(canvas, 0, y)
            y -= 3


class FieldBox(Flowable):  # type: ignore[misc]
    """The frame of a signature field; an invisible field takes no room."""

    WIDTH, HEIGHT = 250.0, 58.0

    def __init__(self, field: SignatureField) -> None:
        super().__init__()
        self.field = field

    def wrap(self, wide: float, high: float) -> tuple[float, float]:
        """Say how much room it takes; called by platypus."""
        return (self.WIDTH, self.HEIGHT) if self.field.visible else (0, 0)

    def draw(self) -> None:
        """Draw it; called by platypus."""
        if not self.field.visible:
            self.canv.signature_field(self.field.name, self.field.label, (0, 0, 0, 0))
            return
        self.canv.saveState()
        self.canv.setStrokeColor(styles.RULE)
        self.canv.setFillColor(styles.PALE)
        self.canv.setLineWidth(0.75)
        self.canv.rect(0, 0, self.WIDTH, self.HEIGHT, fill=1)
        self.canv.restoreState()
        self.canv.signature_field(self.field.name, self.field.label, (0, 0, self.WIDTH, self.HEIGHT))
