"""Drafts: what somebody typed and did not save, kept for them alone until they save it or throw it away.

A draft is never an answer: no rule reads it, nobody else sees it, and the history does not tell of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.domain.vocabulary import Permission, Stage
from ehiia.services import assigning, organisations, people
from ehiia.services.answered import SCREENING
from ehiia.services.sight import see
from ehiia.services.transaction import Invalid, NotFound, read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.people import Person
from ehiia.store.together import Draft, PageOpen

MOST_BYTES = 100_000
"""A page of long answers has about a third of this."""
STILL_THERE = timedelta(minutes=3)
"""Somebody whose page was heard of so recently still has it open."""


@dataclass(frozen=True)
class Kept:
    """A draft as it was kept: names of fields with what was typed into them."""

    fields: Mapping[str, Sequence[str]]
    at: datetime


@dataclass(frozen=True)
class Other:
    """Somebody else who has the same page open."""

    name: str
    since: datetime


def page_name(section: str, subject: str = "") -> str:
    """Return the name of a page as drafts use it: "characteristics:disability", "outcome:screening"."""
    return f"{section}:{subject}"


def keep(ref: str, page: str, fields: Mapping[str, Sequence[str]], *, by: int, now: datetime) -> None:
    """Keep what somebody typed on a page, in place of what was kept before.

    Raises Invalid (field "draft") where it is too long, NotFound where there is no such page, NotAllowed.
    """
    kept = {name: list(values) for name, values in fields.items()}
    if len(json.dumps(kept, ensure_ascii=False).encode()) > MOST_BYTES:
        raise Invalid(draft="It is too long to be kept as a draft: save it now")
    with transaction() as session:
        assessment = _writable(session, ref, page, by, now)
        key = (by, assessment.id, page)
        row = session.get(Draft, key)
        if row is None:
            row = Draft(person_id=by, assessment_id=assessment.id, page=page)
            session.add(row)
        row.fields, row.saved_at = kept, now


def throw_away(ref: str, page: str, *, by: int, now: datetime) -> None:
    """Throw one's own draft of a page away; nothing happens where there is none."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.READ, actor=actor, session=session, lock=True).assessment
        forget(session, assessment.id, page, by)


def forget(session: Session, assessment_id: int, page: str, person_id: int) -> None:
    """Remove the draft of a person, in the caller's transaction."""
    session.execute(
        delete(Draft)
        .where(Draft.person_id == person_id, Draft.assessment_id == assessment_id, Draft.page == page)
        .execution_options(synchronize_session=False)
    )


def mine(assessment_id: int, page: str, person_id: int) -> Kept | None:
    """Return one's own draft of a page, or None."""
    row = read().get(Draft, (person_id, assessment_id, page))
    return Kept(row.fields, row.saved_at) if row is not None else None


# -- who has the page open ---------------------------------------------------------------------


def say_open(ref: str, page: str, *, by: int, now: datetime) -> list[Other]:
    """Say that one is writing on a page; returns who else is. Said again within minutes, it is one stay."""
    with transaction() as session:
        assessment = _writable(session, ref, page, by, now)
        row = session.get(PageOpen, (assessment.id, page, by))
        if row is None:
            row = PageOpen(assessment_id=assessment.id, page=page, person_id=by, since_at=now)
            session.add(row)
        elif row.seen_at < now - STILL_THERE:
            row.since_at = now
        row.seen_at = now
        session.flush()
        return others(assessment.id, page, by, now=now, session=session)


def leave(ref: str, page: str, *, by: int, now: datetime) -> None:
    """Say that one has left a page; nothing happens where one was not there."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.READ, actor=actor, session=session, lock=True).assessment
        session.execute(
            delete(PageOpen)
            .where(PageOpen.assessment_id == assessment.id, PageOpen.page == page, PageOpen.person_id == by)
            .execution_options(synchronize_session=False)
        )


def others(
    assessment_id: int, page: str, person_id: int, *, now: datetime, session: Session | None = None
) -> list[Other]:
    """Return who else has a page open now, who came first standing first."""
    rows = (session or read()).execute(
        select(Person.name, PageOpen.since_at)
        .join(Person, Person.id == PageOpen.person_id)
        .where(
            PageOpen.assessment_id == assessment_id,
            PageOpen.page == page,
            PageOpen.person_id != person_id,
            PageOpen.seen_at >= now - STILL_THERE,
        )
        .order_by(PageOpen.since_at, Person.name)
    )
    return [Other(name, since) for name, since in rows]


def _writable(session: Session, ref: str, page: str, by: int, now: datetime) -> Assessment:
    actor = people.actor_of(by, today=day_of(now), session=session)
    # locked: the script of a page that leaves and the one that opens come at the same moment
    assessment = see(ref, Permission.WRITE, actor=actor, session=session, lock=True).assessment
    section, subject = assigning.page_key(page)
    if subject == SCREENING:
        questions = load.question_set("screening", assessment.screening_version)
        known = assessment.stage is Stage.SCREENING and questions.section(section) is not None
    else:
        known = (section, subject) in assigning.titles_of(session, assessment)
    if not known:
        raise NotFound
    return assessment


# -- at night ----------------------------------------------------------------------------------


def old_drafts(now: datetime) -> ColumnElement[bool]:
    """Say which drafts are older than the days that their organisation keeps them."""
    return or_(
        *(
            and_(
                Draft.assessment_id.in_(
                    select(Assessment.id).where(Assessment.organisation_id == organisation.id)
                ),
                Draft.saved_at < now - timedelta(days=organisations.settings_of(organisation).draft_days),
            )
            for organisation in organisations.everything()
        ),
        Draft.saved_at < now - timedelta(days=366),
    )


def old_stays(now: datetime) -> ColumnElement[bool]:
    """Say which open pages were not heard of for a day."""
    return PageOpen.seen_at < now - timedelta(days=1)
