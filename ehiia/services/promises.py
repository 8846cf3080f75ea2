"""The register of mitigating actions: claim, latest verdict and overdue as three different facts.

Pages go by key, not by offset: the actions with a date first, soonest first,
then those without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from ehiia.domain import schedule
from ehiia.domain.access import QUIET, Actor
from ehiia.domain.mitigating import Acceptance, ActionKind, OverdueAge
from ehiia.domain.vocabulary import Claim, RoutePart, Stage, Verdict
from ehiia.services.transaction import read
from ehiia.store.answers import AuditItem, MitigationRow
from ehiia.store.assessments import Assessment, RouteStep
from ehiia.store.people import Person
from ehiia.store.visible import known_in, shared_with

__all__ = ["FINISHED", "OPEN_CLAIMS", "Listed", "PromiseFilter", "PromisePage", "days_overdue", "register"]

PAGE = 25
FINISHED = frozenset({Claim.DONE, Claim.SUPERSEDED, Claim.CANCELLED})
"""Claims after which nothing is overdue any more."""
OPEN_CLAIMS = frozenset(Claim) - FINISHED
"""What an owner says of an action that is still to be done."""


@dataclass(frozen=True)
class PromiseFilter:
    """What to show. ``owner_id``: only actions of this person; ``not_audited``: without a verdict."""

    claim: Claim | None = None
    verdict: Verdict | None = None
    not_audited: bool = False
    overdue: bool = False
    age: OverdueAge | None = None
    """Only what is overdue for so long."""
    director_id: int | None = None
    body_id: int | None = None
    """Only actions of what this body decides."""
    kind: ActionKind | None = None
    unaccepted: bool = False
    """Only what has an owner who has not accepted it."""
    owner_id: int | None = None
    shared: bool = False
    """Actions of assessments of other organisations in which the person takes part."""


@dataclass(frozen=True)
class Listed:
    """An action in the register."""

    id: int
    ref: str
    what: str
    owner: str
    due_on: date | None
    claim: Claim
    verdict: Verdict | None
    days_overdue: int
    assessment_ref: str
    assessment_title: str
    director: str = ""
    acceptance: Acceptance = Acceptance.WAITING
    kind: ActionKind | None = None
    measure: str = ""
    target: str = ""
    clause: str = ""


@dataclass(frozen=True)
class PromisePage:
    """A page of the register; ``next_key`` opens the next one, "" where there is none."""

    rows: tuple[Listed, ...]
    next_key: str


def days_overdue(due_on: date | None, claim: Claim, stage: Stage, today: date) -> int:
    """Return by how many days an action is overdue; 0 where it was done or given up, or work rests."""
    if due_on is None or claim in FINISHED or stage in QUIET:
        return 0
    return schedule.overdue(due_on, today)


def register(
    actor: Actor,
    organisation_id: int,
    wanted: PromiseFilter = PromiseFilter(),
    *,
    today: date,
    after: str = "",
    size: int = PAGE,
) -> PromisePage:
    """Return a page of the actions the person knows of in the organisation shown.

    ``after``: ``next_key`` of the page before; anything else begins at the start.
    """
    dated, day, last_id = _key(after)
    found: list[Listed] = []
    if dated:
        query = _query(actor, organisation_id, wanted, today).where(MitigationRow.due_on.is_not(None))
        if day is not None:
            query = query.where(
                or_(
                    MitigationRow.due_on > day,
                    and_(MitigationRow.due_on == day, MitigationRow.id > last_id),
                )
            )
        found = _read(query.order_by(MitigationRow.due_on, MitigationRow.id).limit(size + 1), today)
        last_id = 0
    if len(found) <= size and not (wanted.overdue or wanted.age):
        query = _query(actor, organisation_id, wanted, today).where(
            MitigationRow.due_on.is_(None), MitigationRow.id > last_id
        )
        found += _read(query.order_by(MitigationRow.id).limit(size + 1 - len(found)), today)
    rows = tuple(found[:size])
    if len(found) <= size:
        return PromisePage(rows, "")
    last = rows[-1]
    return PromisePage(rows, f"{last.due_on.isoformat() if last.due_on else 'none'}.{last.id}")


def _key(after: str) -> tuple[bool, date | None, int]:
    """Read a key: whether dated rows are still to come, the last day seen, the last id seen."""
    head, _, tail = after.partition(".")
    if not (tail.isascii() and tail.isdigit() and len(tail) < 19):
        return True, None, 0
    if head == "none":
        return False, None, int(tail)
    try:
        return True, date.fromisoformat(head), int(tail)
    except ValueError:
        return True, None, 0


def _query(
    actor: Actor, organisation_id: int, wanted: PromiseFilter, today: date
) -> Select[MitigationRow, str, str, str, Stage, Verdict, str]:
    director = aliased(Person)
    newest = (
        select(AuditItem.mitigation_id, func.max(AuditItem.id).label("id"))
        .group_by(AuditItem.mitigation_id)
        .subquery()
    )
    known = (
        shared_with(actor.person_id, set(actor.roles))
        if wanted.shared
        else known_in(organisation_id, actor.person_id, holds_post=bool(actor.roles.get(organisation_id)))
    )
    query = (
        select(
            MitigationRow,
            Person.name,
            Assessment.ref,
            Assessment.title,
            Assessment.stage,
            AuditItem.verdict,
            director.name,
        )
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .outerjoin(Person, Person.id == MitigationRow.owner_id)
        .outerjoin(director, director.id == Assessment.director_id)
        .outerjoin(newest, newest.c.mitigation_id == MitigationRow.id)
        .outerjoin(AuditItem, AuditItem.id == newest.c.id)
        .where(known, MitigationRow.taken_out_at.is_(None), *_wanted(wanted, today))
    )
    if not wanted.shared:
        query = query.where(MitigationRow.organisation_id == organisation_id)
    return query


def _wanted(wanted: PromiseFilter, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.claim is not None:
        conditions.append(MitigationRow.claim == wanted.claim)
    if wanted.verdict is not None:
        conditions.append(AuditItem.verdict == wanted.verdict)
    elif wanted.not_audited:
        conditions.append(AuditItem.id.is_(None))
    if wanted.owner_id is not None:
        conditions.append(MitigationRow.owner_id == wanted.owner_id)
    if wanted.kind is not None:
        conditions.append(MitigationRow.kind == wanted.kind)
    if wanted.director_id is not None:
        conditions.append(Assessment.director_id == wanted.director_id)
    if wanted.body_id is not None:
        decides = select(RouteStep.assessment_id).where(
            RouteStep.body_id == wanted.body_id, RouteStep.part == RoutePart.DECIDES
        )
        conditions.append(Assessment.id.in_(decides))
    if wanted.unaccepted:
        owned = or_(MitigationRow.owner_id.is_not(None), MitigationRow.outside_owner != "")
        conditions += [owned, MitigationRow.acceptance != Acceptance.ACCEPTED, Assessment.stage.not_in(QUIET)]
    if wanted.age is not None:
        first, last = wanted.age.days
        conditions.append(MitigationRow.due_on <= today - timedelta(days=first))
        if last is not None:
            conditions.append(MitigationRow.due_on >= today - timedelta(days=last))
    if wanted.overdue or wanted.age is not None:
        conditions += [
            MitigationRow.due_on < today,
            MitigationRow.claim.not_in(FINISHED),
            Assessment.stage.not_in(QUIET),
        ]
    return conditions


def _read(query: Select[MitigationRow, str, str, str, Stage, Verdict, str], today: date) -> list[Listed]:
    return [
        Listed(
            id=row.id,
            ref=row.ref,
            what=row.what,
            owner=name or row.outside_owner,
            due_on=row.due_on,
            claim=row.claim,
            verdict=verdict,
            days_overdue=days_overdue(row.due_on, row.claim, stage, today),
            assessment_ref=ref,
            assessment_title=title,
            director=director or "",
            acceptance=row.acceptance,
            kind=row.kind,
            measure=row.measure,
            target=row.target,
            clause=row.clause,
        )
        for row, name, ref, title, stage, verdict, director in read().execute(query)
    ]
