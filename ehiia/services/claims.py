"""Writing down how a mitigating action is going, whoever says it: somebody here, or an owner outside."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from ehiia.domain.vocabulary import Claim
from ehiia.services import answering, moves
from ehiia.services.transaction import Invalid, note_on
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment

NEEDS_NOTE = frozenset({Claim.AT_RISK, Claim.DONE, Claim.SUPERSEDED, Claim.CANCELLED})
LONGEST = 4000
TWICE = timedelta(minutes=1)
"""The same claim within so long is one form that was sent twice."""


def check_note(said: Claim, note_text: str) -> str:
    """Return the words about a claim. Raises Invalid (``note``) where they are missing or too long."""
    note_text = note_text.strip()
    if said in NEEDS_NOTE and not note_text:
        raise Invalid(note="Say what was done, or why; an auditor will look at it")
    if len(note_text) > LONGEST:
        raise Invalid(note=f"This must be {LONGEST:,} characters or fewer")
    return note_text


def record(
    session: Session,
    assessment: Assessment,
    row: MitigationRow,
    said: Claim,
    note_text: str,
    *,
    by: int | None,
    outside: str = "",
    now: datetime,
) -> bool:
    """Write down how an action is going, in the caller's transaction; say whether it was new.

    ``outside``: who said it where that was the owner outside, who has no account; then ``by`` is None.
    """
    again = (row.claim, row.claim_note, row.claimed_by, row.claimed_outside) == (said, note_text, by, outside)
    if again and row.claimed_at is not None and now - row.claimed_at < TWICE:
        return False  # the form was sent twice
    before, row.claim = row.claim, said
    row.claim_note, row.claimed_by, row.claimed_at = note_text, by, now
    row.claimed_outside = outside
    row.revision += 1
    moves.touch(assessment, now)
    note_on(
        session,
        assessment,
        "claimed",
        by=by,
        at=now,
        mitigation=row.ref,
        before=before.value,
        claim=said.value,
        note=note_text,
        **({"outside": outside} if outside else {}),
    )
    answering.recount(session, assessment)
    return True
