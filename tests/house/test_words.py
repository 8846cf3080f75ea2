"""House tests about words: question sets, kinds of answer, the drawing of the workflow."""

from __future__ import annotations

import pytest

from ehiia.content import load
from ehiia.documents.pdf import findings
from ehiia.domain import workflow
from ehiia.domain.answers import Value
from ehiia.domain.questions import AnswerKind, Option, Question
from ehiia.forms.builder import field_for
from ehiia.services import freezing
from tests.house.tree import HOME


def test_published_question_sets_are_unchanged() -> None:
    load.check_locked()


def test_the_drawing_of_the_workflow_is_current() -> None:
    drawn = (HOME / "docs" / "workflow.md").read_text(encoding="utf-8")
    assert drawn == workflow.drawing(), "run `.venv/bin/flask --app wsgi docs workflow`"


SAMPLES: dict[AnswerKind, tuple[Value, str]] = {
    AnswerKind.TEXT: ("Two buses an hour.", "Two buses an hour."),
    AnswerKind.LINE: ("Harwich", "Harwich"),
    AnswerKind.CHOICE: ("a", "The first option"),
    AnswerKind.MULTI: (["a", "b"], "The second option"),
    AnswerKind.NUMBER: (1200, "1,200"),
    AnswerKind.PERCENT: (12.5, "12.5 per cent"),
    AnswerKind.DATE: ("2026-03-02", "2 March 2026"),
    AnswerKind.UNKNOWABLE: ("unknown", "Don't know yet"),
    AnswerKind.EFFECT: ({"direction": "worse", "reason": "Longer journeys."}, "Longer journeys."),
    AnswerKind.GROUPS: (["carers"], "Unpaid carers"),
    AnswerKind.COMBINATION: (["age", "carers"], "Unpaid carers"),
}
"""A value of each kind, and words that people must find on the page and on paper."""


def question_of(kind: AnswerKind) -> Question:
    options = (Option("a", "The first option"), Option("b", "The second option"))
    chooses = kind in (AnswerKind.CHOICE, AnswerKind.MULTI)
    return Question("q", kind, "What?", options=options if chooses else ())


def test_every_kind_of_answer_has_a_sample() -> None:
    assert set(SAMPLES) == set(AnswerKind)


@pytest.mark.parametrize("kind", AnswerKind)
def test_every_kind_of_answer_has_a_field(kind: AnswerKind) -> None:
    assert field_for(question_of(kind)).field_class is not None


@pytest.mark.parametrize("kind", AnswerKind)
def test_every_kind_of_answer_has_words(kind: AnswerKind) -> None:
    value, words = SAMPLES[kind]
    assert words in freezing.answer_words(question_of(kind), value, {"carers": "Unpaid carers"})


@pytest.mark.parametrize("kind", AnswerKind)
def test_every_kind_of_answer_stands_in_the_record(kind: AnswerKind) -> None:
    value, words = SAMPLES[kind]
    answer = freezing.answered(question_of(kind), value, {"carers": "Unpaid carers"})
    assert not answer.missing
    assert words in repr(findings.answered((answer,)))
