"""The dates of findings: by when one is answered, and by when what was agreed is put right.

A finding may be about no assessment, and it stays open whatever becomes of the one it is about: it ends when
somebody looked at it again and closed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.schedule import Deadline, DeadlineKind
from ehiia.services.deadlines import FURTHEST, Thing
from ehiia.services.remembering import remembered
from ehiia.services.sight import sees
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import FindingRow, action_due, answer_due


def answers_open(today: date) -> ColumnElement[bool]:
    """Return the predicate of findings that wait for an answer, due before long."""
    return and_(FindingRow.due_on <= today + FURTHEST, answer_due())


def actions_open(today: date) -> ColumnElement[bool]:
    """Return the predicate of findings that are to be put right, due before long."""
    return and_(FindingRow.due_on <= today + FURTHEST, action_due())


def answer(
    session: Session, row: FindingRow, assessment: Assessment | None, now: datetime
) -> Iterator[Thing]:
    """Tell whoever was asked to answer; when it is late, whoever wrote the finding too."""
    yield from _thing(session, row, assessment, now, DeadlineKind.ANSWER, row.answers_id, row.raised_by)


def action(
    session: Session, row: FindingRow, assessment: Assessment | None, now: datetime
) -> Iterator[Thing]:
    """Tell whoever puts it right; when it is late, whoever answered for management too."""
    yield from _thing(session, row, assessment, now, DeadlineKind.FINDING, row.owner_id, row.answers_id)


def _thing(
    session: Session,
    row: FindingRow,
    assessment: Assessment | None,
    now: datetime,
    kind: DeadlineKind,
    owner_id: int | None,
    also: int,
) -> Iterator[Thing]:
    if row.due_on is None:
        return

    def known(people: Iterable[int | None]) -> tuple[int, ...]:
        return tuple(
            one
            for one in people
            if one is not None and (assessment is None or _sees(session, assessment, one, now))
        )

    yield Thing(
        Deadline(kind, str(row.id), row.due_on),
        f"finding {row.ref}",
        next(iter(known([owner_id])), None),
        {"item": row.ref, "path": f"/audits/findings/{row.ref}"},
        answered_by=known([also]),
        subject=f"finding:{row.id}",
    )


def _sees(session: Session, assessment: Assessment, person_id: int, now: datetime) -> bool:
    pair = (assessment.id, person_id)
    return remembered(session, "sees", pair, lambda: sees(session, assessment, person_id, today=day_of(now)))
