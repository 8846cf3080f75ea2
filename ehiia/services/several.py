"""One reasoned "No" for several groups at once: those that the change does not touch, for the same reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.answers import SubjectGroup
from ehiia.domain.vocabulary import Permission, YesNoUnknown
from ehiia.services import answering, overview, people
from ehiia.services.answering import Saved
from ehiia.services.sight import see
from ehiia.services.transaction import Invalid, read, transaction
from ehiia.store.answers import Answer
from ehiia.store.assessments import Assessment

LONGEST = 1000
"""Characters of a reason; the names of the groups are added, and their page takes 2,000 together."""


@dataclass(frozen=True)
class SaidNo:
    """What came of it: ``saved`` as for any page; labels of the groups said no to, and of those left."""

    saved: Saved
    groups: tuple[str, ...]
    answered_meanwhile: tuple[str, ...] = ()


def unanswered(assessment: Assessment, *, session: Session | None = None) -> tuple[SubjectGroup, ...]:
    """Return the groups of the assessment about which nothing was said yet, in the order of their pages."""
    session = session or read()
    rows = session.execute(
        select(Answer.subject, Answer.value).where(
            Answer.assessment_id == assessment.id, Answer.question == "affected", Answer.subject != ""
        )
    )
    answered = {row.subject for row in rows if row.value}
    groups = overview.groups_of(assessment.id, session=session)
    return tuple(group for group in groups if group.code not in answered)


def say_no(ref: str, codes: Collection[str], reason: str, *, by: int, now: datetime) -> SaidNo:
    """Answer "No" for several groups, with one reason that names them all.

    A group that somebody answered meanwhile keeps its answer. Raises NotFound, NotAllowed, Invalid (fields
    ``groups`` and ``reason``: nobody chosen, no reason given or too long a one).
    """
    reason = reason.strip()
    errors = {}
    if not codes:
        errors["groups"] = "Choose at least one group"
    if not reason:
        errors["reason"] = "Say why these people would not be affected differently"
    elif len(reason) > LONGEST:
        errors["reason"] = f"The reason must be {LONGEST:,} characters or fewer. It has {len(reason):,}"
    if errors:
        raise Invalid(**errors)
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.WRITE, actor=actor, session=session, lock=True).assessment
        left = {group.code: group for group in unanswered(assessment, session=session)}
        considered = {group.code: group for group in overview.groups_of(assessment.id, session=session)}
        if not set(codes) <= set(considered):
            raise Invalid(groups="Choose from the groups shown")
        chosen = [group for code, group in left.items() if code in codes]
        late = tuple(considered[code].label for code in considered if code in codes and code not in left)
        if not chosen:
            return SaidNo(Saved(0, now), (), late)
        text = with_names(reason, tuple(group.label for group in chosen))
        for group in chosen:
            _answer(session, assessment, group.code, "affected", YesNoUnknown.NO.value, by, now)
            _answer(session, assessment, group.code, "not_affected_reason", text, by, now)
        undid = answering.changed_answers(
            session,
            assessment,
            by=by,
            now=now,
            what={
                "groups": [group.code for group in chosen],
                "questions": ["affected", "not_affected_reason"],
            },
        )
        grew = answering.count_and_grow(session, assessment, by=by, now=now)
        saved = Saved(2 * len(chosen), now, undid, grew=grew)
        return SaidNo(saved, tuple(group.label for group in chosen), late)


def with_names(reason: str, labels: tuple[str, ...]) -> str:
    """Return a reason with the groups that it was given for, where there are several.

    The names say that it was meant for each of them, and was not copied from page to page.
    """
    if len(labels) < 2:
        return reason
    return f"{reason}\n\nSaid once for {', '.join(labels[:-1])} and {labels[-1]}."


def _answer(
    session: Session,
    assessment: Assessment,
    subject: str,
    question: str,
    value: str,
    by: int,
    now: datetime,
) -> None:
    key = (assessment.id, question, subject)
    row = session.get(Answer, key, with_for_update=True, populate_existing=True)
    if row is None:
        row = Answer(assessment_id=assessment.id, question=question, subject=subject, revision=0)
        session.add(row)
    row.revision += 1
    row.value, row.by, row.at = value, by, now
