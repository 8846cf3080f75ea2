"""Sizes, colours and distances of the record: calm, NHS blue headings, readable on paper."""

from __future__ import annotations

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from ehiia.documents.pdf.fonts import BODY, BOLD, ITALIC
from ehiia.documents.pdf.structure import Mark, Tone

PAGE = A4
MARGIN = 20 * mm
TOP = 26 * mm
BOTTOM = 22 * mm
WIDTH = PAGE[0] - 2 * MARGIN
HEIGHT = PAGE[1] - TOP - BOTTOM

BLUE = HexColor("#005eb8")
DARK_BLUE = HexColor("#003087")
INK = HexColor("#212b32")
GREY = HexColor("#4c6272")
RULE = HexColor("#aeb7bd")
PALE = HexColor("#f0f4f5")
WARM = HexColor("#fff9e6")
WARM_EDGE = HexColor("#b37900")

MARK_COLOURS: dict[Mark, Color] = {
    Mark.BETTER: HexColor("#005a30"),
    Mark.WORSE: HexColor("#8a1538"),
    Mark.MIXED: HexColor("#7c5800"),
    Mark.SAME: GREY,
    Mark.UNKNOWN: GREY,
    Mark.BAND_NONE: GREY,
    Mark.BAND_LOW: HexColor("#005a30"),
    Mark.BAND_MEDIUM: HexColor("#7c5800"),
    Mark.BAND_HIGH: HexColor("#a33a00"),
    Mark.BAND_VERY_HIGH: HexColor("#8a1538"),
}


def _style(name: str, size: float, leading: float, **more: object) -> ParagraphStyle:
    settings: dict[str, object] = {
        "fontName": BODY,
        "bulletFontName": BODY,
        "textColor": INK,
        "allowWidows": 0,
        "allowOrphans": 0,
        "splitLongWords": 1,
    }
    return ParagraphStyle(name, fontSize=size, leading=leading, **(settings | more))


TONES = {
    Tone.BODY: _style("body", 10.5, 15, spaceAfter=7),
    Tone.LEAD: _style("lead", 12.5, 18, spaceAfter=9),
    Tone.QUESTION: _style("question", 10.5, 14, fontName=BOLD, spaceBefore=6, spaceAfter=3, keepWithNext=0),
    Tone.SMALL: _style("small", 9, 12.5, textColor=GREY, spaceAfter=7),
    Tone.MISSING: _style("missing", 10.5, 15, fontName=ITALIC, textColor=GREY, spaceAfter=7),
}
HEADINGS = {
    1: _style("heading-1", 19, 24, fontName=BOLD, textColor=DARK_BLUE, spaceBefore=20, spaceAfter=8),
    2: _style("heading-2", 14, 18, fontName=BOLD, textColor=BLUE, spaceBefore=14, spaceAfter=5),
    3: _style("heading-3", 11.5, 15, fontName=BOLD, textColor=INK, spaceBefore=9, spaceAfter=4),
    4: _style("heading-4", 10.5, 14, fontName=BOLD, textColor=GREY, spaceBefore=8, spaceAfter=3),
}
ITEM = _style("item", 10.5, 15, leftIndent=20, bulletIndent=3, spaceAfter=4, bulletFontSize=10.5)
CAPTION = _style("caption", 9.5, 13, fontName=BOLD, textColor=GREY, spaceBefore=6, spaceAfter=4)
COLUMN_HEAD = _style("column-head", 9, 12, fontName=BOLD, textColor=white)
CELL = _style("cell", 9, 12.5)
CELL_STRONG = _style("cell-strong", 9, 12.5, fontName=BOLD)
FACT_NAME = _style("fact-name", 10, 14, fontName=BOLD)
FACT_VALUE = _style("fact-value", 10, 14)
FACT_EXACT = _style("fact-exact", 9, 14)
NOTICE_TITLE = _style("notice-title", 11.5, 15, fontName=BOLD, spaceAfter=3)
NOTICE_TEXT = _style("notice-text", 10.5, 15)
CONTENTS = {
    1: _style("contents-1", 10.5, 13.5, fontName=BOLD, spaceBefore=3, rightIndent=30),
    2: _style("contents-2", 9.5, 12, leftIndent=14, rightIndent=30),
}
COVER_ORGANISATION = _style("cover-organisation", 13, 17, fontName=BOLD, textColor=white)
COVER_KIND = _style("cover-kind", 11, 15, textColor=white)
COVER_TITLE = _style("cover-title", 26, 32, fontName=BOLD, textColor=DARK_BLUE, spaceAfter=6)
COVER_SUBTITLE = _style("cover-subtitle", 15, 19, textColor=GREY, spaceAfter=16)
FIELD_NAME = _style("field-name", 11, 15, fontName=BOLD)
FIELD_DETAIL = _style("field-detail", 10, 14, textColor=GREY, spaceAfter=3)
VERDICT = _style("verdict", 18, 24, fontName=BOLD, textColor=DARK_BLUE)
VERDICT_LINE = _style("verdict-line", 11, 15)
CODE_TITLE = _style("code-title", 9.5, 13, fontName=BOLD, textColor=GREY)
CODE = _style("code", 17, 23, fontName=BOLD, textColor=DARK_BLUE)
CODE_HOW = _style("code-how", 9, 12.5, textColor=GREY)
