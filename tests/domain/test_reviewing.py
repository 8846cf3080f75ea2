"""Public reviewers: where a link stands, the matrix in words, and comments that still need an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ehiia.domain import completeness
from ehiia.domain.answers import Answers, Impact, SubjectGroup
from ehiia.domain.reviewing import MOST_COMMENTS, LinkState, matrix_in_words, state_of
from ehiia.domain.vocabulary import (
    Dimension,
    Direction,
    LegalStatus,
    Magnitude,
    ProposalKind,
    Stage,
    YesNoUnknown,
)
from tests.domain import whole

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("expires_at", "ended_at", "stage", "comments", "state"),
    [
        (LATER, None, Stage.WRITING, 0, LinkState.OPEN),
        (LATER, None, Stage.CHECKING, MOST_COMMENTS - 1, LinkState.OPEN),
        (LATER, None, Stage.CHECKING, MOST_COMMENTS, LinkState.USED_UP),
        (NOW, None, Stage.WRITING, 0, LinkState.EXPIRED),
        (LATER, NOW, Stage.WRITING, 0, LinkState.TAKEN_BACK),
        (LATER, None, Stage.READY, 0, LinkState.OVER),
        (LATER, None, Stage.PAUSED, 0, LinkState.OVER),
    ],
)
def test_a_link_says_where_it_stands(
    expires_at: datetime, ended_at: datetime | None, stage: Stage, comments: int, state: LinkState
) -> None:
    found = state_of(now=NOW, expires_at=expires_at, ended_at=ended_at, stage=stage, comments=comments)
    assert found is state


def test_the_matrix_is_said_in_words_without_reasons_or_scores() -> None:
    def group(code: str, affected: YesNoUnknown) -> SubjectGroup:
        return SubjectGroup(code, code.capitalize(), code, LegalStatus.PROTECTED, affected=affected)

    groups, others = matrix_in_words(
        Answers(
            ProposalKind.CLOSURE,
            groups=(
                group("age", YesNoUnknown.YES),
                group("sex", YesNoUnknown.NO),
                group("race", YesNoUnknown.UNKNOWN),
            ),
            impacts=(
                Impact("age", Dimension.ACCESS, Direction.WORSE, Magnitude.HIGH, reason="Secret working"),
                Impact("age", Dimension.OUTCOMES, Direction.SAME),
            ),
        )
    )
    assert [(one.label, one.lines) for one in groups] == [
        ("Age", ("Access: worse, a lot", "Outcomes: no difference")),
        ("Race", ("Not looked at in detail yet",)),
    ]
    assert others == ("Sex",)


def unanswered(answers: Answers) -> list[tuple[str, str, str]]:
    return [
        (item.section_id, item.anchor, item.rule)
        for item in completeness.missing(whole.QUESTIONS, answers)
        if item.question_id == completeness.PUBLIC_COMMENTS
    ]


@pytest.mark.rule("PUB-01", fires=True)
def test_a_comment_without_an_answer_is_missing() -> None:
    asked = replace(whole.whole(), unanswered_comments=(2, 5))
    assert unanswered(asked) == [
        ("engagement", "comment-2", "PUB-01"),
        ("engagement", "comment-5", "PUB-01"),
    ]


@pytest.mark.rule("PUB-01", fires=False)
def test_comments_that_are_answered_ask_for_nothing() -> None:
    assert unanswered(whole.whole()) == []
