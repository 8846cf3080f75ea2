"""What is left out by hand: marks of words and places, and places that were looked at and may stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ehiia.domain.decision import DecisionRecord
from ehiia.domain.personal_data import pointed
from ehiia.domain.places import Place, texts
from ehiia.domain.redaction import Mark
from ehiia.services.being_published import (
    locked,
    looked_of,
    made_now,
    marks_of,
    noted,
    preparing,
    settings_in,
)
from ehiia.services.transaction import Invalid, transaction
from ehiia.store.publications import LookedAt, Redaction

__all__ = ["look_at", "mark", "places", "unmark"]


def places(whole: DecisionRecord) -> tuple[Place, ...]:
    """Return every place of a record that can be left out, in its order."""
    return tuple(texts(whole))


def mark(ref: str, given: Mark, *, by: int, now: datetime) -> None:
    """Mark words or a whole place to be left out; the same mark twice is one. Raises as ``begin``."""
    if not given.reason.strip():
        raise Invalid(reason="Say why it is left out; everybody reads this")
    if not given.place and not given.passage.strip():
        raise Invalid(passage="Enter the words to leave out, or choose a place")
    with transaction() as session:
        assessment, whole = locked(session, ref, by, now)
        row = preparing(session, whole)
        same = (given.place, given.passage.strip())
        if any((one.place, one.passage) == same for one in marks_of(session, row)):
            return
        made_now(session, whole, row, settings_in(session, assessment), extra=(given,))
        session.add(
            Redaction(
                publication_id=row.id,
                place=given.place,
                passage=given.passage.strip(),
                reason=given.reason.strip(),
                exemption=given.exemption,
                by=by,
                at=now,
            )
        )
        noted(session, assessment, "passage_marked", whole.ref, by, now, reason=given.reason.strip())


def unmark(ref: str, mark_id: int, *, by: int, now: datetime) -> None:
    """Take a mark back; one that is gone already is nothing to do. Raises as ``begin``."""
    with transaction() as session:
        assessment, whole = locked(session, ref, by, now)
        row = preparing(session, whole)
        found = session.get(Redaction, mark_id)
        if found is None or found.publication_id != row.id:
            return
        session.delete(found)
        noted(session, assessment, "passage_unmarked", whole.ref, by, now)


def look_at(ref: str, points: Sequence[str], reason: str, *, by: int, now: datetime) -> None:
    """Say of places that were pointed at why they may stay. Raises as ``begin``."""
    if not points:
        raise Invalid(points="Choose at least one place")
    if not reason.strip():
        raise Invalid(reason="Say why it may stay")
    with transaction() as session:
        assessment, whole = locked(session, ref, by, now)
        row = preparing(session, whole)
        settings = settings_in(session, assessment)
        edition = made_now(session, whole, row, settings)
        there = {one.key for one in pointed(edition, threshold=settings.small_numbers_below)}
        new = sorted((there & set(points)) - looked_of(session, row))
        session.add_all(
            LookedAt(publication_id=row.id, point=one, reason=reason.strip(), by=by, at=now) for one in new
        )
        if new:
            noted(
                session,
                assessment,
                "points_looked_at",
                whole.ref,
                by,
                now,
                points=len(new),
                reason=reason.strip(),
            )
