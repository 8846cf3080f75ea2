"""An edition for the public holds only what it shows, and says what it leaves out and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ehiia.domain.decision import DecisionRecord, canonical, digest
from ehiia.domain.personal_data import SMALL, pointed
from ehiia.domain.places import changed, texts
from ehiia.domain.publishing import Exemption, Publishing
from ehiia.domain.redaction import GONE, TOO_FEW, Cover, Mark, NamedRole, NothingThere, Rules, prepared
from tests.documents.everything import full_record

RECORD = replace(full_record(), published=None)
PLACES = list(texts(RECORD))
USUAL = Rules()


def made(*marks: Mark, kind: Publishing = Publishing.REDACTED, rules: Rules = USUAL) -> DecisionRecord:
    cover = Cover(
        kind,
        1,
        f"{RECORD.reference}-P1",
        "PUBLICCODE22",
        "Suffolk and North East Essex",
        datetime(2027, 1, 20, 9, 0, tzinfo=UTC),
        4712,
        "ab" * 32,
        RECORD.digest(),
    )
    return prepared(RECORD, cover=cover, rules=rules, marks=marks).edition


def mark(passage: str = "", place: str = "", reason: str = "It may show who somebody is.") -> Mark:
    return Mark(place, passage, reason, Exemption.PERSONAL)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_passage_that_was_left_out_stands_nowhere_in_the_edition(data: st.DataObject) -> None:
    words = data.draw(st.sampled_from(PLACES)).text.split()
    start = data.draw(st.integers(0, len(words) - 1))
    passage = " ".join(words[start : start + data.draw(st.integers(1, 6))])
    assume(len(passage) >= 3)
    try:
        edition = made(mark(passage))
    except NothingThere:
        return  # part of a reference or of a word of the form: it is refused, not half done
    plain = " ".join(edition.canonical().lower().split())
    inside = plain.find(passage.lower())
    while inside >= 0:  # only as a part of a longer word
        around = plain[inside - 1] + plain[inside + len(passage) : inside + len(passage) + 1]
        assert any(c.isalnum() or c == "_" for c in around)
        inside = plain.find(passage.lower(), inside + 1)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PLACES))
def test_the_whole_of_a_place_is_left_out_wherever_it_is_said(place: object) -> None:
    key, text = place.key, place.text  # type: ignore[attr-defined]
    edition = made(mark(place=key))
    assert not any(one.text == text for one in texts(edition))
    assert {one.key: one.text for one in texts(edition)}[key] in (GONE,) or "engagement" in key


def test_what_was_left_out_is_said_with_its_reason_and_never_in_its_words() -> None:
    edition = made(mark("Stairs at the only door"))
    assert edition.published is not None
    said = next(one for one in edition.published.left_out if one.by_hand)
    assert said.where == "Groups: Disability: Which barriers are there?"
    assert (said.reason, said.exemption) == ("It may show who somebody is.", Exemption.PERSONAL.label)
    assert "stairs" not in edition.canonical().lower()


def test_a_mark_that_leaves_nothing_out_is_refused_and_so_is_a_reason_that_repeats_the_words() -> None:
    with pytest.raises(NothingThere, match="nowhere"):
        made(mark("words that nobody wrote"))
    with pytest.raises(NothingThere, match="at least"):
        made(mark("a"))
    with pytest.raises(NothingThere, match="repeats"):
        made(mark("the only door", reason="There is only the only door."))
    with pytest.raises(NothingThere, match="nothing in this place"):
        made(mark(place="snapshot.nowhere"))
    with pytest.raises(NothingThere, match="nowhere"):
        made(mark(RECORD.snapshot.reference))


def test_only_those_are_named_who_answer_for_it_by_their_post() -> None:
    edition = made()
    text = edition.canonical()
    assert edition.decided.decided_by == RECORD.decided.decided_by
    assert edition.check.checked_by == RECORD.check.checked_by
    assert edition.snapshot.contributors[0].name == "A contributor"
    assert "Helen Marsh" not in text
    assert edition.decided.entered_by is not None
    assert edition.decided.entered_by.name == "The secretary"
    assert "Grace Tilley" not in text
    everybody = made(rules=Rules(named=tuple(NamedRole)))
    assert "Helen Marsh" in everybody.canonical()


def test_a_name_in_a_text_gives_way_to_the_part_as_well() -> None:
    told = changed(RECORD, lambda key, text: "Ask Helen  Marsh." if key == "snapshot.summary" else text)
    cover = Cover(Publishing.FULL, 1, "X-P1", "C" * 12, "ICB", RECORD.decided.decided_at, 1, "", "")
    edition = prepared(told, cover=cover, rules=USUAL, marks=()).edition
    assert edition.snapshot.summary == "Ask a contributor."


def test_bands_below_the_threshold_are_small_numbers() -> None:
    def told(key: str, text: str) -> str:
        return "Fewer than 10 people" if key.endswith("number_affected") else text

    few = changed(RECORD, told)
    cover = Cover(Publishing.FULL, 1, "X-P1", "C" * 12, "ICB", RECORD.decided.decided_at, 1, "", "")
    shown = prepared(few, cover=cover, rules=Rules(threshold=5), marks=()).edition
    assert shown.snapshot.groups[0].impacts[0].number_affected == "Fewer than 10 people"
    hidden = prepared(few, cover=cover, rules=Rules(threshold=10), marks=()).edition
    assert hidden.snapshot.groups[0].impacts[0].number_affected == TOO_FEW
    assert hidden.published is not None
    assert [one.what for one in hidden.published.left_out if one.what == "Small numbers"]


def test_a_summary_has_the_proposal_the_groups_the_actions_and_the_decision() -> None:
    edition = made(kind=Publishing.SUMMARY)
    assert edition.snapshot.mitigations
    assert edition.snapshot.groups[0].impacts
    assert (edition.snapshot.sections, edition.snapshot.evidence) == ((), ())
    assert (edition.check.comments, edition.history) == ((), ())
    assert "Stairs at the only door" not in edition.canonical()
    # a mark of what the summary does not have is no mistake
    assert made(mark("Stairs at the only door"), kind=Publishing.SUMMARY).published is not None


def test_nobody_can_check_a_guess_by_the_digest_of_the_whole_version() -> None:
    edition = made(mark("Stairs at the only door"))
    assert edition.snapshot_sha256 == digest(canonical(edition.snapshot))
    assert RECORD.snapshot_sha256 not in edition.canonical()
    assert RECORD.code not in edition.canonical()
    assert edition.published is not None
    assert edition.published.of_sha256 == RECORD.digest()


def test_the_same_record_and_marks_make_the_same_edition() -> None:
    assert made(mark("Stairs at the only door")) == made(mark("Stairs at the only door"))


# -- what is pointed at ---------------------------------------------------------------------------


def points(text: str) -> list[tuple[str, str]]:
    told = changed(RECORD, lambda key, was: text if key == "snapshot.summary" else "")
    return [(one.rule, one.found) for one in pointed(told, threshold=5)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We met 3 carers.", [("PRI-07", "3")]),
        ("Of the 40 asked, four of whom were deaf, ten came.", [("PRI-07", "four")]),
        ("2 young people stayed away.", [("PRI-07", "2")]),
        ("Her number is 943 476 5919, born 3.4.1951.", [("PRI-02", "943 476 5919"), ("PRI-06", "born 3")]),
        ("Write to jo.bell@example.org", [("PRI-01", "jo.bell@example.org")]),
    ],
)
@pytest.mark.rule("PRI-07", fires=True)
def test_each_place_that_may_show_somebody_is_pointed_at(text: str, found: list[tuple[str, str]]) -> None:
    assert points(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "In 2024 there were 12 clinics.",
        "5 people came.",
        "0 people came.",
        "Schedule 2, 4.1",
        "3 buses a day",
    ],
)
@pytest.mark.rule("PRI-07", fires=False)
def test_ordinary_numbers_are_left_alone(text: str) -> None:
    assert points(text) == []


def test_a_point_says_where_and_shows_the_words_around() -> None:
    told = changed(
        RECORD, lambda key, text: "In May 3 deaf people came." if key == "snapshot.groups[0].reason" else text
    )
    one = next(one for one in pointed(told, threshold=5) if one.rule == SMALL)
    assert (one.where, one.before, one.found, one.after) == (
        "Groups: Disability",
        "In May ",
        "3",
        " deaf people came.",
    )
    assert one.only_there, "a number stands for other things elsewhere, also in words"


def test_the_words_of_a_question_are_nobodys_and_not_pointed_at() -> None:
    asked = [answer.question for part in RECORD.snapshot.sections for answer in part.answers]
    assert asked
    assert not set(asked) & {place.text for place in texts(RECORD)}


def test_legal_advice_that_a_record_cites_by_title_is_in_no_edition() -> None:
    (title,) = RECORD.snapshot.legal_advice
    edition = made()
    assert title in RECORD.canonical()
    assert title not in edition.canonical()
    assert edition.published is not None
    assert [one.times for one in edition.published.left_out if one.what == "Legal advice"] == [1]
