"""How the pages are filled: no heading is left behind, no row is torn, the cover says the decision."""

from __future__ import annotations

from pathlib import Path

import pytest

from ehiia.documents.pdf import styles
from ehiia.documents.pdf.grid import Grid
from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.pdf.record import record_document
from ehiia.documents.pdf.structure import Heading
from ehiia.domain.decision import DecisionRecord
from tests.documents.everything import full_record
from tests.documents.large import large_record
from tests.documents.reading import squeezed, text_of
from tests.documents.records import CAROL, small_record

RECORDS = pytest.mark.parametrize(
    "record", [small_record(), full_record(), large_record()], ids=["small", "full", "large"]
)


def _pages(record: DecisionRecord, folder: Path) -> list[list[str]]:
    """Return the lines of each page, without the running lines."""
    pages = text_of(lay_out(record, signatories=(CAROL,)), folder).split("\f")
    return [[squeezed(line) for line in page.splitlines() if line.strip()] for page in pages if page.strip()]


@RECORDS
def test_no_heading_is_left_at_the_foot_of_a_page(record: DecisionRecord, tmp_path: Path) -> None:
    headings = {
        squeezed(block.text) for block in record_document(record).blocks if isinstance(block, Heading)
    }
    feet = [lines[-1] for lines in _pages(record, tmp_path)]
    assert not headings & set(feet)


def test_the_first_page_says_what_was_decided_how_it_stood_and_under_which_code(tmp_path: Path) -> None:
    cover = "".join(_pages(large_record(), tmp_path)[0])
    for text in (
        "People and Communities Strategy 2027 to 2030",
        "Approved with conditions",
        "Status on the day it was decided: in force, with conditions",
        "EHIIA-2026-014/2",
        "Thursday 21 January 2027",
        "Version 3",
        "7QK2 M9XH 4TRB",
    ):
        assert squeezed(text) in cover


def _grid(*heights: float) -> Grid:
    rows = [[["a\nb\nc"]], *([["a\nb\nc"]] for _ in heights)]
    return Grid(rows, colWidths=[styles.WIDTH], rowHeights=[20.0, *heights], repeatRows=1, splitInRow=1)


def test_a_row_moves_to_the_next_page_whole() -> None:
    first, rest = _grid(100, 100, 100).split(styles.WIDTH, 270)
    assert [len(part._rowHeights) for part in (first, rest)] == [3, 2]
    assert _grid(100, 100).split(styles.WIDTH, 90) == []


def test_no_heading_would_be_found_left_behind_by_chance(tmp_path: Path) -> None:
    """The test above looks for headings as they are printed: they are found on the pages."""
    lines = {line for page in _pages(small_record(), tmp_path) for line in page}
    assert squeezed("4 The impacts at a glance") in lines
