"""The code of a record as people type it."""

from __future__ import annotations

import pytest

from ehiia.domain import codes

CODE = "7KMQ4RTX9CWE"


@pytest.mark.parametrize("typed", ["7KMQ-4RTX-9CWE", " 7kmq 4rtx 9cwe ", "7KMQ–4RTX—9CWE", "7kmq4rtx9cwe"])
def test_spaces_dashes_and_small_letters_are_forgiven(typed: str) -> None:
    assert codes.tidy(typed) == CODE
    assert codes.mistake(typed) == ""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("OKMQ4RTX9CWE", "never has O: O is perhaps D or Q"),
        ("0kmq-1rtx-9cwe", "never has 0 or 1: 0 is perhaps D or Q; 1 is perhaps 7 or T"),
        ("ÄKMQ4RTX9CWE", "look at the cover again"),
    ],
)
def test_what_was_mistaken_for_another_letter_is_explained(typed: str, said: str) -> None:
    assert said in codes.mistake(typed)


@pytest.mark.parametrize("typed", ["", "KMQ", "EHIIA-2026-014-D1", "OOOOOOOOOOOOO"])
def test_what_is_no_code_by_its_length_may_be_a_reference(typed: str) -> None:
    assert codes.mistake(typed) == ""


@pytest.mark.parametrize(
    "pasted",
    [
        " ehiia-2026-014-d1-p2. ",
        "“EHIIA-2026-014-D1-P2”",
        "EHIIA\u20132026\u2013014\u2013D1\u2013P2",
        "EHIIA 2026 014 D1 P2",
        "https://ehiia.example/published/EHIIA-2026-014-D1-P2?from=mail",
        "EHIIA-2026-014-D1-P2.pdf",
    ],
)
def test_a_reference_is_found_in_what_people_paste(pasted: str) -> None:
    assert codes.asked(pasted) == "EHIIA-2026-014-D1-P2"


def test_a_reference_of_twelve_signs_is_no_code_with_a_mistake() -> None:
    assert codes.mistake("EHIIA-2026-014") == ""
    assert codes.mistake("OKMQ-4RTX-9CWE") != ""
