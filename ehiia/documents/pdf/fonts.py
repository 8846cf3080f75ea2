"""The fonts of every document: vendored TrueType files, always embedded; a font for each character.

Liberation Sans covers Latin, Greek, Cyrillic and Hebrew; what it lacks is taken
from DejaVu Sans; what both lack is printed as its code point ("[U+4E2D]"),
because a name that silently loses a letter is a wrong name. Control characters
and directional marks are printed the same way, so that nothing hides in a
record. Five characters that have no appearance by definition are left out of
the page: soft hyphen, zero-width space, word joiner, byte-order mark and
variation selector 16. The attached data carries every text exactly.

ReportLab keeps the state of a document in its fonts: lay out one at a time.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont

FOLDER = Path(__file__).resolve().parent.parent / "fonts"

BODY = "EhiiaSans"
BOLD = "EhiiaSans-Bold"
ITALIC = "EhiiaSans-Italic"
BOLD_ITALIC = "EhiiaSans-BoldItalic"
FALLBACK = "EhiiaFallback"

FILES = {
    BODY: "LiberationSans-Regular.ttf",
    BOLD: "LiberationSans-Bold.ttf",
    ITALIC: "LiberationSans-Italic.ttf",
    BOLD_ITALIC: "LiberationSans-BoldItalic.ttf",
}
FALLBACK_FILE = "DejaVuSans.ttf"

INVISIBLE = frozenset("\u00ad\u200b\u2060\ufeff\ufe0f")
LINE_ENDS = frozenset("\n\x0b\x0c\x85\u2028\u2029")
HIDING = frozenset({"Cc", "Cf", "Cs", "Cn", "Co"})
"""General categories that are printed as code points: control, format, surrogate, unassigned, private."""


class EmbeddedFont(TTFont):  # type: ignore[misc]
    """A font whose map back to Unicode holds no zero, which ISO 19005 and ISO 14289 forbid.

    ReportLab writes U+0000 for every unused code.
    """

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - ReportLab's name
        """Write the font into the file; called by ReportLab."""
        subsets = list(self.state[doc].subsets)
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            name = b"".join((SUBSETN(number), b"+", self.face.name, self.face.subfontNameX)).decode("pdfdoc")
            doc.idToObject["toUnicodeCMap:" + name].content = _to_unicode(subset)


def _to_unicode(subset: list[int]) -> str:
    pairs = [f"<{code:02X}> <{character:04X}>" for code, character in enumerate(subset) if character]
    blocks = (pairs[start : start + 100] for start in range(0, len(pairs), 100))  # 100 is the most allowed
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
    ]
    for block in blocks:
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join([*lines, "endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"])


@cache
def body_characters() -> frozenset[int]:
    """Register the fonts of the body (once) and return the code points that all four of them have."""
    covered: frozenset[int] | None = None
    for name, file in FILES.items():
        font = EmbeddedFont(name, str(FOLDER / file), shapable=False)
        pdfmetrics.registerFont(font)
        characters = frozenset(font.face.charToGlyph)
        covered = characters if covered is None else covered & characters
    pdfmetrics.registerFontFamily(BODY, BODY, BOLD, ITALIC, BOLD_ITALIC)
    return covered or frozenset()


@cache
def fallback_characters() -> frozenset[int]:
    """Register the fallback font (once, when first needed) and return the code points it has."""
    font = EmbeddedFont(FALLBACK, str(FOLDER / FALLBACK_FILE), shapable=False)
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def printable(text: str) -> str:
    """Return the text as it is printed: composed, without invisible characters, line ends as "\\n"."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_printable(character) for character in composed)


def _printable(character: str) -> str:
    if " " <= character <= "~" or character == "\n":
        return character
    if character in LINE_ENDS:
        return "\n"
    if character == "\t":
        return " "
    if character in INVISIBLE:
        return ""
    code = ord(character)
    # ReportLab's character maps hold four digits, so characters beyond them count as not covered
    hidden = unicodedata.category(character) in HIDING or code > 0xFFFF
    if not hidden and (code in body_characters() or character.isspace() or code in fallback_characters()):
        return " " if character.isspace() and character != "\u00a0" else character
    return f"[U+{code:04X}]"


def runs(text: str, font: str = BODY) -> list[tuple[str, str]]:
    """Return the printable text cut into (font name, text), each text wholly covered by its font."""
    cut: list[tuple[str, str]] = []
    covered = body_characters()
    for character in printable(text):
        name = font if ord(character) in covered or character == "\n" else FALLBACK
        if cut and cut[-1][0] == name:
            cut[-1] = (name, cut[-1][1] + character)
        else:
            cut.append((name, character))
    return cut


def markup(text: str) -> str:
    """Return the text as markup for a ReportLab paragraph: escaped, line ends kept, fallback where needed."""
    body_characters()
    parts = []
    for name, run in runs(text):
        safe = escape(run).replace("\n", "<br/>")
        parts.append(f'<font name="{FALLBACK}">{safe}</font>' if name == FALLBACK else safe)
    return "".join(parts)


def width(text: str, font: str, size: float) -> float:
    """Return the width in points of a single line of text."""
    return sum(float(pdfmetrics.stringWidth(run, name, size)) for name, run in runs(text, font))


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
    return line[:fits].rstrip() + "…"
