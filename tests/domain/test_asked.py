"""Small proposals stay small: what is asked only because of an earlier answer, or on some pages only."""

from __future__ import annotations

from dataclasses import replace

from ehiia.domain.answers import Answers
from ehiia.domain.asked import asked_questions
from ehiia.domain.completeness import missing
from ehiia.domain.vocabulary import YesNoUnknown
from tests.domain import whole as make

Q = make.QUESTIONS
WHOLE = make.whole()


def lacks(answers: Answers) -> list[tuple[str, str, str]]:
    return [(item.section_id, item.subject, item.anchor) for item in missing(Q, answers)]


def test_only_the_clinical_areas_that_it_touches_are_asked_about() -> None:
    none = make.without(make.given(WHOLE, adults_touched=["none"]), "adults_maternity", "smoking")
    assert lacks(none) == []
    two = make.given(none, adults_touched=["maternity", "smoking"])
    assert lacks(two) == [("adults", "", "q-adults_maternity"), ("adults", "", "q-smoking")]


def test_a_combination_is_rated_and_a_worse_one_is_followed_by_an_action() -> None:
    first = make.given(WHOLE, combinations_matter="yes")
    assert lacks(first) == [
        ("combinations", "", "q-combination_1"),
        ("combinations", "", "q-combination_1_effect"),
        ("combinations", "", "q-second_combination"),
    ]
    degrees = ("likelihood_before", "severity_before", "likelihood_after", "severity_after")
    worse = {"direction": "worse", "reason": "No bus, no phone.", **dict.fromkeys(degrees, "2")}
    rated = make.given(
        first,
        combination_1=["age", "fishing"],
        combination_1_effect=worse,
        second_combination="no",
    )
    assert ("combinations", "", "q-combination_1_effect-justification") in lacks(rated)
    done = replace(
        rated, mitigations=(*rated.mitigations, make.action(("combination_1_effect", "overall"), ref="M2"))
    )
    assert lacks(done) == []


def test_sub_groups_are_asked_about_on_the_page_of_their_characteristic_only() -> None:
    section = Q.section("characteristics")
    assert section is not None
    yes = {"age", "disability", "marriage"}
    groups = tuple(
        replace(g, affected=YesNoUnknown.YES if g.code in yes else YesNoUnknown.NO) for g in WHOLE.groups
    )
    answers = replace(WHOLE, groups=groups)
    asked = {
        code: [q.id for q in asked_questions(Q, answers, section, code)] for code in make.CHARACTERISTICS
    }
    assert "race_groups" not in asked["age"]
    assert asked["age"][0] == "affected"
    assert {"age_groups", "evidence_says", "filtered_out", "told_us", "aims_engaged"} < set(asked["age"])
    assert "race_groups" not in asked["race"]
    assert "aims_engaged" in asked["disability"]
    assert "aims_engaged" not in asked["marriage"]
    assert "marriage_groups" in asked["marriage"]
