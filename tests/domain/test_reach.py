"""Reach against affected: was anybody heard from each group that would be affected?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ehiia.domain import reach
from ehiia.domain.answers import Answers, Engagement, Impact, SubjectGroup
from ehiia.domain.vocabulary import (
    Dimension,
    Direction,
    HeadCount,
    LegalStatus,
    ProposalKind,
    YesNoUnknown,
)


def group(code: str, affected: YesNoUnknown | None) -> SubjectGroup:
    return SubjectGroup(code, code.capitalize(), code, LegalStatus.PROTECTED, affected=affected)


ANSWERS = Answers(
    ProposalKind.CLOSURE,
    groups=(
        group("age", YesNoUnknown.YES),
        group("disability", YesNoUnknown.YES),
        group("sex", YesNoUnknown.NO),
        group("race", YesNoUnknown.UNKNOWN),
        group("carers", None),
    ),
    impacts=(
        Impact("age", Dimension.ACCESS, Direction.BETTER),
        Impact("disability", Dimension.ACCESS, Direction.WORSE),
        Impact("disability", Dimension.OUTCOMES, Direction.MIXED),
        Impact("disability", Dimension.EXPERIENCE, Direction.SAME),
    ),
    engagements=(
        Engagement(1, date(2026, 1, 5), groups=("age",), bands=(("age", HeadCount.FROM_10),)),
        Engagement(2, date(2026, 2, 5), groups=("age", "sex"), bands=(("age", HeadCount.UNDER_10),)),
    ),
)


def test_only_groups_that_could_be_affected_are_looked_at() -> None:
    assert [row.code for row in reach.reach(ANSWERS, {})] == ["age", "disability", "race"]


def test_a_group_says_how_often_and_how_many_at_most() -> None:
    age, disability, race = reach.reach(ANSWERS, {})
    assert age.words == "Heard twice, at most 10 to 24 people at a time"
    assert (age.steps, age.numbers, age.last_on) == (2, (1, 2), date(2026, 2, 5))
    assert (disability.words, disability.steps) == ("Nobody heard yet", 0)
    assert (disability.effect, disability.worse) == (
        "worse: access; some better, some worse: outcomes",
        True,
    )
    assert (race.effect, race.worse, race.heard) == ("", False, False)


def test_somebody_heard_and_not_counted_is_a_mark_too() -> None:
    heard = replace(ANSWERS, engagements=(Engagement(3, groups=("disability",)),))
    disability = reach.reach(heard, {})[1]
    assert (disability.words, disability.steps, disability.first_on) == ("Heard once, not counted", 1, None)


def test_a_worse_off_group_nobody_heard_is_said_first() -> None:
    assert reach.summary(reach.reach(ANSWERS, {})) == (
        "Nobody was heard from these groups that would be worse off: Disability.",
        "Somebody was heard from 1 of 3 groups that would be affected.",
    )
    everybody = replace(ANSWERS, engagements=(Engagement(1, groups=("age", "disability", "race")),))
    assert reach.summary(reach.reach(everybody, {})) == (
        "Somebody was heard from every group that would be affected.",
    )
    assert reach.summary(()) == ("No group is found to be affected so far.",)


def test_who_was_heard_is_said_in_bands_and_in_the_order_of_the_assessment() -> None:
    entry = Engagement(
        1,
        groups=("age", "sex", "gone"),
        bands=(("sex", HeadCount.UNDER_10),),
        others="Taxi drivers",
    )
    labels = {"sex": "Sex", "age": "Age"}
    assert reach.who_words(entry, labels) == (
        "Sex: fewer than 10",
        "Age: not counted",
        "gone: not counted",
        "Taxi drivers",
    )


EFFECTS = {
    "core20_areas": "Core20: the most deprived fifth",
    "smoking": "Smoking",
    "plus_groups": "PLUS groups",
}


def test_people_of_core20plus5_are_shown_where_they_would_be_affected() -> None:
    said = {
        ("core20_areas", ""): {"direction": "worse", "reason": "Two buses"},
        ("smoking", ""): {"direction": "same", "reason": "Nothing changes"},
        ("plus_groups", ""): {"direction": "unknown", "reason": ""},
        ("children_asthma", ""): {"direction": "worse", "reason": "It is not asked any more"},
    }
    answers = replace(ANSWERS, values=said)
    core20, plus = reach.reach(answers, EFFECTS)[-2:]
    assert (core20.code, core20.worse, core20.effect, core20.heard) == ("core20_areas", True, "worse", False)
    assert (plus.label, plus.worse, plus.effect) == ("PLUS groups", False, "don't know yet")
    assert any("Core20: the most deprived fifth" in line for line in reach.summary((core20, plus)))
    log = (*answers.engagements, Engagement(number=9, groups=("core20_areas",)))
    heard = reach.reach(replace(answers, engagements=log), EFFECTS)[-2]
    assert heard.numbers == (9,)


def test_whoever_may_be_heard_is_offered_affected_or_not() -> None:
    found = {one.code: one.affected for one in reach.subjects(ANSWERS, EFFECTS)}
    assert not found["smoking"]
    assert found.keys() == {group.code for group in ANSWERS.groups} | EFFECTS.keys()
