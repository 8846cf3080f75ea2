"""Tables that people upload: bytes of a CSV or an Excel workbook in, headings and rows out.

What the bytes are is told by the bytes. The file comes from outside: it is bounded
in size before it is opened, nothing in it is ever run or worked out, and whatever is
wrong with it is said in a sentence for the person who chose it.

A table need not begin at the top left: titles above the headings, and empty rows and
columns, are passed over. Rows keep the number that the spreadsheet shows beside them.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]
from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

from ehiia.documents.cells import Value, as_text, as_value, tidy

__all__ = ["Column", "NotATable", "Row", "Table", "read", "sheets"]

MOST_ROWS = 2000
MOST_COLUMNS = 100
MOST_UNPACKED = 60 * 2**20
"""Bytes that a workbook may unpack to. A register of 2,000 rows and 50 columns is about 10 MB."""
MOST_PARTS = 2000
ROWS_OF_EXCEL = 1_048_576
LOOKED_AT = 20
"""Rows among which the headings are looked for."""
LONGEST_HEADING = 200

_DAMAGED = (
    "The file cannot be opened as an Excel workbook: it is damaged, or it is another kind of file. "
    "Open it, save it again as an Excel workbook (.xlsx) or as CSV, and choose the new file"
)
_OLD_OR_PROTECTED = (
    "The file is protected with a password, or it was saved in the form that Excel used before 2007 (.xls). "
    "Save it without a password as an Excel workbook (.xlsx), and choose the new file"
)
_TOO_LARGE = (
    "The workbook is too large to be opened here. Copy the sheet with the table into a new workbook, "
    "and choose that"
)
_NOT_TEXT = (
    "The file is neither an Excel workbook (.xlsx) nor a table in plain text (.csv). "
    "Open it, save it as one of these, and choose the new file"
)
_EMPTY = "There is no table in this file: every cell is empty"
_NO_ROWS = "There are headings in this table but no row below them"


class NotATable(Exception):
    """The file cannot be read as a table; the message says why and what to do."""


@dataclass(frozen=True)
class Column:
    """A column: its heading, and the letter that the spreadsheet shows above it ("C")."""

    heading: str
    letter: str


@dataclass(frozen=True)
class Row:
    """A row: the number that the spreadsheet shows beside it, and a value for each column."""

    number: int
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    """A table: its columns from left to right, and its rows from top to bottom, none of them empty."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    heading_row: int
    """The number of the row in which the headings stand."""
    sheet: str = ""
    """The sheet that was read; "" for a CSV."""


Cells = list[Value]
Line = tuple[int, Cells]


def sheets(data: bytes) -> tuple[str, ...]:
    """Return the names of the sheets of a workbook that can be seen; none for a CSV. Raises NotATable."""
    if not _is_workbook(data):
        return ()
    _within_bounds(data)
    with _opened(data) as book:
        return tuple(sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible")


def read(
    data: bytes, *, sheet: str | None = None, most_rows: int = MOST_ROWS, most_columns: int = MOST_COLUMNS
) -> Table:
    """Return the table in a CSV or a workbook, there of the sheet named or else the first that is not empty.

    CSV is taken with commas, semicolons or tabs, in UTF-8 (with or without its mark) or in the encoding of
    Windows. In a workbook the results of formulas are taken as they were saved.

    Raises:
        NotATable: with a sentence that says why and what to do.
    """
    title, lines = _lines_of_workbook(data, sheet) if _is_workbook(data) else ("", _lines_of_csv(data))
    return replace(_table(_filled(lines, most_rows, most_columns), most_rows), sheet=title)


# -- the table among the lines -----------------------------------------------------------------------


def _filled(lines: Iterable[Line], most_rows: int, most_columns: int) -> list[Line]:
    """Return the lines in which anything stands. Raises NotATable where there are more than are taken."""
    found: list[Line] = []
    for number, cells in lines:
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            continue
        if len(cells) > most_columns:
            raise NotATable(
                f"Row {number} has more than {most_columns} columns. "
                "Leave out the columns that are not needed, and choose the new file"
            )
        found.append((number, cells))
        if len(found) > most_rows + LOOKED_AT:
            raise _too_long(most_rows)
    return found


def _too_long(most_rows: int) -> NotATable:
    return NotATable(
        f"The table has more than {most_rows:,} rows. Split it into several files, and take them one by one"
    )


def _table(lines: list[Line], most_rows: int) -> Table:
    if not lines:
        raise NotATable(_EMPTY)
    at = _where_headings_are(lines)
    heading_row, headings = lines[at]
    below = [line for line in lines[at + 1 :] if line[1] != headings]  # headings are repeated on each page
    if not below:
        raise NotATable(_NO_ROWS)
    if len(below) > most_rows:
        raise _too_long(most_rows)
    width = max(len(headings), *(len(cells) for _, cells in below))
    used = [
        place
        for place in range(width)
        if _at(headings, place) is not None or any(_at(cells, place) is not None for _, cells in below)
    ]
    return Table(
        tuple(Column(_heading(_at(headings, place), place), get_column_letter(place + 1)) for place in used),
        tuple(Row(number, tuple(_at(cells, place) for place in used)) for number, cells in below),
        heading_row,
    )


def _where_headings_are(lines: Sequence[Line]) -> int:
    """Return the place of the headings: the first line that is as full as a table is, and all words.

    A title, merged over several columns, fills one cell.
    """
    first = lines[:LOOKED_AT]
    full = max(sum(cell is not None for cell in cells) for _, cells in first)
    for place, (_, cells) in enumerate(first):
        there = [cell for cell in cells if cell is not None]
        if len(there) * 2 > full and all(isinstance(cell, str) for cell in there):
            return place
    raise NotATable(
        "No row of headings was found at the top of the table. "
        "Write a heading above each column, and choose the new file"
    )


def _heading(value: Value, place: int) -> str:
    text = " ".join(as_text(value).split())[:LONGEST_HEADING]
    return text or f"Column {get_column_letter(place + 1)}"


def _at(cells: Sequence[Value], place: int) -> Value:
    return cells[place] if place < len(cells) else None


# -- CSV ---------------------------------------------------------------------------------------------


def _lines_of_csv(data: bytes) -> Iterator[Line]:
    text = _decoded(data)
    first, _, rest = text.partition("\n")
    skipped = 0
    if marked := re.fullmatch(r"sep=([,;\t])\s*", first, re.IGNORECASE):  # as Excel writes it
        text, comma, skipped = rest, marked[1], 1
    else:
        comma = _comma_of(text)
    try:
        for number, cells in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=comma), skipped + 1
        ):
            yield number, [tidy(cell) for cell in cells]
    except csv.Error as error:
        raise NotATable(f"The table cannot be read as CSV: {error}. Save it again as CSV") from error


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise NotATable(_NOT_TEXT)


