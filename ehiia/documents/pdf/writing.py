"""Text in any script on lines: where it may be broken, in which order it stands, how it is written.

A text is broken into lines in the order of reading, then each line is turned
where it runs from the right. It is written in the order of reading too, each
piece at its place, and where glyphs are not the text itself the text stands
beside them ("ActualText"), so that whatever is read out of the file is what was typed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from ehiia.documents.pdf.fonts import (
    BODY,
    FALLBACK,
    FILES,
    IDEOGRAPHS,
    JOINERS,
    as_they_are,
    fonts_of,
    printable,
)
from ehiia.documents.pdf.linking import Stretch
from ehiia.documents.pdf.marking import TaggedText
from ehiia.documents.pdf.ordering import levels, turns, visual
from ehiia.documents.pdf.shaping import Piece, language_of

NO_LINE_BEGINS = frozenset("、。，．：；！？）］｝」』】〉》〕…ー・％")
NO_LINE_ENDS = frozenset("（［｛「『【〈《〔")


def is_simple(text: str) -> bool:
    """Say whether ReportLab's own paragraphs can set a text: from left to right, in fonts without shaping."""
    return (
        text.isascii()
        or as_they_are().issuperset(text)
        or (not turns(text) and all(name in FILES or name == FALLBACK for name in fonts_of(printable(text))))
    )


@dataclass(frozen=True)
class Writing:
    """A printable text with the font, the level and the level of the paragraph of each character.

    ``leads``: where each of them leads; empty where none does.
    """

    text: str
    fonts: tuple[str, ...]
    levels: tuple[int, ...]
    bases: tuple[int, ...]
    leads: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str, font: str = BODY, leading: Sequence[Stretch] = ()) -> Writing:
        """Make it from what somebody typed; ``font`` is that of the body; ``leading``: where it leads."""
        shown = printable(text)
        leads = tuple(one.to for one in leading for _ in one.text)
        return cls(shown, tuple(fonts_of(shown, font)), *levels(shown), leads)

    def part(self, start: int, end: int) -> Writing:
        """Return the characters from ``start`` up to ``end``."""
        cut = slice(start, end)
        return Writing(self.text[cut], self.fonts[cut], self.levels[cut], self.bases[cut], self.leads[cut])

    @property
    def from_the_right(self) -> bool:
        """Say whether the first paragraph of it runs from right to left."""
        return bool(self.bases) and self.bases[0] == 1

    def pieces(self) -> list[Piece]:
        """Return the pieces of one line in the order of reading."""
        found: list[Piece] = []
        start = 0
        leads = self.leads or ("",) * len(self.text)
        for (font, level, to), group in groupby(zip(self.fonts, self.levels, leads, strict=True)):
            end = start + len(list(group))
            found.append(Piece(self.text[start:end], font, level, to))
            start = end
        return found

    def wide(self, size: float) -> float:
        """Return its width in points, on one line."""
        return sum(piece.wide(size) for piece in self.pieces())

    def placed(self, size: float) -> list[tuple[float, Piece]]:
        """Return the pieces in the order of reading, each with its distance (points) from the left edge."""
        pieces = self.pieces()
        at, x = [0.0] * len(pieces), 0.0
        for place in visual([piece.level for piece in pieces]):
            at[place] = x
            x += pieces[place].wide(size)
        return list(zip(at, pieces, strict=True))

    def lines(self, size: float, first: float, later: float) -> list[Writing]:
        """Return its lines: the first at most ``first`` points wide, the others ``later``.

        Each line keeps the space or the line end at which it was broken.
        """
        broken: list[Writing] = []
        start = end = 0
        x = 0.0
        for unit_start, unit_end in self._units():
            room = later if broken else first
            unit = self.part(unit_start, unit_end)
            wide = unit.trimmed().wide(size)
            if x and x + wide > room:
                broken.append(self.part(start, end))
                start, x, room = end, 0.0, later
            while wide > room and unit_end - unit_start > 1:
                cut = unit_start + unit.fitting(size, room)
                if cut >= unit_end:
                    break
                broken.append(self.part(start, cut))
                start = unit_start = cut
                unit, room = self.part(cut, unit_end), later
                wide = unit.trimmed().wide(size)
            x += unit.wide(size)
            end = unit_end
            if self.text[end - 1] == "\n":
                broken.append(self.part(start, end))
                start, x = end, 0.0
        if start < end or not broken or self.text.endswith("\n"):
            broken.append(self.part(start, end))
        return broken

    def trimmed(self) -> Writing:
        """Return it without white space at its end."""
        return self.part(0, len(self.text.rstrip(" \n")))

    def _units(self) -> Iterator[tuple[int, int]]:
        """Yield start and end of what is not broken while it fits a line: words with their space."""
        start = 0
        for place in range(1, len(self.text) + 1):
            if place == len(self.text) or self._may_break(place):
                yield start, place
                start = place

    def _may_break(self, place: int) -> bool:
        """Say whether a line may end before the character at ``place``."""
        before, after = self.text[place - 1], self.text[place]
        if before in " \n":
            return after != " " or before == "\n"
        if IDEOGRAPHS not in (self.fonts[place - 1], self.fonts[place]) or after in " \n":
            return False
        return after not in NO_LINE_BEGINS and before not in NO_LINE_ENDS and not _goes_with(after)

    def fitting(self, size: float, room: float) -> int:
        """Return how many characters of a long word fit into ``room`` points, one letter at least."""
        fits, too_many = 0, len(self.text)
        while too_many - fits > 1:
            middle = (fits + too_many) // 2
            if self.part(0, middle).wide(size) <= room:
                fits = middle
            else:
                too_many = middle
        while 0 < fits < len(self.text) and _goes_with(self.text[fits]):
            fits -= 1
        fits = max(fits, 1)
        while fits < len(self.text) and fits == 1 and _goes_with(self.text[fits]):
            fits += 1
        return fits


