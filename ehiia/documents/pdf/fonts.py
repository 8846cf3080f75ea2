"""The fonts of every document: vendored TrueType files, always embedded; a font for each character.

Liberation Sans covers Latin, Greek and Cyrillic. Arabic (and Urdu and Persian),
Hebrew, Bengali, Gurmukhi (Punjabi), Devanagari, Gujarati, Tamil and Thai have
their Noto Sans, regular and bold, in which letters are joined by ``shaping``. What they lack is
taken from DejaVu Sans, then from Droid Sans Fallback (Chinese and
Japanese). What all lack is printed as its code point ("[U+1F600]"), because a
name that silently loses a letter is a wrong name. Control characters and
directional marks are printed the same way, so that nothing hides in a record;
but a joiner inside a word of a joined script is part of its spelling. Five
characters that have no appearance by definition are left out of the page: soft
hyphen, zero-width space, word joiner, byte-order mark and variation selector
16. The attached data carries every text exactly.

ReportLab keeps the state of a document in its fonts: lay out one at a time.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont

FOLDER = Path(__file__).resolve().parent.parent / "fonts"

BODY = "EhiiaSans"
BOLD = "EhiiaSans-Bold"
ITALIC = "EhiiaSans-Italic"
BOLD_ITALIC = "EhiiaSans-BoldItalic"
FALLBACK = "EhiiaFallback"
IDEOGRAPHS = "EhiiaIdeographs"

FILES = {
    BODY: "LiberationSans-Regular.ttf",
    BOLD: "LiberationSans-Bold.ttf",
    ITALIC: "LiberationSans-Italic.ttf",
    BOLD_ITALIC: "LiberationSans-BoldItalic.ttf",
}
WIDER_FILES = {FALLBACK: "DejaVuSans.ttf", IDEOGRAPHS: "DroidSansFallbackFull.ttf"}
"""Fonts for what neither the body nor the font of a script has, in the order of asking."""


@dataclass(frozen=True)
class Script:
    """A script with a font of its own: its blocks (first, last) and its language."""

    font: str
    file: str
    language: str
    blocks: tuple[tuple[int, int], ...]

    @property
    def bold(self) -> Script:
        """The same in bold: what stands in a heading or in the head of a table."""
        return replace(self, font=f"{self.font}-Bold", file=self.file.replace("Regular", "Bold"))


SCRIPTS = (
    Script("EhiiaHebrew", "NotoSansHebrew-Regular.ttf", "he", ((0x0590, 0x05FF), (0xFB1D, 0xFB4F))),
    Script(
        "EhiiaArabic",
        "NotoSansArabic-Regular.ttf",
        "ar",
        ((0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)),
    ),
    Script("EhiiaDevanagari", "NotoSansDevanagari-Regular.ttf", "hi", ((0x0900, 0x097F), (0xA8E0, 0xA8FF))),
    Script("EhiiaBengali", "NotoSansBengali-Regular.ttf", "bn", ((0x0980, 0x09FF),)),
    Script("EhiiaGurmukhi", "NotoSansGurmukhi-Regular.ttf", "pa", ((0x0A00, 0x0A7F),)),
    Script("EhiiaGujarati", "NotoSansGujarati-Regular.ttf", "gu", ((0x0A80, 0x0AFF),)),
    Script("EhiiaTamil", "NotoSansTamil-Regular.ttf", "ta", ((0x0B80, 0x0BFF),)),
    Script("EhiiaThai", "NotoSansThai-Regular.ttf", "th", ((0x0E00, 0x0E7F),)),
)
BOLD_SCRIPTS = {script.font: script.bold for script in SCRIPTS}
"""By the name of the regular font."""
SHAPED = frozenset(script.font for script in (*SCRIPTS, *BOLD_SCRIPTS.values()))
"""Names of the fonts whose letters are joined or placed by shaping."""
FIRST_OF_SCRIPTS = min(script.blocks[0][0] for script in SCRIPTS)

INVISIBLE = frozenset("\u00ad\u200b\u2060\ufeff\ufe0f")
JOINERS = "\u200c\u200d"
LINE_ENDS = frozenset("\n\x0b\x0c\x85\u2028\u2029")
NOTHING = "\u200b"
"""What a glyph means whose letters another glyph of its cluster tells already."""
HIDING = frozenset({"Cc", "Cf", "Cs", "Cn", "Co"})
"""General categories that are printed as code points: control, format, surrogate, unassigned, private."""


class EmbeddedFont(TTFont):  # type: ignore[misc]
    """A font whose map back to Unicode holds no zero, which ISO 19005 and ISO 14289 forbid.

    ReportLab writes U+0000 for every unused code, and gives a glyph that only
    shaping reaches the width of its first context instead of its own.
    """

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self._meanings: WeakKeyDictionary[Any, dict[int, str]] = WeakKeyDictionary()

    def note(self, document: Any, meanings: dict[int, str]) -> None:
        """Note what glyphs mean in a document that no character maps to: private code -> letters.

        What was met first stays, so that the same document always gives the same file.
        """
        noted = self._meanings.setdefault(document, {})
        for code, letters in meanings.items():
            noted.setdefault(code, letters)

    def hbFont(self, fontSize: float = 10) -> Any:  # noqa: N802, N803 - ReportLab's names
        """Return the font for HarfBuzz; called by ``shaping``."""
        font = super().hbFont(fontSize)
        add: Callable[[str, int, float], int] = self.hbAddPrivate  # type: ignore[has-type]
        self.hbAddPrivate = lambda name, glyph, _: add(
            name, glyph, self.pdfScale(font.get_glyph_h_advance(glyph))
        )
        return font

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - ReportLab's name
        """Write the font into the file; called by ReportLab."""
        subsets = list(self.state[doc].subsets)
        meanings = self._meanings.get(doc, {})
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            name = b"".join((SUBSETN(number), b"+", self.face.name, self.face.subfontNameX)).decode("pdfdoc")
            doc.idToObject["toUnicodeCMap:" + name].content = _to_unicode(subset, meanings)


def is_private(code: int) -> bool:
    """Say whether a code point is one that ReportLab takes for a glyph of shaping."""
    return 0xE000 <= code <= 0xF8FF


def _to_unicode(subset: list[int], meanings: dict[int, str]) -> str:
    """Return the map from codes to letters; private code points never stand in it."""
    pairs = [
        f"<{code:02X}> <{meant.encode('utf-16-be').hex().upper()}>"
        for code, character in enumerate(subset)
        if (meant := meanings.get(character, NOTHING if is_private(character) else chr(character))) != "\0"
    ]
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


def _registered(name: str, file: str) -> frozenset[int]:
    """Make a font known to ReportLab; return the code points it has, of four hexadecimal digits.

    ReportLab's maps hold four digits, so characters beyond them count as not covered.
    """
    font = EmbeddedFont(name, str(FOLDER / file), shapable=name in SHAPED)
    pdfmetrics.registerFont(font)
    return frozenset(code for code in font.face.charToGlyph if code <= 0xFFFF)


@cache
def body_characters() -> frozenset[int]:
    """Register the fonts of the body (once) and return the code points that all four of them have."""
    covered = frozenset.intersection(*(_registered(name, file) for name, file in FILES.items()))
    pdfmetrics.registerFontFamily(BODY, BODY, BOLD, ITALIC, BOLD_ITALIC)
    return covered


@cache
def _of_script(script: Script) -> frozenset[int]:
    return _registered(script.font, script.file)


@cache
def _wider(name: str) -> frozenset[int]:
    return _registered(name, WIDER_FILES[name])


@cache
def script_of(code: int) -> Script | None:
    """Return the script whose blocks hold a code point, or None."""
    if code < FIRST_OF_SCRIPTS:
        return None
    for script in SCRIPTS:
        if any(first <= code <= last for first, last in script.blocks):
            return script
    return None


@cache
def script_font(character: str) -> str | None:
    """Return the name of the font for a character outside the body's, or None: no font has it."""
    code = ord(character)
    script = script_of(code)
    if script is not None and code in _of_script(script):
        return script.font
    return next((name for name in WIDER_FILES if code in _wider(name)), None)


