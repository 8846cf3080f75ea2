"""Correcting an error of a record: a new one of the same decision names the old; nothing is overwritten.

Neither the outcome nor the version decided on changes, so there is no new meeting, and the stage, the review,
the conditions and the commitments stay as they are. Everything else of the new record is what the old one has
frozen. Nobody but whoever decides for the body signs it: those who signed the old record signed what it says,
and it stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import meeting_dates
from ehiia.domain.access import Actor, Ruling
from ehiia.domain.decision import Attestation, Check, Correction, DecisionRecord
from ehiia.domain.frozen import Person
from ehiia.domain.vocabulary import Permission
from ehiia.services import checks, decision_entry, people, recorded, recording, signatories
from ehiia.services.decision_entry import Decision, content_of, decision_from
from ehiia.services.people import Reauthenticated
from ehiia.services.recorded import KeptRecord, RecordRow
from ehiia.services.sight import Seen, deciding_step, see, sees
from ehiia.services.telling import deciders, equality_leads, taking_part, tell
from ehiia.services.transaction import Invalid, NotAllowed, Refused, note_on, read, transaction
from ehiia.store import history
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import DecisionRow
from ehiia.store.duties import Notice
from ehiia.store.organisations import Body
from ehiia.store.signatures import RecordSignatory

__all__ = ["Facts", "Page", "correct", "may_correct", "page_of"]

LONGEST = 1000
LABELS = {
    "meeting_on": "Date of the meeting",
    "minute": "Reference of the minute",
    "members_present": "Members present",
    "conflicts": "Conflicts of interest declared",
    "reasons": "Wording of the reasons",
    "conditions": "What else is said about the conditions",
}
"""What can be corrected, as the record names it."""


@dataclass(frozen=True)
class Facts:
    """What of a decision can be corrected. What a meeting has is empty where one person decided alone."""

    reasons: str
    conditions: str
    meeting_on: date | None = None
    minute: str = ""
    members_present: tuple[str, ...] = ()
    conflicts: str = ""


@dataclass(frozen=True)
class Page:
    """A record that somebody may correct."""

    kept: KeptRecord
    facts: Facts
    """As the record has them."""
    why_not: str
    """Why it cannot be corrected now; "" otherwise."""

    @property
    def met(self) -> bool:
        """Whether a meeting decided."""
        return self.facts.meeting_on is not None


def may_correct(kept: KeptRecord, *, actor: Actor) -> bool:
    """Say whether somebody who sees a record may correct it, and it can be corrected now."""
    seen = see(kept.assessment.ref, Permission.READ, actor=actor)
    return not _why_not(kept) and bool(_ruling(read(), seen, _decision_row(read(), kept)))


def page_of(record_ref: str, *, actor: Actor) -> Page:
    """Return a record to somebody who may correct it. Raises NotFound, NotAllowed."""
    kept = recorded.find_record(ref=record_ref)
    seen = see(kept.assessment.ref, Permission.READ, actor=actor)
    row = _decision_row(read(), kept)
    ruling = _ruling(read(), seen, row)
    if not ruling:
        raise NotAllowed(ruling.reason)
    return Page(kept, _facts_of(decision_from(row.content)), _why_not(kept))


def correct(
    record_ref: str, facts: Facts, *, reason: str, reauthenticated: Reauthenticated, by: int, now: datetime
) -> RecordRow:
    """Make a new record with these facts that names the old one, after signing in again.

    The same correction sent again changes nothing. Raises Invalid by field (``why`` for the reason), Refused
    where nothing differs, a newer record exists or signatures are awaited; NotAllowed, NotFound.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        ref = recorded.see_record(record_ref, actor=actor).assessment.ref
        seen = see(ref, Permission.READ, actor=actor, session=session, lock=True)
        kept = recorded.find_record(ref=record_ref)
        before = _decision_row(session, kept)
        ruling = _ruling(session, seen, before)
        if not ruling:
            raise NotAllowed(ruling.reason)
        decided = decision_from(before.content)
        met = decided.meeting_on is not None
        if not met:
            facts = Facts(facts.reasons, facts.conditions)
        changed = _changed(_facts_of(decided), facts)
        if kept.superseded_by:
            newer = recorded.find_record(ref=kept.superseded_by)
            if kept.corrected and _facts_of(decision_from(_decision_row(session, newer).content)) == facts:
                return newer.row  # the form was sent twice
        if why_not := _why_not(kept):
            raise Refused(why_not)
        _check_reason(reason)
        after = replace(decided, **{name: getattr(facts, name) for name in LABELS})
        decision_entry.check_words(after, committee=met, today=day_of(now))
        if not changed:
            raise Refused("Nothing differs from the record. Change what is wrong, or leave it as it is.")
        row = _decide_the_same(session, before, after)
        record = _record(session, seen, kept, facts, changed, reason.strip(), reauthenticated, by, now)
        made = recording.keep(session, seen.assessment, record, decision=row, before=kept.row, by=by, now=now)
        note_on(
            session,
            seen.assessment,
            "record_corrected",
            by=by,
            at=now,
            record=made.ref,
            corrects=kept.row.ref,
            facts="; ".join(changed),
            reason=reason.strip(),
            method=reauthenticated.method.value,
        )
        if seen.assessment.version_no == kept.record.snapshot.version:
            _live(session, seen, facts)
        tell(
            session,
            seen.assessment,
            "record_corrected",
            _had_the_old_one(session, seen.assessment, before, now),
            by=by,
            now=now,
            item=made.ref,
            of=kept.row.ref,
            what="; ".join(changed),
            comment=reason.strip(),
            path=f"/records/{made.ref}",
        )
        return made


