"""A mistake in a content file is refused with the place where it stands, all of them together."""

from __future__ import annotations

from pathlib import Path

import pytest

from ehiia.content import checks, load
from ehiia.content.reading import ContentError, from_toml
from ehiia.content.shapes import Core20Area, Core20Part, Duty
from ehiia.domain.duties import Pointer, PointerKind
from ehiia.domain.questions import Group, Option
from ehiia.domain.vocabulary import LegalStatus

GOOD = """
id = "tiny"
version = 1
title = "Tiny"
valid_from = "2026-01-01"

[[sections]]
id = "first"
part = "Part"
title = "First"

[[sections.questions]]
id = "colour"
kind = "choice"
label = "Which colour?"
options = [{ id = "red", label = "Red" }, { id = "blue", label = "Blue" }]

[[sections.questions]]
id = "why"
kind = "text"
label = "Why?"
asked_when = { question = "colour", is_one_of = ["red"] }

[[sections]]
id = "people"
part = "Part"
title = "People"
kind = "group"
subjects = ["age"]

[[sections.questions]]
id = "touched"
kind = "unknowable"
label = "Are {people} touched?"

[[sections.questions]]
id = "how"
kind = "text"
label = "How are {people} touched?"
asked_when = { question = "touched", is_one_of = ["yes", "unknown"] }
"""


