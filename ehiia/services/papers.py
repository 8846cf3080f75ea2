"""The paper for decision: the frozen version with the check, the duties and what was done so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from ehiia.content import load
from ehiia.content.shapes import Duty
from ehiia.domain import gaps as gap_rules
from ehiia.domain import paper
from ehiia.domain.access import Actor
from ehiia.domain.frozen import Answered, Snapshot
from ehiia.domain.gaps import Stop
from ehiia.domain.glance import Glance, glance
from ehiia.domain.paper import Challenge, Harm, NotKnown
from ehiia.domain.vocabulary import Attested, Gate, Part, RoutePart, Stage
from ehiia.services import checks, deciding, freezing, people
from ehiia.services.deciding import Decision, Paper
from ehiia.services.sight import Seen
from ehiia.services.transaction import read
from ehiia.store.assessments import Assessment, Participant, RouteStep
from ehiia.store.decisions import AttestationRow, MeetingEntry, SnapshotRow
from ehiia.store.organisations import Body
from ehiia.store.visible import known_in

__all__ = ["PaperPage", "Waiting", "page_of", "stops", "waiting"]


@dataclass(frozen=True)
class PaperPage:
    """Everything the paper shows. All of it comes from the frozen version, the check and the duties."""

    paper: Paper
    snapshot: Snapshot
    harms: tuple[Harm, ...]
    not_known: tuple[NotKnown, ...]
    glance: Glance
    challenges: tuple[Challenge, ...]
    engagement: tuple[Answered, ...]
    """What people said and what changed, in the words of the assessment."""
    duties: tuple[Duty, ...]
    reservations: str
    checked_by: str
    passed_at: datetime | None
    late: bool
    meeting_on: date | None
    """The date on which ``late`` rests, where it is late; otherwise that on the route."""
    minutes: int
    read_at: datetime | None
    """When the person who looks said that they had read this version."""
    entered: Decision | None
    """What the secretary entered, where a meeting decides and it was entered."""
    entered_by: str


def page_of(seen: Seen, *, today: date) -> PaperPage | None:
    """Return the paper of a version that may be decided, or None where there is none."""
    session = read()
    found = deciding.paper_of(session, seen)
    if found is None:
        return None
    snapshot = freezing.thaw_snapshot(found.snapshot.text)
    check = checks.passed_check(session, seen.assessment)
    entry = found.entry
    ids = {one for one in (check and check.checked_by, entry and entry.entered_by) if one}
    names = people.names(ids, session=session)
    return PaperPage(
        paper=found,
        snapshot=snapshot,
        harms=paper.harms(snapshot),
        not_known=paper.not_known(snapshot),
        glance=glance(snapshot),
        challenges=paper.challenges(snapshot),
        engagement=paper.section_answers(snapshot, paper.ENGAGEMENT),
        duties=tuple(
            duty for duty in load.in_force(load.duties(), today) if duty.applies(seen.assessment.kind)
        ),
        reservations=check.message if check else "",
        checked_by=names.get(check.checked_by or 0, "") if check else "",
        passed_at=check.ended_at if check else None,
        late=seen.assessment.late,
        meeting_on=check.meeting_on if check and check.late else found.meeting_on,
        minutes=paper.minutes_to_read(snapshot),
        read_at=deciding.has_read(seen.actor.person_id, found.snapshot.id, session=session),
        entered=deciding.decision_from(entry.content) if entry else None,
        entered_by=names.get(entry.entered_by, "") if entry else "",
    )


def stops(seen: Seen, *, today: date) -> tuple[Stop, ...]:
    """Return which evidence gaps have to be accepted before the version that is ready can be approved."""
    found = deciding.paper_of(read(), seen)
    return gap_rules.stops(found.gaps, today) if found else ()


@dataclass(frozen=True)
class Waiting:
    """A version that waits for a decision by somebody's body."""

    ref: str
    title: str
    body: str
    committee: bool
    meeting_on: date | None
    late: bool
    chairs: bool
    """The person decides, or confirms as chair; otherwise they enter as secretary."""
    read: bool
    entered: bool


def waiting(actor: Actor, organisation_id: int, *, limit: int = 200) -> list[Waiting]:
    """Return the versions that wait for this person to decide, enter or confirm: soonest meeting first."""
    me = actor.person_id
    holds = bool(actor.roles.get(organisation_id))
    secretary = select(Participant.assessment_id).where(
        Participant.person_id == me, Participant.part == Part.SECRETARY, Participant.ended_at.is_(None)
    )
    newest = (
        select(SnapshotRow.id)
        .where(
            SnapshotRow.assessment_id == Assessment.id,
            SnapshotRow.version_no == Assessment.version_no,
            SnapshotRow.gate == Gate.FOR_DECISION,
        )
        .order_by(SnapshotRow.n.desc())
        .limit(1)
        .correlate(Assessment)
        .scalar_subquery()
    )
    has_read = (
        select(AttestationRow.id)
        .where(
            AttestationRow.person_id == me,
            AttestationRow.what == Attested.READ,
            AttestationRow.snapshot_id == newest,
        )
        .exists()
    )
    entered = (
        select(MeetingEntry.id)
        .where(MeetingEntry.snapshot_id == newest, MeetingEntry.ended_at.is_(None))
        .exists()
    )
    rows = read().execute(
        select(Assessment, RouteStep.meeting_on, Body, has_read, entered)
        .join(
            RouteStep,
            (RouteStep.assessment_id == Assessment.id) & (RouteStep.part == RoutePart.DECIDES),
        )
        .join(Body, Body.id == RouteStep.body_id)
        .where(
            known_in(organisation_id, me, holds_post=holds),
            Assessment.stage == Stage.READY,
            or_(Body.chair_id == me, Body.secretary_id == me, Assessment.id.in_(secretary)),
        )
        .order_by(RouteStep.meeting_on.is_(None), RouteStep.meeting_on, Assessment.id)
        .limit(limit)
    )
    return [
        Waiting(
            one.ref,
            one.title,
            body.name,
            body.committee,
            meeting_on,
            one.late,
            body.chair_id == me,
            bool(was_read),
            bool(was_entered),
        )
        for one, meeting_on, body, was_read, was_entered in rows
    ]
