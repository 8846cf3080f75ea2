"""What a register from before is held against: what is here already, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import CaseRow
from ehiia.store.earlier import EarlierAssessment, ImportedRow, RegisterImport
from ehiia.store.history import History
from ehiia.store.people import Person
from ehiia.store.visible import known_in


@dataclass(frozen=True)
class BroughtIn:
    """What a row added, as its result is listed. ``ref``: "" where the person may not know of it."""

    number: int
    ref: str
    title: str
    """"" where it is not found any more."""
    made: bool
    mitigation_ref: str
    review: bool
    taken_away: bool


def earlier_of(session: Session, organisation_id: int) -> Iterable[Row[EarlierAssessment, Assessment]]:
    """Return every assessment from before of an organisation, whoever may know of it."""
    return session.execute(
        select(EarlierAssessment, Assessment)
        .join(Assessment, Assessment.id == EarlierAssessment.assessment_id)
        .where(EarlierAssessment.organisation_id == organisation_id)
        .order_by(Assessment.id)
    )


def made_here(
    session: Session, organisation_id: int, person_id: int, refs: Collection[str], titles: Collection[str]
) -> list[Assessment]:
    """Return the assessments made here with one of these refs or small titles, of which the person knows."""
    return list(
        session.scalars(
            select(Assessment).where(
                known_in(organisation_id, person_id, holds_post=True),
                Assessment.earlier.is_(False),
                or_(Assessment.ref.in_(refs), Assessment.title_folded.in_(titles)),
            )
        )
    )


def known_ids(session: Session, organisation_id: int, person_id: int) -> set[int]:
    """Return the ids of the assessments from before of which the person knows."""
    known = known_in(organisation_id, person_id, holds_post=True)
    return set(session.scalars(select(Assessment.id).where(known, Assessment.earlier.is_(True))))


def marks_of(session: Session, organisation_id: int) -> dict[int, set[str]]:
    """Return the marks of the actions that were brought in and not taken away, by their assessment."""
    found: dict[int, set[str]] = {}
    for assessment_id, digest in session.execute(
        select(ImportedRow.assessment_id, ImportedRow.action_digest).where(
            ImportedRow.organisation_id == organisation_id,
            ImportedRow.action_digest.is_not(None),
            ImportedRow.taken_away_at.is_(None),
        )
    ):
        found.setdefault(assessment_id, set()).add(digest or "")
    return found


def brought_in(session: Session, row: RegisterImport, person_id: int) -> list[BroughtIn]:
    """Return what an import added, in the order of its file, each as far as the person may know of it."""
    known = known_ids(session, row.organisation_id, person_id)
    rows = session.execute(
        select(ImportedRow, Assessment.title, MitigationRow.ref)
        .outerjoin(Assessment, Assessment.id == ImportedRow.assessment_id)
        .outerjoin(MitigationRow, MitigationRow.id == ImportedRow.mitigation_id)
        .where(ImportedRow.import_id == row.id)
        .order_by(ImportedRow.number)
    )
    return [
        BroughtIn(
            number=one.number,
            ref=one.ref if gone or one.assessment_id in known else "",
            title=title if title and one.assessment_id in known else "",
            made=one.made,
            mitigation_ref=action_ref if action_ref and (gone or one.assessment_id in known) else "",
            review=one.review_id is not None,
            taken_away=gone,
        )
        for one, title, action_ref in rows
        for gone in [one.taken_away_at is not None]
    ]


def done_since(
    session: Session, row: RegisterImport, assessment_ids: Collection[int]
) -> dict[int, Row[str, datetime, str]]:
    """Return the last thing done with each of these assessments since the import: subject, moment, name."""
    subjects = {f"assessment:{one}": one for one in assessment_ids}
    rows = session.execute(
        select(History.subject, History.at, Person.name)
        .outerjoin(Person, Person.id == History.by)
        .where(History.subject.in_(subjects), History.seq > (row.history_seq or 0))
        .order_by(History.seq)
    )
    return {subjects[found.subject]: found for found in rows}


def drawn_since(session: Session, assessment_ids: Collection[int]) -> set[int]:
    """Return which of these assessments an audit has drawn, or has drawn an action of."""
    query = select(CaseRow.assessment_id).where(CaseRow.assessment_id.in_(assessment_ids))
    return set(session.scalars(query))