def _goes_with(character: str) -> bool:
    """Say whether a character must stay with the one before it."""
    return character in JOINERS or unicodedata.category(character)[0] == "M"


def write_line(text_object: Any, x: float, y: float, line: Writing, size: float, room: float = 0.0) -> float:
    """Write one line with its left end at x, y (points); return its width.

    One that runs from the right begins at the right end of ``room``. What it was
    broken at is written as a space behind it, so that words do not run together.
    """
    content = line.trimmed()
    wide = content.wide(size)
    if line.from_the_right:
        x += max(room - wide, 0.0)
    for aside, piece in content.placed(size):
        _write(text_object, x + aside, y, piece, size)
    if len(content.text) < len(line.text):
        space = Piece(" ", BODY)
        _write(text_object, x - space.wide(size) if line.from_the_right else x + wide, y, space, size)
    return wide


def _write(text_object: Any, x: float, y: float, piece: Piece, size: float) -> None:
    text_object.setTextOrigin(x, y)
    text_object._setFont(piece.font, size)  # keeps the leading, unlike setFont
    actual, language = piece.text if piece.replaced else "", language_of(piece.text, piece.font) or ""
    tagged = text_object if isinstance(text_object, TaggedText) else None
    spanned = tagged is not None and bool(actual or language)
    if tagged is not None:
        tagged.lead(piece.to, (x, y - size / 4, piece.wide(size) if piece.to else 0.0, size * 1.25))
    if spanned:
        text_object.begin_span(actual, language)
    text_object._textOut(piece.drawn(text_object._doc))
    if spanned:
        text_object.end_span()


def width(text: str, font: str, size: float) -> float:
    """Return the width in points of a single line of text."""
    return Writing.of(text, font).wide(size)


@lru_cache(maxsize=64)
def shortened(text: str, font: str, size: float, limit: float) -> str:
    """Return the text, cut with an ellipsis where it is wider than ``limit`` points."""
    line = printable(text).replace("\n", " ")
    if width(line, font, size) <= limit:
        return line
    fits, too_wide = 0, len(line)
    while too_wide - fits > 1:
        middle = (fits + too_wide) // 2
        if width(line[:middle] + "…", font, size) <= limit:
            fits = middle
        else:
            too_wide = middle
    while fits and _goes_with(line[fits]):
        fits -= 1
    return line[:fits].rstrip() + "…"
