"""What waits for a body that decides: its papers, its meetings, and what its decisions relied on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from ehiia.domain.access import QUIET, Actor
from ehiia.domain.vocabulary import Attested, Part, Role, RoutePart, Stage
from ehiia.services import ending_history
from ehiia.services.transaction import read
from ehiia.services.waiting.items import LIMIT, Area, Item, short
from ehiia.store.assessments import Assessment, Participant, RouteStep
from ehiia.store.decisions import AttestationRow, MeetingEntry, RecordRow
from ehiia.store.organisations import Body
from ehiia.store.signatures import RecordSignatory, RecordSignature
from ehiia.store.visible import taking_part

ENTER = "Enter what the meeting decided"
SIGN = "Sign the record"
ENDING = "Answer for the body that decided"


@dataclass(frozen=True)
class Meeting:
    """A meeting ahead, with what is on its agenda."""

    on: date
    body: str
    ref: str
    title: str


def papers(actor: Actor, today: date) -> Iterator[Item]:
    """Yield what the person decides, confirms or enters; restricted ones only where they take part."""
    has_read = exists().where(
        AttestationRow.assessment_id == Assessment.id,
        AttestationRow.person_id == actor.person_id,
        AttestationRow.what == Attested.READ,
    )
    rows = read().execute(
        select(
            Assessment.ref,
            Assessment.title,
            RouteStep.meeting_on,
            Body,
            exists().where(MeetingEntry.assessment_id == Assessment.id, MeetingEntry.ended_at.is_(None)),
            has_read,
            exists().where(
                Participant.assessment_id == Assessment.id,
                Participant.person_id == actor.person_id,
                Participant.part == Part.SECRETARY,
                Participant.ended_at.is_(None),
            ),
        )
        .select_from(Assessment)
        .join(RouteStep, RouteStep.assessment_id == Assessment.id)
        .join(Body, Body.id == RouteStep.body_id)
        .where(
            RouteStep.part == RoutePart.DECIDES,
            Assessment.stage == Stage.READY,
            Assessment.organisation_id.in_(set(actor.roles)),
            or_(
                Assessment.id.in_(taking_part(actor.person_id)),
                and_(
                    Assessment.restricted.is_(False),
                    or_(Body.chair_id == actor.person_id, Body.secretary_id == actor.person_id),
                ),
            ),
        )
        .limit(LIMIT)
    )
    for ref, title, on, body, entered, seen, invited in rows:
        if body.chair_id == actor.person_id:
            if not body.committee:
                yield Item("Read and decide", ref, title, f"You decide: {body.name}.", on, area=Area.PAPERS)
            elif entered:
                yield Item(
                    "Confirm the decision",
                    ref,
                    title,
                    f"{body.name}: its decision is entered.",
                    on,
                    area=Area.PAPERS,
                )
            elif not seen:
                yield Item("Read the paper", ref, title, f"You chair {body.name}.", on, area=Area.PAPERS)
        elif (body.secretary_id == actor.person_id or invited) and not entered:
            yield Item(
                ENTER, ref, title, f"{body.name}, as its secretary.", on, now=on is None or on <= today
            )


def endings(actor: Actor, organisation_id: int) -> Iterator[Item]:
    """Yield what bodies are asked for which the person speaks, as its chair or as its secretary."""
    area = Area.PAPERS if actor.has(organisation_id, Role.DECISION_MAKER) else Area.OWN
    for ref, assessment_ref, what, kind in ending_history.waiting(actor, organisation_id, limit=LIMIT):
        why = f"The decision relied on it. Asked: {kind.label.lower()}."
        yield Item(ENDING, assessment_ref, short(what), why, item=ref, area=area)


def signatures(actor: Actor) -> Iterator[Item]:
    """Yield the records that wait for this person's signature, where it is their turn."""
    mine, other = RecordSignatory, aliased(RecordSignatory)
    acted = exists().where(
        RecordSignature.record_id == other.record_id, RecordSignature.position == other.position
    )
    earliest = (
        select(func.min(other.position)).where(other.record_id == mine.record_id, ~acted).scalar_subquery()
    )
    rows = read().execute(
        select(Assessment.ref, Assessment.title, RecordRow.ref, mine.role, mine.due_on)
        .join(RecordRow, RecordRow.id == mine.record_id)
        .join(Assessment, Assessment.id == mine.assessment_id)
        .where(
            mine.person_id == actor.person_id,
            mine.position == earliest,
            Assessment.stage.not_in(QUIET),
            or_(
                Assessment.id.in_(taking_part(actor.person_id)),
                and_(Assessment.restricted.is_(False), Assessment.organisation_id.in_(set(actor.roles))),
            ),
        )
        .limit(LIMIT)
    )
    for ref, title, record_ref, role, due_on in rows:
        yield Item(SIGN, ref, title, f"It was decided. You sign as {role}.", due_on, item=record_ref)


def meetings(actor: Actor, today: date, limit: int = 5) -> list[Meeting]:
    rows = read().execute(
        select(RouteStep.meeting_on, Body.name, Assessment.ref, Assessment.title)
        .join(Assessment, Assessment.id == RouteStep.assessment_id)
        .join(Body, Body.id == RouteStep.body_id)
        .where(
            RouteStep.organisation_id.in_(set(actor.roles)),
            RouteStep.meeting_on >= today,
            Assessment.stage.not_in(QUIET | {Stage.IN_FORCE}),
            or_(
                Assessment.id.in_(taking_part(actor.person_id)),
                and_(
                    Assessment.restricted.is_(False),
                    or_(Body.chair_id == actor.person_id, Body.secretary_id == actor.person_id),
                ),
            ),
        )
        .order_by(RouteStep.meeting_on, RouteStep.id)
        .limit(limit)
    )
    return [Meeting(on, body, ref, title) for on, body, ref, title in rows if on is not None]
