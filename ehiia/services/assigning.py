"""Pages given to people: who writes what, by when, and whether they say that it is finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.domain.access import UNSENT, WRITERS, Actor
from ehiia.domain.questions import SectionKind
from ehiia.domain.vocabulary import Permission
from ehiia.services import people
from ehiia.services.answered import question_set_of
from ehiia.services.sight import see
from ehiia.services.telling import tell
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Stale, note_on, read, transaction
from ehiia.store.assessments import Assessment, AssessmentGroup, Participant
from ehiia.store.people import Person
from ehiia.store.together import SectionAssignment

"""Stages in which a page that was given to somebody waits for them."""

PageKey = tuple[str, str]
"""Section and subject of a page."""


@dataclass(frozen=True)
class Assigned:
    """A page that was given to somebody."""

    section: str
    subject: str
    person_id: int
    name: str
    due_on: date
    done_at: datetime | None
    revision: int

    def overdue(self, today: date) -> bool:
        """Say whether its day has passed and the person did not say that it is finished."""
        return self.done_at is None and self.due_on < today


@dataclass(frozen=True)
class Part:
    """What was given to a person in one assessment and is not finished."""

    ref: str
    title: str
    pages: tuple[str, ...]
    due_on: date
    """The first day by which one of them is due."""


def writers(assessment_id: int, *, session: Session | None = None) -> dict[int, str]:
    """Return who may be given a page: the author and contributors, id -> name."""
    rows = (session or read()).execute(
        select(Person.id, Person.name)
        .join(Participant, Participant.person_id == Person.id)
        .where(
            Participant.assessment_id == assessment_id,
            Participant.part.in_(WRITERS),
            Participant.ended_at.is_(None),
        )
        .order_by(Person.name)
    )
    return {row.id: row.name for row in rows}


def give(
    ref: str,
    pages: Sequence[PageKey],
    *,
    person_id: int,
    due_on: date | None,
    held: Mapping[PageKey, int],
    by: int,
    now: datetime,
) -> int:
    """Give pages to a person by a day; returns how many were not theirs by that day before.

    ``held``: the revisions of the pages that somebody had when the form was made. They are told once of
    all of them; sent twice, nothing happens the second time. Raises Invalid by field (pages, person_id,
    due_on), Stale where one of the pages was given or finished meanwhile, NotAllowed, NotFound.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.INVITE, actor=actor, session=session, lock=True).assessment
        errors: dict[str, str] = {}
        titles = titles_of(session, assessment)
        if not pages or set(pages) - titles.keys():
            errors["pages"] = "Choose pages from the list"
        if person_id not in writers(assessment.id, session=session):
            errors["person_id"] = "Choose somebody who takes part as author or contributor"
        if due_on is None:
            errors["due_on"] = "Enter the day by which it is needed"
        elif due_on < day_of(now):
            errors["due_on"] = "Enter a day that is still to come"
        if errors or due_on is None:
            raise Invalid(**errors)
        rows = _rows(session, assessment.id)
        new = [
            page
            for page in pages
            if page not in rows or (rows[page].person_id, rows[page].due_on) != (person_id, due_on)
        ]
        if not new:
            return 0
        if any((rows[page].revision if page in rows else 0) != held.get(page, 0) for page in new):
            raise Stale
        for page in new:
            _give(session, rows.get(page), (assessment.id, *page), person_id, due_on, by, now)
        named = [titles[page] for page in new]
        note_on(
            session,
            assessment,
            "pages_given",
            by=by,
            at=now,
            name=people.names({person_id}, session=session).get(person_id, ""),
            pages=named,
            due_on=due_on.isoformat(),
        )
        tell(
            session,
            assessment,
            "pages_given",
            {person_id},
            by=by,
            now=now,
            pages="; ".join(named),
            due_on=due_on,
            path=f"/a/{assessment.ref}/who-writes-what",
        )
    return len(new)


def _rows(session: Session, assessment_id: int) -> dict[PageKey, SectionAssignment]:
    rows = session.scalars(
        select(SectionAssignment)
        .where(SectionAssignment.assessment_id == assessment_id)
        .execution_options(populate_existing=True)
    )
    return {(row.section, row.subject): row for row in rows}


def _give(
    session: Session,
    row: SectionAssignment | None,
    key: tuple[int, str, str],
    person_id: int,
    due_on: date,
    by: int,
    now: datetime,
) -> None:
    if row is None:
        row = SectionAssignment(assessment_id=key[0], section=key[1], subject=key[2], revision=0)
        session.add(row)
    row.person_id, row.due_on, row.done_at = person_id, due_on, None
    row.assigned_by, row.assigned_at = by, now
    row.revision += 1


