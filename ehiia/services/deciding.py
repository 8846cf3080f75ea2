"""Deciding: reading the version, deciding alone, or entering and confirming what a meeting decided.

The author's conclusion and the body's decision are two facts. The decision is
committed with its frozen record first; sealing the file follows (``sealing``).
Long because deciding alone and deciding in a meeting share their rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import outcomes
from ehiia.domain.answers import EvidenceGap
from ehiia.domain.frozen import Component
from ehiia.domain.questions import Depth
from ehiia.domain.vocabulary import Attested, Conclusion, Permission, Stage
from ehiia.domain.workflow import Refused, stage_after_decision
from ehiia.services import (
    accepting,
    checks,
    commitments,
    decision_entry,
    freezing,
    moves,
    people,
    recording,
    reviews,
    urgency,
)
from ehiia.services.answered import answers_of
from ehiia.services.decision_entry import Decision, PartDecided, Term, content_of, decision_from, settled
from ehiia.services.people import Reauthenticated
from ehiia.services.sight import Seen, deciding_step, see, sees
from ehiia.services.submission import attest
from ehiia.services.telling import taking_part, tell
from ehiia.services.transaction import Invalid, NotAllowed, note, read, transaction
from ehiia.services.versions import begin_version
from ehiia.store.decisions import AttestationRow, DecisionRow, MeetingEntry, RecordRow, SnapshotRow
from ehiia.store.organisations import Body

__all__ = [
    "Decision",
    "Paper",
    "PartDecided",
    "Term",
    "confirm",
    "decide",
    "decision_from",
    "enter",
    "has_read",
    "paper_of",
    "say_read",
]


def _decided_before(seen: Seen) -> bool:
    return seen.assessment.decided_before_on is not None


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


def _paper(session: Session, seen: Seen) -> Paper:
    paper = paper_of(session, seen)
    if paper is None:
        raise Refused("There is no version to decide. It may have been changed since; ask the author.")
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


def say_read(ref: str, *, sha256: str, by: int, now: datetime) -> None:
    """Say "I have read this version". ``sha256`` is that of the page: another version is refused."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.READ_PAPER, actor=actor, session=session, lock=True)
        paper = _paper(session, seen)
        if paper.snapshot.sha256 != sha256:
            raise Refused("This version was changed since you opened it. Read the new one.")
        if has_read(by, paper.snapshot.id, session=session) is None:
            role = "Committee secretary" if seen.facts.secretary else "Decision-maker"
            attest(
                session,
                seen.assessment,
                Attested.READ,
                by=by,
                role=role,
                now=now,
                snapshot_id=paper.snapshot.id,
            )
            note(
                session,
                "read_version",
                organisation_id=seen.assessment.organisation_id,
                subject=f"assessment:{seen.assessment.id}",
                by=by,
                at=now,
                sha256=sha256,
            )


def _must_have_read(session: Session, person_id: int, paper: Paper) -> None:
    if has_read(person_id, paper.snapshot.id, session=session) is None:
        raise Refused("Say first that you have read this version; the page “Paper for decision” asks you.")


def decide(
    ref: str, decision: Decision, *, sha256: str, reauthenticated: Reauthenticated, by: int, now: datetime
) -> RecordRow:
    """One person decides alone, after reading this version and signing in again.

    ``sha256`` is that of the version on the page. Raises Refused, NotAllowed, Invalid by field.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.DECIDE, actor=actor, session=session, lock=True)
        paper = _same(session, seen, sha256)
        _must_have_read(session, by, paper)
        parts = components_of(paper)
        decision = settled(decision, parts)
        decision_entry.check(
            decision,
            parts,
            committee=False,
            today=day_of(now),
            conclusion=paper.conclusion,
            gaps=paper.gaps,
            already_decided=_decided_before(seen),
        )
        _owners_see(session, seen, decision, now)
        return _make(
            session,
            seen,
            paper,
            decision,
            Attested.DECIDED,
            entered_by=None,
            reauthenticated=reauthenticated,
            by=by,
            now=now,
        )


def _owners_see(session: Session, seen: Seen, decision: Decision, now: datetime) -> None:
    """Raise Invalid by field where the owner of a condition cannot see what they are to see to."""
    errors = {
        f"term-{at}-owner_id": commitments.CANNOT_SEE
        for at, term in enumerate(decision.terms, start=1)
        if term.owner_id and not sees(session, seen.assessment, term.owner_id, today=day_of(now))
    }
    if errors:
        raise Invalid(**errors)


def _same(session: Session, seen: Seen, sha256: str) -> Paper:
    paper = _paper(session, seen)
    if paper.snapshot.sha256 != sha256:
        raise Refused("This version was changed since you opened it. Read the new one.")
    return paper


def enter(ref: str, decision: Decision, *, sha256: str, by: int, now: datetime) -> None:
    """The secretary enters what the meeting decided; the chair confirms it. Entering again replaces it."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.ENTER_DECISION, actor=actor, session=session, lock=True)
        paper = _same(session, seen, sha256)
        if not paper.body.committee:
            raise Refused("One person decides this alone; there is no meeting to enter.")
        parts = components_of(paper)
        decision = settled(decision, parts)
        entry = paper.entry
        if entry is not None and (entry.content, entry.entered_by) == (content_of(decision), by):
            return  # the form was sent twice: the chair is asked once
        decision_entry.check(
            decision,
            parts,
            committee=True,
            today=day_of(now),
            conclusion=paper.conclusion,
            gaps=paper.gaps,
            already_decided=_decided_before(seen),
        )
        _owners_see(session, seen, decision, now)
        if paper.entry is not None:
            paper.entry.ended_at = now
        session.add(
            MeetingEntry(
                assessment_id=seen.assessment.id,
                snapshot_id=paper.snapshot.id,
                body_id=paper.body.id,
                content=content_of(decision),
                entered_by=by,
                entered_at=now,
            )
        )
        attest(
            session,
            seen.assessment,
            Attested.ENTERED,
            by=by,
            role="Committee secretary",
            now=now,
            snapshot_id=paper.snapshot.id,
        )
        note(
            session,
            "decision_entered",
            organisation_id=seen.assessment.organisation_id,
            subject=f"assessment:{seen.assessment.id}",
            by=by,
            at=now,
            body=paper.body.name,
            outcome=decision.outcome.label,
        )
        moves.touch(seen.assessment, now)
        if paper.body.chair_id:
            tell(
                session,
                seen.assessment,
                "entered_for_confirmation",
                {paper.body.chair_id},
                by=by,
                now=now,
                meeting_on=decision.meeting_on,
            )


