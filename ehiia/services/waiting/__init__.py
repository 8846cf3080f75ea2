"""What waits for a person, by when: computed from the rows in a handful of queries, stored nowhere.

Something that is late is overdue; what is due within a week, or waits for
nobody else, belongs to this week; the rest comes later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ehiia.domain.access import Actor
from ehiia.domain.ahead import Whose
from ehiia.domain.vocabulary import Role
from ehiia.services import ahead
from ehiia.services.ahead import Due
from ehiia.services.waiting import auditing, checking, deciding, promising, writing
from ehiia.services.waiting.auditing import ANSWER, CASE, LOOK_AGAIN, PUT_RIGHT, VERDICT
from ehiia.services.waiting.checking import ADVISE, DATE, POSTPONE, REVIEW, TRIGGER
from ehiia.services.waiting.deciding import ENDING, ENTER, SIGN, Meeting
from ehiia.services.waiting.items import LIMIT, Area, Item
from ehiia.services.waiting.promising import ACCEPT, KEPT
from ehiia.services.waiting.writing import WRITE, Mine

__all__ = [
    "ACCEPT",
    "ADVISE",
    "ANSWER",
    "CASE",
    "DATE",
    "ENDING",
    "ENTER",
    "KEPT",
    "LIMIT",
    "LOOK_AGAIN",
    "POSTPONE",
    "PUT_RIGHT",
    "REVIEW",
    "SIGN",
    "TRIGGER",
    "VERDICT",
    "WRITE",
    "Area",
    "Item",
    "Meeting",
    "Mine",
    "Waiting",
    "waiting_for",
]

SOON = timedelta(days=7)


@dataclass(frozen=True)
class Waiting:
    """Everything that waits for somebody, and what they take part in."""

    next: Item | None
    """The one thing to do next, wherever it stands; None where nothing waits."""
    overdue: tuple[Item, ...]
    this_week: tuple[Item, ...]
    later: tuple[Item, ...]
    """What is their own, as the two before."""
    areas: Mapping[Area, tuple[Item, ...]]
    """What waits for them by a post, soonest first; areas with nothing in them are left out."""
    directed: tuple[Due, ...]
    """What is overdue in what they direct and waits for others, longest overdue first."""
    mine: tuple[Mine, ...]
    meetings: tuple[Meeting, ...]


def waiting_for(actor: Actor, organisation_id: int, today: date) -> Waiting:
    """Return what waits for this person: wherever they take part, and by their posts in the organisation."""
    mine = writing.mine(actor, today)
    promised = [
        *promising.actions(actor),
        *promising.kept(actor),
        *auditing.found(actor, organisation_id, today),
    ]
    items = [
        *(item for one in mine for item in writing.by_part(one)),
        *writing.given(actor),
        *promised,
        *deciding.papers(actor, today),
        *deciding.signatures(actor),
        *deciding.endings(actor, organisation_id),
        *checking.to_check(actor, organisation_id, today),
        *checking.to_advise(actor, organisation_id),
        *checking.overdue(actor, organisation_id, today),
        *checking.early(actor, organisation_id),
        *checking.later(actor, organisation_id),
        *checking.dates(actor, organisation_id),
        *auditing.verdicts(actor, organisation_id),
        *auditing.cases(actor, organisation_id),
    ]
    items.sort(key=lambda item: (item.due_on or date.max, item.ref, item.do))
    overdue, this_week, later = _by_when((item for item in items if item.area is Area.OWN), today)
    areas = {
        area: tuple(item for item in items if item.area is area) for area in Area if area is not Area.OWN
    }
    return Waiting(
        next=next((item for part in _by_when(items, today) for item in part if not item.others), None),
        overdue=overdue,
        this_week=this_week,
        later=later,
        areas={area: found for area, found in areas.items() if found},
        directed=_directed(actor, organisation_id, promised, today),
        mine=tuple(mine),
        meetings=tuple(deciding.meetings(actor, today)),
    )


def _by_when(
    items: Iterable[Item], today: date
) -> tuple[tuple[Item, ...], tuple[Item, ...], tuple[Item, ...]]:
    """Return what is overdue, what belongs to this week, and what comes later."""
    overdue, this_week, later = [], [], []
    for item in items:
        if item.due_on is not None and item.due_on < today:
            overdue.append(item)
        elif item.now if item.due_on is None else item.due_on <= today + SOON:
            this_week.append(item)
        else:
            later.append(item)
    this_week.sort(key=lambda item: item.due_on or today + SOON)
    return tuple(overdue), tuple(this_week), tuple(later)


def _directed(actor: Actor, organisation_id: int, own: Iterable[Item], today: date) -> tuple[Due, ...]:
    """Return what is overdue in what a director directs, without what waits for themselves above."""
    if not actor.has(organisation_id, Role.DIRECTOR):
        return ()
    above = {(item.ref, item.item) for item in own}
    found = ahead.listed(
        actor,
        organisation_id,
        Whose.DIRECTED,
        first_on=None,
        last_on=today - timedelta(days=1),
        today=today,
        limit=LIMIT,
    )
    return tuple(one for one in found if (one.ref, one.item) not in above)
