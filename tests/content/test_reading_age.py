"""Plain English: no text of the content asks for a reader older than fourteen."""

from __future__ import annotations

import pytest

from tests.reading_age import FEWEST, HARD, HIGHEST, age_of, hardest, plain, syllables, texts, words_of


def test_no_text_is_above_reading_age_fourteen() -> None:
    """`python -m tests.reading_age` lists those above twelve, hardest first."""
    too_hard = [f"{one.age} {one.where}: {one.words}" for one in hardest(HIGHEST)]
    assert not too_hard, "say it in shorter words and sentences:\n" + "\n".join(too_hard)


def test_few_texts_are_above_reading_age_twelve() -> None:
    measured = list(texts())
    hard = [one for one in measured if one.age > HARD]
    assert len(measured) > 400
    assert len(hard) < len(measured) / 8


def test_texts_of_every_kind_of_file_are_measured() -> None:
    measured = list(texts())
    places = {one.where.split(",")[0] for one in measured}
    assert {
        "assessment-v1.toml",
        "screening-v1.toml",
        "groups.toml",
        "duties.toml",
        "core20plus5.toml",
        "rules.toml",
        "due-regard.md",
    } <= places
    assert all(len(words_of(one.words)) >= FEWEST for one in measured)


@pytest.mark.parametrize(
    ("word", "count"),
    [("the", 1), ("people", 2), ("names", 1), ("asked", 1), ("deprivation", 4), ("able", 2)],
)
def test_syllables_are_counted_by_vowels(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_measure_is_the_grade_of_flesch_and_kincaid_plus_five() -> None:
    # 6 words, 1 sentence, 6 syllables: 0.39 x 6 + 11.8 x 1 - 15.59 + 5
    assert age_of("The cat sat on the mat.") == pytest.approx(3.6, abs=0.1)
    hard = "Consideration of multidimensional disproportionality necessitates proportionate interrogation."
    assert age_of(hard) > HIGHEST


def test_names_of_law_are_no_hard_words() -> None:
    said = plain("Section 149(2) of the Equality Act 2010 binds us.")
    assert said == "this part of the Act binds us."
    assert plain("National Health Service Act 2006, section 14Z35: access.") == "the Act, this part: access."
