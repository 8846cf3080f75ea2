"""What changed between two wordings of one text."""

from __future__ import annotations

import itertools
import re
import time

from hypothesis import given
from hypothesis import strategies as st

from ehiia.domain.wording_changes import Fate, Piece, changes, differs

TEXTS = st.lists(
    st.sampled_from(["one", "two", "three,", "  ", "\n", "\n\n", " ", "four."]), max_size=30
).map(" ".join)


def test_one_word_changed_is_shown_within_what_stayed() -> None:
    assert changes("The clinic opens at nine.", "The clinic opens at eight.") == (
        Piece(Fate.KEPT, "The clinic opens at "),
        Piece(Fate.REMOVED, "nine. "),
        Piece(Fate.ADDED, "eight."),
    )


def test_what_was_only_added_or_only_taken_out_is_shown_as_that() -> None:
    assert [piece.fate for piece in changes("Buses run.", "Buses run. Trains too.")] == [
        Fate.KEPT,
        Fate.ADDED,
    ]
    assert changes("", "New") == (Piece(Fate.ADDED, "New"),)
    assert changes("Old", "") == (Piece(Fate.REMOVED, "Old"),)
    assert changes("", "") == ()


def test_more_space_between_words_is_no_change_and_a_new_line_is() -> None:
    assert not differs("One  two ", "One two")
    assert [piece.fate for piece in changes("One  two ", "One two")] == [Fate.KEPT]
    assert differs("One two", "One\ntwo")


def test_a_word_kept_alone_between_two_changes_is_shown_with_them() -> None:
    found = changes("Patients in the north", "Carers in some south")
    assert found == (
        Piece(Fate.REMOVED, "Patients in the north "),
        Piece(Fate.ADDED, "Carers in some south"),
    )


@given(TEXTS, TEXTS)
def test_both_wordings_can_be_read_from_the_pieces(before: str, after: str) -> None:
    pieces = changes(before, after)
    now = "".join(piece.text for piece in pieces if piece.fate is not Fate.REMOVED)
    assert re.findall(r"\S+", now) == re.findall(r"\S+", after)
    was = "".join(piece.text for piece in pieces if piece.fate is not Fate.ADDED)
    assert re.findall(r"\S+", was) == re.findall(r"\S+", before)
    assert differs(before, after) == any(piece.fate is not Fate.KEPT for piece in pieces)
    assert all(one.fate is not other.fate for one, other in itertools.pairwise(pieces))


def test_a_text_of_one_word_many_times_over_takes_no_time() -> None:
    begun = time.process_time()
    pieces = changes("a " * 2000 + "b", "c " + "a " * 1999)
    assert time.process_time() - begun < 2
    assert pieces[0].fate is Fate.REMOVED
