"""Comparing two frozen versions: what was changed is told question by question, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from ehiia.domain.comparing import SILENT, Change, compare, label_of, words
from ehiia.domain.frozen import Answered, Evidence, Person, SectionContent, Snapshot
from tests.documents import records

BEFORE = records.SMALL_SNAPSHOT


def told(after: Snapshot, before: Snapshot = BEFORE) -> list[tuple[str, str, str]]:
    return [(one.area, one.item, one.how) for one in compare(before, after)]


def test_nothing_changed_is_nothing_told() -> None:
    assert compare(BEFORE, BEFORE) == ()
    assert compare(BEFORE, replace(BEFORE, frozen_at=BEFORE.frozen_at.replace(year=2030))) == ()


def test_an_answer_that_reads_differently_is_told_with_both_texts() -> None:
    section = BEFORE.sections[0]
    first = section.answers[0]
    changed = replace(section, answers=(replace(first, answer=("Quite another.",)), *section.answers[1:]))
    (change,) = compare(BEFORE, replace(BEFORE, sections=(changed, *BEFORE.sections[1:])))
    assert change == Change(
        section.id, section.title, first.question_id, first.question, first.answer, ("Quite another.",)
    )
    assert change.how == "changed"


def test_other_words_of_a_question_or_another_order_are_no_change() -> None:
    section = BEFORE.sections[0]
    reworded = tuple(replace(one, question=f"{one.question} Please") for one in section.answers)
    turned = replace(section, answers=reworded[::-1])
    assert told(replace(BEFORE, sections=(*BEFORE.sections[1:], turned))) == []


def test_a_new_section_and_one_that_went_are_told_answer_by_answer() -> None:
    new = SectionContent("rapid", "Finish", "Rapid", (Answered("who_loses", "Who loses?", ("Nobody.",)),))
    more = replace(BEFORE, sections=(*BEFORE.sections, new))
    assert told(more) == [("rapid", "who_loses", "added")]
    assert told(BEFORE, more) == [("rapid", "who_loses", "taken out")]


def test_a_rating_is_told_with_its_group_and_dimension() -> None:
    group = next(one for one in BEFORE.groups if any(i.score_after for i in one.impacts))
    impact = next(i for i in group.impacts if i.score_after)
    better = replace(impact, score_after=1, likelihood_after="Rare", severity_after="Very small")
    impacts = tuple(better if one is impact else one for one in group.impacts)
    groups = tuple(replace(one, impacts=impacts) if one is group else one for one in BEFORE.groups)
    (change,) = compare(BEFORE, replace(BEFORE, groups=groups))
    assert (change.area, change.title) == (f"group:{group.code}", group.label)
    assert change.label == f"{impact.dimension}: risk after action"
    assert change.after[0].startswith("Rare × very small: 1")


def test_a_group_that_is_looked_at_no_more_is_told() -> None:
    assert (f"group:{BEFORE.groups[0].code}", "group", "taken out") in told(
        replace(BEFORE, groups=BEFORE.groups[1:])
    )


def test_sources_actions_and_details_are_told() -> None:
    after = replace(
        BEFORE,
        title="Something else",
        go_live_on=date(2031, 1, 5),
        director=Person("Somebody New"),
        evidence=(*BEFORE.evidence, Evidence("Census", "Census 2031", "ONS", "2031", "More people.", "Weak")),
        mitigations=(replace(BEFORE.mitigations[0], owner="Somebody New"), *BEFORE.mitigations[1:]),
    )
    assert told(after) == [
        ("details", "title", "changed"),
        ("details", "go_live_on", "changed"),
        ("details", "director", "changed"),
        ("evidence", "Census 2031", "added"),
        ("mitigations", BEFORE.mitigations[0].ref, "changed"),
    ]


@pytest.mark.parametrize("field", ["worst_after", "worst_before"])
def test_the_worst_risk_belongs_to_the_conclusion(field: str) -> None:
    assert told(replace(BEFORE, **{field: "Very high indeed"})) == [("conclusion", field, "changed")]  # type: ignore[arg-type]


# -- nothing is left out ---------------------------------------------------------------------------


def filled(kind: Any) -> Any:
    """Return a value of a type with something in every field."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{one.name: filled(hints[one.name]) for one in fields(kind)})
    if get_origin(kind) is tuple:
        return (filled(get_args(kind)[0]),)
    if get_args(kind):  # something, or None
        return filled(next(one for one in get_args(kind) if one is not type(None)))
    return {
        str: "words",
        int: 7,
        bool: True,
        date: date(2026, 3, 2),
        datetime: datetime(2026, 3, 2, tzinfo=UTC),
    }[kind]


def others(value: Any) -> Iterator[tuple[Any, Any]]:
    """Return for every field within a value the same value with only that field changed."""
    if is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            for place, changed in others(getattr(value, one.name)):
                yield (place or (type(value), one.name)), replace(value, **{one.name: changed})
    elif isinstance(value, tuple):
        for place, changed in others(value[0]):
            yield place, (changed, *value[1:])
    elif isinstance(value, bool):
        yield (), not value
    elif isinstance(value, date):
        yield (), value + timedelta(days=1)
    else:
        yield (), value + type(value)(1)


WHOLE = filled(Snapshot)
# the conclusion is told by the question that asks it, where the version has that question
ALL = [(place, changed) for place, changed in others(WHOLE) if place not in SILENT]


def test_every_field_of_every_part_is_looked_at() -> None:
    assert len(ALL) > 50
    assert {(Snapshot, "summary"), (Person, "name"), (Answered, "answer")} <= {place for place, _ in ALL}


@pytest.mark.parametrize(("place", "changed"), ALL, ids=[f"{k.__name__}.{name}" for (k, name), _ in ALL])
def test_a_change_of_any_field_is_told(place: tuple[type, str], changed: Snapshot) -> None:
    """A field that is added to what is frozen is compared by itself, or named in SILENT with the reason."""
    told_now = compare(WHOLE, changed)
    assert told_now, f"{place[0].__name__}.{place[1]}"
    assert all(one.label.strip() and "_" not in one.label and one.title and one.area for one in told_now)


def test_what_is_left_out_on_purpose_exists_and_has_a_reason() -> None:
    for (kind, name), why in SILENT.items():
        assert name in {one.name for one in fields(kind)}
        assert why


def test_a_field_without_a_label_of_its_own_is_named_after_itself() -> None:
    assert label_of(Snapshot, "places") == "Places"
    assert label_of(Snapshot, "something_new_on") == "Something new"
    assert words(True) == ("Yes",)
    assert words(datetime(2026, 3, 2, 9, 5, tzinfo=UTC)) == ("2 March 2026, 09:05 UTC",)


def test_two_sources_of_the_same_title_are_both_compared() -> None:
    first = Evidence("Census", "Census", "ONS", "2021", "One.", "Weak")
    second = replace(first, shows="Two.")
    before = replace(BEFORE, evidence=(first, second))
    after = replace(BEFORE, evidence=(first, replace(second, shows="Three.")))
    assert told(after, before) == [("evidence", "Census (2)", "changed")]
