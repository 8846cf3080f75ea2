"""What the product ships can be read, fits together, and says what it must."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from ehiia.content import guidance, load
from ehiia.content.load import HERE
from ehiia.content.reading import ContentError
from ehiia.content.shapes import Core20Part
from ehiia.domain.questions import AnswerKind, SectionKind
from ehiia.domain.vocabulary import Conclusion, LegalStatus, ProposalKind

NINE = (
    "age",
    "disability",
    "gender_reassignment",
    "marriage",
    "pregnancy",
    "race",
    "religion",
    "sex",
    "sexual_orientation",
)


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """A copy of the folder of question sets with an empty LOCK."""
    folder = tmp_path / "question_sets"
    shutil.copytree(HERE / "question_sets", folder)
    (folder / "LOCK").write_text("# nothing yet\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("set_id", ["screening", "assessment"])
def test_every_question_has_words_a_hint_and_an_idea_of_a_good_answer(set_id: str) -> None:
    for section in load.question_set(set_id).sections:
        for question in section.questions:
            assert question.label.strip(), question.id
            assert question.hint.strip(), question.id
            assert question.good.strip(), question.id
            assert question.label.endswith("?"), question.id


def test_the_newest_version_is_meant_when_none_is_named() -> None:
    newest = load.versions("assessment")[-1]
    assert load.question_set("assessment") is load.question_set("assessment", newest)


def test_a_set_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ContentError, match="does not exist"):
        load.question_set("assessment", 999)
    with pytest.raises(ContentError, match="does not exist"):
        load.question_set("nothing")


def test_the_assessment_asks_in_the_order_of_the_task_list() -> None:
    parts = list(dict.fromkeys(section.part for section in load.question_set("assessment").sections))
    assert parts == [
        "The proposal",
        "Protected characteristics",
        "Inclusion health and local groups",
        "Core20PLUS5",
        "Cross-cutting",
        "This kind of proposal",
        "What will be done, and how it is watched",
        "Finish",
    ]


def test_each_of_the_nine_characteristics_always_has_a_page() -> None:
    section = load.question_set("assessment").section("characteristics")
    assert section is not None
    assert section.kind == SectionKind.GROUP
    assert section.subjects == NINE
    protected = [group.code for group in load.groups() if group.legal_status == LegalStatus.PROTECTED]
    assert tuple(protected) == NINE


def test_only_marriage_is_about_the_first_aim_alone() -> None:
    assert [group.code for group in load.groups() if group.first_aim_only] == ["marriage"]
    assert "149(7)" in guidance.page("marriage-and-civil-partnership").text


def test_the_conclusions_that_can_be_chosen_are_those_of_the_vocabulary() -> None:
    question = load.question_set("assessment").question("conclusion")
    assert question is not None
    assert [(option.id, option.label) for option in question.options] == [
        (word.value, word.label) for word in Conclusion
    ]


def test_core20plus5_has_five_areas_for_adults_and_five_for_children_each_with_its_question() -> None:
    areas = load.core20plus5()
    parts = [area.part for area in areas]
    assert parts.count(Core20Part.ADULTS) == parts.count(Core20Part.CHILDREN) == 5
    assert {Core20Part.CORE20, Core20Part.PLUS, Core20Part.SMOKING} <= set(parts)
    questions = load.question_set("assessment")
    asked = [questions.question(area.question) for area in areas]
    assert all(question is not None and question.kind == AnswerKind.EFFECT for question in asked)
    assert len({area.question for area in areas}) == len(areas)


def test_a_procurement_is_told_of_social_value_and_a_strategy_is_not() -> None:
    social_value = next(duty for duty in load.duties() if duty.id == "social_value")
    assert social_value.applies(ProposalKind.PROCUREMENT)
    assert not social_value.applies(ProposalKind.STRATEGY)
    equality = next(duty for duty in load.duties() if duty.id == "equality_duty")
    assert all(equality.applies(kind) for kind in ProposalKind)


def test_what_was_not_yet_law_on_a_day_is_left_out() -> None:
    before = {duty.id for duty in load.in_force(load.duties(), date(2022, 11, 21))}
    on_the_day = {duty.id for duty in load.in_force(load.duties(), date(2022, 11, 22))}
    assert on_the_day - before == {"armed_forces"}


def test_kinds_of_evidence_can_be_told_apart() -> None:
    labels = [kind.label for kind in load.evidence_kinds()]
    assert len(set(labels)) == len(labels) > 20


def test_the_state_of_the_reference_data_has_a_short_name() -> None:
    assert len(load.reference_data()) == 12
    assert load.reference_data() == load.reference_data()


# -- locking ---------------------------------------------------------------------------------


def test_what_is_shipped_as_published_is_unchanged() -> None:
    load.check_locked()


def test_a_published_set_is_locked_once(sets: Path) -> None:
    digest = load.publish("assessment", 1, sets)
    assert load.publish("assessment", 1, sets) == digest
    assert load.lock(sets) == {"assessment-v1.toml": digest}
    load.check_locked(sets)


def test_a_published_set_that_was_changed_is_refused(sets: Path) -> None:
    load.publish("screening", 1, sets)
    path = sets / "screening-v1.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("Fewer than 100", "Up to 100"), encoding="utf-8")
    with pytest.raises(ContentError, match="has changed"):
        load.check_locked(sets)
    with pytest.raises(ContentError, match="other words"):
        load.publish("screening", 1, sets)


def test_a_published_set_that_is_gone_is_missed(sets: Path) -> None:
    load.publish("screening", 1, sets)
    (sets / "screening-v1.toml").unlink()
    with pytest.raises(ContentError, match="is gone"):
        load.check_locked(sets)


def test_other_line_ends_are_no_change(sets: Path) -> None:
    load.publish("screening", 1, sets)
    path = sets / "screening-v1.toml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    load.check_locked(sets)


@pytest.mark.parametrize(
    "line", ["screening-v1.toml", "screening-v1.toml abc", "../escape.toml " + "0" * 64, "a b c"]
)
def test_a_line_of_the_lock_that_makes_no_sense_is_told(sets: Path, line: str) -> None:
    (sets / "LOCK").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(ContentError, match="line 1"):
        load.lock(sets)


def test_a_set_with_mistakes_cannot_be_published(sets: Path) -> None:
    path = sets / "assessment-v1.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"sexual_orientation"]', '"martians"]'), encoding="utf-8"
    )
    with pytest.raises(ContentError, match='no group "martians"'):
        load.publish("assessment", 1, sets)
    assert load.lock(sets) == {}
