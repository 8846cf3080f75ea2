"""Signing a record after its decision-maker, in order; and ending the wait for what will not come.

As with the decision, the act is committed first and the signature in the file follows (``sealing``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import access
from ehiia.domain.access import ENDED, QUIET, Actor
from ehiia.domain.vocabulary import Permission, Stage
from ehiia.services import moves, people, sealing, signatories
from ehiia.services.people import Reauthenticated
from ehiia.services.recorded import KeptRecord, see_record
from ehiia.services.sight import Seen, see
from ehiia.services.signatories import Signature
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, note_on, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import DecisionRow, RecordRow
from ehiia.store.signatures import RecordSignature

__all__ = ["Page", "page_of", "release", "sign"]

LONGEST = 1000


@dataclass(frozen=True)
class Page:
    """A record with what the person may do about its signatures."""

    kept: KeptRecord
    mine: Signature | None
    """Theirs, where it is their turn."""
    why_not: str
    """Why they may not sign although it is their turn; "" otherwise."""
    may_release: bool


def page_of(record_ref: str, *, actor: Actor) -> Page:
    """Return a record as somebody sees it who may read its assessment. Raises NotFound."""
    kept = see_record(record_ref, actor=actor)
    seen = see(kept.assessment.ref, Permission.READ, actor=actor)
    turn = signatories.next_of(kept.signatures)
    mine = turn if turn is not None and turn.person_id == actor.person_id else None
    ruling = access.may_sign(seen.facts, asked=mine is not None)
    release = _may_release(seen, kept.decided_by)
    return Page(
        kept,
        mine,
        why_not="" if mine is None or ruling else ruling.reason,
        may_release=turn is not None and bool(release),
    )


def _may_release(seen: Seen, decided_by: int) -> access.Ruling:
    return access.may_release_signature(seen.actor, seen.facts, decided=decided_by == seen.actor.person_id)


def sign(
    record_ref: str, *, sha256: str, reauthenticated: Reauthenticated, by: int, now: datetime
) -> RecordRow:
    """Put one's name to a record as the next expected signatory, after signing in again.

    ``sha256``: of the record on the page. The last one puts the assessment in force. Signing again what one
    has signed changes nothing. Raises Refused, NotAllowed, NotFound.
    """
    with transaction() as session:
        seen, record = _locked(session, record_ref, by=by, now=now)
        signatures = signatories.of_record(record.id, session=session)
        if any(one.person_id == by and one.signed_at is not None for one in signatures):
            return record
        if record.sha256 != sha256:
            raise Refused("This is not the record that you were shown. Open it again.")
        turn = signatories.next_of(signatures)
        ruling = access.may_sign(seen.facts, asked=turn is not None and turn.person_id == by)
        if turn is None or not ruling:
            raise NotAllowed(ruling.reason)
        if seen.assessment.stage in QUIET:
            raise Refused(f"It cannot be signed while the assessment is “{seen.assessment.stage.label}”.")
        session.add(
            RecordSignature(
                record_id=record.id,
                position=turn.position,
                signed=True,
                reason="",
                by=by,
                at=now,
                method=reauthenticated.method,
                reauthenticated_at=reauthenticated.at,
            )
        )
        session.flush()
        note_on(
            session,
            seen.assessment,
            "signature_given",
            by=by,
            at=now,
            record=record.ref,
            role=turn.role,
            method=reauthenticated.method.value,
        )
        _go_on(session, seen.assessment, record, turn.position, by=by, now=now)
        return record


def release(record_ref: str, position: int, *, reason: str, by: int, now: datetime) -> RecordRow:
    """End the wait for a signature that will not come; its field stays empty and the reason is kept.

    Doing it again changes nothing. Raises Invalid, Refused where it was given, NotAllowed, NotFound.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid(reason="Enter why this signature is not awaited any more; it is kept with the record")
    if len(reason) > LONGEST:
        raise Invalid(reason=f"This must be {LONGEST:,} characters or fewer")
    with transaction() as session:
        seen, record = _locked(session, record_ref, by=by, now=now)
        decided_by = session.get_one(DecisionRow, record.decision_id).decided_by
        ruling = _may_release(seen, decided_by)
        if not ruling:
            raise NotAllowed(ruling.reason)
        found = [one for one in signatories.of_record(record.id, session=session) if one.position == position]
        if not found:
            raise NotFound
        if found[0].released_at is not None:
            return record
        if found[0].signed_at is not None:
            raise Refused(f"{found[0].name} has signed meanwhile.")
        if found[0].person_id == by:
            raise NotAllowed("It is your own signature that is awaited, so somebody else must say so.")
        session.add(
            RecordSignature(
                record_id=record.id, position=position, signed=False, reason=reason, by=by, at=now
            )
        )
        session.flush()
        note_on(
            session,
            seen.assessment,
            "signature_released",
            by=by,
            at=now,
            record=record.ref,
            name=found[0].name,
            role=found[0].role,
            reason=reason,
        )
        _go_on(session, seen.assessment, record, position, by=by, now=now)
        return record


def _locked(session: Session, record_ref: str, *, by: int, now: datetime) -> tuple[Seen, RecordRow]:
    """Return a record whose assessment the person may read, and hold the assessment."""
    found = session.execute(
        select(RecordRow, Assessment.ref)
        .join(Assessment, Assessment.id == RecordRow.assessment_id)
        .where(RecordRow.ref == record_ref)
    ).one_or_none()
    if found is None:
        raise NotFound
    actor = people.actor_of(by, today=day_of(now), session=session)
    return see(found[1], Permission.READ, actor=actor, session=session, lock=True), found[0]


def _go_on(
    session: Session, assessment: Assessment, record: RecordRow, position: int, *, by: int, now: datetime
) -> None:
    """Leave the work on the file; then it is the turn of the next, or all have signed."""
    sealing.enqueue(session, record.id, position, now=now)
    if signatories.next_of(signatories.of_record(record.id, session=session)) is not None:
        if assessment.stage not in ENDED:
            signatories.tell_next(session, assessment, record, by=by, now=now)
    elif assessment.stage is Stage.AWAITING_SIGNATURES:
        moves.move(session, assessment, "all_signed", by=by, now=now)
