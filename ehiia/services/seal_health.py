"""What is wrong with sealing: what waits and why, and a time-stamp authority that does not answer.

What waits is counted and not named: an administrator may not know of every assessment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from ehiia.documents.pdf import words
from ehiia.services import organisations, work
from ehiia.services.agreeing_publications import EDITION_WORK
from ehiia.services.audit_reports import PACK_WORK
from ehiia.services.people import must_administer
from ehiia.services.recording import SEAL_WORK
from ehiia.services.transaction import note, read, transaction
from ehiia.store.decisions import RecordFile, RecordRow
from ehiia.store.duties import DeliveryState, Work
from ehiia.store.history import History
from ehiia.store.packs import ReportRow
from ehiia.store.publications import Edition

__all__ = ["Trouble", "troubles", "try_again"]

WHY = {
    "TokenUnavailable": (
        "The token that keeps the seal does not answer.",
        "Put it back, or start its service.",
    ),
    "WrongSecret": (
        "The keys cannot be opened: their secret is missing or not the right one.",
        "Bring it back from its backup.",
    ),
}
"""Name of an error -> what is wrong, and what helps."""
OTHERWISE = ("It could not be done.", "Whoever runs the machine finds the reason in its log.")


@dataclass(frozen=True)
class Trouble:
    """Something that is wrong with sealing, in words, and what to do about it."""

    what: str
    advice: str
    waits: bool = False
    """Whether something waits that can be tried again."""


def troubles(organisation_id: int) -> tuple[Trouble, ...]:
    """Return what is wrong with sealing in an organisation: five queries at most."""
    session = read()
    return (*_waiting(session, organisation_id), *_silent(session, organisation_id))


def try_again(organisation_id: int, *, by: int, now: datetime) -> int:
    """Let what waits to be sealed, or was given up, be tried at once; return how many. Raises NotAllowed."""
    with transaction() as session:
        must_administer(session, organisation_id, by=by, now=now)
        rows = session.scalars(_failed(organisation_id).with_for_update(of=Work)).all()
        for row in rows:
            work.again(row, now=now)
        if rows:
            subject = f"organisation:{organisation_id}"
            note(
                session,
                "sealing_again",
                organisation_id=organisation_id,
                subject=subject,
                by=by,
                at=now,
                count=len(rows),
            )
        return len(rows)


def _failed(organisation_id: int) -> Select[Work]:
    """Return the query for the work of sealing that was tried without success."""
    owners = ((SEAL_WORK, RecordRow), (EDITION_WORK, Edition), (PACK_WORK, ReportRow))
    mine = (
        and_(
            Work.kind == kind,
            Work.subject_id.in_(select(owner.id).where(owner.organisation_id == organisation_id)),
        )
        for kind, owner in owners
    )
    return (
        select(Work)
        .where(
            Work.state.in_((DeliveryState.WAITING, DeliveryState.FAILED)), Work.last_error != "", or_(*mine)
        )
        .order_by(Work.id)
    )


def _waiting(session: Session, organisation_id: int) -> Iterator[Trouble]:
    found: dict[tuple[str, str], list[datetime]] = {}
    for row in session.scalars(_failed(organisation_id)):
        found.setdefault(WHY.get(row.last_error.partition(":")[0], OTHERWISE), []).append(row.made_at)
    for (what, advice), since in found.items():
        waits = "One file waits" if len(since) == 1 else f"{len(since):,} files wait"
        yield Trouble(
            f"{waits} to be sealed, the first since {words.moment(min(since))}. {what}",
            f"Nothing is lost: what was decided stands. {advice} It is tried again by itself for about three "
            "days, and whenever you say so.",
            waits=True,
        )


def _silent(session: Session, organisation_id: int) -> Iterator[Trouble]:
    """Yield that the time-stamp authority did not answer when it was last asked."""
    address = organisations.settings_of(organisations.get(organisation_id)).timestamp_authority
    if not address:
        return
    mine = (
        select(RecordFile.signed_at)
        .join(RecordRow, RecordRow.id == RecordFile.record_id)
        .where(RecordRow.organisation_id == organisation_id)
    )
    answered = session.scalar(
        mine.where(RecordFile.timed_by != "").with_only_columns(func.max(RecordFile.signed_at))
    )
    missing = select(func.min(History.at)).where(
        History.subject == f"organisation:{organisation_id}", History.verb == "timestamp_missing"
    )
    since = session.scalar(missing.where(History.at > answered) if answered else missing)
    if since is None:
        return
    own = session.scalar(
        mine.where(RecordFile.timed_by == "", RecordFile.signed_at >= since).with_only_columns(
            func.count(RecordFile.record_id.distinct())
        )
    )
    records = "one record has" if own == 1 else f"{own:,} records have"
    yield Trouble(
        f"The time-stamp authority {address} has not answered since {words.moment(since)}: since then "
        f"{records} the organisation’s own time instead.",
        "Ask whoever runs it, or give another address under Name and settings. What was sealed meanwhile is "
        "good, and says whose time it has; it gets the authority’s time when its time-stamp is renewed.",
    )
