"""What is due in the next twelve months: counted by month for the picture, and listed for one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from ehiia.domain import ahead as rules
from ehiia.domain.access import Actor, may_in
from ehiia.domain.ahead import DueKind, Month, Whose
from ehiia.domain.programmes import closing
from ehiia.domain.vocabulary import Permission, Role
from ehiia.services import findings, programmes
from ehiia.services.transaction import read
from ehiia.store.ahead import dated

__all__ = ["Due", "listed", "months", "offered"]


@dataclass(frozen=True)
class Due:
    """Something that is due on a day.

    ``ref`` and ``title`` are of the assessment, "" where it belongs to none; ``item`` is the reference of
    the action or finding, or the number of the commitment; ``programme_id`` is 0 where it is no sample.
    """

    kind: DueKind
    on: date
    ref: str
    title: str
    item: str = ""
    what: str = ""
    who: str = ""
    programme_id: int = 0


def offered(actor: Actor, organisation_id: int) -> tuple[Whose, ...]:
    """Return whose dates the person may look at."""
    found = [Whose.MINE]
    if actor.has(organisation_id, Role.DIRECTOR):
        found.append(Whose.DIRECTED)
    if actor.roles.get(organisation_id):
        found.append(Whose.ALL)
    return tuple(found)


def months(actor: Actor, organisation_id: int, whose: Whose, *, today: date) -> tuple[Month, ...]:
    """Return what is overdue, this month and the twelve that follow, counted: three queries at most."""
    until = rules.last_day(today)
    rows = dated(whose, actor.person_id, organisation_id, actor.roles, until=until).subquery()
    counted = read().execute(
        select(rows.c.kind, rows.c.due_on, func.count()).group_by(rows.c.kind, rows.c.due_on)
    )
    found = [(DueKind(kind), on, how_many) for kind, on, how_many in counted]
    found += [(one.kind, one.on, 1) for one in _audits(actor, organisation_id, whose, today, until)]
    return rules.by_month(found, today)


def listed(
    actor: Actor,
    organisation_id: int,
    whose: Whose,
    *,
    first_on: date | None,
    last_on: date,
    today: date,
    limit: int,
) -> list[Due]:
    """Return what is due from one day to another, both included, soonest first: three queries at most.

    Without a first day also what was due ever so long ago.
    """
    query = dated(whose, actor.person_id, organisation_id, actor.roles, until=last_on)
    due_on = query.selected_columns["due_on"]
    if first_on is not None:
        query = query.where(due_on >= first_on)
    found = [
        Due(DueKind(kind), on, ref, title, item, what, who or "")
        for kind, on, ref, title, item, what, who in read().execute(query.order_by(due_on).limit(limit))
    ]
    found += [
        one
        for one in _audits(actor, organisation_id, whose, today, last_on)
        if first_on is None or one.on >= first_on
    ]
    return sorted(found, key=lambda one: (one.on, one.kind, one.ref, one.item))[:limit]


def _audits(actor: Actor, organisation_id: int, whose: Whose, today: date, until: date) -> list[Due]:
    """Return the findings that wait, and the samples that will be drawn, for those who see the audit plan."""
    me = actor.person_id
    found = [
        Due(DueKind.AUDIT, row.due_on, ref, title, row.ref, row.condition)
        for row, ref, title in findings.waiting(actor, organisation_id, directed=whose is Whose.DIRECTED)
        if row.due_on is not None
        and row.due_on <= until
        and (whose is not Whose.MINE or me == (row.owner_id if row.response else row.answers_id))
    ]
    if whose is not Whose.DIRECTED and may_in(actor, Permission.SEE_AUDIT_PLAN, organisation_id):
        found += [
            Due(DueKind.AUDIT, period.closes_on, "", row.name, what=period.name(), programme_id=row.id)
            for row in programmes.running(organisation_id)
            for period in closing(row.rhythm, first_on=today, last_on=until)
        ]
    return found
