"""What waits to be checked: the queue with its clock, and the content of a page as the checker reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from ehiia.clock import day_of
from ehiia.content import holidays
from ehiia.domain import schedule
from ehiia.domain.access import Actor
from ehiia.domain.frozen import Answered, Evidence, GroupFindings, Mitigation
from ehiia.domain.questions import SectionKind
from ehiia.domain.vocabulary import Part, Permission, Stage
from ehiia.services import checks, freezing, organisations, quality
from ehiia.services.answered import question_set_of
from ehiia.services.sight import deciding_steps, see_many
from ehiia.services.transaction import NotFound, read
from ehiia.store.assessments import Assessment, Move, Participant
from ehiia.store.decisions import QualityCheck
from ehiia.store.people import Person
from ehiia.store.visible import known_in

__all__ = ["Content", "Queued", "content_of", "queue"]


@dataclass(frozen=True)
class Queued:
    """An assessment that waits to be checked, or a screening that waits to be confirmed."""

    ref: str
    title: str
    author: str
    began_on: date
    """When the clock began."""
    check_by: date
    days_left: int
    """Working days left; negative when the clock has run out."""
    day: int
    """Working days the clock has run; it stands still while it is sent back."""
    days: int
    """Working days there are."""
    meeting_on: date | None
    after_meeting: bool
    """The day of the meeting has gone by: a check that passes now is flagged late for ever."""
    begun_by: str
    """The equality lead who has begun, or ""."""
    may: bool
    why_not: str
    screening: bool
    """No full assessment is proposed; this is to be confirmed."""


def queue(actor: Actor, organisation_id: int, *, today: date, limit: int = 200) -> list[Queued]:
    """Return what waits to be checked or confirmed, the shortest clock first: a handful of queries."""
    session = read()
    stages = (Stage.CHECKING, Stage.NOT_NEEDED_TO_CONFIRM)
    rows = session.scalars(
        select(Assessment)
        .where(
            known_in(organisation_id, actor.person_id, holds_post=bool(actor.roles.get(organisation_id))),
            Assessment.stage.in_(stages),
        )
        .order_by(Assessment.id)
        .limit(limit)
    ).all()
    ids = [row.id for row in rows]
    began: dict[int, tuple[datetime, str]] = {}
    for check, name in session.execute(
        select(QualityCheck, Person.name)
        .outerjoin(Person, Person.id == QualityCheck.checked_by)
        .where(QualityCheck.assessment_id.in_(ids), QualityCheck.ended_at.is_(None))
        .order_by(QualityCheck.id)
    ):
        began[check.assessment_id] = (check.begun_at, name or "")
    for here, at in session.execute(
        select(Move.assessment_id, Move.at)
        .where(Move.assessment_id.in_(ids), Move.to_stage == Stage.NOT_NEEDED_TO_CONFIRM)
        .order_by(Move.id)
    ):
        began[here] = (at, "")
    authors = dict(
        session.execute(
            select(Participant.assessment_id, Person.name)
            .join(Person, Person.id == Participant.person_id)
            .where(
                Participant.assessment_id.in_(ids),
                Participant.part == Part.AUTHOR,
                Participant.ended_at.is_(None),
            )
        ).all()
    )
    steps = deciding_steps(session, ids)
    organisation = organisations.get(organisation_id, session=session) if rows else None
    days = organisations.settings_of(organisation).check_working_days if organisation else 0
    clocks = quality.clocks_of(rows, turnaround=days, today=today, session=session)
    found = []
    for seen in see_many(session, rows, actor=actor):
        one = seen.assessment
        begun_at, by = began.get(one.id, (one.updated_at, ""))
        began_on = day_of(begun_at)
        running = clocks.get(one.id) if one.stage is Stage.CHECKING else None
        check_by = schedule.add_working_days(began_on, days, holidays.bank_holidays())
        check_by = running.due_on if running else check_by
        left = working_days_left(check_by, today)
        meeting_on = steps[one.id][0].meeting_on if one.id in steps else None
        ruling = seen.may(Permission.CHECK)
        found.append(
            Queued(
                one.ref,
                one.title,
                authors.get(one.id, ""),
                began_on,
                check_by,
                left,
                running.day if running else days - left,
                days,
                meeting_on,
                meeting_on is not None and today > meeting_on,
                by,
                bool(ruling),
                ruling.reason,
                one.stage is Stage.NOT_NEEDED_TO_CONFIRM,
            )
        )
    return sorted(found, key=lambda row: (row.check_by, row.ref))


def working_days_left(check_by: date, today: date) -> int:
    """Return how many working days are left until a day; negative when it has gone by."""
    days = holidays.bank_holidays()
    if today <= check_by:
        return schedule.working_days_between(today, check_by, days)
    return -schedule.working_days_between(check_by, today, days)


@dataclass(frozen=True)
class Content:
    """A page of an assessment as it reads: its answers in words, and what a good answer looks like."""

    title: str
    part: str
    intro: str
    answers: tuple[Answered, ...]
    good: dict[str, str]
    """Question id -> what a good answer looks like."""
    group: GroupFindings | None
    evidence: tuple[Evidence, ...]
    mitigations: tuple[Mitigation, ...]


def content_of(assessment: Assessment, key: str, *, now: datetime) -> Content:
    """Return the content of one page by its key, as it stands. Raises NotFound where there is none."""
    session = read()
    section_id, _, subject = key.partition(":")
    page = next((one for one in checks.pages_to_check(assessment, session=session) if one.key == key), None)
    section = question_set_of(assessment).section(section_id)
    if page is None or section is None:
        raise NotFound
    snapshot = freezing.snapshot_of(session, assessment, now=now)
    answers = next((one.answers for one in snapshot.sections if one.id == section_id), ())
    if section_id == "conclusion":
        answers = snapshot.conclusion_reasons
    return Content(
        title=page.title,
        part=page.part,
        intro=section.intro,
        answers=answers,
        good={question.id: question.good for question in section.questions if question.good},
        group=next((group for group in snapshot.groups if subject and group.code == subject), None),
        evidence=snapshot.evidence if section.kind is SectionKind.EVIDENCE else (),
        mitigations=snapshot.mitigations if section.kind is SectionKind.MITIGATIONS else (),
    )
