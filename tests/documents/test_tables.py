"""Tables that people upload: what is read out of them, and what is said where they cannot be read."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO

import openpyxl  # type: ignore[import-untyped]
import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ehiia.documents.cells import as_date, as_text
from ehiia.documents.sheets import as_csv, as_xlsx
from ehiia.documents.tables import NotATable, Table, read, sheets

HEAD = ("Title", "Due", "Owner")
ROWS: tuple[tuple[str | date | None, ...], ...] = (
    ("A bus every hour", date(2026, 8, 1), "Amina Yusuf"),
    ("Letters in large print", None, "Ben Okafor"),
)


def workbook(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def one_sheet(*rows: Sequence[object]) -> bytes:
    def fill(book: openpyxl.Workbook) -> None:
        for row in rows:
            book.active.append(list(row))

    return workbook(fill)


def words(table: Table) -> list[list[str]]:
    return [[column.heading for column in table.columns]] + [
        [as_text(value) for value in row.values] for row in table.rows
    ]


# -- what is read ------------------------------------------------------------------------------------


def test_our_own_lists_come_back_from_either_file() -> None:
    csv, xlsx = read(as_csv(HEAD, ROWS)), read(as_xlsx("Register", HEAD, ROWS))
    assert [row.values for row in xlsx.rows] == list(ROWS)
    assert [[as_date(row.values[1], "Due")] for row in csv.rows] == [[date(2026, 8, 1)], [None]]
    assert [row.number for row in csv.rows] == [row.number for row in xlsx.rows] == [2, 3]
    assert [column.letter for column in xlsx.columns] == ["A", "B", "C"]


def test_a_word_that_was_written_with_an_apostrophe_comes_back_without() -> None:
    assert read(as_csv(("Title", "Note"), [("-1 bus", "'tis")])).rows[0].values == ("-1 bus", "'tis")


@pytest.mark.parametrize("comma", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_any_usual_csv_is_read(comma: str, encoding: str) -> None:
    text = "\r\n".join(
        comma.join(row) for row in (HEAD, ("Café “Zoë”, later", "3/4/2026", "Ann"), ("B", "", "C"))
    )
    if comma == ",":
        text = text.replace("Café “Zoë”, later", '"Café “Zoë”, later"')
    table = read(text.encode(encoding))
    assert [row.values for row in table.rows] == [("Café “Zoë”, later", "3/4/2026", "Ann"), ("B", None, "C")]


def test_excel_may_say_in_the_first_line_what_parts_the_cells() -> None:
    table = read(b"sep=;\r\nTitle;Due\r\nA, b, c;1\r\n")
    assert (table.heading_row, table.rows[0].number, table.rows[0].values) == (2, 3, ("A, b, c", "1"))


def test_titles_above_and_empty_rows_and_columns_are_passed_over() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        sheet = book.active
        sheet["B1"] = "Register of assessments 2025/26"
        sheet.merge_cells("B1:E1")
        sheet["B2"] = "Last changed on 1 April"
        for at, word in zip("BCE", HEAD, strict=True):
            sheet[f"{at}4"] = word
        sheet["B6"], sheet["C6"], sheet["E6"] = "A bus", datetime(2026, 8, 1, 12), "Ann"
        sheet["B9"] = "Letters"
        sheet["C200"].number_format = "0.00"  # formatted, and empty

    table = read(workbook(fill))
    assert words(table) == [list(HEAD), ["A bus", "1 August 2026", "Ann"], ["Letters", "", ""]]
    assert [column.letter for column in table.columns] == ["B", "C", "E"]
    assert (table.heading_row, [row.number for row in table.rows]) == (4, [6, 9])


def test_headings_that_are_repeated_on_each_page_are_no_rows() -> None:
    table = read(one_sheet(("Title", "Owner"), ("A", "Ann"), ("Title", "Owner"), ("B", "Ben")))
    assert [row.number for row in table.rows] == [2, 4]


def test_a_column_without_a_heading_is_named_by_its_letter() -> None:
    table = read(b"Title,,Owner\nA,x,Ann\n")
    assert [column.heading for column in table.columns] == ["Title", "Column B", "Owner"]


def test_each_kind_of_cell_comes_as_what_it_is() -> None:
    row = [
        "text",
        3,
        2.5,
        4.0,
        True,
        datetime(2026, 1, 2),
        time(9, 30),
        timedelta(days=1),
        "#N/A",
        " \u00a0 ",
    ]
    table = read(one_sheet([f"H{at}" for at in range(len(row))], row))
    assert table.rows[0].values == (
        *("text", 3, 2.5, 4, "Yes", date(2026, 1, 2), "09:30", "1 day, 0:00:00", "#N/A"),
        None,
    )


def test_the_sheet_is_the_first_with_anything_in_it_or_the_one_that_is_named() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active.title = "Notes"
        for title, word in (("Hidden", "no"), ("Assessments", "a"), ("Actions", "b")):
            sheet = book.create_sheet(title)
            sheet.append(["Title", "Owner"])
            sheet.append([word, "Ann"])
        book["Hidden"].sheet_state = "hidden"

    data = workbook(fill)
    assert sheets(data) == ("Notes", "Assessments", "Actions")
    assert (read(data).sheet, read(data).rows[0].values[0]) == ("Assessments", "a")
    assert read(data, sheet="Actions").rows[0].values[0] == "b"
    assert sheets(b"Title\nA\n") == ()
    with pytest.raises(NotATable, match="no sheet “Hidden”"):
        read(data, sheet="Hidden")


def formulas(result: object) -> bytes:
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Title", "Days"])
    sheet.write_string(1, 0, "A")
    sheet.write_formula(1, 1, "=1+1", None, result)
    book.close()
    return content.getvalue()


def test_the_saved_results_of_formulas_are_taken() -> None:
    assert read(formulas(2)).rows[0].values == ("A", 2)


def test_a_formula_without_a_saved_result_is_said() -> None:
    with pytest.raises(NotATable, match=r"formulas without a saved result .*\(B2, B3, B4\)"):
        read(one_sheet(("Title", "Days"), *[("A", "=1+1")] * 5))


# -- what is refused ---------------------------------------------------------------------------------


def test_more_rows_or_columns_than_are_taken_are_refused() -> None:
    rows = [("a", "b")] * 11
    assert len(read(as_csv(HEAD[:2], rows), most_rows=11).rows) == 11
    for data in (as_csv(HEAD[:2], rows * 40), as_xlsx("x", HEAD[:2], rows), as_csv(HEAD[:2], rows)):
        with pytest.raises(NotATable, match="more than 10 rows"):
            read(data, most_rows=10)
    for data in (as_csv(HEAD, ROWS), as_xlsx("x", HEAD, ROWS)):
        with pytest.raises(NotATable, match="Row 1 has more than 2 columns"):
            read(data, most_columns=2)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "every cell is empty"),
        (b"\n ,, \n", "every cell is empty"),
        (b"Title,Owner\n", "no row below"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (b"\xd0\xcf\x11\xe0 and so on", "password"),
        (b"\x81\x8d\x00", "neither"),
        (b"%PDF-1.7\n\x00", "neither"),
        (b'Title,Owner\n"' + b"x" * 200_000 + b'",Ann\n', "cannot be read as CSV"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(NotATable, match=said):
        read(data)


def test_numbers_alone_are_no_headings() -> None:
    with pytest.raises(NotATable, match="No row of headings"):
        read(one_sheet((1, 2), (3, 4)))


def repacked(data: bytes, changes: dict[str, bytes]) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()}
        for name, part in (parts | changes).items():
            new.writestr(name, part)
    return content.getvalue()


def test_bombs_macros_and_entities_are_refused_before_anything_is_opened() -> None:
    data = as_xlsx("x", HEAD, ROWS)
    for changes, said in (
        ({"xl/sharedStrings.xml": b" " * 61 * 2**20}, "too large"),
        ({f"xl/media/{at}.xml": b"" for at in range(2001)}, "too large"),
        ({"xl/vbaProject.bin": b"Sub"}, "macros"),
        ({"xl/worksheets/sheet1.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "damaged"),
        ({"xl/workbook.xml": b"<workbook/>"}, "damaged|every cell is empty"),
    ):
        with pytest.raises(NotATable, match=said):
            read(repacked(data, changes))


def test_a_sheet_that_says_it_has_a_million_rows_is_read_as_it_is() -> None:
    data = as_xlsx("x", HEAD, ROWS)
    with zipfile.ZipFile(BytesIO(data)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b'ref="A1:C3"', b'ref="A1:XFD1048576"').replace(
        b'<row r="3"', b'<row r="99999999999"'
    )
    assert far.count(b"XFD") == 1
    table = read(repacked(data, {"xl/worksheets/sheet1.xml": far}))
    assert [row.number for row in table.rows] == [2]


# -- whatever comes ----------------------------------------------------------------------------------

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PLAIN = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=20
)


@QUICK
@given(st.lists(st.tuples(PLAIN, st.dates(), st.integers(-(10**9), 10**9)), min_size=1, max_size=8))
def test_what_is_written_to_a_workbook_is_read_again(rows: list[tuple[str, date, int]]) -> None:
    rows = [(f"x{text}", max(day, date(1900, 3, 1)), number) for text, day, number in rows]
    assert [row.values for row in read(as_xlsx("x", HEAD, rows)).rows] == rows


@QUICK
@given(st.lists(st.tuples(PLAIN, PLAIN, PLAIN), min_size=1, max_size=8))
def test_what_is_written_to_a_csv_is_read_again(rows: list[tuple[str, str, str]]) -> None:
    rows = [(f"x{a}", f"y{b}", f"z{c}") for a, b, c in rows]
    assert [row.values for row in read(as_csv(HEAD, rows)).rows] == rows


@QUICK
@given(st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode)))
def test_whatever_bytes_come_there_is_a_table_or_a_sentence(data: bytes) -> None:
    answered(data)


@QUICK
@given(st.integers(0, 2**32), st.integers(1, 30))
def test_whatever_happens_to_a_workbook_there_is_a_table_or_a_sentence(seed: int, changes: int) -> None:
    chance = random.Random(seed)
    data = bytearray(SOUND)
    for _ in range(changes):
        data[chance.randrange(len(data))] = chance.randrange(256)
    answered(bytes(data))


@QUICK
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_whatever_happens_inside_a_workbook_there_is_a_table_or_a_sentence(seed: int, changes: int) -> None:
    chance = random.Random(seed)
    with zipfile.ZipFile(BytesIO(SOUND)) as packed:
        name = chance.choice(packed.namelist())
        part = bytearray(packed.read(name))
    for _ in range(changes):
        at = chance.randrange(len(part))
        part[at : at + chance.randrange(4)] = chance.choice(
            [b"", b"9", b"<", b'"', b"ZZ9", b"/>", b"99999999999"]
        )
    answered(repacked(SOUND, {name: bytes(part)}))


SOUND = as_xlsx("Register", HEAD, ROWS)


def answered(data: bytes) -> None:
    """Assert that the reader answers with a table whose rows fit its columns, or with a sentence."""
    try:
        table = read(data)
    except NotATable:
        return
    assert table.rows
    assert all(len(row.values) == len(table.columns) for row in table.rows)