def take_back(ref: str, page: PageKey, *, revision: int, by: int, now: datetime) -> None:
    """Nobody in particular writes this page any more; nothing happens where nobody does.

    Raises Stale where it was given to somebody else, or finished, meanwhile.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.INVITE, actor=actor, session=session, lock=True).assessment
        row = session.get(SectionAssignment, (assessment.id, *page), populate_existing=True)
        if row is None:
            return  # the form was sent twice
        if row.revision != revision:
            raise Stale
        name = people.names({row.person_id}, session=session).get(row.person_id, "")
        session.delete(row)
        note_on(
            session,
            assessment,
            "page_taken_back",
            by=by,
            at=now,
            name=name,
            page=titles_of(session, assessment).get(page, page[0]),
        )


def finish(ref: str, page: PageKey, *, done: bool = True, by: int, now: datetime) -> None:
    """Say that one's own page is finished, or (``done`` False) that it is not after all.

    Raises NotFound where nobody has it, NotAllowed where it is somebody else's.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.READ, actor=actor, session=session, lock=True).assessment
        row = session.get(SectionAssignment, (assessment.id, *page), populate_existing=True)
        if row is None:
            raise NotFound
        if row.person_id != by:
            raise NotAllowed("Only the person who has a page says that it is finished.")
        if (row.done_at is not None) == done:
            return
        row.done_at = now if done else None
        row.revision += 1
        note_on(
            session,
            assessment,
            "page_finished" if done else "page_reopened",
            by=by,
            at=now,
            page=titles_of(session, assessment).get(page, page[0]),
        )


def release(session: Session, assessment_id: int, person_id: int) -> None:
    """Take back all pages of somebody who writes no more, in the caller's transaction."""
    if person_id in writers(assessment_id, session=session):
        return
    session.execute(
        delete(SectionAssignment)
        .where(SectionAssignment.assessment_id == assessment_id, SectionAssignment.person_id == person_id)
        .execution_options(synchronize_session="fetch")
    )


# -- reading -----------------------------------------------------------------------------------


def given(assessment_id: int) -> dict[PageKey, Assigned]:
    """Return who has which page: one query."""
    rows = read().execute(
        select(SectionAssignment, Person.name)
        .join(Person, Person.id == SectionAssignment.person_id)
        .where(SectionAssignment.assessment_id == assessment_id)
    )
    return {
        (row.section, row.subject): Assigned(
            row.section, row.subject, row.person_id, name, row.due_on, row.done_at, row.revision
        )
        for row, name in rows
    }


def titles_of(session: Session, assessment: Assessment) -> dict[PageKey, str]:
    """Return the titles of every page there may be of an assessment, asked or not."""
    groups = session.execute(
        select(AssessmentGroup.code, AssessmentGroup.label)
        .where(AssessmentGroup.assessment_id == assessment.id)
        .order_by(AssessmentGroup.position)
    ).all()
    sections = question_set_of(assessment).sections
    fixed = {code for section in sections for code in section.subjects}
    found: dict[PageKey, str] = {}
    for section in sections:
        if section.kind is not SectionKind.GROUP:
            found[section.id, ""] = section.title
            continue
        for code, label in groups:
            if code in section.subjects if section.subjects else code not in fixed:
                found[section.id, code] = label
    return found


def parts_of(actor: Actor) -> list[Part]:
    """Return what was given to a person and is not finished, by assessment, where it is being written."""
    rows = read().execute(
        select(
            Assessment.ref,
            Assessment.title,
            Assessment.question_set_version,
            SectionAssignment.section,
            SectionAssignment.due_on,
            AssessmentGroup.label,
        )
        .join(Assessment, Assessment.id == SectionAssignment.assessment_id)
        .outerjoin(
            AssessmentGroup,
            and_(
                AssessmentGroup.assessment_id == SectionAssignment.assessment_id,
                AssessmentGroup.code == SectionAssignment.subject,
            ),
        )
        .where(
            SectionAssignment.person_id == actor.person_id,
            SectionAssignment.done_at.is_(None),
            Assessment.stage.in_(UNSENT),
        )
        .order_by(SectionAssignment.due_on, Assessment.ref, SectionAssignment.section)
        .limit(200)
    )
    found: dict[str, list[tuple[str, str, date]]] = {}
    for ref, title, version, section_id, due_on, label in rows:
        section = load.question_set("assessment", version).section(section_id)
        name = label or (section.title if section else section_id)
        found.setdefault(ref, []).append((title, name, due_on))
    return [
        Part(ref, pages[0][0], tuple(name for _, name, _ in pages), min(due for _, _, due in pages))
        for ref, pages in found.items()
    ]


def page_key(text: str) -> PageKey:
    """Return section and subject of a page as forms name it: "characteristics:age", "proposal:"."""
    section, _, subject = text.partition(":")
    return section, subject


def held_text(given: Mapping[PageKey, Assigned]) -> str:
    """Return who had which page, as a form carries it: "proposal:@1 characteristics:age@2"."""
    return " ".join(f"{one.section}:{one.subject}@{one.revision}" for one in given.values())


def held_in(text: str) -> dict[PageKey, int]:
    """Read what a form carried of who had which page; what cannot be read counts as nobody."""
    found = {}
    for one in text.split():
        page, _, revision = one.rpartition("@")
        if revision.isascii() and revision.isdigit() and len(revision) < 10:
            found[page_key(page)] = int(revision)
    return found
