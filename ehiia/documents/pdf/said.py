"""A paragraph that belongs to a structure element, wherever layout puts it and however it splits it."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from reportlab.lib.styles import ParagraphStyle

from ehiia.documents.pdf.fonts import printable
from ehiia.documents.pdf.linking import Pointers
from ehiia.documents.pdf.tags import Element
from ehiia.documents.pdf.text import Text


class Said(Text):
    """A paragraph of one structure element; its parts after a split keep it.

    Drawn a second time, as the header of a table that goes on over a page, it is an artifact.
    """

    element: Element
    label: Element | None = None
    """The element of its bullet."""
    text_said = ""
    letters_before = 0
    """How many letters of ``text_said`` stand in the parts before this one."""
    _drawn = False

    @classmethod
    def of(cls, text: str, style: ParagraphStyle, element: Element, *, pointers: Pointers = ()) -> Any:
        """Make the paragraph of a text as people typed it."""
        made = cls(text, style, pointers=pointers)
        made.element, made.text_said = element, printable(text)
        return made

    @classmethod
    def item(cls, text: str, bullet: str, style: ParagraphStyle, element: Element) -> Any:
        """Make the paragraph of an item of a list; ``element`` is its LI."""
        made = cls(text, style, bulletText=bullet)
        made.label = element.add("Lbl")
        made.element, made.text_said = element.add("LBody"), printable(text)
        return made

    def split(self, wide: float, high: float) -> list[Any]:
        """Split it; called by platypus."""
        parts: list[Any] = super().split(wide, high)
        if parts == [self]:
            return parts
        before = self.letters_before
        for part in parts:
            part.element, part.label = self.element, self.label
            part.text_said, part.letters_before = self.text_said, before
            before += _letters("".join(_texts(part.frags)))
        return parts

    def draw(self) -> None:
        """Draw it; called by platypus."""
        if self._drawn:
            with self.canv.artifact():
                super().draw()
            return
        self._drawn = True
        self._keep_spaces()
        with self.canv.belonging(self.element, first=self.label if self.bulletText else None):
            super().draw()

    def _keep_spaces(self) -> None:
        """Put the space back at the end of each line, where ReportLab drops it.

        Without it assistive technology runs the last word of a line into the first of the next. No space
        comes where a long word was broken.
        """
        if self.writing is not None:
            return
        lines = self.blPara.lines
        words = list(accumulate(len(word) for word in self.text_said.split()))
        ends = set(words[:-1])
        if not ends:
            return
        letters = self.letters_before
        for line in lines:
            simple = self.blPara.kind == 0
            texts = line[1] if simple else [part for part in line.words if getattr(part, "text", "")]
            if not texts:
                continue
            letters += _letters("".join(texts if simple else [part.text for part in texts]))
            if letters not in ends:
                continue
            if simple:
                texts[-1] = f"{texts[-1]} "
            elif not texts[-1].text.endswith(" "):
                texts[-1].text += " "


def _letters(text: str) -> int:
    return len("".join(text.split()))


def _texts(fragments: list[Any]) -> list[str]:
    """Return the texts of the fragments of a paragraph, in whichever shape ReportLab holds them."""
    texts: list[str] = []
    for fragment in fragments:
        if isinstance(fragment, list):  # a word in several fonts: its width, then pairs of font and text
            texts += [text for _, text in fragment[1:]]
        elif hasattr(fragment, "words"):
            texts += fragment.words
        else:
            texts.append(getattr(fragment, "text", "") or "")
    return texts
