"""The register of findings: who knows of which, where each is, and who may do what with it.

A finding about an item of a sample is known to those who know of its assessment. Findings are written in
``services.answering_findings``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, false, literal, or_, select

from ehiia.domain.access import Actor, Ruling, may_in
from ehiia.domain.auditing import CLOSED_BY, FindingState, FollowUp, Grade, state_of
from ehiia.domain.schedule import overdue
from ehiia.domain.vocabulary import Permission, Role
from ehiia.services import people
from ehiia.services.transaction import NotFound, read
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import FindingRow, FollowUpRow, action_due, answer_due
from ehiia.store.people import Person
from ehiia.store.visible import directed_by, known_in

__all__ = [
    "FindingFilter",
    "FindingRow",
    "Followed",
    "Seen",
    "follow_ups",
    "may_follow",
    "of_case",
    "one_seen",
    "register",
    "see_one",
    "waiting",
]


@dataclass(frozen=True)
class FindingFilter:
    """What the register shows."""

    state: FindingState | None = None
    grade: Grade | None = None
    overdue: bool = False
    mine: bool = False


@dataclass(frozen=True)
class Seen:
    """A finding as one person sees it."""

    row: FindingRow
    about: str
    """Reference of the assessment, "" for the way of assessing as a whole."""
    title: str
    state: FindingState
    days_overdue: int
    names: Mapping[int, str]
    may_change: Ruling
    may_answer: Ruling
    may_follow: Ruling

    def name(self, person_id: int | None) -> str:
        """Return the name of somebody who is named in it, or ""."""
        return self.names.get(person_id or 0, "")


@dataclass(frozen=True)
class Followed:
    """What was seen when a finding was looked at again."""

    result: FollowUp
    words: str
    by: str
    at: datetime


# -- reading -----------------------------------------------------------------------------------


def register(
    actor: Actor, organisation_id: int, chosen: FindingFilter = FindingFilter(), *, today: date
) -> list[Seen]:
    """Return the findings the person may know of, what is due soonest first: two queries."""
    query = _known(actor, organisation_id)
    rows = read().execute(
        query.order_by(FindingRow.due_on.is_(None), FindingRow.due_on, FindingRow.id).limit(2000)
    )
    found = _seen([(row, ref, title) for row, ref, title in rows], actor, today)
    mine = actor.person_id
    return [
        one
        for one in found
        if (chosen.state is None or one.state is chosen.state)
        and (chosen.grade is None or one.row.grade is chosen.grade)
        and (not chosen.overdue or one.days_overdue)
        and (not chosen.mine or mine in (one.row.owner_id, one.row.answers_id))
    ]


def waiting(
    actor: Actor, organisation_id: int, *, directed: bool = False, limit: int = 500
) -> list[tuple[FindingRow, str, str]]:
    """Return the findings that wait to be answered or put right, with reference and title of the assessment.

    Those the person may know of, soonest first: one query. ``directed``: only about what they direct.
    """
    query = _known(actor, organisation_id).where(or_(answer_due(), action_due()))
    if directed:
        query = query.where(FindingRow.assessment_id.in_(directed_by(actor.person_id)))
    query = query.order_by(FindingRow.due_on.is_(None), FindingRow.due_on, FindingRow.id).limit(limit)
    return [(row, ref or "", title or "") for row, ref, title in read().execute(query)]


def of_case(case_id: int, *, actor: Actor, organisation_id: int, today: date) -> list[Seen]:
    """Return the findings about an item of a sample that the person may know of."""
    query = _known(actor, organisation_id).where(FindingRow.case_id == case_id).order_by(FindingRow.id)
    return _seen([(row, ref, title) for row, ref, title in read().execute(query)], actor, today)


def see_one(finding_ref: str, *, actor: Actor, organisation_id: int, today: date) -> Seen:
    """Return a finding, or raise NotFound where the person may not know of it."""
    query = _known(actor, organisation_id).where(FindingRow.ref == finding_ref)
    rows = [(row, ref, title) for row, ref, title in read().execute(query)]
    if not rows:
        raise NotFound
    return _seen(rows, actor, today)[0]


def follow_ups(finding_id: int) -> list[Followed]:
    """Return every time that a finding was looked at again, the newest first: one query."""
    rows = read().execute(
        select(FollowUpRow, Person.name)
        .join(Person, Person.id == FollowUpRow.by)
        .where(FollowUpRow.finding_id == finding_id)
        .order_by(FollowUpRow.id.desc())
    )
    return [Followed(row.result, row.words, name, row.at) for row, name in rows]


def _known(actor: Actor, organisation_id: int) -> Select[FindingRow, str, str]:
    """Return the query for findings that the person may know of.

    Those who see the audit plan know of all about assessments that they know of; others of those in which
    they are named, or which are about what they direct: they are told when one is overdue.
    """
    holds = bool(actor.roles.get(organisation_id))
    plan = bool(may_in(actor, Permission.SEE_AUDIT_PLAN, organisation_id))
    me = actor.person_id
    named: ColumnElement[bool] = or_(
        FindingRow.answers_id == me,
        FindingRow.owner_id == me,
        FindingRow.risk_taken_by == me,
        FindingRow.assessment_id.in_(directed_by(me)),
        and_(FindingRow.assessment_id.is_(None), literal(actor.has(organisation_id, Role.DIRECTOR))),
    )
    known = known_in(organisation_id, me, holds_post=holds)
    about = or_(FindingRow.assessment_id.is_(None), known) if holds else known
    return (
        select(FindingRow, Assessment.ref, Assessment.title)
        .outerjoin(Assessment, Assessment.id == FindingRow.assessment_id)
        .where(
            FindingRow.organisation_id == organisation_id,
            about if actor.active else false(),
            *(() if plan else (named,)),
        )
    )


def _seen(rows: Sequence[tuple[FindingRow, str | None, str | None]], actor: Actor, today: date) -> list[Seen]:
    named = {
        person
        for row, _, _ in rows
        for person in (
            row.answers_id,
            row.owner_id,
            row.raised_by,
            row.risk_taken_by,
            row.responded_by,
            row.followed_by,
        )
        if person
    }
    names = people.names(named)
    return [one_seen(row, ref or "", title or "", names, actor, today) for row, ref, title in rows]


def one_seen(
    row: FindingRow, ref: str, title: str, names: Mapping[int, str], actor: Actor, today: date
) -> Seen:
    """Return a finding as one person sees it, from its row and the names in it."""
    state = state_of(row.response, row.followed)
    open_ = state in (FindingState.ANSWER_DUE, FindingState.ACTION_DUE)
    late = overdue(row.due_on, today) if row.due_on and open_ else 0
    return Seen(
        row,
        ref,
        title,
        state,
        late,
        names,
        _may_change(row, actor),
        _may_answer(row, actor),
        may_follow(row, actor),
    )


def _may_change(row: FindingRow, actor: Actor) -> Ruling:
    plan = may_in(actor, Permission.KEEP_AUDITS, row.organisation_id)
    if plan and actor.person_id in (row.answers_id, row.owner_id):
        return Ruling(False, "You answer this finding, so somebody else changes its words.")
    if plan and row.response is not None:
        return Ruling(False, "It was answered, so its words stand.")
    return plan


def _may_answer(row: FindingRow, actor: Actor) -> Ruling:
    if row.followed in CLOSED_BY:
        return Ruling(False, "It is closed.")
    if actor.person_id == row.raised_by:
        return Ruling(False, "You wrote this finding, so somebody else answers it.")
    if actor.person_id not in (row.answers_id, row.owner_id):
        return Ruling(False, "Only whoever was asked answers this finding.")
    return Ruling(True)


def may_follow(row: FindingRow, actor: Actor) -> Ruling:
    """Say whether the person may look at a finding again."""
    plan = may_in(actor, Permission.KEEP_AUDITS, row.organisation_id)
    if not plan:
        return plan
    if row.response is None:
        return Ruling(False, "It is looked at again when it was answered.")
    if actor.person_id in (row.answers_id, row.owner_id, row.responded_by, row.risk_taken_by):
        return Ruling(False, "You answered it or put it right, so somebody else says whether it was.")
    return Ruling(True)
