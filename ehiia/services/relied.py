"""What a decision relied on: the mitigating actions in the frozen version that was approved last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.domain import frozen
from ehiia.domain.outcomes import APPROVALS
from ehiia.services import freezing
from ehiia.services.answered import answers_of, question_set_of
from ehiia.services.transaction import read
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import DecisionRow, SnapshotRow
from ehiia.store.organisations import Body


@dataclass(frozen=True)
class Relied:
    """The newest approval: the body that gave it, and the actions as they stood before it."""

    body: Body
    actions: dict[str, frozen.Mitigation]
    """Reference -> the action as it was promised then."""


def relied_on(assessment_id: int, *, session: Session | None = None) -> Relied | None:
    """Return what the newest approval of an assessment relied on, or None where there is none: one query."""
    found = (
        (session or read())
        .execute(
            select(Body, SnapshotRow.text)
            .join(DecisionRow, DecisionRow.body_id == Body.id)
            .join(SnapshotRow, SnapshotRow.id == DecisionRow.snapshot_id)
            .where(DecisionRow.assessment_id == assessment_id, DecisionRow.outcome.in_(APPROVALS))
            .order_by(DecisionRow.id.desc())
            .limit(1)
        )
        .one_or_none()
    )
    if found is None:
        return None
    body, text = found
    return Relied(body, {one.ref: one for one in freezing.thaw_snapshot(text).mitigations})


def still_answers(
    session: Session, assessment: Assessment, action: frozen.Mitigation, links: Iterable[tuple[str, str]]
) -> bool:
    """Say whether an action with these links answers every impact that it answered when it was approved.

    A link that was made since may go again. Where the words of the record cannot be found among them, because
    a group was given another name, it does not count as answered.
    """
    answers, questions = answers_of(session, assessment), question_set_of(assessment)
    words = {freezing.impact_words(answers, questions, *link) for link in links}
    return words >= set(action.answers)
