"""Evidence: the sources that an assessment rests on. Changing them counts as writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.domain.vocabulary import Confidence, Permission
from ehiia.services import answering, people
from ehiia.services.sight import Seen, see
from ehiia.services.transaction import Invalid, NotFound, Stale, read, transaction
from ehiia.store.answers import EvidenceRow

__all__ = [
    "EvidenceRow",
    "Source",
    "add",
    "change",
    "count_of",
    "kind_labels",
    "list_of",
    "one_of",
    "take_out",
]

LENGTHS = {"title": 300, "publisher": 300, "year": 20, "shows": 4000}


@dataclass(frozen=True)
class Source:
    """A source as it is entered. Only its kind and title are needed to save it."""

    kind: str
    title: str
    publisher: str = ""
    year: str = ""
    shows: str = ""
    strength: Confidence | None = None


def list_of(assessment_id: int) -> list[EvidenceRow]:
    """Return the sources that were not taken out, in the order they were added."""
    return list(
        read().scalars(
            select(EvidenceRow)
            .where(EvidenceRow.assessment_id == assessment_id, EvidenceRow.taken_out_at.is_(None))
            .order_by(EvidenceRow.id)
        )
    )


def count_of(assessment_id: int) -> int:
    """Return how many sources there are."""
    return (
        read().scalar(
            select(func.count())
            .select_from(EvidenceRow)
            .where(EvidenceRow.assessment_id == assessment_id, EvidenceRow.taken_out_at.is_(None))
        )
        or 0
    )


def kind_labels() -> dict[str, str]:
    """Return the labels of the kinds of evidence by id."""
    return {option.id: option.label for option in load.evidence_kinds()}


def one_of(assessment_id: int, evidence_id: int, *, session: Session | None = None) -> EvidenceRow:
    """Return a source of this assessment, or raise NotFound."""
    row = (session or read()).get(EvidenceRow, evidence_id)
    if row is None or row.assessment_id != assessment_id or row.taken_out_at is not None:
        raise NotFound
    return row


def _checked(source: Source) -> Source:
    errors = {}
    if source.kind not in {option.id for option in load.evidence_kinds()}:
        errors["kind"] = "Choose what kind of evidence it is"
    if not source.title.strip():
        errors["title"] = "Enter a title, so that somebody else can find it"
    for name, longest in LENGTHS.items():
        if len(getattr(source, name).strip()) > longest:
            errors[name] = f"This must be {longest:,} characters or fewer"
    if errors:
        raise Invalid(**errors)
    return Source(
        source.kind,
        source.title.strip(),
        source.publisher.strip(),
        source.year.strip(),
        source.shows.strip(),
        source.strength,
    )


def add(ref: str, source: Source, *, by: int, now: datetime) -> EvidenceRow:
    """Add a source. Raises Invalid by field, NotAllowed where answers may not be changed."""
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        given = _checked(source)
        newest = session.scalar(
            select(EvidenceRow)
            .where(EvidenceRow.assessment_id == seen.assessment.id)
            .order_by(EvidenceRow.id.desc())
            .limit(1)
        )
        if newest and newest.by == by and newest.taken_out_at is None and _source_of(newest) == given:
            return newest  # the form was sent twice
        row = EvidenceRow(assessment_id=seen.assessment.id, by=by, at=now, kind=given.kind, title=given.title)
        _fill(row, given)
        session.add(row)
        _wrote(session, seen, by, now, added=given.title)
    return row


def change(
    ref: str, evidence_id: int, source: Source, *, revision: int, by: int, now: datetime
) -> EvidenceRow:
    """Change a source. Raises Stale where somebody else changed it meanwhile."""
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        row = one_of(seen.assessment.id, evidence_id, session=session)
        if row.revision != revision:
            raise Stale
        _fill(row, _checked(source))
        row.revision += 1
        row.by, row.at = by, now
        _wrote(session, seen, by, now, changed=row.title)
    return row


def take_out(ref: str, evidence_id: int, *, by: int, now: datetime) -> None:
    """Take a source out; the row stays and says when."""
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        row = one_of(seen.assessment.id, evidence_id, session=session)
        row.taken_out_at = now
        row.revision += 1
        row.by, row.at = by, now
        _wrote(session, seen, by, now, taken_out=row.title)


def _source_of(row: EvidenceRow) -> Source:
    return Source(row.kind, row.title, row.publisher, row.year, row.shows, row.strength)


def _fill(row: EvidenceRow, source: Source) -> None:
    row.kind, row.title, row.publisher = source.kind, source.title, source.publisher
    row.year, row.shows, row.strength = source.year, source.shows, source.strength


def _writing(session: Session, ref: str, by: int, now: datetime) -> Seen:
    actor = people.actor_of(by, today=day_of(now), session=session)
    return see(ref, Permission.WRITE, actor=actor, session=session, lock=True)


def _wrote(session: Session, seen: Seen, by: int, now: datetime, **what: str) -> None:
    session.flush()
    answering.changed_answers(session, seen.assessment, by=by, now=now, what={"evidence": what})
    answering.recount(session, seen.assessment)
