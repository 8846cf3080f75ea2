"""A paragraph of plain text in any script.

What runs from left to right in the fonts of the body is set by ReportLab. For
the rest this class takes the place of ReportLab's breaking and drawing of
lines: those cannot keep letters joined, turn a line, or break Chinese.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph
from reportlab.platypus.paragraph import _drawBullet, _handleBulletWidth

from ehiia.documents.pdf.fonts import FALLBACK, as_they_are, printable, runs
from ehiia.documents.pdf.linking import Pointers, Stretch, may_lead, stretches
from ehiia.documents.pdf.marking import TaggedText
from ehiia.documents.pdf.writing import Writing, is_simple, write_line


class Text(Paragraph):  # type: ignore[misc]
    """A paragraph of what somebody typed; nothing in it is markup."""

    writing: Writing | None = None
    """The text, where ReportLab cannot set it."""
    lines: tuple[Writing, ...] = ()
    """Its lines, once it was wrapped."""
    leads = True
    """Whether what stands in it leads somewhere: addresses, and sections that it points at."""
    goes_on = False
    """Whether another part of it follows."""

    def __init__(
        self,
        text: str | None,
        style: ParagraphStyle,
        bulletText: str | None = None,  # noqa: N803 - ReportLab's name
        frags: list[Any] | None = None,
        pointers: Pointers = (),
        **more: Any,
    ) -> None:
        """Make it; ``frags`` is what ReportLab gives to the parts of a paragraph that it has split."""
        leading: tuple[Stretch, ...] = ()
        if text is not None and self.leads and may_lead(text, pointers):
            leading = stretches(printable(text), pointers)
        leads = any(one.to for one in leading)
        simple = text is None or (not leads and is_simple(text))
        given = None
        if text is not None:
            if not simple:
                frags = []
            elif text.strip() and "\n" not in text and as_they_are().issuperset(text):
                frags = [_fragment(text, style)]
            else:
                given = _markup(text)
        super().__init__(given, style, bulletText, frags, **more)
        if text is not None and not simple:
            self.writing = Writing.of(text, style.fontName, leading if leads else ())

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803
        """Break it into lines and say how much room it takes; called by platypus."""
        if self.writing is None:
            size: tuple[float, float] = super().wrap(availWidth, availHeight)
            return size
        style = self.style
        later = max(availWidth - style.leftIndent - style.rightIndent, 1.0)
        rooms = [later - style.firstLineIndent, later]
        _handleBulletWidth(self.bulletText, style, rooms)
        self.rooms = (max(rooms[0], 1.0), later)
        lines = self.writing.lines(style.fontSize, *self.rooms)
        if self.goes_on and not lines[-1].text:
            del lines[-1]  # it ended with a line end, and what follows stands in the next part
        self.lines = tuple(lines)
        self.width, self.height = availWidth, len(self.lines) * style.leading
        return self.width, self.height

    def split(self, availWidth: float, availHeight: float) -> list[Any]:  # noqa: N803
        """Split it between lines, no line alone where the style forbids it; called by platypus."""
        if self.writing is None:
            parts: list[Any] = super().split(availWidth, availHeight)
            return parts
        style = self.style
        if not self.lines:  # a table asks with a width that is not that of the cell: it was wrapped before
            self.wrap(availWidth, availHeight)
        fits, every = int(availHeight / style.leading), len(self.lines)
        if fits < (1 if style.allowOrphans else 2):
            return []
        if every <= fits:
            return [self]
        if not style.allowWidows and every == fits + 1:
            fits -= 1
            if fits < (1 if style.allowOrphans else 2):
                return []
        kept = sum(len(line.text) for line in self.lines[:fits])
        rest = ParagraphStyle(style.name, parent=style, firstLineIndent=0)
        first = self._part(self.writing.part(0, kept), style, self.bulletText)
        last = self._part(self.writing.part(kept, len(self.writing.text)), rest, None)
        first.goes_on, last.goes_on = True, self.goes_on
        return [first, last]

    def _part(self, writing: Writing, style: ParagraphStyle, bullet: str | None) -> Text:
        part = type(self)(None, style, bulletText=bullet, frags=[])
        part.writing = writing
        return part

    def drawPara(self, debug: int = 0) -> None:  # noqa: N802 - ReportLab's name
        """Draw it; called by platypus."""
        if self.writing is None:
            super().drawPara(debug)
            return
        canvas, style = self.canv, self.style
        y = self.height - style.fontSize
        aside = style.firstLineIndent
        canvas.saveState()
        if self.bulletText:
            aside = _drawBullet(canvas, aside, y, self.bulletText, style, rtl=False)
        text = canvas.beginText(style.leftIndent, y)
        text.setFont(style.fontName, style.fontSize, style.leading)
        text.setFillColor(style.textColor)
        for number, line in enumerate(self.lines):
            x = style.leftIndent + (0 if number else aside)
            write_line(text, x, y, line, style.fontSize, self.rooms[min(number, 1)])
            y -= style.leading
        canvas.drawText(text)
        canvas.setStrokeColor(style.textColor)
        canvas.setLineWidth(0.5)
        for link in text.links if isinstance(text, TaggedText) else ():  # a signature leads nowhere
            x, low, wide, _ = link.box
            canvas.line(x, low + 1, x + wide, low + 1)
        canvas.restoreState()


def _fragment(text: str, style: ParagraphStyle) -> Any:
    """Return what ReportLab's parser makes of a plain text, without asking it every time: that takes long."""
    return _like(style).clone(text=" ".join(word for word in text.split(" ") if word))


@lru_cache(maxsize=128)
def _like(style: ParagraphStyle) -> Any:
    return Paragraph("x", style).frags[0]


def _markup(text: str) -> str:
    """Return the text as markup for ReportLab: escaped, line ends kept, fallback where needed."""
    parts = []
    for name, run in runs(text):
        safe = escape(run).replace("\n", "<br/>")
        parts.append(f'<font name="{FALLBACK}">{safe}</font>' if name == FALLBACK else safe)
    return "".join(parts)
