"""House tests about words: question sets, kinds of answer, the drawing of the workflow."""

from __future__ import annotations

import pytest

from ehiia.content import load
from ehiia.domain import workflow
from ehiia.domain.questions import AnswerKind, Option, Question
from ehiia.forms.builder import field_for
from tests.house.tree import HOME


def test_published_question_sets_are_unchanged() -> None:
    load.check_locked()
    assert load.lock(), "no question set was published"


def test_the_drawing_of_the_workflow_is_current() -> None:
    drawn = (HOME / "docs" / "workflow.md").read_text(encoding="utf-8")
    assert drawn == workflow.drawing(), "run `.venv/bin/flask --app wsgi docs workflow`"


@pytest.mark.parametrize("kind", AnswerKind)
def test_every_kind_of_answer_has_a_field(kind: AnswerKind) -> None:
    options = (Option("a", "A"), Option("b", "B"))
    question = Question("q", kind, "What?", options=options if kind in ("choice", "multi") else ())
    assert field_for(question).field_class is not None