def _had_the_old_one(
    session: Session, assessment: Assessment, decision: DecisionRow, now: datetime
) -> set[int]:
    """Return who signed, takes part, leads, or was told of a record before, and may still see it."""
    signed = select(RecordSignatory.person_id).where(RecordSignatory.assessment_id == assessment.id)
    told = select(Notice.person_id).where(
        Notice.assessment_id == assessment.id, Notice.message.in_(("decided", "record_corrected"))
    )
    found = {one for one in (decision.decided_by, decision.entered_by) if one}
    found |= set(session.scalars(signed)) | set(session.scalars(told))
    found |= taking_part(session, assessment.id) | deciders(session, assessment.id)
    found |= equality_leads(session, assessment, now)
    return {one for one in found if sees(session, assessment, one, today=day_of(now))}


def _decision_row(session: Session, kept: KeptRecord) -> DecisionRow:
    return session.get_one(DecisionRow, kept.row.decision_id)


def _ruling(session: Session, seen: Seen, decision: DecisionRow) -> Ruling:
    """Say whether the person may correct: they decide on the route, for the body that decided then."""
    ruling = seen.may(Permission.CORRECT)
    body = session.get_one(Body, decision.body_id)
    if ruling and body.chair_id != seen.actor.person_id:
        return Ruling(False, f"Only whoever decides for {body.name} corrects its records.")
    return ruling


def _why_not(kept: KeptRecord) -> str:
    if kept.superseded_by:
        return f"The record {kept.superseded_by} has taken its place. If that is wrong, correct that one."
    if signatories.next_of(kept.signatures) is not None:
        return "Signatures are still awaited. It can be corrected once they were given or are not awaited."
    return ""


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(why="Enter why the record is corrected")
    if len(reason.strip()) > LONGEST:
        raise Invalid(why=f"This must be {LONGEST:,} characters or fewer")


def _facts_of(decision: Decision) -> Facts:
    return Facts(**{name: getattr(decision, name) for name in LABELS})


def _changed(before: Facts, after: Facts) -> tuple[str, ...]:
    """Return the names of what differs; space around a text is no difference."""

    def tidy(value: object) -> object:
        return value.strip() if isinstance(value, str) else value

    return tuple(
        label for name, label in LABELS.items() if tidy(getattr(before, name)) != tidy(getattr(after, name))
    )


def _decide_the_same(session: Session, before: DecisionRow, after: Decision) -> DecisionRow:
    """Add the decision once more with the corrected facts: by whom, when and what is as it was."""
    row = DecisionRow(
        organisation_id=before.organisation_id,
        assessment_id=before.assessment_id,
        snapshot_id=before.snapshot_id,
        body_id=before.body_id,
        conclusion=before.conclusion,
        outcome=before.outcome,
        content=content_of(after),
        entered_by=before.entered_by,
        decided_by=before.decided_by,
        decided_at=before.decided_at,
    )
    session.add(row)
    session.flush()
    return row


def _record(
    session: Session,
    seen: Seen,
    kept: KeptRecord,
    facts: Facts,
    changed: tuple[str, ...],
    reason: str,
    reauthenticated: Reauthenticated,
    by: int,
    now: datetime,
) -> DecisionRecord:
    """Return the old record with the corrected facts, its own marks and what it corrects."""
    old, head = kept.record, history.head(session, seen.assessment.organisation_id)
    name = people.names({by}, session=session)[by]
    who = Person(name, f"{'Chair' if facts.meeting_on else 'Decision-maker'}, {old.decided.body}")
    act = Attestation("Corrected the record", name, who.role, now, reauthenticated.method.label)
    edition = old.edition + 1
    return replace(
        old,
        reference=f"{seen.assessment.ref}-D{edition}",
        code=recording.new_code(),
        edition=edition,
        supersedes=old.reference,
        check=_check(old.check, facts.meeting_on),
        decision=replace(old.decided, **{name: getattr(facts, name) for name in LABELS}),
        attestations=(*old.attestations, act),
        history_sequence=head.seq,
        history_sha256=head.hash,
        correction=Correction(old.reference, reason, changed, who, now),
    )


def _check(check: Check, meeting_on: date | None) -> Check:
    """Return the check as late where the meeting was before it passed; what was late stays late (CHK-01)."""
    if check.late or meeting_on is None or not meeting_dates.late(day_of(check.passed_at), (), meeting_on):
        return check
    return replace(check, late=True, late_note=recording.late_note(meeting_on))


def _live(session: Session, seen: Seen, facts: Facts) -> None:
    """Carry what the route and the check say of the meeting along, while the version is still in hand."""
    checks.flag_late(session, seen.assessment, facts.meeting_on)
    step = deciding_step(session, seen.assessment.id)
    if step and facts.minute:
        step[0].minute = facts.minute.strip()
