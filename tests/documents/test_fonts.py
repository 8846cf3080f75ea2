"""No character vanishes: a font for each, or its code point."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ehiia.documents.pdf import styles
from ehiia.documents.pdf.fonts import BODY, FALLBACK, IDEOGRAPHS, as_they_are, printable, runs
from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.pdf.structure import Tone
from ehiia.documents.pdf.text import Text
from ehiia.documents.pdf.writing import shortened, width
from tests.documents.reading import squeezed, text_of
from tests.documents.records import small_record


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Dr Siân Ŵyn-Łukasiewicz", "Dr Siân Ŵyn-Łukasiewicz"),
        ("W\u0302yn", "Ŵyn"),
        ("中文", "中文"),
        ("𠜎", "[U+2070E]"),
        ("smile \U0001f600", "smile [U+1F600]"),
        ("a\x07b", "a[U+0007]b"),
        ("safe\u202etxt", "safe[U+202E]txt"),
        ("soft\u00adhyphen\u200b", "softhyphen"),
        ("a\tb\u2003c", "a b c"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("\ue000", "[U+E000]"),
    ],
)
def test_what_is_printed_of_what_was_typed(typed: str, printed: str) -> None:
    assert printable(typed) == printed


def test_a_character_that_the_body_lacks_comes_from_the_fallback_font() -> None:
    assert runs("Ratio ⅗ done") == [(BODY, "Ratio "), (FALLBACK, "⅗"), (BODY, " done")]


def test_chinese_comes_from_a_font_of_its_own() -> None:
    assert runs("Ms 王") == [(BODY, "Ms "), (IDEOGRAPHS, "王")]


def test_markup_typed_by_people_is_text() -> None:
    assert Text("<b>5 & 6</b>", styles.TONES[Tone.BODY]).getPlainText() == "<b>5 & 6</b>"


def test_a_running_line_is_cut_to_its_room() -> None:
    cut = shortened("A very long name of an organisation " * 5, BODY, 8.5, 100)
    assert cut.endswith("…")
    assert width(cut, BODY, 8.5) <= 100
    assert shortened("Short", BODY, 8.5, 100) == "Short"


def test_names_in_many_alphabets_are_on_paper(tmp_path: Path) -> None:
    names = "Ŷnyr Żółć Đặng Θεός Ђорђе Ümit Ñandú ⅗ 中 😀 <b>&amp;"
    record = small_record()
    decision = replace(record.decided, reasons=names, members_present=(names,))
    seen = squeezed(text_of(lay_out(replace(record, decision=decision), signatories=()), tmp_path))
    assert seen.count(squeezed(printable(names))) == 2
    assert "中[U+1F600]" in seen


def test_what_is_called_plain_is_printed_as_it_is_in_the_font_of_the_body() -> None:
    for text in ("Dr Siân Ŵyn-Łukasiewicz said: “5 – 6 %”", "Θεός Ђорђе", "a <b> & c"):
        assert as_they_are().issuperset(text)
        assert printable(text) == text
        assert runs(text) == [(BODY, text)]
    for text in ("W\u0302yn", "a\tb", "⅗", "عربي", "中", "soft\u00adhyphen", "a\x07b"):
        assert not as_they_are().issuperset(text)
