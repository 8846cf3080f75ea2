"""Everything of assessments that has a date, in one query: reviews, actions, decisions and commitments."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from ehiia.domain.access import QUIET
from ehiia.domain.ahead import DueKind, Whose
from ehiia.domain.review_dates import DECIDED
from ehiia.domain.triggers import FINISHED
from ehiia.domain.vocabulary import Part, Promise, ReviewState, RoutePart
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Participant, RouteStep
from ehiia.store.decisions import Review
from ehiia.store.engagement import CommitmentRow
from ehiia.store.organisations import Body
from ehiia.store.people import Person
from ehiia.store.visible import directed_by, known_in, taking_part


def dated(
    whose: Whose,
    person_id: int,
    organisation_id: int,
    organisations: Collection[int],
    *,
    until: date,
) -> Select[Any]:
    """Return the query of what is due up to a day, also what is overdue, of which this person may know.

    ``organisations``: those in which they hold a post. What is theirs or what they direct is found wherever
    it is; the whole is that of one organisation. Columns: kind, due_on, ref and title of the assessment, item
    (its reference or number, or ""), what, who.
    """
    part = taking_part(person_id)
    speaks = or_(Body.chair_id == person_id, Body.secretary_id == person_id)
    mine: dict[DueKind, ColumnElement[bool]] = {
        DueKind.REVIEW: Review.assessment_id.in_(part.where(Participant.part == Part.AUTHOR)),
        DueKind.ACTION: MitigationRow.owner_id == person_id,
        DueKind.DECISION: or_(
            RouteStep.assessment_id.in_(part.where(Participant.part.in_((Part.AUTHOR, Part.SECRETARY)))),
            speaks,
        ),
        DueKind.COMMITMENT: CommitmentRow.owner_id == person_id,
    }

    def of(
        kind: DueKind,
        row: Any,
        on: SQLColumnExpression[Any],
        item: SQLColumnExpression[Any],
        what: SQLColumnExpression[Any],
        who: SQLColumnExpression[Any],
    ) -> Select[Any]:
        wanted = {
            Whose.MINE: mine[kind],
            Whose.DIRECTED: row.assessment_id.in_(directed_by(person_id)),
            Whose.ALL: row.organisation_id == organisation_id,
        }[whose]
        return select(
            literal(kind.value).label("kind"),
            row.assessment_id.label("assessment_id"),
            on.label("due_on"),
            item.label("item"),
            what.label("what"),
            who.label("who"),
        ).where(on <= until, wanted)

    nothing = literal("")
    found = union_all(
        of(DueKind.REVIEW, Review, Review.due_on, nothing, nothing, literal("its author")).where(
            Review.state == ReviewState.PLANNED
        ),
        of(
            DueKind.ACTION,
            MitigationRow,
            MitigationRow.due_on,
            MitigationRow.ref,
            MitigationRow.what,
            func.coalesce(Person.name, MitigationRow.outside_owner),
        )
        .outerjoin(Person, Person.id == MitigationRow.owner_id)
        .where(MitigationRow.taken_out_at.is_(None), MitigationRow.claim.not_in(FINISHED)),
        of(DueKind.DECISION, RouteStep, RouteStep.meeting_on, nothing, nothing, Body.name)
        .join(Body, Body.id == RouteStep.body_id)
        .where(RouteStep.part == RoutePart.DECIDES),
        of(
            DueKind.COMMITMENT,
            CommitmentRow,
            CommitmentRow.due_on,
            cast(CommitmentRow.number, String),
            CommitmentRow.what,
            func.coalesce(Person.name, CommitmentRow.outside_owner),
        )
        .outerjoin(Person, Person.id == CommitmentRow.owner_id)
        .where(CommitmentRow.taken_out_at.is_(None), CommitmentRow.state == Promise.OPEN),
    ).subquery()
    decided = Assessment.stage.in_(DECIDED)
    waits = or_(
        and_(found.c.kind == DueKind.REVIEW.value, decided),
        and_(found.c.kind == DueKind.DECISION.value, Assessment.stage.not_in(QUIET), ~decided),
        and_(
            found.c.kind.in_((DueKind.ACTION.value, DueKind.COMMITMENT.value)),
            Assessment.stage.not_in(QUIET),
        ),
    )
    if whose is Whose.ALL:
        known = known_in(organisation_id, person_id, holds_post=organisation_id in organisations)
    else:
        known = or_(
            and_(Assessment.restricted.is_(False), Assessment.organisation_id.in_(set(organisations))),
            Assessment.id.in_(taking_part(person_id)),
        )
    return (
        select(
            found.c.kind,
            found.c.due_on,
            Assessment.ref,
            Assessment.title,
            found.c.item,
            found.c.what,
            found.c.who,
        )
        .join(Assessment, Assessment.id == found.c.assessment_id)
        .where(waits, known)
    )
