"""What bodies that decided were asked about mitigating actions, and what they answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from ehiia.domain.access import QUIET, Actor
from ehiia.domain.mitigating import Asking, Ending
from ehiia.services.transaction import read
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.organisations import Body
from ehiia.store.people import Person
from ehiia.store.promised import MitigationEnding
from ehiia.store.visible import known_in


@dataclass(frozen=True)
class Weaker:
    """What would be promised instead; "" keeps the words that stand."""

    what: str = ""
    measure: str = ""
    target: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.what or self.measure or self.target)


AS_IT_STANDS = Weaker()
"""Nothing is promised instead."""


@dataclass(frozen=True)
class Request:
    """A request to the body that decided, with its answer. ``at`` and ``answered_at`` are in UTC."""

    id: int
    kind: Ending
    state: Asking
    body: str
    committee: bool
    chair_id: int | None
    secretary_id: int | None
    reason: str
    instead: Weaker
    by: str
    by_id: int | None
    at: datetime
    answered_by: str = ""
    answered_at: datetime | None = None
    answer: str = ""
    meeting_on: date | None = None
    minute: str = ""

    @property
    def waits(self) -> bool:
        """Whether the body still has to answer."""
        return self.state is Asking.ASKED


def requests_of(mitigation_id: int, *, session: Session | None = None) -> list[Request]:
    """Return what the body that decided was asked about an action, oldest first: one query."""
    rows = (
        (session or read())
        .execute(
            select(MitigationEnding, Person.name, Body)
            .join(Body, Body.id == MitigationEnding.body_id)
            .outerjoin(Person, Person.id == MitigationEnding.by)
            .where(MitigationEnding.mitigation_id == mitigation_id)
            .order_by(MitigationEnding.id)
        )
        .all()
    )
    answers = {row.request_id: (row, name) for row, name, _ in rows if row.request_id}
    found = []
    for row, name, body in rows:
        if row.request_id:
            continue
        ended, answered_by = answers.get(row.id, (None, ""))
        found.append(
            Request(
                id=row.id,
                kind=row.kind,
                state=ended.state if ended else row.state,
                body=body.name,
                committee=body.committee,
                chair_id=body.chair_id,
                secretary_id=body.secretary_id,
                reason=row.reason,
                instead=Weaker(row.what, row.measure, row.target),
                by=name or row.name,
                by_id=row.by,
                at=row.at,
                answered_by=answered_by or "",
                answered_at=ended.at if ended else None,
                answer=ended.reason if ended else "",
                meeting_on=ended.meeting_on if ended else None,
                minute=ended.minute if ended else "",
            )
        )
    return found


def waiting(actor: Actor, organisation_id: int, *, limit: int) -> list[tuple[str, str, str, Ending]]:
    """Return what waits for bodies that the person speaks for: action, assessment, what, what is asked."""
    ended = aliased(MitigationEnding)
    rows = read().execute(
        select(MitigationRow.ref, Assessment.ref, MitigationRow.what, MitigationEnding.kind)
        .join(MitigationRow, MitigationRow.id == MitigationEnding.mitigation_id)
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .join(Body, Body.id == MitigationEnding.body_id)
        .where(
            MitigationEnding.organisation_id == organisation_id,
            MitigationEnding.state == Asking.ASKED,
            ~select(ended.id)
            .where(ended.request_id == MitigationEnding.id)
            .correlate(MitigationEnding)
            .exists(),
            or_(Body.chair_id == actor.person_id, Body.secretary_id == actor.person_id),
            MitigationEnding.by.is_distinct_from(actor.person_id),
            MitigationRow.owner_id.is_distinct_from(actor.person_id),
            MitigationRow.taken_out_at.is_(None),
            Assessment.stage.not_in(QUIET),
            known_in(organisation_id, actor.person_id, holds_post=bool(actor.roles.get(organisation_id))),
        )
        .order_by(MitigationEnding.id)
        .limit(limit)
    )
    return [(action, ref, what, kind) for action, ref, what, kind in rows]