def confirm(
    ref: str, *, entry_id: int, reauthenticated: Reauthenticated, by: int, now: datetime
) -> RecordRow:
    """The chair confirms what was entered, after reading this version and signing in again.

    ``entry_id`` is that of the page: what was entered again meanwhile is refused.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.CONFIRM_DECISION, actor=actor, session=session, lock=True)
        paper = _paper(session, seen)
        if paper.entry is None or paper.entry.id != entry_id:
            raise Refused("What was entered has changed since you opened it. Read it again.")
        if paper.entry.entered_by == by:
            raise NotAllowed("You entered this decision yourself, so somebody else must enter it again.")
        _must_have_read(session, by, paper)
        decision = decision_from(paper.entry.content)
        decision_entry.check(
            decision,
            components_of(paper),
            committee=True,
            today=day_of(now),
            conclusion=paper.conclusion,
            gaps=paper.gaps,
            entering=False,
            already_decided=_decided_before(seen),
        )
        paper.entry.ended_at = now
        return _make(
            session,
            seen,
            paper,
            decision,
            Attested.CONFIRMED,
            entered_by=paper.entry.entered_by,
            reauthenticated=reauthenticated,
            by=by,
            now=now,
        )


def _make(
    session: Session,
    seen: Seen,
    paper: Paper,
    decision: Decision,
    act: Attested,
    *,
    entered_by: int | None,
    reauthenticated: Reauthenticated,
    by: int,
    now: datetime,
) -> RecordRow:
    """Commit the decision: attestation, decision row, frozen record, stage, review, work to seal."""
    assessment = seen.assessment
    role = f"Chair, {paper.body.name}" if paper.body.committee else f"Decision-maker, {paper.body.name}"
    attest(
        session,
        assessment,
        act,
        by=by,
        role=role,
        now=now,
        snapshot_id=paper.snapshot.id,
        method=reauthenticated.method,
        reauthenticated_at=reauthenticated.at,
    )
    row = DecisionRow(
        organisation_id=assessment.organisation_id,
        assessment_id=assessment.id,
        snapshot_id=paper.snapshot.id,
        body_id=paper.body.id,
        conclusion=paper.conclusion,
        outcome=decision.outcome,
        content=content_of(decision),
        entered_by=entered_by,
        decided_by=by,
        decided_at=now,
    )
    session.add(row)
    session.flush()
    if decision.outcome in outcomes.APPROVALS:
        accepting.accept(session, assessment, row, decision.accepted, by=by, now=now)
    checks.flag_late(session, assessment, decision.meeting_on)
    step = deciding_step(session, assessment.id)
    if step and decision.minute:
        step[0].minute = decision.minute.strip()
    target = stage_after_decision(decision.outcome, paper.conclusion, decision.advice_followed)
    moves.move(
        session,
        assessment,
        "decide",
        by=by,
        now=now,
        to=target,
        reason=f"{decision.outcome.label}. {decision.reasons.strip()}",
    )
    record = recording.make_record(
        session,
        assessment,
        decision=row,
        snapshot=freezing.thaw_snapshot(paper.snapshot.text),
        snapshot_row=paper.snapshot,
        body=paper.body,
        role=role,
        in_force=target is Stage.IN_FORCE,
        now=now,
    )
    for term in decision.terms:
        commitments.add(
            session,
            assessment,
            what=term.what.strip(),
            source=f"Condition of the decision {record.ref}",
            owner_id=term.owner_id,
            outside_owner=term.outside_owner.strip(),
            due_on=term.due_on,
            by=by,
            now=now,
        )
    if target is not Stage.IN_FORCE:
        reviews.cancel_open(session, assessment, now=now)
    if target is Stage.IN_FORCE:
        if assessment.depth == Depth.RAPID:
            urgency.settle(session, assessment, by=by, now=now)
        else:
            assessment.full_due_on = None
    if target is Stage.WRITING:
        begin_version(session, assessment, reason=f"Deferred: {decision.reasons.strip()}", by=by, now=now)
    told = taking_part(session, assessment.id)
    tell(session, assessment, "decided", told, by=by, now=now, decision=decision.outcome.label)
    return record
