"""The pieces that platypus stacks on pages, where its own do not suffice."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from reportlab.lib.colors import white
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable

from ehiia.documents.pdf import styles
from ehiia.documents.pdf.said import Said
from ehiia.documents.pdf.structure import Cover, Heading, Mark, Running, SignatureField
from ehiia.documents.pdf.tags import Element
from ehiia.documents.pdf.writing import width
from ehiia.documents.pdf.xmp import in_one_line

SHAPE = 7.0
"""Width and height of a mark in points."""

BAND_BARS = {
    Mark.BAND_NONE: 0,
    Mark.BAND_LOW: 1,
    Mark.BAND_MEDIUM: 2,
    Mark.BAND_HIGH: 3,
    Mark.BAND_VERY_HIGH: 4,
}


class HeadingLine(Said):
    """A heading with its bookmark and its line in the outline; notes its page for the contents."""

    heading: Heading | None = None

    @classmethod
    def of_heading(cls, heading: Heading, element: Element) -> HeadingLine:
        """Make the flowable of a heading."""
        made: HeadingLine = cls.of(heading.text, styles.HEADINGS[heading.level], element)
        made.heading = heading
        return made

    def split(self, wide: float, high: float) -> list[Any]:
        """Split it; the first part stands for the heading. Called by platypus."""
        parts = super().split(wide, high)
        if parts:
            parts[0].heading = self.heading
        return parts

    def draw(self) -> None:
        """Draw it; called by platypus."""
        if self.heading is not None and self.heading.key not in self.canv.pages_of:
            canvas, heading = self.canv, self.heading
            canvas.pages_of[heading.key] = canvas.getPageNumber()
            top = canvas.absolutePosition(0, self.height + 12)[1]
            canvas.bookmarkPage(heading.key, fit="XYZ", left=0, top=top)
            title = in_one_line(heading.text)
            closed = heading.level > canvas.document.bookmarks_open
            canvas.addOutlineEntry(title, heading.key, heading.level - 1, closed=closed)
        super().draw()


class ExactLine(Said):
    """A line that is to be compared and not to be followed: a digest, the name of a layout."""

    leads = False


class ContentsLine(Said):
    """A line of the contents: a link, and the number of the page when it is known."""

    leads = False
    heading: Heading | None = None

    @classmethod
    def of_heading(cls, heading: Heading, contents: Element) -> ContentsLine:
        """Make the line of a heading in the contents."""
        link = contents.add("TOCI").add("Reference").add("Link")
        made: ContentsLine = cls.of(heading.text, styles.CONTENTS[heading.level], link)
        made.heading = heading
        return made

    def split(self, wide: float, high: float) -> list[Any]:
        """Split it; the first part has the number. Called by platypus."""
        parts = super().split(wide, high)
        if parts:
            parts[0].heading = self.heading
        return parts

    def draw(self) -> None:
        """Draw it; called by platypus."""
        super().draw()
        if self.heading is None:
            return
        heading, style, right = self.heading, self.style, self.width
        self.canv.link_to_heading(
            heading.key, in_one_line(heading.text), (0, 0, self.width, self.height), self.element
        )

        def number(canvas: Any) -> None:
            text = f" {canvas.pages_of[heading.key]}"
            canvas.setFillColor(styles.INK)
            canvas.line_of_text(
                right - width(text, style.fontName, style.fontSize), 4, text, style.fontName, style.fontSize
            )

        with self.canv.belonging(self.element):
            self.canv.later(number)


class RunningLines(Flowable):  # type: ignore[misc]
    """Takes no room: from its page on other lines stand at the head and the foot."""

    def __init__(self, running: Running) -> None:
        """Keep the lines."""
        super().__init__()
        self.running = running

    def wrap(self, _wide: float, _high: float) -> tuple[float, float]:
        """Take no room; called by platypus."""
        return 0.0, 0.0

    def draw(self) -> None:
        """Change the lines; called by platypus."""
        self.canv.running = self.running


class MarkedLine(Said):
    """A line with a shape before it; the word says the same, so the shape is an artifact.

    Only the first part after a split has it.
    """

    mark: Mark | None = None

    @classmethod
    def with_mark(cls, text: str, mark: Mark, style: ParagraphStyle, element: Element) -> MarkedLine:
        """Make a line with its mark; the text is indented to clear it."""
        wide = 18.0 if mark in BAND_BARS else 11.0
        made: MarkedLine = cls.of(text, _indented(style, wide), element)
        made.mark = mark
        return made

    def split(self, wide: float, high: float) -> list[Any]:
        """Split it; called by platypus."""
        parts = super().split(wide, high)
        if parts:
            parts[0].mark = self.mark
        return parts

    def draw(self) -> None:
        """Draw it; called by platypus."""
        if self.mark is not None:
            low = self.height - self.style.leading + 2.6
            draw_mark(self.canv, self.mark, 0, low)
        super().draw()


@lru_cache(maxsize=64)
def _indented(style: ParagraphStyle, wide: float) -> ParagraphStyle:
    return ParagraphStyle(style.name + "-marked", parent=style, leftIndent=wide)


class Figure(Flowable):  # type: ignore[misc]
    """Something drawn, with all its texts, as one figure with an alternative text."""

    def __init__(self, drawing: Flowable, element: Element) -> None:
        super().__init__()
        self.drawing, self.element = drawing, element

    def wrap(self, wide: float, high: float) -> tuple[float, float]:
        """Say how much room it takes; called by platypus."""
        self.width, self.height = self.drawing.wrap(wide, high)
        return self.width, self.height

    def draw(self) -> None:
        """Draw it; called by platypus."""
        left, low = self.canv.absolutePosition(0, 0)
        self.element.box = (left, low, left + self.width, low + self.height)
        with self.canv.figure(self.element):
            self.drawing.drawOn(self.canv, 0, 0)


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

    def __init__(self, cover: Cover, organisation: Element, kind: Element) -> None:
        super().__init__()
        self.organisation = Said.of(cover.organisation, styles.COVER_ORGANISATION, organisation)
        self.kind = Said.of(cover.kind, styles.COVER_KIND, kind)

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

    def __init__(self, field: SignatureField, element: Element) -> None:
        super().__init__()
        self.field, self.element = field, element

    def wrap(self, wide: float, high: float) -> tuple[float, float]:
        """Say how much room it takes; called by platypus."""
        return (self.WIDTH, self.HEIGHT) if self.field.visible else (0, 0)

    def draw(self) -> None:
        """Draw it; called by platypus."""
        if not self.field.visible:
            self._place(0, 0)
            return
        self.canv.saveState()
        self.canv.setStrokeColor(styles.RULE)
        self.canv.setFillColor(styles.PALE)
        self.canv.setLineWidth(0.75)
        self.canv.rect(0, 0, self.WIDTH, self.HEIGHT, fill=1)
        self.canv.restoreState()
        self._place(self.WIDTH, self.HEIGHT)

    def _place(self, wide: float, high: float) -> None:
        label = in_one_line(self.field.label)
        self.canv.signature_field(self.field.name, label, (0, 0, wide, high), self.element)
