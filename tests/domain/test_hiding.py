"""Numbers of people in the texts of an edition: nobody who reads what is shown can pin a small one down.

The attack knows how the texts are made: it makes them of all numbers there could be, and keeps those that
agree with what the edition shows, and with what earlier editions showed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ehiia.domain.decision import DecisionRecord
from ehiia.domain.hiding import BESIDE, NUMBER_GONE, Earlier, Numbers
from ehiia.domain.personal_data import SMALL
from ehiia.domain.places import changed
from ehiia.domain.publishing import Publishing
from ehiia.domain.redaction import GONE, Cover, Mark, Prepared, Rules, prepared
from tests.documents.everything import full_record

RECORD = replace(full_record(), published=None)
THRESHOLD = 5
FIRST = "snapshot.summary"
SECOND = "snapshot.groups[0].reason"
Values = tuple[int, ...]


def record_of(*said: str) -> DecisionRecord:
    """Return a record in which nothing is said but this."""
    places = dict(zip((FIRST, SECOND), said, strict=False))
    return changed(RECORD, lambda key, text: places.get(key, "Nothing"))


def made(
    record: DecisionRecord,
    *marks: Mark,
    threshold: int = THRESHOLD,
    earlier: Sequence[Earlier] = (),
    kept: Sequence[str] = (),
) -> Prepared:
    cover = Cover(
        Publishing.REDACTED,
        1,
        "EHIIA-2026-007-D1-P1",
        "PUBLICCODE22",
        "Suffolk and North East Essex",
        datetime(2027, 1, 20, 9, 0, tzinfo=UTC),
        4712,
        "ab" * 32,
        record.digest(),
    )
    return prepared(record, cover=cover, rules=Rules(threshold), marks=marks, kept=kept, earlier=earlier)


def edition(record: DecisionRecord, *marks: Mark, **given: Any) -> DecisionRecord:
    return made(record, *marks, **given).edition


def shown(record: DecisionRecord) -> tuple[str, str]:
    return record.snapshot.summary, record.snapshot.groups[0].reason


def said_of(record: DecisionRecord, **given: Any) -> Numbers:
    return made(record, **given).numbers


@dataclass(frozen=True)
class Story:
    """How texts are made of numbers, and the numbers of people that whoever can reckon looks for."""

    many: int
    texts: Callable[[Values], Sequence[str]]
    people: Callable[[Values], Mapping[str, int]]
    last: int = 0
    """The last number is larger by this: less than ten elsewhere counts as chance."""


def parts(v: Values) -> dict[str, int]:
    return {f"part {n}": value for n, value in enumerate(v)}


def percent(part: int, whole: int) -> str:
    return f"{round(100 * part / whole, 1):g} per cent" if whole else "nobody"


STORIES = {
    "a list": Story(
        3,
        lambda v: [f"We heard {sum(v)} people: {v[0]} women, {v[1]} men and {v[2]} who did not say."],
        parts,
    ),
    "a list, and the same again": Story(
        3,
        lambda v: [
            f"Of the {sum(v)} people asked, {v[0]} were deaf, {v[1]} blind and {v[2]} both.",
            f"The {v[1]} blind people came by bus. {sum(v)} people were asked.",
        ],
        parts,
    ),
    "what is left": Story(
        3, lambda v: [f"Of {sum(v)} carers, {v[0]} were deaf and {v[1]} were blind."], parts
    ),
    "a share": Story(
        2, lambda v: [f"{v[0]} of {sum(v)} patients came by bus ({percent(v[0], sum(v))})."], parts
    ),
    "a share of what was said before": Story(
        2, lambda v: [f"We asked {sum(v)} carers. {percent(v[0], sum(v))} were deaf."], parts
    ),
    "areas": Story(
        3,
        lambda v: [
            f"In Leiston {v[0]} patients, in Saxmundham {v[1]} patients, {v[0] + v[1]} in the district; "
            f"{v[0] + v[1]} in the district and {v[2]} on the coast make {sum(v)}."
        ],
        parts,
    ),
    "the total stands elsewhere": Story(
        3,
        lambda v: [
            f"{v[0]} women, {v[1]} men and {v[2]} others replied.",
            f"We heard from {sum(v)} people.",
        ],
        parts,
        last=10,
    ),
    "a change": Story(
        2,
        lambda v: [f"It rose from {v[0]} to {v[0] + v[1]} carers."],
        lambda v: {"before": v[0], "more": v[1], "after": v[0] + v[1]},
    ),
    "years": Story(
        2,
        lambda v: [f"There were {v[0]} carers in 2025 and {v[0] + v[1]} carers in 2026."],
        lambda v: {"before": v[0], "more": v[1], "after": v[0] + v[1]},
    ),
}


Known = tuple[Callable[[Values], Sequence[str]], Sequence[str]]
"""How texts are made of numbers, and what is shown of them."""


def attack(
    known: Sequence[Known], people: Callable[[Values], Mapping[str, int]], many: int, most: int
) -> dict[str, set[int]]:
    """Return for each number of people which values it can have, trying everything."""
    found: dict[str, set[int]] = {}
    gap = re.escape(NUMBER_GONE)
    shapes = [
        (texts, [re.compile(re.escape(one).replace(gap, r".{1,40}?")) for one in said])
        for texts, said in known
    ]
    for tried in product(range(most + 1), repeat=many):
        if all(
            shape.fullmatch(text)
            for texts, said in shapes
            for shape, text in zip(said, texts(tried), strict=False)
        ):
            for name, value in people(tried).items():
                found.setdefault(name, set()).add(value)
    return found


def assert_safe(found: Mapping[str, set[int]], true: Mapping[str, int]) -> None:
    for name, value in true.items():
        assert value in found[name]
        if 0 < value < THRESHOLD:
            assert len(found[name]) > 1, f"everybody can reckon {name}"
            assert max(found[name]) >= THRESHOLD, f"everybody can see that {name} is small"


@pytest.mark.parametrize("name", STORIES)
@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=3, max_size=3))
@example([10, 9, 3])
@example([1, 1, 1])
@example([2, 0, 9])
def test_nobody_who_knows_the_edition_can_pin_a_small_number_down(name: str, values: list[int]) -> None:
    story = STORIES[name]
    true = (*values[: story.many - 1], values[story.many - 1] + story.last)
    said = shown(edition(record_of(*story.texts(true))))
    most = story.last + (15 if story.many == 3 else 30)
    assert_safe(attack([(story.texts, said)], story.people, story.many, most), story.people(true))


def use(v: Values) -> list[str]:
    return [f"{v[0] + v[1]} people use it: {v[0]} women and {v[1]} men."]


@settings(max_examples=8, deadline=None)
@given(st.tuples(*[st.integers(0, 6)] * 2), st.tuples(*[st.integers(0, 2)] * 2))
@example((6, 5), (1, 0))
@example((3, 6), (0, 0))
def test_nobody_who_knows_the_earlier_edition_too_can(then: tuple[int, int], more: tuple[int, int]) -> None:
    """The next version says the same of more people; its edition must not show how many more."""
    now = (then[0] + more[0], then[1] + more[1])
    before = record_of(*use(then))
    earlier = Earlier("EHIIA-2026-007-D1-P1", before, edition(before))
    last = edition(record_of(*use(now)), earlier=[earlier])

    def people(v: Values) -> dict[str, int]:
        return {
            "women then": v[0],
            "men then": v[1],
            "women now": v[2],
            "men now": v[3],
            "more women": abs(v[2] - v[0]),
            "more men": abs(v[3] - v[1]),
        }

    known: list[Known] = [
        (lambda v: use(v[:2]), shown(earlier.shown)),
        (lambda v: use(v[2:]), shown(last)),
    ]
    assert_safe(attack(known, people, 4, 11), people((*then, *now)))


def test_the_attack_would_notice_a_text_that_gives_a_number_away() -> None:
    story = STORIES["a list"]
    said = [f"We heard 40 people: 12 women, 25 men and {NUMBER_GONE} who did not say."]
    assert attack([(story.texts, said)], story.people, 3, 26)["part 2"] == {3}


def test_what_is_hidden_by_hand_does_not_stand_in_what_is_left() -> None:
    """Somebody marks the small number; the others would still give it away."""
    record = record_of("We heard 40 people: 12 women, 25 men and 3 who did not say.")
    mark = Mark(FIRST, "and 3 who did not say", "It may show who somebody is.")
    said, _ = shown(edition(record, mark))
    assert said == f"We heard 40 people: {NUMBER_GONE} women, 25 men {GONE}."


def test_another_edition_of_the_same_record_hides_the_same() -> None:
    record = record_of("We heard 40 people: 12 women, 25 men and 3 who did not say.")
    first = edition(record)
    again = edition(record, earlier=[Earlier("P1", record, first)])
    assert shown(again) == shown(first)
    assert said_of(record, earlier=[Earlier("P1", record, first)]).exposed == ()


def test_what_an_earlier_edition_gave_away_is_hidden_and_named() -> None:
    """The threshold was 2 then."""
    record = record_of("We heard 40 people: 12 women, 25 men and 3 who did not say.")
    before = Earlier("P1", record, edition(record, threshold=2))
    assert "3 who" in before.shown.snapshot.summary
    assert [(one.what, one.by) for one in said_of(record, earlier=[before]).exposed] == [
        ("3 who did not say", ("P1",))
    ]
    said, _ = shown(edition(record, earlier=[before]))
    assert said == f"We heard 40 people: {NUMBER_GONE} women, 25 men and {NUMBER_GONE} who did not say."


def test_what_several_editions_gave_away_is_named_once() -> None:
    record = record_of("38 of 40 patients agreed.")
    first = Earlier("P1", record, edition(record, threshold=2))
    second = Earlier("P2", record, edition(record, threshold=2))
    (one,) = said_of(record, earlier=[first, second]).exposed
    assert (one.what, one.by) == ("2, what is left of 40", ("P1", "P2"))


def test_a_band_that_an_earlier_edition_showed_is_named() -> None:
    def told(key: str, text: str) -> str:
        return "Fewer than 10 people" if key.startswith("snapshot.groups[0].impacts[0].number") else text

    record = changed(RECORD, told)
    before = Earlier("P1", record, edition(record))
    assert said_of(record, earlier=[before], threshold=5).exposed == ()
    found = said_of(record, earlier=[before], threshold=10).exposed
    assert ("Groups: Disability: Access: Fewer than 10 people", ("P1",)) in [
        (one.what, one.by) for one in found
    ]


def test_each_hidden_number_says_where_it_stands_and_why() -> None:
    found = said_of(record_of("We heard 40 people: 12 women, 25 men and 3 who did not say.")).hidden
    assert [(one.found, one.rule, one.why) for one in found] == [
        ("12", BESIDE, "With the others it would give away: 3 who did not say"),
        ("3", SMALL, "A small number of people"),
    ]
    assert found[0].words == (
        "The proposal: “… We heard 40 people: 12 women, 25 men and 3 who did not say. …”"
    )


def test_a_number_that_is_kept_by_hand_is_shown_and_another_hidden_where_one_can_be() -> None:
    record = record_of("We heard 40 people: 12 women, 25 men and 3 who did not say.")
    twelve, three = said_of(record).hidden
    said, _ = shown(edition(record, kept=[twelve.key]))
    assert said == f"We heard 40 people: 12 women, {NUMBER_GONE} men and {NUMBER_GONE} who did not say."
    said, _ = shown(edition(record, kept=[three.key]))
    assert NUMBER_GONE not in said
    kept = said_of(record, kept=[twelve.key]).kept
    assert [one.found for one in kept] == ["12"]


def test_what_must_be_kept_to_no_avail_is_named() -> None:
    record = record_of("We heard 40 people: 12 women, 25 men and 3 who did not say.")
    (women,) = (one for one in said_of(record).hidden if one.found == "12")
    (men,) = (one for one in said_of(record, kept=[women.key]).hidden if one.found == "25")
    (total,) = (one for one in said_of(record, kept=[women.key, men.key]).hidden if one.found == "40")
    found = said_of(record, kept=[women.key, men.key, total.key])
    assert [(one.what, one.by) for one in found.exposed] == [("3 who did not say", ())]


@pytest.mark.parametrize(
    "text",
    [
        "The Census of 2021 counts 3 of 40 people here as carers.",
        "One of the two sites closes on 3 May 2026; 12 people work there 2 days a week.",
        "Of 40 people, 12 were women and 20 men.",
        "3 of 40 wards have patients with dementia.",
        "People aged 3 to 16 may come, at 2 of 5 clinics.",
        "It costs £40 more for people: £12, £25 and £3.",
        "We met 3 carers.",
        "The three Public Involvement Groups were asked: all carers said that this is the larger one.",
        "Staff answer from nine to five, and see one in ten of those who came.",
        "More than 40 people came: 38 of them said so, and at most 3 were late.",
        "10 to 24 people",
    ],
)
def test_what_is_public_counts_no_people_or_gives_nothing_away_is_shown(text: str) -> None:
    record = record_of(text)
    assert shown(edition(record))[0] == text
    assert said_of(record).hidden == ()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("38 of 40 patients agreed.", f"{NUMBER_GONE} of 40 patients agreed."),
        ("Three of the 40 carers were deaf.", f"{NUMBER_GONE} of the 40 carers were deaf."),
        ("Eleven people came, four of them by boat.", f"Eleven people came, {NUMBER_GONE} of them by boat."),
        ("It rose by 2 to 42 carers.", f"It rose by {NUMBER_GONE} to 42 carers."),
        (
            "40 carers came. Half of the 8 nurses did.",
            f"40 carers came. {NUMBER_GONE} of the 8 nurses did.",
        ),
        ("12 women, 25 men and 3 others replied.", f"12 women, 25 men and {NUMBER_GONE} others replied."),
        ("Total 1,240: 1,203, 34 and 3", f"Total 1,240: 1,203, {NUMBER_GONE} and {NUMBER_GONE}"),
        (
            "We heard 40 people: 12 women and 25 men and 3 others. 30 per cent were women.",
            f"We heard 40 people: {NUMBER_GONE} women and 25 men and {NUMBER_GONE} others. "
            f"{NUMBER_GONE} were women.",
        ),
        (
            "Of 40 people, 12 were women, 3 of them deaf.",
            f"Of 40 people, 12 were women, {NUMBER_GONE} of them deaf.",
        ),
    ],
)
def test_patterns_of_english_are_read(text: str, left: str) -> None:
    assert shown(edition(record_of(text)))[0] == left
