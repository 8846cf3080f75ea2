"""From one set of questions to the next: what carries by itself, what needs a line, what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ehiia.domain import carrying
from ehiia.domain.answers import Value
from ehiia.domain.questions import (
    AnswerKind,
    Moved,
    MovedOption,
    Option,
    Question,
    QuestionSet,
    Section,
    SectionKind,
)

K = AnswerKind
RED, BLUE, GREEN = Option("red", "Red"), Option("blue", "Blue"), Option("green", "Green")
WHY = Question("why", K.TEXT, "Why?")
NAME = Question("name", K.LINE, "Name?")
COLOUR = Question("colour", K.CHOICE, "Colour?", options=(RED, BLUE))
TOLD = Question("told", K.TEXT, "Told?")


def asked(*questions: Question, mapping: tuple[Moved, ...] = (), told: bool = True) -> QuestionSet:
    sections = (
        Section("first", "Part", "First", questions=questions),
        Section("people", "Part", "People", kind=SectionKind.GROUP, questions=(TOLD,) if told else ()),
    )
    return QuestionSet("assessment", 1, "Title", "2026-01-01", sections, mapping=mapping)


OLD = asked(WHY, NAME, COLOUR)


def problems(*questions: Question, mapping: tuple[Moved, ...] = (), told: bool = True) -> list[str]:
    return carrying.problems(OLD, asked(*questions, mapping=mapping, told=told))


def test_the_same_questions_in_other_words_need_no_mapping() -> None:
    assert problems(replace(WHY, label="For what reason?", required=False), NAME, COLOUR) == []


def test_a_question_that_is_gone_must_be_spoken_of() -> None:
    assert problems(NAME, COLOUR) == ['mapping: says nothing of "why", which is not asked any more']
    assert problems(NAME, COLOUR, mapping=(Moved("why", dropped="Nobody could answer it."),)) == []
    assert problems(NAME, COLOUR, mapping=(Moved("why", dropped=" "),)) == [
        "mapping why: needs either new, or dropped with a reason"
    ]


def test_a_question_may_move_to_another_one_that_fits() -> None:
    effect, text, day = (Question("newer", kind, "New?") for kind in (K.EFFECT, K.TEXT, K.DATE))
    assert problems(NAME, COLOUR, effect, mapping=(Moved("why", "newer"),)) == []
    assert problems(WHY, COLOUR, text, mapping=(Moved("name", "newer"),)) == []
    assert problems(WHY, COLOUR, day, mapping=(Moved("name", "newer"),)) == [
        "mapping name: an answer of kind line cannot become one of kind date"
    ]
    assert problems(NAME, COLOUR, mapping=(Moved("why", "elsewhere"),)) == [
        'mapping why.new: there is no question "elsewhere"'
    ]


def test_a_question_of_another_kind_must_be_spoken_of() -> None:
    longer = replace(NAME, kind=K.TEXT)
    assert problems(WHY, longer, COLOUR) == ['mapping: says nothing of "name", which is of another kind now']
    assert problems(WHY, longer, COLOUR, mapping=(Moved("name", "name"),)) == []


def test_an_answer_about_a_group_stays_about_a_group() -> None:
    wrong = problems(WHY, NAME, COLOUR, mapping=(Moved("told", "why"),), told=False)
    assert "mapping told: one of the two is asked about each group and the other once" in wrong


def test_two_answers_come_together_in_a_text_only() -> None:
    assert problems(WHY, COLOUR, mapping=(Moved("name", "why"),)) == []
    also = replace(WHY, id="also")
    both = (Moved("why", "newer"), Moved("also", "newer"))
    new = asked(Question("newer", K.EFFECT, "New?"), mapping=both)
    assert carrying.problems(asked(WHY, also), new) == [
        'mapping also.new: "newer" already takes another answer, and is not a text'
    ]


def test_an_option_that_is_gone_must_be_spoken_of() -> None:
    other = replace(COLOUR, options=(GREEN, BLUE))
    assert problems(WHY, NAME, other) == [
        'mapping: says nothing of "colour", which changed: '
        'options: the option "red" is gone; say which one means the same'
    ]
    same = Moved("colour", "colour", options=(MovedOption("red", "green"),))
    assert problems(WHY, NAME, other, mapping=(same,)) == []


def test_what_the_mapping_says_of_nothing_or_twice_is_refused() -> None:
    assert problems(WHY, NAME, COLOUR, mapping=(Moved("ghost", dropped="Gone."),)) == [
        'mapping ghost.old: version 1 has no question "ghost"'
    ]
    line = Moved("why", dropped="Gone.")
    assert problems(NAME, COLOUR, mapping=(line, line)) == ["mapping why: occurs more than once"]


@pytest.mark.parametrize(
    ("old", "new", "options", "value", "becomes"),
    [
        (K.TEXT, K.TEXT, (), "Said.", "Said."),
        (K.LINE, K.TEXT, (), "Said.", "Said."),
        (K.TEXT, K.EFFECT, (), "Said.", {"direction": "", "reason": "Said."}),
        (K.CHOICE, K.CHOICE, (MovedOption("red", "green"),), "red", "green"),
        (K.CHOICE, K.MULTI, (), "red", ["red"]),
        (K.MULTI, K.MULTI, (MovedOption("red", "blue"),), ["red", "blue"], ["blue"]),
    ],
)
def test_an_answer_becomes_one_of_the_new_kind(
    old: AnswerKind, new: AnswerKind, options: tuple[MovedOption, ...], value: Value, becomes: Value
) -> None:
    moved = Moved("a", "b", options=options)
    assert carrying.converted(Question("a", old, "A?"), Question("b", new, "B?"), moved, value) == becomes


def test_joined_texts_keep_both() -> None:
    assert carrying.joined("One.", "Two.") == "One.\n\nTwo."
    assert carrying.joined(None, "Two.") == "Two."
