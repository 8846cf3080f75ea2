"""The code on the cover: in groups of four, and as squares that a camera can follow."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import segno

from ehiia.documents.pdf import styles
from ehiia.documents.pdf.layout import lay_out, lay_out_document
from ehiia.documents.pdf.record import record_document
from ehiia.documents.pdf.squares import QUIET, SIDE
from ehiia.documents.pdf.structure import Code, texts
from tests.documents.reading import run
from tests.documents.records import CAROL, small_record

ADDRESS = "https://ehiia.example.nhs.uk"
VERIFY = f"{ADDRESS}/verify/7QK2M9XH4TRB"
DOTS = 4
"""Pixels a point in the pictures."""


def _cover_code(address: str) -> Code:
    blocks = record_document(small_record(), address=address).blocks
    return next(block for block in blocks if isinstance(block, Code))


def test_the_cover_has_the_code_in_groups_of_four_and_where_to_type_it() -> None:
    code = _cover_code(ADDRESS)
    assert code.code == "7QK2 M9XH 4TRB"
    assert code.address == VERIFY
    assert f"Scan the squares, or type the code at {ADDRESS}/verify" in code.how
    assert "7QK2 M9XH 4TRB" in code.alternative


def test_without_a_public_address_there_are_no_squares_and_none_are_spoken_of() -> None:
    code = _cover_code("")
    assert code.address == ""
    assert not any("squares" in text or "http" in text for text in code.how)
    said = " ".join(texts(record_document(small_record())))
    assert "/verify" not in said


def test_the_squares_on_paper_are_the_qr_code_of_the_address_of_this_record(tmp_path: Path) -> None:
    """The page is looked at as a picture: the middle of each square is dark or light as it should be."""
    document = record_document(small_record(), address=ADDRESS)
    alone = replace(document, blocks=(_cover_code(ADDRESS),), attachments=())
    picture = tmp_path / "page"
    run(
        "pdftoppm",
        tmp_path,
        lay_out_document(alone),
        "-r",
        str(72 * DOTS),
        "-gray",
        "-singlefile",
        after=str(picture),
    )
    _, size, _, grey = picture.with_suffix(".pgm").read_bytes().split(b"\n", 3)
    wide = int(size.split()[0])
    wanted = [list(row) for row in segno.make_qr(VERIFY, error="m").matrix]
    unit = SIDE / (len(wanted) + 2 * QUIET)

    def dark(row: int, column: int) -> int:
        x = styles.MARGIN + (QUIET + column + 0.5) * unit
        y = styles.TOP + (QUIET + row + 0.5) * unit
        return int(grey[int(y * DOTS) * wide + int(x * DOTS)] < 128)

    side = range(len(wanted))
    assert [[dark(row, column) for column in side] for row in side] == wanted


def test_the_same_record_and_address_give_the_same_bytes_and_another_address_others() -> None:
    first, again, none = (
        lay_out(small_record(), signatories=(CAROL,), address=address) for address in (ADDRESS, ADDRESS, "")
    )
    assert first == again
    assert first != none
    with pikepdf.open(BytesIO(first)) as with_squares, pikepdf.open(BytesIO(none)) as without:
        assert with_squares.attachments["record.json"].get_file().read_bytes() == (
            without.attachments["record.json"].get_file().read_bytes()
        )
