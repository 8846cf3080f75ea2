"""When a question is asked."""

from __future__ import annotations

from ehiia.domain.questions import AskedWhen
from ehiia.domain.vocabulary import ProposalKind

KIND = ProposalKind.POLICY


def test_a_question_about_some_groups_is_asked_on_their_pages_only() -> None:
    condition = AskedWhen(subjects=("age", "race"))
    assert condition.holds(KIND, {}, "race")
    assert not condition.holds(KIND, {}, "sex")
    assert not condition.holds(KIND, {})


def test_every_condition_given_must_hold() -> None:
    condition = AskedWhen(
        kinds=(ProposalKind.POLICY,), question="affected", is_one_of=("yes",), subjects=("age",)
    )
    assert condition.holds(KIND, {"affected": "yes"}, "age")
    assert not condition.holds(ProposalKind.PROJECT, {"affected": "yes"}, "age")
    assert not condition.holds(KIND, {"affected": "no"}, "age")
    assert not condition.holds(KIND, {"affected": "yes"}, "race")
