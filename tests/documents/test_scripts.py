"""Names and answers in any script are on paper joined and in order, and are read out word for word."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics

from ehiia.documents.pdf import styles
from ehiia.documents.pdf.fonts import BODY, BOLD, SCRIPTS, Script, has, printable
from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.pdf.ordering import levels, visual
from ehiia.documents.pdf.shaping import language_of
from ehiia.documents.pdf.structure import Tone
from ehiia.documents.pdf.text import Text
from ehiia.documents.pdf.writing import Writing, is_simple, shortened, width
from ehiia.domain.decision import DecisionRecord
from ehiia.domain.frozen import Person
from tests.documents.reading import as_printed, squeezed, text_of
from tests.documents.records import small_record
from tests.documents.sayings import SAYINGS
from tests.documents.tagged import reading_of

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LETTERS = st.sampled_from(
    [chr(code) for script in SCRIPTS for first, last in script.blocks for code in range(first, last + 1)]
    + list("王小明医生服务这项abc, (2027)«»[]. \n\u200c\u200d")
)


def _record(texts: tuple[str, ...]) -> DecisionRecord:
    record = small_record()
    return replace(
        record,
        snapshot=replace(
            record.snapshot,
            title=texts[0],
            summary="\n".join(texts),
            authors=tuple(Person(text, "Commissioner") for text in texts),
        ),
        decision=replace(record.decided, reasons=" ".join(texts), members_present=texts),
    )


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return lay_out(_record(tuple(SAYINGS.values())), signatories=())


def test_every_name_and_answer_is_read_out_word_for_word(pdf: bytes, tmp_path: Path) -> None:
    read = reading_of(pdf, tmp_path)
    for saying in SAYINGS.values():
        assert as_printed(saying) == squeezed(saying)
        assert read.count(as_printed(saying)) >= 4
    assert as_printed(" ".join(SAYINGS.values())) in read


def test_so_is_what_is_taken_from_the_pages_except_that_poppler_turns_what_runs_from_the_right(
    pdf: bytes, tmp_path: Path
) -> None:
    taken = text_of(pdf, tmp_path)
    for saying in SAYINGS.values():
        for word in saying.split():
            if any(unicodedata.bidirectional(letter) in {"R", "AL", "AN"} for letter in word):
                word = "".join(letter for letter in word if unicodedata.category(letter) == "Lo")
                assert word in _letters(taken) or word[::-1] in _letters(taken)
            else:
                assert squeezed(word) in squeezed(taken)


def _letters(text: str) -> str:
    return "".join(letter for letter in text if unicodedata.category(letter) == "Lo" or letter in " \n")


def test_no_glyph_is_missing_and_none_means_nothing(pdf: bytes) -> None:
    """A private code point or a zero in the map back to Unicode is refused by ISO 19005."""
    maps = 0
    with pikepdf.open(BytesIO(pdf)) as file:
        for one in file.objects:
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font" and "/ToUnicode" in one:
                maps += 1
                for meant in re.findall(rb"<[0-9A-F]{2}> <([0-9A-F]{4,})>", one.ToUnicode.read_bytes()):
                    text = bytes.fromhex(meant.decode("ascii")).decode("utf-16-be")
                    assert text
                    assert not any("\ue000" <= letter <= "\uf8ff" or letter == "\0" for letter in text)
    assert maps >= len(SCRIPTS)


def test_the_same_record_gives_the_same_file_whatever_was_laid_out_before(pdf: bytes) -> None:
    lay_out(_record(("क्ष स्त्र", "গ্ধ", "لا إله", "ਸ੍ਰੀ")), signatories=())
    assert lay_out(_record(tuple(SAYINGS.values())), signatories=()) == pdf


@pytest.mark.parametrize("saying", SAYINGS.values(), ids=SAYINGS.keys())
def test_every_letter_has_a_glyph(saying: str) -> None:
    _every_letter_has_a_glyph(saying)


def _every_letter_has_a_glyph(text: str) -> None:
    for piece in Writing.of(text.replace("\n", " ")).pieces():
        face = pdfmetrics.getFont(piece.font).face
        drawn = piece.drawn(lambda: None)
        assert all(face.charToGlyph.get(ord(letter)) for letter in drawn if letter != "\u00a0")


@settings(QUICK, max_examples=6)
@given(st.text(alphabet=LETTERS, max_size=200))
def test_any_text_in_these_scripts_is_read_out_and_drawn(text: str) -> None:
    _every_letter_has_a_glyph(text)
    record = small_record()
    made = lay_out(replace(record, decision=replace(record.decided, reasons=text)), signatories=())
    with tempfile.TemporaryDirectory() as folder:
        assert as_printed(text) in reading_of(made, Path(folder))


@QUICK
@given(st.text(alphabet=LETTERS, max_size=200), st.floats(20, 400))
def test_breaking_into_lines_loses_nothing_and_fits(text: str, room: float) -> None:
    writing = Writing.of(text)
    lines = writing.lines(10, room, room)
    assert "".join(line.text for line in lines) == writing.text
    for line in lines:
        content = line.trimmed()
        assert content.wide(10) <= room + 0.5 * len(content.text) or len(content.text) < 8


@QUICK
@given(st.text(alphabet=LETTERS, max_size=200), st.integers(3, 20), st.booleans())
def test_splitting_a_paragraph_loses_nothing(text: str, lines: int, bullet: bool) -> None:
    paragraph = Text("سلام " + text, styles.TONES[Tone.BODY], bulletText="•" if bullet else None)
    assert paragraph.writing is not None
    paragraph.wrap(120, 1000)
    parts = paragraph.split(120, lines * paragraph.style.leading)
    said = "".join(part.writing.text for part in parts)
    assert said == paragraph.writing.text or (not parts and len(paragraph.lines) > lines)
    for part in parts[:1]:
        part.wrap(120, 1000)
        assert part.height <= lines * paragraph.style.leading or parts == [paragraph]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("ab אבג cd", ["ab ", "אבג", " cd"]),
        ("אב 12 גד", ["גד", " ", "12", " ", "אב"]),
        ("ab אב (12).", ["ab ", ")", "12", " (", "אב", "."]),
        ("אב (cd) גד", ["גד", ") ", "cd", " (", "אב"]),
    ],
)
def test_lines_that_mix_directions_are_turned_piece_by_piece(text: str, seen: list[str]) -> None:
    pieces = Writing.of(text).pieces()
    turned = [pieces[place].text for place in visual([piece.level for piece in pieces])]
    assert "".join(turned).split() == "".join(seen).split()


def test_each_line_has_the_direction_of_its_own_first_letter() -> None:
    found, bases = levels("ab\nאב\ncd")
    assert found == (0, 0, 0, 1, 1, 1, 0, 0)
    assert bases == (0, 0, 0, 1, 1, 1, 0, 0)


def test_arabic_letters_are_joined_and_bengali_vowels_stand_before_their_letter() -> None:
    shaped = pdfmetrics.getFont("EhiiaArabic")
    (piece,) = Writing.of("بسم").pieces()
    isolated = [shaped.face.charToGlyph[ord(letter)] for letter in "بسم"]
    drawn = [shaped.face.charToGlyph[ord(letter)] for letter in piece.drawn(lambda: None)]
    assert len(drawn) == 3
    assert not set(drawn) & set(isolated)
    (piece,) = Writing.of("কি").pieces()
    assert piece.drawn(lambda: None) == "িক"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("محمد", "ar"),
        ("عائشہ", "ur"),
        ("گروه", "fa"),
        ("שרה", "he"),
        ("রহিমা", "bn"),
        ("ਸਿੰਘ", "pa"),
        ("王", "zh"),
    ],
)
def test_a_voice_is_told_the_language(text: str, language: str) -> None:
    (piece,) = Writing.of(text).pieces()
    assert language_of(piece.text, piece.font) == language


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.language for script in SCRIPTS])
def test_a_heading_is_bold_in_every_script_and_lacks_no_letter(script: Script) -> None:
    assert has(script.font, chr(script.blocks[0][0] + 0x28))
    letters = [chr(code) for first, last in script.blocks for code in range(first, last + 1)]
    for letter in letters:
        assert has(script.font, letter) == has(script.bold.font, letter), hex(ord(letter))
    saying = next(one for one in SAYINGS.values() if {one for one in letters if one.isalpha()} & set(one))
    fonts = {piece.font for piece in Writing.of(saying, BOLD).pieces()}
    assert script.bold.font in fonts
    assert script.font not in fonts


def test_plain_text_is_left_to_the_faster_way() -> None:
    assert is_simple("Dr Siân Ŵyn-Łukasiewicz, Θεός ⅗")
    assert not is_simple("Dr שרה")
    assert not is_simple("王")


def test_a_joiner_belongs_to_the_spelling_but_nowhere_else() -> None:
    assert printable("می\u200cخواهم") == "می\u200cخواهم"
    assert printable("Sarah\u200cSmith") == "Sarah[U+200C]Smith"


def test_a_running_line_in_arabic_is_cut_to_its_room() -> None:
    cut = shortened("هيئة الرعاية المتكاملة " * 9, BODY, 8.5, 100)
    assert cut.endswith("…")
    assert width(cut, BODY, 8.5) <= 100
