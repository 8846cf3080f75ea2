"""Deciding: one person alone, or entering and confirming what a meeting decided.

The author's conclusion and the body's decision are two facts. The decision is
committed with its frozen record first; sealing the file follows (``sealing``).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import outcomes
from ehiia.domain.questions import Depth
from ehiia.domain.vocabulary import Attested, Permission, Reauthentication, Stage
from ehiia.domain.workflow import Refused, stage_after_decision
from ehiia.services import (
    accepting,
    checks,
    commitments,
    decision_entry,
    freezing,
    moves,
    papers,
    people,
    recording,
    reviews,
    signatories,
    urgency,
)
from ehiia.services.decision_entry import Decision, content_of, decision_from, settled
from ehiia.services.papers import Paper
from ehiia.services.people import Reauthenticated
from ehiia.services.sight import Seen, deciding_step, see, sees
from ehiia.services.submission import attest
from ehiia.services.telling import taking_part, tell
from ehiia.services.transaction import Invalid, NotAllowed, note_on, transaction
from ehiia.services.versions import begin_version
from ehiia.store.decisions import DecisionRow, MeetingEntry, RecordRow

__all__ = ["confirm", "decide", "enter"]


def _decided_before(seen: Seen) -> bool:
    return seen.assessment.decided_before_on is not None


def decide(
    ref: str, decision: Decision, *, sha256: str, reauthenticated: Reauthenticated, by: int, now: datetime
) -> RecordRow:
    """One person decides alone, after reading this version and signing in again.

    ``sha256`` is that of the version on the page. Raises Refused, NotAllowed, Invalid by field.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.DECIDE, actor=actor, session=session, lock=True)
        paper = papers.same_paper(session, seen, sha256)
        papers.must_have_read(session, by, paper)
        parts = papers.components_of(paper)
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


def enter(ref: str, decision: Decision, *, sha256: str, by: int, now: datetime) -> None:
    """The secretary enters what the meeting decided; the chair confirms it. Entering again replaces it."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.ENTER_DECISION, actor=actor, session=session, lock=True)
        paper = papers.same_paper(session, seen, sha256)
        if not paper.body.committee:
            raise Refused("One person decides this alone; there is no meeting to enter.")
        parts = papers.components_of(paper)
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
        note_on(
            session,
            seen.assessment,
            "decision_entered",
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

    ``entry_id`` is that of the page: what was entered again meanwhile is refused. By the signed minute the
    chair says nothing here of having read it.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.CONFIRM_DECISION, actor=actor, session=session, lock=True)
        paper = papers.paper_ready(session, seen)
        if paper.entry is None or paper.entry.id != entry_id:
            raise Refused("What was entered has changed since you opened it. Read it again.")
        if paper.entry.entered_by == by:
            raise NotAllowed("You entered this decision yourself, so somebody else must enter it again.")
        if reauthenticated.method is not Reauthentication.MINUTE:  # it says that the version was circulated
            papers.must_have_read(session, by, paper)
        decision = decision_from(paper.entry.content)
        decision_entry.check(
            decision,
            papers.components_of(paper),
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
    in_force = target is Stage.IN_FORCE
    others, left_out = (
        signatories.expected(session, assessment, paper.body, decided_by=by, now=now)
        if in_force
        else ((), ())
    )
    moves.move(
        session,
        assessment,
        "decide",
        by=by,
        now=now,
        to=Stage.AWAITING_SIGNATURES if others else target,
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
        in_force=in_force,
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
    if not in_force:
        reviews.cancel_open(session, assessment, now=now)
    if in_force:
        signatories.ask(session, assessment, record, others, left_out, by=by, now=now)
        if assessment.depth == Depth.RAPID:
            urgency.settle(session, assessment, by=by, now=now)
        else:
            assessment.full_due_on = None
    if target is Stage.WRITING:
        begin_version(session, assessment, reason=f"Deferred: {decision.reasons.strip()}", by=by, now=now)
    told = taking_part(session, assessment.id)
    tell(session, assessment, "decided", told, by=by, now=now, decision=decision.outcome.label)
    return record
