"""Values in the words of the page."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ehiia.domain.vocabulary import Band, Claim, Direction, SealState, Stage, Verdict
from ehiia.web import present
from ehiia.web.present import Tag

TODAY = date(2026, 11, 21)


def test_dates_are_written_in_full() -> None:
    """With the day of the week where it helps, never with a leading zero."""
    assert present.full_date(date(2026, 11, 27)) == "Friday 27 November 2026"
    assert present.day(date(2026, 4, 1)) == "1 April 2026"
    assert present.day(None) == present.full_date(None) == present.moment(None) == ""


def test_a_moment_is_shown_in_london() -> None:
    """Summer time counts, also when it moves the day."""
    assert present.moment(datetime(2026, 11, 22, 14, 32, tzinfo=UTC)) == "22 November 2026 at 14:32"
    assert present.moment(datetime(2026, 7, 31, 23, 30, tzinfo=UTC)) == "1 August 2026 at 00:30"
    with pytest.raises(ValueError, match="time zone"):
        present.moment(datetime(2026, 7, 31, 23, 30))


@pytest.mark.parametrize(
    ("when", "words", "tag"),
    [
        (date(2026, 11, 18), "overdue by 3 days", Tag("Overdue by 3 days", "red")),
        (date(2026, 11, 20), "overdue by 1 day", Tag("Overdue by 1 day", "red")),
        (date(2026, 11, 21), "due today", Tag("Due today", "yellow")),
        (date(2026, 11, 22), "due tomorrow", Tag("Due tomorrow", "yellow")),
        (date(2026, 11, 27), "due Friday 27 November 2026, in 6 days", Tag("Due in 6 days", "yellow")),
        (date(2026, 11, 28), "due Saturday 28 November 2026, in 7 days", Tag("Due in 7 days", "yellow")),
        (date(2026, 11, 29), "due Sunday 29 November 2026, in 8 days", Tag("In 8 days")),
        (None, "no date", Tag("No date", "grey")),
    ],
)
def test_what_is_due_says_when_and_how_soon(when: date | None, words: str, tag: Tag) -> None:
    """In words first; the tag's colour only repeats them."""
    assert present.due(when, TODAY) == words
    assert present.due_tag(when, TODAY) == tag


def test_days_ago() -> None:
    """Also back in time."""
    assert present.in_days(date(2026, 11, 20), TODAY) == "yesterday"
    assert present.in_days(date(2026, 11, 1), TODAY) == "20 days ago"


def test_counts_and_numbers() -> None:
    """One is one, thousands are separated."""
    assert present.count(1, "action") == "1 action"
    assert present.count(1_022_000, "person", "people") == "1,022,000 people"
    assert present.number(12.5) == "12.5"
    assert present.number(1041.0) == "1,041"
    assert present.number(None) == ""
    assert present.sentence_list(["a", "b", "c"]) == "a, b and c"
    assert present.sentence_list(["a"]) == "a"
    assert present.sentence_list([]) == ""
    assert present.file_size(20_000_000) == "20 MB"
    assert present.file_size(312_400) == "312 KB"
    assert present.file_size(98) == "98 bytes"
    assert present.grouped("7c1e40fa93d2b86e") == "7c1e 40fa 93d2"


def test_a_text_becomes_safe_paragraphs() -> None:
    """Empty lines part paragraphs; what looks like HTML is shown, not obeyed."""
    html = str(present.paragraphs("One <b>\r\ntwo\r\n\r\n \r\nthree & four"))
    assert html == "<p>One &lt;b&gt;<br>two</p>\n<p>three &amp; four</p>"
    assert str(present.paragraphs(None)) == ""


def test_a_link_is_safe() -> None:
    """Neither its words nor its address can break out."""
    assert str(present.link("<i>", '/a"b')) == '<a href="/a&#34;b">&lt;i&gt;</a>'


def test_a_long_text_is_cut_at_a_word() -> None:
    """With three dots, and only where it is too long."""
    assert present.short("one two three", 9) == "one two…"
    assert present.short("one  two\nthree", 20) == "one two three"


def test_every_word_has_its_tag() -> None:
    """A new word in the vocabulary without a colour would break a page."""
    assert present.stage_tag(Stage.WRITING) == Tag("Being written", "blue")
    assert [present.stage_tag(stage).text for stage in Stage] == [stage.label for stage in Stage]
    assert [present.claim_tag(claim).text for claim in Claim] == [claim.label for claim in Claim]
    assert [present.verdict_tag(verdict).text for verdict in Verdict] == [
        verdict.label for verdict in Verdict
    ]
    assert [present.seal_tag(state).text for state in SealState] == [state.label for state in SealState]
    assert [present.band_tag(band).text for band in Band] == [band.label for band in Band]
    assert len({present.impact_class(direction) for direction in Direction}) == len(Direction)
    assert present.verdict_tag(None).text == "Not audited yet"
    assert present.impact_word(None) == "Not answered"


def test_review_due_is_computed_from_the_date() -> None:
    """It is no stage, and only what is in force has it."""
    assert present.stage_tag(Stage.IN_FORCE, TODAY, TODAY).text == "Review due"
    assert present.stage_tag(Stage.IN_FORCE, date(2026, 11, 22), TODAY).text == "In force"
    assert present.stage_tag(Stage.PAUSED, date(2026, 1, 1), TODAY).text == "Paused"


def test_only_open_work_stands_out() -> None:
    """What is answered is plain text without a box."""
    assert present.progress_tag(3, 3) == Tag("Answered")
    assert present.progress_tag(3, 3).classes == ""
    assert present.progress_tag(3, 3, missing=True) == Tag("Missing answer", "orange")
    assert present.progress_tag(1, 3).classes == "nhsuk-tag--blue"
    assert present.progress_tag(0, 3) == Tag("Not started", "grey")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("By May", "By May."),
        ("By May. ", "By May."),
        ("Is it?", "Is it?"),
        ("They said “no.”", "They said “no.”"),
    ],
)
def test_a_sentence_ends_once(typed: str, shown: str) -> None:
    assert present.sentence(typed) == shown
