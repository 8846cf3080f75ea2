"""The public register: what can be found of each edition, worked out once when it was made; and its queries.

These tables can be made again from the editions at any time. Public pages read them, the editions with their
publications and formats, and the organisation; of an assessment only whether it is restricted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, func, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from ehiia.domain.publishing import FormatState, PublicationState, Publishing
from ehiia.store.assessments import Assessment
from ehiia.store.base import Base, Code, Line, Long
from ehiia.store.organisations import Organisation
from ehiia.store.publications import Edition, Format, Publication, is_out

GROUP, PLACE = "group", "place"
"""What an entry is found by of which it has several."""


class EditionEntry(Base):
    """The line of an edition in the public register."""

    __tablename__ = "edition_entry"
    __table_args__ = (Index("ix_edition_entry_newest", "organisation_id", "decided_on", "edition_id"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    assessment_ref: Mapped[Code] = mapped_column(index=True)
    title: Mapped[Long]
    summary: Mapped[Long]
    kind: Mapped[Line]
    """Of the proposal, in words."""
    outcome: Mapped[Line]
    """What was decided, in words; or that it is for decision."""
    decided_on: Mapped[date]
    """When it was decided; where it is for decision, when its check was passed."""
    decided_year: Mapped[int]
    places: Mapped[list[Any]] = mapped_column(JSON)
    groups: Mapped[list[Any]] = mapped_column(JSON)
    """Labels of the groups that would be affected differently."""
    words: Mapped[Long]
    """All that it is searched by, folded."""


class EditionFacet(Base):
    """A group or a place by which an edition is found."""

    __tablename__ = "edition_facet"
    __table_args__ = (Index("ix_edition_facet_label", "facet", "label", "edition_id"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    facet: Mapped[Code] = mapped_column(primary_key=True)
    label: Mapped[Line] = mapped_column(primary_key=True)


@dataclass(frozen=True)
class Wanted:
    """What is looked for in the register; "" and 0 leave it open."""

    words: str = ""
    kind: str = ""
    group: str = ""
    place: str = ""
    year: int = 0
    outcome: str = ""


def organisations(session: Session) -> list[tuple[int, str, str, dict[str, Any]]]:
    """Return id, code, name and settings of every organisation, by name."""
    columns = (Organisation.id, Organisation.code, Organisation.name, Organisation.settings)
    return [tuple(row) for row in session.execute(select(*columns).order_by(Organisation.name))]


def _matching(here: Collection[int], wanted: Wanted, today: date) -> list[ColumnElement[bool]]:
    found = [
        EditionEntry.organisation_id.in_(here),
        Edition.id == EditionEntry.edition_id,
        Publication.id == Edition.publication_id,
        is_out(today),
    ]
    for word in wanted.words.casefold().replace("\0", " ").split()[:8]:
        found.append(EditionEntry.words.contains(word, autoescape=True))
    for facet, label in ((GROUP, wanted.group), (PLACE, wanted.place)):
        if label:
            named = select(EditionFacet.edition_id).where(
                EditionFacet.facet == facet, EditionFacet.label == label
            )
            found.append(EditionEntry.edition_id.in_(named))
    if wanted.kind:
        found.append(EditionEntry.kind == wanted.kind)
    if wanted.year:
        found.append(EditionEntry.decided_year == wanted.year)
    if wanted.outcome:
        found.append(EditionEntry.outcome == wanted.outcome)
    return found


def entries(
    session: Session,
    here: Collection[int],
    wanted: Wanted,
    *,
    after: tuple[date, int] | None,
    today: date,
    limit: int,
) -> Sequence[Any]:
    """Return entry, edition's reference and record's id, and publication, the newest first.

    ``after``: day of the decision and id of the last one on the page before.
    """
    columns = (EditionEntry, Edition.ref, Edition.record_id, Publication)
    query = select(*columns).where(*_matching(here, wanted, today))
    key = tuple_(EditionEntry.decided_on, EditionEntry.edition_id)
    if after is not None:
        query = query.where(key < tuple_(*after))
    newest = (EditionEntry.decided_on.desc(), EditionEntry.edition_id.desc())
    return session.execute(query.order_by(*newest).limit(limit)).all()


def count(session: Session, here: Collection[int], wanted: Wanted, *, today: date) -> int:
    """Count what ``entries`` lists."""
    query = select(func.count(EditionEntry.edition_id)).where(*_matching(here, wanted, today))
    return session.scalar(query) or 0


def choices(session: Session, here: Collection[int], *, today: date) -> dict[str, list[Any]]:
    """Return the kinds, outcomes, years, groups and places that are in the register."""
    out = _matching(here, Wanted(), today)
    rows = session.execute(
        select(EditionEntry.kind, EditionEntry.outcome, EditionEntry.decided_year).where(*out).distinct()
    ).all()
    facets = session.execute(
        select(EditionFacet.facet, EditionFacet.label)
        .where(EditionFacet.edition_id == EditionEntry.edition_id, *out)
        .distinct()
        .order_by(EditionFacet.label)
    ).all()
    return {
        "kinds": sorted({row[0] for row in rows}),
        "outcomes": sorted({row[1] for row in rows}),
        "years": sorted({row[2] for row in rows}, reverse=True),
        "groups": [label for facet, label in facets if facet == GROUP],
        "places": [label for facet, label in facets if facet == PLACE],
    }


def withheld(session: Session, here: Collection[int], *, today: date) -> Sequence[Any]:
    """Return why records are not published: organisation, reason, exemption, who agreed and when."""
    return session.execute(
        select(
            Publication.organisation_id,
            Publication.reason,
            Publication.exemption,
            Publication.agreed_as,
            Publication.agreed_at,
        )
        .where(Publication.organisation_id.in_(here), Publication.kind == Publishing.WITHHELD, is_out(today))
        .order_by(Publication.agreed_at.desc(), Publication.id.desc())
        .limit(200)
    ).all()


ENDED = (PublicationState.REPLACED, PublicationState.WITHDRAWN)


def edition(session: Session, here: Collection[int], ref: str) -> Any:
    """Return edition and publication that are or were agreed, of what is not restricted; None for none."""
    return session.execute(
        select(Edition, Publication, EditionEntry.assessment_ref)
        .join(Publication, Publication.id == Edition.publication_id)
        .join(EditionEntry, EditionEntry.edition_id == Edition.id)
        .join(Assessment, Assessment.id == Edition.assessment_id)
        .where(
            Edition.ref == ref,
            Edition.organisation_id.in_(here),
            Publication.state.in_((PublicationState.AGREED, *ENDED)),
            Assessment.restricted.is_(False),
            Assessment.practice.is_(False),
        )
    ).one_or_none()


def newest(
    session: Session, here: Collection[int], *, assessment_ref: str, today: date
) -> tuple[int, str] | None:
    """Return id and reference of the newest edition of an assessment that is out, or None.

    That of a record comes before that of a version that waits for its decision.
    """
    found = session.execute(
        select(Edition.id, Edition.ref)
        .where(*_matching(here, Wanted(), today), EditionEntry.assessment_ref == assessment_ref)
        .order_by(Edition.record_id.is_(None), Edition.id.desc())
        .limit(1)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def formats(session: Session, assessment_id: int) -> list[Format]:
    """Return the other ways of reading an assessment, in the order in which they were asked for."""
    query = select(Format).where(Format.assessment_id == assessment_id).order_by(Format.id)
    return list(session.scalars(query))


def readable(formats: Collection[Format]) -> list[Format]:
    """Return those that are there."""
    return [one for one in formats if one.state is FormatState.THERE]