def _comma_of(text: str) -> str:
    """Return what parts the cells: of comma, semicolon and tab the one that makes most rows alike."""

    def alike(comma: str) -> tuple[int, int]:
        widths = []
        try:
            for cells in csv.reader(io.StringIO(text, newline=""), delimiter=comma):
                if any(cell.strip() for cell in cells):
                    widths.append(len(cells))
                if len(widths) == LOOKED_AT:
                    break
        except csv.Error:
            return 0, 0
        usual = max(widths, key=lambda width: (widths.count(width), width), default=0)
        return (widths.count(usual), usual) if usual > 1 else (0, 0)

    return max((",", ";", "\t"), key=alike)


# -- workbooks ---------------------------------------------------------------------------------------


def _is_workbook(data: bytes) -> bool:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotATable(_OLD_OR_PROTECTED)
    return data.startswith(b"PK")


def _within_bounds(data: bytes) -> None:
    """Refuse what is no sound ZIP, unpacks to too much, has macros, or declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise NotATable(_TOO_LARGE)
            for part in parts:
                name = part.filename.lower()
                if name.rsplit("/", 1)[-1] == "vbaproject.bin":
                    raise NotATable(
                        "The workbook contains macros. Save it without macros (.xlsx), and choose that"
                    )
                if name.endswith((".xml", ".rels")) and _NEVER_WRITTEN.search(archive.read(part)):
                    raise NotATable(_DAMAGED)
    except _UNREADABLE as error:
        raise NotATable(_DAMAGED) from error


_NEVER_WRITTEN = re.compile(rb'<!DOCTYPE|\0| r="[A-Z]{4,}')
"""No spreadsheet writes these: entities, an encoding in which they hide, a column beyond the last one."""

_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    SyntaxError,  # of XML
    LookupError,
    OSError,
    EOFError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
)
"""What openpyxl raises at a damaged workbook: it takes for granted that its parts are as they should be."""


@contextmanager
def _opened(data: bytes, *, formulas: bool = False) -> Iterator[Any]:
    """Open a workbook for reading row by row; what goes wrong meanwhile comes out as NotATable."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")  # what it leaves out
            book = openpyxl.load_workbook(
                io.BytesIO(data), read_only=True, data_only=not formulas, keep_links=False
            )
            try:
                yield book
            finally:
                book.close()
    except _UNREADABLE as error:
        raise NotATable(_DAMAGED) from error


def _lines_of_workbook(data: bytes, sheet: str | None) -> tuple[str, list[Line]]:
    _within_bounds(data)
    with _opened(data) as results, _opened(data, formulas=True) as formulas:
        seen = [one.title for one in results.worksheets if one.sheet_state == "visible"]
        if sheet is not None and sheet not in seen:
            raise NotATable(f"There is no sheet “{sheet}” in this workbook")
        for title in seen if sheet is None else [sheet]:
            lines = list(_lines_of_sheet(results[title], formulas[title]))
            if any(value is not None for _, cells in lines for value in cells):
                return title, lines
    return "", []


def _lines_of_sheet(results: Any, formulas: Any) -> Iterator[Line]:
    """Go over a sheet twice at once: for the results of its formulas, and for where there are formulas.

    A program that is not a spreadsheet may write a formula without its result. To read it as empty would
    lose what the person sees in Excel.
    """
    unworked = []
    for number, (cells, written) in enumerate(zip(_rows(results), _rows(formulas), strict=True), 1):
        for cell, formula in zip(cells, written, strict=True):
            # the result "no text" is marked as text; no result is not
            if cell.value is None and cell.data_type != "str" and formula.value is not None:
                unworked.append(f"{get_column_letter(cell.column)}{number}")
        if cells:
            yield number, [as_value(cell.value) for cell in cells]
    if unworked:
        raise NotATable(
            f"There are formulas without a saved result in the sheet “{results.title}” "
            f"({', '.join(unworked[:3])}). Open the workbook in Excel, save it, and choose it again"
        )


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    """Return the rows as they are, not as the sheet says they are: a sheet may declare a million."""
    sheet.reset_dimensions()
    return iter(sheet.iter_rows(max_row=ROWS_OF_EXCEL))