def of_font(name: str) -> Script | None:
    """Return the script that a font was chosen for, or None."""
    return next((script for script in (*SCRIPTS, *BOLD_SCRIPTS.values()) if script.font == name), None)


def has(name: str, character: str) -> bool:
    """Say whether the font of a script has a character."""
    script = of_font(name)
    return script is not None and ord(character) in _of_script(script)


@cache
def as_they_are() -> frozenset[str]:
    """Return the characters that the body prints as they are, whatever stands beside them.

    A text of these alone, as nearly all are, need not be looked at character by character.
    """
    of_body = {chr(code) for code in body_characters() if script_of(code) is None} - set(JOINERS)
    return frozenset(
        one
        for one in of_body | {"\n"}
        if unicodedata.category(one)[0] != "M"
        and unicodedata.normalize("NFC", one) == one
        and _printable(one, 0, one) == one
    )


def printable(text: str) -> str:
    """Return the text as it is printed: composed, without invisible characters, line ends as "\\n"."""
    if as_they_are().issuperset(text):
        return text
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_printable(character, place, composed) for place, character in enumerate(composed))


def _printable(character: str, place: int, text: str) -> str:
    if " " <= character <= "~" or character == "\n":
        return character
    if character in LINE_ENDS:
        return "\n"
    if character == "\t":
        return " "
    if character in INVISIBLE:
        return ""
    if character in JOINERS and _within_a_word(place, text):
        return character
    code = ord(character)
    hidden = unicodedata.category(character) in HIDING or code > 0xFFFF
    if not hidden and (code in body_characters() or character.isspace() or script_font(character)):
        return " " if character.isspace() and character != "\u00a0" else character
    return f"[U+{code:04X}]"


