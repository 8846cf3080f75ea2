"""The paper for decision: what lies before whoever decides, its page, and who said that they read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.content.shapes import Duty
from ehiia.domain import gaps as gap_rules
from ehiia.domain import paper as paper_rules
from ehiia.domain.access import Actor
from ehiia.domain.answers import EvidenceGap
from ehiia.domain.frozen import Answered, Component, Snapshot
from ehiia.domain.gaps import Stop
from ehiia.domain.glance import Glance, glance
from ehiia.domain.paper import Challenge, Harm, NotKnown
from ehiia.domain.vocabulary import Attested, Conclusion, Gate, Part, Permission, RoutePart, Stage
from ehiia.services import checks, freezing, meetings, people
from ehiia.services.answered import answers_of
from ehiia.services.decision_entry import Decision, decision_from
from ehiia.services.sight import Seen, deciding_step, see
from ehiia.services.submission import attest
from ehiia.services.transaction import Refused, note_on, read, transaction
from ehiia.store.assessments import Assessment, Participant, RouteStep
from ehiia.store.decisions import AttestationRow, MeetingEntry, SnapshotRow
from ehiia.store.meetings import PackReading, PaperPackRow
from ehiia.store.organisations import Body
from ehiia.store.visible import known_in


@dataclass(frozen=True)
class Paper:
    """What lies before the body that decides: the frozen version, the body, and what was done so far."""

    snapshot: SnapshotRow
    body: Body
    meeting_on: date | None
    conclusion: Conclusion | None
    entry: MeetingEntry | None
    gaps: tuple[EvidenceGap, ...] = ()
    """What is not known, as in the frozen version: a change of it undoes the pass."""


def paper_of(session: Session, seen: Seen) -> Paper | None:
    """Return what may be decided now, or None where nothing is ready."""
    if seen.assessment.stage is not Stage.READY:
        return None
    snapshot = checks.version_for_decision(session, seen.assessment)
    step = deciding_step(session, seen.assessment.id)
    if snapshot is None or step is None:
        return None
    entry = session.scalar(
        select(MeetingEntry)
        .where(MeetingEntry.snapshot_id == snapshot.id, MeetingEntry.ended_at.is_(None))
        .order_by(MeetingEntry.id.desc())
        .limit(1)
    )
    answers = answers_of(session, seen.assessment)
    return Paper(snapshot, step[1], step[0].meeting_on, answers.conclusion, entry, answers.gaps)


def paper_ready(session: Session, seen: Seen) -> Paper:
    """Return what may be decided now; raises Refused where nothing is ready."""
    paper = paper_of(session, seen)
    if paper is None:
        raise Refused("There is no version to decide. It may have been changed since; ask the author.")
    return paper


def same_paper(session: Session, seen: Seen, sha256: str) -> Paper:
    """Return what may be decided now; raises Refused where that is not the version of the page."""
    paper = paper_ready(session, seen)
    if paper.snapshot.sha256 != sha256:
        raise Refused("This version was changed since you opened it. Read the new one.")
    return paper


def components_of(paper: Paper) -> tuple[Component, ...]:
    """Return the parts that are decided apart, from the frozen version that lies before the body."""
    return freezing.thaw_snapshot(paper.snapshot.text).components


def has_read(person_id: int, snapshot_id: int, *, session: Session | None = None) -> datetime | None:
    """Return when the person said that they had read this version, or None."""
    return (session or read()).scalar(
        select(AttestationRow.at)
        .where(
            AttestationRow.person_id == person_id,
            AttestationRow.snapshot_id == snapshot_id,
            AttestationRow.what == Attested.READ,
        )
        .limit(1)
    )


def say_read(ref: str, *, sha256: str, by: int, now: datetime, pack_id: int = 0) -> None:
    """Say "I have read this version". ``sha256`` is that of the page: another version is refused.

    ``pack_id``: the paper pack in which it was read; Refused where this version is not in it.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.READ_PAPER, actor=actor, session=session, lock=True)
        paper = same_paper(session, seen, sha256)
        if has_read(by, paper.snapshot.id, session=session) is None:
            role = "Committee secretary" if seen.facts.secretary else "Decision-maker"
            said = attest(
                session,
                seen.assessment,
                Attested.READ,
                by=by,
                role=role,
                now=now,
                snapshot_id=paper.snapshot.id,
            )
            pack = _pack(paper, pack_id) if pack_id else None
            if pack is not None:
                session.add(PackReading(attestation_id=said.id, pack_id=pack.id))
            note_on(
                session,
                seen.assessment,
                "read_version",
                by=by,
                at=now,
                sha256=sha256,
                **_told(pack),
            )


def _told(pack: PaperPackRow | None) -> dict[str, Any]:
    return {} if pack is None else {"pack": pack.number, "pack_sha256": pack.sha256}


def _pack(paper: Paper, pack_id: int) -> PaperPackRow:
    packs = meetings.packs_with(paper.snapshot, paper.body.id)
    found = next((one for one in packs if one.id == pack_id), None)
    if found is None:
        raise Refused("This version is not in that paper pack. Read it here, or in a newer pack.")
    return found


def must_have_read(session: Session, person_id: int, paper: Paper) -> None:
    """Raise Refused where the person did not say that they had read this version."""
    if has_read(person_id, paper.snapshot.id, session=session) is None:
        raise Refused("Say first that you have read this version; the page “Paper for decision” asks you.")


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
    packs: tuple[PaperPackRow, ...] = ()
    """The paper packs in which this very version is, the newest first."""


def page_of(seen: Seen, *, today: date) -> PaperPage | None:
    """Return the paper of a version that may be decided, or None where there is none."""
    session = read()
    found = paper_of(session, seen)
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
        harms=paper_rules.harms(snapshot),
        not_known=paper_rules.not_known(snapshot),
        glance=glance(snapshot),
        challenges=paper_rules.challenges(snapshot),
        engagement=paper_rules.section_answers(snapshot, paper_rules.ENGAGEMENT),
        duties=tuple(
            duty for duty in load.in_force(load.duties(), today) if duty.applies(seen.assessment.kind)
        ),
        reservations=check.message if check else "",
        checked_by=names.get(check.checked_by or 0, "") if check else "",
        passed_at=check.ended_at if check else None,
        late=seen.assessment.late,
        meeting_on=check.meeting_on if check and check.late else found.meeting_on,
        minutes=paper_rules.minutes_to_read(snapshot),
        read_at=has_read(seen.actor.person_id, found.snapshot.id, session=session),
        entered=decision_from(entry.content) if entry else None,
        entered_by=names.get(entry.entered_by, "") if entry else "",
        packs=tuple(meetings.packs_with(found.snapshot, found.body.id)) if found.body.committee else (),
    )


def stops(seen: Seen, *, today: date) -> tuple[Stop, ...]:
    """Return which evidence gaps have to be accepted before the version that is ready can be approved."""
    found = paper_of(read(), seen)
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
    said_read = (
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
        select(Assessment, RouteStep.meeting_on, Body, said_read, entered)
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