def read(folder: Path, text: str, name: str = "tiny-v1.toml") -> tuple[str, ...]:
    """Write a set, read it and return what is wrong with it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    try:
        load.read_question_set(path)
    except ContentError as error:
        return error.problems
    return ()


def test_a_good_set_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD) == ()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('label = "Why?"', 'lable = "Why?"', 'sections[0].questions[1]: unknown key "lable"'),
        ('label = "Why?"', "", "sections[0].questions[1].label: is missing"),
        (
            'label = "Why?"',
            "label = 3",
            "sections[0].questions[1].label: must be text in quotation marks, not 3",
        ),
        ('label = "Why?"', 'label = " "', "section first, question why.label: must not be empty"),
        ("version = 1", 'version = "1"', "version: must be a whole number, not '1'"),
        ("version = 1", "version = true", "version: must be a whole number, not True"),
        ("version = 1", "version = 2", "the file: should be named tiny-v2.toml"),
        ('"2026-01-01"', '"1 January"', "the file.valid_from: must be a date such as"),
        (
            'kind = "text"',
            'kind = "prose"',
            "sections[0].questions[1].kind: 'prose' is not one of: text, line",
        ),
        ('subjects = ["age"]', 'subjects = "age"', "sections[1].subjects: must be a list in square brackets"),
        ('subjects = ["age"]', 'subjects = ["elves"]', 'section people.subjects: there is no group "elves"'),
        (
            'subjects = ["age"]',
            'subjects = ["age", "age"]',
            'section people.subjects: "age" occurs more than once',
        ),
        (
            'title = "First"',
            'title = "First"\nsubjects = ["age"]',
            "section first.subjects: only a section of kind",
        ),
        ('title = "First"', 'title = "First"\nminutes = 0', "section first.minutes: must be 1 or more"),
        ('id = "people"', 'id = "first"', 'sections: "first" occurs more than once'),
        ('id = "people"', 'id = "The people"', "section The people.id: small letters"),
        ('id = "how"', 'id = "why"', 'question why.id: "why" occurs more than once'),
        ('id = "blue"', 'id = "red"', 'question colour.options: "red" occurs more than once'),
        (
            ', { id = "blue", label = "Blue" }',
            "",
            "question colour.options: a question of kind choice needs two",
        ),
        ('kind = "choice"', 'kind = "text"', "question colour.options: a question of kind text has none"),
        ('label = "Why?"', 'label = "Why?"\nrows = 0', "question why: max_length and rows must be 1 or more"),
        (
            'label = "Why?"',
            'label = "Why {people}?"',
            "question why: {people} is only known in a section of kind group",
        ),
        ('question = "colour"', 'question = "color"', 'asked_when.question: there is no question "color"'),
        (
            'question = "colour"',
            'question = "why"',
            'asked_when.question: answers to "why" (kind text) cannot',
        ),
        (
            'question = "colour"',
            'question = "touched"',
            "asked_when.question: must be a question that comes before",
        ),
        (
            'question = "touched"',
            'question = "colour"',
            "a question about a group goes with its own section only",
        ),
        ('["red"]', '["green"]', 'asked_when.is_one_of: "green" is no answer to "colour"'),
        ('["red"]', "[]", "asked_when.is_one_of: must name an answer"),
        ('question = "colour", ', "", "asked_when.is_one_of: needs a question"),
        ('["yes", "unknown"]', '["maybe"]', 'asked_when.is_one_of: "maybe" is no answer to "touched"'),
        (
            '{ question = "colour"',
            '{ when = "colour"',
            'sections[0].questions[1].asked_when: unknown key "when"',
        ),
        (
            '{ question = "colour"',
            '{ kinds = ["magic"], question = "colour"',
            "asked_when.kinds[0]: 'magic' is not",
        ),
        (
            '{ question = "touched"',
            '{ subjects = ["race"], question = "touched"',
            'question how.asked_when.subjects: there is no group "race" here',
        ),
        (
            '{ question = "colour"',
            '{ subjects = ["age"], question = "colour"',
            "question why.asked_when.subjects: only a question in a section of kind group",
        ),
        (
            'label = "Why?"',
            'label = "Why?"\nprompts = ["Cost", " "]',
            "question why.prompts: must not be empty",
        ),
        (
            'label = "Why?"',
            'label = "Why?"\nprompts = ["Cost", "Cost"]',
            'question why.prompts: "Cost" occurs more than once',
        ),
        ('label = "Why?"', 'label = "Why?"\npoor = "{people}"', "question why: {people} is only known"),
        (
            'label = "Why?"',
            'label = "Why?"\ndepth = "short"',
            "question why.depth: cannot be short in a section that is not",
        ),
        (
            'label = "Why?"',
            'label = "Why?"\ndepth = "deep"',
            "sections[0].questions[1].depth: 'deep' is not one of: short, extended",
        ),
        ('id = "tiny"', 'id = "tiny"\n"', "the file: is not TOML"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in GOOD
    problems = read(tmp_path, GOOD.replace(old, new, 1))
    assert any(problem in text for text in problems), problems


def test_a_question_about_some_of_the_groups_is_read(tmp_path: Path) -> None:
    some = '{ subjects = ["age"], question = "touched"'
    assert read(tmp_path, GOOD.replace('{ question = "touched"', some)) == ()


def test_what_the_short_form_asks_may_not_hang_on_what_it_leaves_out(tmp_path: Path) -> None:
    text = GOOD.replace('title = "First"', 'title = "First"\ndepth = "short"')
    text = text.replace('label = "Why?"', 'label = "Why?"\ndepth = "short"')
    told = 'section first, question why.asked_when.question: "colour" must be short too, as this is'
    assert read(tmp_path, text) == (told,)
    text = text.replace('label = "Which colour?"', 'label = "Which colour?"\ndepth = "short"')
    assert read(tmp_path, text) == ()


def test_what_the_rules_read_is_asked_in_the_short_form(tmp_path: Path) -> None:
    text = (load.HERE / "question_sets" / "assessment-v1.toml").read_text(encoding="utf-8")
    longer = text.replace('id = "unlawful_risk"\ndepth = "short"', 'id = "unlawful_risk"')
    assert longer != text
    problems = read(tmp_path, longer, "assessment-v1.toml")
    assert problems == ("question unlawful_risk.depth: must be short, since the rules read it",)


def test_all_mistakes_are_told_together(tmp_path: Path) -> None:
    text = GOOD.replace('label = "Why?"', "label = 3").replace('kind = "group"', 'kind = "groop"')
    text = text.replace('title = "Tiny"', "")
    problems = read(tmp_path, text)
    assert {problem.split(":")[0] for problem in problems} == {
        "sections[0].questions[1].label",
        "sections[1].kind",
        "title",
    }


def test_two_sections_of_groups_may_ask_the_very_same_question(tmp_path: Path) -> None:
    section = GOOD[GOOD.index('[[sections]]\nid = "people"') :]
    more = section.replace('id = "people"', 'id = "others"').replace('subjects = ["age"]', "")
    assert read(tmp_path, GOOD + more) == ()
    other = more.replace("Are {people} touched?", "Are {people} hit?")
    assert any("occurs more than once" in text for text in read(tmp_path, GOOD + other))


def test_a_condition_of_a_section_must_look_back_and_not_at_groups(tmp_path: Path) -> None:
    late = """
