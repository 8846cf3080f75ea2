"""What the record says: every fact of it stands in the logical document, before any layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ehiia.documents.pdf import words
from ehiia.documents.pdf.record import record_document
from ehiia.documents.pdf.structure import Heading, Mark, Matrix, Notice, SignatureField, Table, texts
from ehiia.domain.decision import DecisionRecord
from tests.documents.everything import full_record, left_empty, said_in
from tests.documents.large import large_record
from tests.documents.records import CAROL, empty_record, small_record


def _lowered(text: str) -> str:
    return " ".join(text.lower().split())


def _said(record: DecisionRecord) -> Iterator[str]:
    return said_in(record, day=words.day, moment=words.moment)


def test_the_full_record_leaves_no_field_empty() -> None:
    """A field added to the record has to be filled there, and then printed."""
    assert list(left_empty(full_record())) == []


@pytest.mark.parametrize(
    "record", [small_record(), full_record(), large_record()], ids=["small", "full", "large"]
)
def test_every_text_and_date_of_the_record_is_in_the_document(record: DecisionRecord) -> None:
    said = _lowered(" | ".join(texts(record_document(record))))
    for text in _said(record):
        for paragraph in text.split("\n\n"):
            assert _lowered(paragraph) in said, f"not in the document: {paragraph!r}"


def test_the_check_above_would_notice_a_text_that_is_left_out() -> None:
    record = small_record()
    other = replace(record, decision=replace(record.decided, reasons="Because the moon was full."))
    said = _lowered(" | ".join(texts(record_document(record))))
    assert any(_lowered(text) not in said for text in _said(other))


def test_scores_are_said_before_and_after_with_word_and_shape() -> None:
    document = record_document(small_record())
    matrix = next(block for block in document.blocks if isinstance(block, Matrix))
    cell = matrix.table.rows[0][1]
    assert [(line.text, line.mark) for line in cell.lines] == [
        ("Worse, a little", Mark.WORSE),
        ("Before: Medium\u00a0(9)", Mark.BAND_MEDIUM),
        ("After: Low\u00a0(4)", Mark.BAND_LOW),
    ]
    assert "Disability" in matrix.alternative
    assert "Medium before" in matrix.alternative


def test_every_mark_stands_beside_a_word() -> None:
    for block in record_document(large_record()).blocks:
        table = block.table if isinstance(block, Matrix) else block
        if isinstance(table, Table):
            assert all(line.text.strip() for row in table.rows for cell in row for line in cell.lines)


def test_every_row_of_a_table_has_a_cell_for_each_column() -> None:
    for block in record_document(large_record()).blocks:
        table = block.table if isinstance(block, Matrix) else block
        if isinstance(table, Table):
            assert {len(row) for row in table.rows} == {len(table.columns)}


def test_headings_step_down_one_level_at_a_time_and_their_keys_are_unique() -> None:
    headings = [block for block in record_document(large_record()).blocks if isinstance(block, Heading)]
    assert len({heading.key for heading in headings}) == len(headings)
    level = 0
    for heading in headings:
        assert heading.level <= level + 1
        level = heading.level


def test_a_late_check_is_told_on_the_cover_and_in_its_chapter() -> None:
    document = record_document(large_record())
    late = [
        place
        for place, block in enumerate(document.blocks)
        if isinstance(block, Notice) and "late" in block.title
    ]
    contents = next(place for place, block in enumerate(document.blocks) if isinstance(block, Heading))
    assert len(late) == 2
    assert late[0] < contents < late[1]
    assert not any(isinstance(block, Notice) for block in record_document(small_record()).blocks)


def test_a_demonstration_says_so_on_the_cover_and_on_every_page() -> None:
    document = record_document(large_record())
    assert document.running.foot == "Demonstration: people and figures are invented"
    assert "The dates of events are those of the story. The times of signing are true." in set(
        texts(document)
    )
    assert "Demonstration" not in " ".join(texts(record_document(small_record())))


def test_seal_signatories_and_the_archive_have_their_fields_in_this_order() -> None:
    document = record_document(small_record(), signatories=(CAROL,))
    found = [(block.name, block.visible) for block in document.blocks if isinstance(block, SignatureField)]
    assert found == [("Seal", True), ("DecisionMaker", True), ("ArchiveTimestamp", False)]


def test_an_unknown_impact_is_not_called_harmless() -> None:
    record = small_record()
    group = record.snapshot.groups[0]
    unknown = replace(group.impacts[1], direction="unknown", direction_label="Don’t know yet")
    snapshot = replace(record.snapshot, groups=(replace(group, impacts=(unknown,)),))
    said = set(texts(record_document(replace(record, snapshot=snapshot))))
    assert "Not known yet" in said
    assert "Nobody would be worse off" not in said


def test_nothing_given_is_said_in_words() -> None:
    said = set(texts(record_document(empty_record())))
    assert {
        "No summary was written.",
        "No route was recorded.",
        "No groups were considered.",
        "No impact was found for any group.",
        "No evidence was listed.",
        "No mitigating action was promised.",
        "Nobody attested anything.",
        "Nobody named",
    } <= said
