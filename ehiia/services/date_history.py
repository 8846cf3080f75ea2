"""Which dates a mitigating action had, who asked for another one, and what waits for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from ehiia.content.rules import rules
from ehiia.domain.access import QUIET, Actor
from ehiia.domain.mitigating import Asking
from ehiia.domain.vocabulary import Role
from ehiia.services.transaction import read
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.people import Person
from ehiia.store.promised import DateChange
from ehiia.store.visible import known_in


@dataclass(frozen=True)
class Change:
    """A change of date with its answer. ``at`` and ``answered_at`` are in UTC."""

    id: int
    from_on: date | None
    to_on: date
    reason: str
    by: str
    by_id: int | None
    at: datetime
    state: Asking
    why_approval: tuple[str, ...] = ()
    """Why it needs an approval, in sentences."""
    answered_by: str = ""
    answered_at: datetime | None = None
    answer: str = ""

    @property
    def waits(self) -> bool:
        """Whether somebody still has to answer."""
        return self.state is Asking.ASKED

    @property
    def standing(self) -> bool:
        """Whether it waits, or was made at once."""
        return self.state in (Asking.ASKED, Asking.MADE)


def changes_of(mitigation_id: int, *, session: Session | None = None) -> list[Change]:
    """Return every change and request of an action's date, oldest first: one query."""
    rows = (
        (session or read())
        .execute(
            select(DateChange, Person.name)
            .outerjoin(Person, Person.id == DateChange.by)
            .where(DateChange.mitigation_id == mitigation_id)
            .order_by(DateChange.id)
        )
        .all()
    )
    answers = {row.request_id: (row, name or row.name) for row, name in rows if row.request_id}
    found = []
    for row, name in rows:
        if row.request_id:
            continue
        ended, answered_by = answers.get(row.id, (None, ""))
        found.append(
            Change(
                row.id,
                row.from_on,
                row.to_on,
                row.reason,
                name or row.name,
                row.by,
                row.at,
                ended.state if ended else row.state,
                tuple(rules()[rule].sentence for rule in row.rules.split()),
                answered_by,
                ended.at if ended else None,
                ended.reason if ended else "",
            )
        )
    return found


def waiting(actor: Actor, organisation_id: int, *, limit: int) -> Sequence[tuple[str, str, str, date]]:
    """Return the requests that the person is asked to answer: action, assessment, what, date asked for.

    As equality lead those of the organisation, as accountable director their own: one query.
    """
    ended = aliased(DateChange)
    query = (
        select(MitigationRow.ref, Assessment.ref, MitigationRow.what, DateChange.to_on)
        .join(MitigationRow, MitigationRow.id == DateChange.mitigation_id)
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .where(
            DateChange.organisation_id == organisation_id,
            DateChange.state == Asking.ASKED,
            ~select(ended.id).where(ended.request_id == DateChange.id).correlate(DateChange).exists(),
            DateChange.by.is_distinct_from(actor.person_id),
            MitigationRow.owner_id.is_distinct_from(actor.person_id),
            MitigationRow.taken_out_at.is_(None),
            Assessment.stage.not_in(QUIET),
            known_in(organisation_id, actor.person_id, holds_post=bool(actor.roles.get(organisation_id))),
        )
        .order_by(DateChange.id)
        .limit(limit)
    )
    if not actor.has(organisation_id, Role.EQUALITY_LEAD):
        query = query.where(Assessment.director_id == actor.person_id)
    return [(action, ref, what, to_on) for action, ref, what, to_on in read().execute(query)]
