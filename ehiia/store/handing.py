"""The duties people have, in one query: whoever holds them, and whoever has left."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    SQLColumnExpression,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ehiia.domain.access import ENDED, UNSENT
from ehiia.domain.handing import DutyKind
from ehiia.domain.vocabulary import Claim, GapState, Part, Promise, Role
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.auditing import FindingRow, action_due, answer_due
from ehiia.store.engagement import CommitmentRow
from ehiia.store.library import GapRow
from ehiia.store.organisations import Body
from ehiia.store.people import Person, Post
from ehiia.store.together import SectionAssignment

OPEN_CLAIMS = frozenset(Claim) - {Claim.DONE, Claim.SUPERSEDED, Claim.CANCELLED}
PARTS = (Part.AUTHOR, Part.DIRECTOR, Part.SECRETARY)
NEEDED = (Role.EQUALITY_LEAD, Role.DIRECTOR, Role.DECISION_MAKER, Role.AUDITOR)
"""Posts without which something waits for nobody. An administrator is always left."""


def gone(organisation_id: int, today: date) -> Select[int]:
    """Return a subquery of the ids of people who have left, or hold no post here any more."""
    held = and_(Post.person_id == Person.id, Post.organisation_id == organisation_id)
    now = and_(held, Post.starts_on <= today, or_(Post.ends_on.is_(None), Post.ends_on >= today))
    return select(Person.id).where(
        or_(
            Person.left_on <= today,
            and_(exists().where(held), ~exists().where(now)),
        )
    )


Holder = Select[int] | Collection[int]
"""Whose duties: of these people, or of those whom a subquery finds."""


def duties(organisation_id: int, holder: Holder, today: date) -> CompoundSelect[Any]:
    """Return the query of all open duties of these people in an organisation, without posts.

    Columns: kind, id, person_id, assessment_id (None: of the organisation), item, what, due_on.
    """

    def of(
        kind: DutyKind,
        row_id: SQLColumnExpression[Any],
        person: InstrumentedAttribute[Any],
        assessment: InstrumentedAttribute[Any] | None = None,
        item: SQLColumnExpression[Any] | None = None,
        what: SQLColumnExpression[Any] | None = None,
        due_on: SQLColumnExpression[Any] | None = None,
    ) -> Select[Any]:
        return select(
            literal(kind.value).label("kind"),
            cast(row_id, Integer).label("id"),
            person.label("person_id"),
            (cast(null(), Integer) if assessment is None else assessment).label("assessment_id"),
            (literal("") if item is None else item).label("item"),
            (literal("") if what is None else what).label("what"),
            (cast(null(), Date) if due_on is None else due_on).label("due_on"),
        ).where(person.in_(holder))

    parts = [
        of(
            DutyKind(part.value), Participant.assessment_id, Participant.person_id, Participant.assessment_id
        ).where(Participant.part == part, Participant.ended_at.is_(None))
        for part in PARTS
    ]
    actions = of(
        DutyKind.ACTION,
        MitigationRow.id,
        MitigationRow.owner_id,
        MitigationRow.assessment_id,
        MitigationRow.ref,
        MitigationRow.what,
        MitigationRow.due_on,
    ).where(MitigationRow.taken_out_at.is_(None), MitigationRow.claim.in_(OPEN_CLAIMS))
    gaps = of(
        DutyKind.GAP,
        GapRow.id,
        GapRow.owner_id,
        GapRow.assessment_id,
        literal("G").concat(cast(GapRow.number, String)),
        GapRow.unknown,
        func.coalesce(GapRow.accepted_until, GapRow.due_on),
    ).where(GapRow.taken_out_at.is_(None), GapRow.state != GapState.CLOSED)
    commitments = of(
        DutyKind.COMMITMENT,
        CommitmentRow.id,
        CommitmentRow.owner_id,
        CommitmentRow.assessment_id,
        literal("commitment ").concat(cast(CommitmentRow.number, String)),
        CommitmentRow.what,
        CommitmentRow.due_on,
    ).where(CommitmentRow.taken_out_at.is_(None), CommitmentRow.state == Promise.OPEN)
    pages = (
        of(
            DutyKind.PAGES,
            SectionAssignment.assessment_id,
            SectionAssignment.person_id,
            SectionAssignment.assessment_id,
            due_on=func.min(SectionAssignment.due_on),
        )
        .where(SectionAssignment.done_at.is_(None))
        .group_by(SectionAssignment.assessment_id, SectionAssignment.person_id)
    )
    findings = [
        of(
            kind,
            FindingRow.id,
            person,
            FindingRow.assessment_id,
            FindingRow.ref,
            FindingRow.condition,
            FindingRow.due_on,
        ).where(FindingRow.organisation_id == organisation_id, due())
        for kind, person, due in (
            (DutyKind.ANSWER, FindingRow.answers_id, answer_due),
            (DutyKind.FINDING, FindingRow.owner_id, action_due),
        )
    ]
    bodies = [
        of(kind, Body.id, person, item=Body.name).where(
            Body.organisation_id == organisation_id,
            or_(Body.valid_to_on.is_(None), Body.valid_to_on >= today),
        )
        for kind, person in (
            (DutyKind.CHAIR, Body.chair_id),
            (DutyKind.BODY_SECRETARY, Body.secretary_id),
        )
    ]
    return union_all(*parts, actions, gaps, commitments, pages, *findings, *bodies)


def open_in(organisation_id: int) -> ColumnElement[bool]:
    """Return the predicate of assessments in which duties still wait for somebody."""
    return and_(Assessment.organisation_id == organisation_id, Assessment.stage.not_in(ENDED))


def still_written() -> ColumnElement[bool]:
    """Return the predicate of assessments whose pages are still to be written."""
    return Assessment.stage.in_(UNSENT)


def needed_posts(organisation_id: int, holder: Holder, today: date) -> Select[int, Role, int]:
    """Return the query of posts of these people that no other holds, the newest first: id, role, person."""
    other, somebody = aliased(Post), aliased(Person)
    held = (
        select(other.id)
        .join(somebody, somebody.id == other.person_id)
        .where(
            other.organisation_id == organisation_id,
            other.role == Post.role,
            other.person_id.not_in(holder),
            other.starts_on <= today,
            or_(other.ends_on.is_(None), other.ends_on >= today),
            or_(somebody.left_on.is_(None), somebody.left_on > today),
        )
        .correlate(Post)
    )
    return (
        select(Post.id, Post.role, Post.person_id)
        .where(
            Post.organisation_id == organisation_id,
            Post.role.in_(NEEDED),
            Post.person_id.in_(holder),
            ~held.exists(),
        )
        .order_by(Post.id.desc())
    )