[[sections]]
id = "late"
part = "Part"
title = "Late"
asked_when = { question = "touched", is_one_of = ["yes"] }
[[sections.questions]]
id = "more"
kind = "text"
label = "More?"
"""
    assert any(
        "section late.asked_when.question: a question about a group" in p for p in read(tmp_path, GOOD + late)
    )


def test_a_section_without_questions_is_refused(tmp_path: Path) -> None:
    empty = GOOD + '\n[[sections]]\nid = "empty"\npart = "Part"\ntitle = "Empty"\n'
    assert read(tmp_path, empty) == ("section empty: has no questions",)


@pytest.mark.parametrize("set_id", ["screening", "assessment"])
def test_a_set_without_the_questions_that_the_rules_read_is_refused(tmp_path: Path, set_id: str) -> None:
    problems = read(tmp_path, GOOD.replace('id = "tiny"', f'id = "{set_id}"'), f"{set_id}-v1.toml")
    assert any("the rules need a question" in problem for problem in problems)


def test_a_screening_question_that_no_rule_reads_may_not_be_unknowable(tmp_path: Path) -> None:
    text = (load.HERE / "question_sets" / "screening-v1.toml").read_text(encoding="utf-8")
    more = '\n[[sections.questions]]\nid = "extra"\nkind = "unknowable"\nlabel = "Extra?"\n'
    problems = read(tmp_path, text + more, "screening-v1.toml")
    assert problems == ('questions: "extra" can be unknown, but no screening rule reads it',)


def test_a_conclusion_that_the_vocabulary_does_not_know_is_refused(tmp_path: Path) -> None:
    text = (load.HERE / "question_sets" / "assessment-v1.toml").read_text(encoding="utf-8")
    text = text.replace('id = "stop", label', 'id = "halt", label')
    problems = read(tmp_path, text, "assessment-v1.toml")
    assert any("question conclusion.options: must be exactly" in problem for problem in problems)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="does not exist"):
        from_toml(tmp_path / "none.toml", Duty)


def test_a_duty_needs_law_explanation_source_dates_and_a_question_that_exists() -> None:
    pointers = (
        Pointer(PointerKind.QUESTION, "nowhere"),
        Pointer(PointerKind.DIMENSION, "beauty"),
        Pointer(PointerKind.GROUP, "age"),
        Pointer(PointerKind.EVIDENCE, "census"),
    )
    duty = Duty("x", "X", "", (), "", "yesterday", hangs_on="problem", asks=("nothing",), pointers=pointers)
    problems = checks.duty_problems([duty, duty], load.question_set("assessment"))
    for text in (
        '"x" occurs more than once',
        "duty x.law: must not be empty",
        "duty x.source: must not be empty",
        "duty x.explanation: must not be empty",
        "duty x.valid_from: must be a date",
        'duty x.asks: there is no question "nothing"',
        'duty x.pointers: there is no question "nowhere"',
        "duty x.hangs_on: must be a question of kind unknowable",
        'duty x.pointers: there is no dimension "beauty"',
        "duty x.pointers: a group needs a label",
        "duty x.pointers: evidence has no `to`",
    ):
        assert any(text in problem for problem in problems), text


def test_a_group_needs_a_basis_and_dates_in_order() -> None:
    group = Group(
        "x", "X", "people", LegalStatus.POLICY, "source", first_aim_only=True, valid_from="2026-02-01"
    )
    problems = checks.group_problems([group])
    assert "group x.basis: must not be empty" in problems
    assert any("first_aim_only" in problem for problem in problems)
    dated = Group("y", "Y", "p", LegalStatus.POLICY, "s", "", "b", False, "2026-02-01", "2026-01-01")
    assert checks.group_problems([dated]) == ["group y.valid_to: is before valid_from"]


def test_an_area_of_core20plus5_needs_its_question() -> None:
    area = Core20Area("x", Core20Part.PLUS, "X", "about", "nothing", "source", "2021-01-01")
    assert checks.core20_problems([area], load.question_set("assessment")) == [
        'area x.question: there is no question "nothing" in the assessment'
    ]


def test_options_need_labels() -> None:
    assert checks.option_problems("kind", [Option("a", "")]) == ["kind a.label: must not be empty"]
