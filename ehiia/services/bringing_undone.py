"""Undoing what a register brought in, as long as nobody worked on it since.

What an import added to an assessment is taken away whole, or stays whole where
somebody did anything with that assessment since. The rows are marked and found
nowhere any more; their references are not used again, and the history says what
was added and what was taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.register_rows import ImportState
from ehiia.domain.schedule import in_full
from ehiia.domain.vocabulary import Part, ReviewState
from ehiia.services.bringing_in import RegisterImport, find
from ehiia.services.brought_in import held
from ehiia.services.transaction import Entry, Refused, note, note_all, read, transaction
from ehiia.store import register_known
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.decisions import Review
from ehiia.store.earlier import ImportedRow

__all__ = ["Kept", "Undoing", "undo", "undoing"]


@dataclass(frozen=True)
class Kept:
    """An assessment that stays when its import is undone, and why; both "" where one may not know."""

    ref: str
    why: str


@dataclass(frozen=True)
class Undoing:
    """What undoing an import would take away, and what would stay."""

    assessments: int
    """How many assessments it added would be taken away."""
    actions: int
    reviews: int
    kept: tuple[Kept, ...]


def undoing(row: RegisterImport, *, by: int) -> Undoing:
    """Return what undoing an import would take away now, and what would stay."""
    gone, kept = _split(read(), row, by)
    return _told(gone, kept)


def undo(organisation_id: int, import_id: int, *, by: int, now: datetime) -> Undoing:
    """Take away what an import added, but for assessments with which somebody did something since.

    Done twice it is done once. Raises Refused where it was not brought in; NotAllowed, NotFound.
    """
    with transaction() as session:
        held(session, organisation_id, by, now)
        row = find(organisation_id, import_id, session=session)
        if row.state is ImportState.OPEN:
            raise Refused("This was not brought in, so there is nothing to undo.")
        if row.state is ImportState.UNDONE:
            return Undoing(0, 0, 0, ())
        gone, kept = _split(session, row, by)
        told, refs = _told(gone, kept), {one.assessment_id: one.ref for one in gone}
        _take_away(session, gone, now)
        row.state, row.undone_by, row.undone_at = ImportState.UNDONE, by, now
        row.revision += 1
        note_all(
            session,
            [
                Entry(organisation_id, now, by, "taken_away", f"assessment:{one}", {"import": row.id})
                for one in refs
            ],
        )
        note(
            session,
            "register_undone",
            organisation_id=organisation_id,
            subject=f"organisation:{organisation_id}",
            by=by,
            at=now,
            file=row.file_name,
            refs=sorted(refs.values()),
            kept=len(kept),
        )
        return told


def _split(session: Session, row: RegisterImport, by: int) -> tuple[list[ImportedRow], list[Kept]]:
    """Return the rows whose assessment nobody worked on since, and the assessments that stay."""
    added = list(
        session.scalars(
            select(ImportedRow)
            .where(ImportedRow.import_id == row.id, ImportedRow.taken_away_at.is_(None))
            .order_by(ImportedRow.number)
        )
    )
    ids = {one.assessment_id for one in added}
    done = register_known.done_since(session, row, ids)
    drawn = register_known.drawn_since(session, ids)
    known = register_known.known_ids(session, row.organisation_id, by)
    now = dict(
        session.execute(select(Assessment.id, Assessment.revision).where(Assessment.id.in_(ids))).all()
    )
    kept: dict[int, Kept] = {}
    for one in added:
        here = one.assessment_id
        why = ""
        if here in done:
            name = done[here].name or "the service"
            why = f"{name} changed it on {in_full(day_of(done[here].at))}"
        elif here in drawn:
            why = "an audit has drawn it"
        elif now.get(here) != one.revision:
            why = "somebody is working on its review"
        if why:
            kept[here] = Kept(one.ref if here in known else "", why if here in known else "")
    return [one for one in added if one.assessment_id not in kept], list(kept.values())


def _told(gone: Sequence[ImportedRow], kept: Sequence[Kept]) -> Undoing:
    return Undoing(
        sum(one.made for one in gone),
        sum(one.mitigation_id is not None for one in gone),
        sum(one.review_id is not None for one in gone),
        tuple(kept),
    )


def _take_away(session: Session, gone: Sequence[ImportedRow], now: datetime) -> None:
    """Mark what was added, in a fixed number of statements."""
    here = {one.assessment_id for one in gone}
    made = {one.assessment_id for one in gone if one.made}
    reviewed = {one.assessment_id for one in gone if one.review_id}
    actions = {one.mitigation_id for one in gone if one.mitigation_id}
    reviews = {one.review_id for one in gone if one.review_id}
    owns = (
        select(MitigationRow.id)
        .where(
            MitigationRow.assessment_id == Participant.assessment_id,
            MitigationRow.owner_id == Participant.person_id,
            MitigationRow.taken_out_at.is_(None),
        )
        .correlate(Participant)
        .exists()
    )
    for statement in (
        update(MitigationRow).where(MitigationRow.id.in_(actions)).values(taken_out_at=now),
        update(Review).where(Review.id.in_(reviews)).values(state=ReviewState.CANCELLED, ended_at=now),
        update(Participant)
        .where(Participant.assessment_id.in_(here - made), Participant.part == Part.OWNER, ~owns)
        .values(ended_at=now),
        update(Participant).where(Participant.assessment_id.in_(made)).values(ended_at=now),
        update(Assessment).where(Assessment.id.in_(reviewed)).values(review_due_on=None),
        update(Assessment).where(Assessment.id.in_(made)).values(taken_away=True),
        update(ImportedRow).where(ImportedRow.id.in_([one.id for one in gone])).values(taken_away_at=now),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()
