"""People with lived experience who took part: how they chose to be named, and taking that back.

Nobody is named unless they asked to be. The choice can be withdrawn at any
time, also long after the decision: what stands on live pages follows at once;
records that were frozen before stay as they were signed, and say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Naming, Permission
from ehiia.services import engagement, people
from ehiia.services.sight import Seen, see
from ehiia.services.transaction import Invalid, NotFound, note_on, read, transaction
from ehiia.store.engagement import EngagementRow, EngagementVoice

__all__ = ["Voice", "add", "of_assessment", "withdraw", "withdrawn_since"]

LONGEST = 300
ADDED, WITHDRAWN = "added", "withdrawn"
NOT_NAMED = "Somebody who chose not to be named"


@dataclass(frozen=True)
class Voice:
    """Somebody who took part. ``shown`` is what pages show of them."""

    id: int
    number: int
    """Of the entry of the engagement log."""
    naming: Naming
    shown: str
    withdrawn_at: datetime | None


def of_assessment(assessment_id: int, *, session: Session | None = None) -> dict[int, list[Voice]]:
    """Return those who took part by the number of the entry, in the order in which they were added."""
    rows = (session or read()).execute(
        select(EngagementVoice, EngagementRow.number)
        .join(EngagementRow, EngagementRow.id == EngagementVoice.engagement_id)
        .where(EngagementRow.assessment_id == assessment_id, EngagementRow.taken_out_at.is_(None))
        .order_by(EngagementVoice.id)
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[Voice]] = {}
    for row, number in rows:
        shown = row.named_as or NOT_NAMED
        found.setdefault(number, []).append(Voice(row.id, number, row.naming, shown, row.withdrawn_at))
    return found


def add(ref: str, number: int, *, naming: Naming, named_as: str, by: int, now: datetime) -> None:
    """Record how somebody chose to be named. Raises Invalid by field; may be done at any stage."""
    with transaction() as session:
        seen = _opened(session, ref, by, now)
        row = engagement.one_of(seen.assessment.id, number, session=session)
        given = " ".join(named_as.split())
        errors = {}
        if naming is Naming.NOT_AT_ALL and given:
            errors["named_as"] = "Leave this empty: they chose not to be named, so nothing is kept"
        elif naming is not Naming.NOT_AT_ALL and not given:
            errors["named_as"] = "Enter what they want to be called"
        elif naming is Naming.FIRST_NAME and " " in given:
            errors["named_as"] = "Enter the first name only, as they chose"
        elif len(given) > LONGEST:
            errors["named_as"] = f"This must be {LONGEST:,} characters or fewer"
        if errors:
            raise Invalid(**errors)
        newest = session.scalar(
            select(EngagementVoice)
            .where(EngagementVoice.engagement_id == row.id)
            .order_by(EngagementVoice.id.desc())
            .limit(1)
        )
        if given and newest is not None and (newest.naming, newest.named_as) == (naming, given):
            return  # the form was sent twice
        session.add(EngagementVoice(engagement_id=row.id, naming=naming, named_as=given, by=by, at=now))
        _note(session, seen, ADDED, number, by, now)


def withdraw(ref: str, number: int, voice_id: int, *, by: int, now: datetime) -> None:
    """Take back that somebody is named: the name is removed from the row. Harmless twice."""
    with transaction() as session:
        seen = _opened(session, ref, by, now)
        row = session.get(EngagementVoice, voice_id, with_for_update=True, populate_existing=True)
        entry = engagement.one_of(seen.assessment.id, number, session=session)
        if row is None or row.engagement_id != entry.id:
            raise NotFound
        if row.naming is Naming.NOT_AT_ALL:
            return
        row.naming, row.named_as, row.withdrawn_at = Naming.NOT_AT_ALL, "", now
        _note(session, seen, WITHDRAWN, number, by, now)


def withdrawn_since(assessment_id: int, moment: datetime, *, session: Session | None = None) -> bool:
    """Say whether anybody took their name back after a moment (UTC): what was frozen before still has it."""
    found = (session or read()).scalar(
        select(func.count())
        .select_from(EngagementVoice)
        .join(EngagementRow, EngagementRow.id == EngagementVoice.engagement_id)
        .where(EngagementRow.assessment_id == assessment_id, EngagementVoice.withdrawn_at > moment)
    )
    return bool(found)


def _opened(session: Session, ref: str, by: int, now: datetime) -> Seen:
    actor = people.actor_of(by, today=day_of(now), session=session)
    return see(ref, Permission.INVITE, actor=actor, session=session, lock=True)


def _note(session: Session, seen: Seen, what: str, number: int, by: int, now: datetime) -> None:
    session.flush()
    note_on(
        session,
        seen.assessment,
        "voice_withdrawn" if what == WITHDRAWN else "voice_added",
        by=by,
        at=now,
        number=number,
    )
