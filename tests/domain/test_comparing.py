"""Comparing two frozen versions: what was changed is told question by question, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ehiia.domain.comparing import Change, compare
from ehiia.domain.decision import Answered, Evidence, Person, SectionContent, Snapshot
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