def _within_a_word(place: int, text: str) -> bool:
    """Say whether the character at ``place`` stands right after a letter of a joined script."""
    script = script_of(ord(text[place - 1])) if place else None
    return script is not None and unicodedata.category(text[place - 1])[0] in "LM"


def runs(text: str, font: str = BODY) -> list[tuple[str, str]]:
    """Return the printable text cut into (font name, text), each text wholly covered by its font.

    Signs that scripts share (spaces, commas, digits) are set in the font of the
    letters around them where that has them, so that a phrase stays in one piece.
    """
    if text and as_they_are().issuperset(text):
        return [(font, text)]
    cut: list[tuple[str, str]] = []
    shown = printable(text)
    for name, character in zip(fonts_of(shown, font), shown, strict=True):
        if cut and cut[-1][0] == name:
            cut[-1] = (name, cut[-1][1] + character)
        else:
            cut.append((name, character))
    return cut


def fonts_of(shown: str, font: str = BODY) -> list[str]:
    """Return the name of the font of each character of a printable text; ``font`` is that of the body."""
    if as_they_are().issuperset(shown):
        return [font] * len(shown)
    names = _names_of(shown, font)
    if font not in (BOLD, BOLD_ITALIC):
        return names
    return [
        bold.font if (bold := BOLD_SCRIPTS.get(name)) and has(bold.font, character) else name
        for name, character in zip(names, shown, strict=True)
    ]


def _names_of(shown: str, font: str) -> list[str]:
    """Return the same with the regular fonts of the scripts."""
    covered = body_characters()
    names: list[str] = []
    waiting = 0
    """How many characters before this one are shared by scripts and follow letters of one."""
    script = ""
    for character in shown:
        name = _font_of(character, font, script, covered)
        if name == script:
            names[len(names) - waiting :] = [script] * waiting
            waiting = 0
        elif (
            script and name == font and has(script, character) and unicodedata.category(character)[0] in "ZP"
        ):
            waiting += 1
        else:
            script, waiting = (name, 0) if name in SHAPED else ("", 0)
        names.append(name)
    return names


def _font_of(character: str, font: str, script: str, covered: frozenset[int]) -> str:
    """Return the font of a character; ``script`` is the font of the script that it follows, or empty."""
    code = ord(character)
    if code < FIRST_OF_SCRIPTS and (code in covered or character == "\n"):
        return font
    shared = character in JOINERS or script_of(code) is not None or unicodedata.category(character)[0] == "M"
    if script and shared and has(script, character):
        return script
    if code in covered and script_of(code) is None:
        return font
    return script_font(character) or font
