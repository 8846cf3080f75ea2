"""What is left out by hand: marks of words and places; and what was looked at and may stay.

Numbers of people that the rule hides are kept in the same way as places that were pointed at: with a reason,
until the words there are others. Which the rule hides is told by ``domain.hiding``.
"""

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
    marks_of,
    noted,
    prepared_now,
    preparing,
    settings_in,
)
from ehiia.services.transaction import Invalid, transaction
from ehiia.store.publications import LookedAt, Redaction

__all__ = ["hide_again", "keep", "look_at", "mark", "places", "unmark"]


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
        prepared_now(session, whole, row, settings_in(session, assessment), extra=(given,))
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
    _stays(ref, points, reason, "points_looked_at", by=by, now=now)


def keep(ref: str, numbers: Sequence[str], reason: str, *, by: int, now: datetime) -> None:
    """Say of numbers that the rule hides why they may stay. Raises as ``begin``."""
    if not numbers:
        raise Invalid(numbers="Choose at least one number")
    _stays(ref, numbers, reason, "numbers_kept", by=by, now=now)


def _stays(ref: str, keys: Sequence[str], reason: str, verb: str, *, by: int, now: datetime) -> None:
    if not reason.strip():
        raise Invalid(reason="Say why it may stay")
    with transaction() as session:
        assessment, whole = locked(session, ref, by, now)
        row = preparing(session, whole)
        settings = settings_in(session, assessment)
        made = prepared_now(session, whole, row, settings)
        there = {one.key for one in pointed(made.edition, threshold=settings.small_numbers_below)}
        there |= {one.key for one in made.numbers.hidden}
        new = sorted((there & set(keys)) - looked_of(session, row))
        session.add_all(
            LookedAt(publication_id=row.id, point=one, reason=reason.strip(), by=by, at=now) for one in new
        )
        if new:
            noted(session, assessment, verb, whole.ref, by, now, points=len(new), reason=reason.strip())


def hide_again(ref: str, number: str, *, by: int, now: datetime) -> None:
    """Leave a number that was kept to the rule again; doing it twice is harmless. Raises as ``begin``."""
    with transaction() as session:
        assessment, whole = locked(session, ref, by, now)
        row = preparing(session, whole)
        found = session.get(LookedAt, (row.id, number))
        if found is not None:
            session.delete(found)
            noted(session, assessment, "number_left_to_the_rule", whole.ref, by, now)
