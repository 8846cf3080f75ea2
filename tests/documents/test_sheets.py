"""Lists as files: what a spreadsheet reads back, and that nothing in a cell is ever run."""

from __future__ import annotations

import csv
import zipfile
from datetime import date
from io import BytesIO, StringIO

import openpyxl  # type: ignore[import-untyped]
import pytest

from ehiia.documents.sheets import as_csv, as_xlsx

HEAD = ("What", "Due", "Days")
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1+1", '=HYPERLINK("http://x","y")']


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def test_words_numbers_and_dates_come_back_from_a_csv() -> None:
    content = as_csv(HEAD, [("A “bus”, twice\na day", date(2026, 8, 1), 3), ("", None, 0)])
    assert content.startswith(b"\xef\xbb\xbf")
    assert read_csv(content) == [
        list(HEAD),
        ["A “bus”, twice\na day", "2026-08-01", "3"],
        ["", "", "0"],
    ]


def test_words_numbers_and_dates_come_back_from_a_workbook() -> None:
    content = as_xlsx("Mitigating actions", HEAD, [("A “bus”", date(2026, 8, 1), 3), ("7", None, 0)])
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == list(HEAD)
    assert (rows[1][0], rows[1][1].date(), rows[1][2]) == ("A “bus”", date(2026, 8, 1), 3)
    assert rows[2] == ["7", None, 0]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_word_is_ever_a_formula(text: str) -> None:
    assert read_csv(as_csv(HEAD, [(text, None, 1)]))[1][0].startswith("'")
    content = as_xlsx("x", HEAD, [(text, None, 1)])
    with zipfile.ZipFile(BytesIO(content)) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
    cell = openpyxl.load_workbook(BytesIO(content)).active["A2"]
    assert cell.data_type == "s"


def test_a_text_that_is_too_long_for_a_cell_is_cut() -> None:
    content = as_xlsx("x", HEAD, [("x" * 40_000, None, 1)])
    assert len(openpyxl.load_workbook(BytesIO(content)).active["A2"].value) == 32_767
