"""Letters joined and placed as their script asks: HarfBuzz finds the glyphs, ReportLab writes them.

Only ligatures that a script requires or that are usual are made: those that are
"discretionary" change how a name looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import uharfbuzz
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import ShapeData, ShapedStr

from ehiia.documents.pdf.fonts import NOTHING, SHAPED, is_private, of_font
from ehiia.documents.pdf.ordering import mirrored

FEATURES = {"kern": True, "liga": True, "dlig": False}
URDU = frozenset("ٹڈڑںےہھ")
PERSIAN = frozenset("پچژگکی")


@dataclass(frozen=True)
class Piece:
    """A part of one line in one font and one direction, in the order of reading."""

    text: str
    font: str
    level: int = 0
    """Odd where it runs from right to left."""
    to: str = ""
    """Where it leads: an address, "#" and the key of a heading, or nothing."""

    @property
    def replaced(self) -> bool:
        """Say whether what is drawn differs from the text, so that the file must tell the text beside it."""
        return self.font in SHAPED or self.level % 2 == 1

    def wide(self, size: float) -> float:
        """Return its width in points."""
        if self.font in SHAPED:
            return _shaped(self.text, self.font, self.level % 2 == 1).wide * size / 1000
        return float(pdfmetrics.stringWidth(self.text, self.font, size))

    def drawn(self, document: Any) -> str:
        """Return what ReportLab draws from left to right; note in its font what new glyphs of it mean."""
        if self.font in SHAPED:
            shaped = _shaped(self.text, self.font, self.level % 2 == 1)
            pdfmetrics.getFont(self.font).note(document, shaped.meanings)
            return shaped.glyphs
        return mirrored(self.text) if self.level % 2 else self.text


def language_of(text: str, font: str) -> str | None:
    """Return the language that a text is to be read in, or None: that of the document.

    Letters tell Urdu and Persian from Arabic, and Japanese from Chinese.
    """
    script = of_font(font)
    if script is not None and script.language != "ar":
        return script.language
    if script is not None:
        return "ur" if URDU & set(text) else "fa" if PERSIAN & set(text) else "ar"
    if any("\u3040" <= character <= "\u30ff" for character in text):
        return "ja"
    return "zh" if any("\u2e80" <= character <= "\ufaff" for character in text) else None


class Shaped(NamedTuple):
    """Glyphs with their places, as ReportLab's string, and their width in thousandths of the size."""

    glyphs: str
    wide: float
    meanings: dict[int, str]
    """The letters that each glyph stands for which no character maps to."""


@lru_cache(maxsize=4096)
def _shaped(text: str, name: str, from_the_right: bool) -> Shaped:
    font = pdfmetrics.getFont(name)
    harfbuzz = font.hbFont()
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if from_the_right else "ltr"
    buffer.language = language_of(text, name) or "en"
    buffer.flags = uharfbuzz.BufferFlags.REMOVE_DEFAULT_IGNORABLES
    uharfbuzz.shape(harfbuzz, buffer, FEATURES)
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    letters = _letters_of([info.cluster for info in infos], text)
    characters: list[str] = []
    places: list[Any] = []
    meanings: dict[int, str] = {}
    total = 0.0
    for info, position in zip(infos, positions, strict=True):
        known = font.face.glyphToChar.get(info.codepoint)
        code = (
            int(known[0]) if known and not is_private(known[0]) else _private(font, harfbuzz, info.codepoint)
        )
        meant = letters.pop(info.cluster, NOTHING)
        if is_private(code):
            meanings.setdefault(code, meant)
        ahead = font.pdfScale(position.x_advance)
        aside, up = font.pdfScale(position.x_offset), font.pdfScale(position.y_offset)
        places.append(ShapeData(info.cluster, ahead, 0, aside, up, font.face.charWidths[code]))
        characters.append(chr(code))
        total += ahead
    return Shaped(ShapedStr("".join(characters), shapeData=places), total, meanings)


def _letters_of(clusters: list[int], text: str) -> dict[int, str]:
    """Return the letters of each cluster, by where it begins."""
    starts = sorted(set(clusters))
    return {start: text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)}


def _private(font: Any, harfbuzz: Any, glyph: int) -> int:
    """Return the code that stands for a glyph that no character maps to."""
    return int(font.hbAddPrivate(harfbuzz.glyph_to_string(glyph), glyph, 0))
