"""The daily look at what is due: mitigating actions and reviews, before and after their dates.

Long because every kind of row with a date is told of in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content.holidays import bank_holidays
from ehiia.domain.access import ENDED
from ehiia.domain.schedule import (
    Audience,
    Deadline,
    DeadlineKind,
    DueNotice,
    NoticeStep,
    NoticeTiming,
    due_notices,
    overdue,
)
from ehiia.domain.vocabulary import Claim, Part, ReviewState, Role, Stage
from ehiia.extensions import reading
from ehiia.notify.messages import Value, days_ago, in_days
from ehiia.services import gap_dates, occasions, organisations, people
from ehiia.services.notices import address_of, tell
from ehiia.services.transaction import note, read, transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.decisions import Review
from ehiia.store.library import GapRow

log = structlog.get_logger(__name__)

QUIET = ENDED | {Stage.PAUSED}
"""Stages in which nobody is reminded of anything."""
OPEN_CLAIMS = frozenset({Claim.NOT_STARTED, Claim.ON_TRACK, Claim.AT_RISK})
"""What an owner says of an action that is still to be done."""

MITIGATION_PATH = "/mitigations/{ref}"
"""The page of a mitigating action."""

CATCH_UP = timedelta(days=7)
"""A reminder before the date that was missed is sent so much later at most."""
FURTHEST = timedelta(days=45)
"""What is due later than this is not looked at: more than the earliest reminder and two weeks of holidays."""


class SomeFailed(Exception):
    """Some reminders could not be worked out; all others were queued."""

    def __init__(self, queued: int, sentences: list[str]) -> None:
        """Keep how many were queued, and a sentence for each that failed."""
        super().__init__(f"{queued} queued; failed: {'; '.join(sentences)}")
        self.queued = queued
        self.sentences = sentences


@dataclass(frozen=True)
class Reminder:
    """A reminder that falls due: about what, which message, to whom. ``key`` is without the person."""

    about: str
    message: str
    key: str
    person_ids: tuple[int, ...]
    assessment_id: int
    values: Mapping[str, Value]


Unit = tuple[type[MitigationRow] | type[Review] | type[Assessment] | type[GapRow], int]
"""A row that has a date: looked at in a transaction of its own."""


def remind(*, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Queue the reminders of mitigating actions and reviews that fall due on today's London date.

    Looks at each row in a transaction of its own; one that fails does not stop the rest. Returns how many
    notices were queued. ``go_on`` is asked before each row. Raises SomeFailed after all others are done.
    """
    queued, sentences = 0, []
    for unit in _units(now):
        if not go_on():
            sentences.append("stopped before the end")
            break
        try:
            queued += _remind_of(unit, now=now)
        except Exception as error:
            log.error("reminder_failed", table=unit[0].__tablename__, id=unit[1], error=repr(error))
            sentences.append(f"{unit[0].__tablename__} {unit[1]} ({type(error).__name__})")
    if sentences:
        raise SomeFailed(queued, sentences)
    return queued


def would_remind(*, now: datetime) -> list[str]:
    """Return in sentences what ``remind`` would look at, and queue where it was not queued before."""
    found = []
    units = _units(now)
    with _looking() as session:
        for unit in units:
            for reminder in _reminders(session, unit, now=now):
                reached = _reachable(session, reminder.person_ids, day_of(now))
                told = ", ".join(sorted(people.names(reached, session=session).values())) or "nobody"
                found.append(f"{reminder.message} about {reminder.about} to {told}")
    return found


def _remind_of(unit: Unit, *, now: datetime) -> int:
    with transaction() as session:
        told = 0
        for reminder in _reminders(session, unit, now=now):
            assessment = session.get_one(Assessment, reminder.assessment_id)
            new = [
                person_id
                for person_id in reminder.person_ids
                if tell(
                    session,
                    person_id=person_id,
                    message_name=reminder.message,
                    values=reminder.values,
                    dedupe_key=reminder.key,
                    assessment=assessment,
                    now=now,
                )
            ]
            if new:
                note(
                    session,
                    "reminded",
                    organisation_id=assessment.organisation_id,
                    subject=f"assessment:{assessment.id}",
                    by=None,
                    at=now,
                    message=reminder.message,
                    about=reminder.about,
                    people=new,
                )
            told += len(new)
    return told


@contextmanager
def _looking() -> Iterator[Session]:
    """Give a session that only reads; what was begun for writing does not go on in it."""
    with reading():
        session = read()
        session.rollback()
        try:
            yield session
        finally:
            session.rollback()


def _units(now: datetime) -> list[Unit]:
    """Return the rows that are open and due before long, actions first."""
    until = day_of(now) + FURTHEST
    with _looking() as session:
        mitigations = session.scalars(
            select(MitigationRow.id)
            .join(Assessment, Assessment.id == MitigationRow.assessment_id)
            .where(
                MitigationRow.due_on <= until,
                MitigationRow.claim.in_(OPEN_CLAIMS),
                MitigationRow.taken_out_at.is_(None),
                Assessment.stage.not_in(QUIET),
            )
            .order_by(MitigationRow.id)
        ).all()
        reviews = session.scalars(
            select(Review.id)
            .join(Assessment, Assessment.id == Review.assessment_id)
            .where(
                Review.due_on <= until, Review.state == ReviewState.PLANNED, Assessment.stage.not_in(QUIET)
            )
            .order_by(Review.id)
        ).all()
        others = session.scalars(
            select(Assessment.id)
            .where(occasions.due(until), Assessment.stage.not_in(QUIET))
            .order_by(Assessment.id)
        ).all()
        unknowns = session.scalars(
            select(GapRow.id)
            .join(Assessment, Assessment.id == GapRow.assessment_id)
            .where(gap_dates.passed(day_of(now)), Assessment.stage.not_in(QUIET))
            .order_by(GapRow.id)
        ).all()
    units: list[Unit] = [(MitigationRow, row) for row in mitigations]
    units += [(Review, row) for row in reviews]
    return units + [(Assessment, row) for row in others] + [(GapRow, row) for row in unknowns]


def _reminders(session: Session, unit: Unit, *, now: datetime) -> Iterator[Reminder]:
    """Work out which reminders of a row fall due today; nothing where it was done meanwhile."""
    table, row_id = unit
    if table is Assessment:
        yield from _occasions(session, row_id, now=now)
        return
    if table is GapRow:
        yield from _gap(session, row_id, now=now)
        return
    row: MitigationRow | Review | None
    if table is MitigationRow:
        row = session.get(MitigationRow, row_id, populate_existing=True)
    else:
        row = session.get(Review, row_id, populate_existing=True)
    if row is None or row.due_on is None:
        return
    assessment = session.get(Assessment, row.assessment_id, populate_existing=True)
    if assessment is None or assessment.stage in QUIET:
        return
    if isinstance(row, MitigationRow):
        if row.claim not in OPEN_CLAIMS or row.taken_out_at is not None:
            return
        deadline = Deadline(DeadlineKind.MITIGATION, str(row.id), row.due_on)
    else:
        if row.state is not ReviewState.PLANNED:
            return
        deadline = Deadline(DeadlineKind.REVIEW, str(row.id), row.due_on)
    today = day_of(now)
    timing = _timing(session, assessment)
    for notice in latest(deadline, today=today, holidays=bank_holidays(), timing=timing):
        yield Reminder(
            about=row.ref if isinstance(row, MitigationRow) else f"the review of {assessment.ref}",
            message=_message(notice),
            key=notice.key,
            person_ids=tuple(sorted(_audience(session, row, assessment, notice, today))),
            assessment_id=assessment.id,
            values=_values(session, row, assessment, today),
        )


def _gap(session: Session, gap_id: int, *, now: datetime) -> Iterator[Reminder]:
    """Tell once, when its date has gone by, that an evidence gap is not closed."""
    today = day_of(now)
    found = gap_dates.one(session, gap_id, today)
    if found is None or found[1].stage in QUIET:
        return
    row, assessment, due_on = found
    told = _reachable(session, [row.owner_id] if row.owner_id else [], today)
    yield Reminder(
        about=f"evidence gap {row.ref} of {assessment.ref}",
        message="gap_overdue",
        key=f"gap:{row.id}:{due_on.isoformat()}:passed",
        person_ids=tuple(sorted(told | _answerable(session, assessment, today))),
        assessment_id=assessment.id,
        values=_days(due_on, today)
        | {"item": row.ref, "what": row.unknown, "path": f"/a/{assessment.ref}/section/evidence"},
    )


def _timing(session: Session, assessment: Assessment) -> NoticeTiming:
    settings = organisations.settings_of(organisations.get(assessment.organisation_id, session=session))
    return NoticeTiming(
        director_after=settings.escalate_director_days, equality_lead_after=settings.escalate_lead_days
    )


def _occasions(session: Session, assessment_id: int, *, now: datetime) -> Iterator[Reminder]:
    """Work out what falls due of an assessment itself: a whole one after an urgent decision, consultation."""
    assessment = session.get(Assessment, assessment_id, populate_existing=True)
    if assessment is None or assessment.stage in QUIET:
        return
    today = day_of(now)
    opens = occasions.consultation_opens(assessment, today)
    if opens is not None:
        yield Reminder(
            about=f"the consultation of staff on {assessment.ref}",
            message="consultation_opens",
            key=opens.key,
            person_ids=tuple(sorted(_answerable(session, assessment, today))),
            assessment_id=assessment.id,
            values={"due_on": opens.due_on},
        )
    if assessment.full_due_on is None or assessment.stage not in occasions.UNTIL_RATIFIED:
        return
    deadline = Deadline(DeadlineKind.FULL, str(assessment.id), assessment.full_due_on)
    timing = _timing(session, assessment)
    for notice in latest(deadline, today=today, holidays=bank_holidays(), timing=timing):
        yield Reminder(
            about=f"the whole assessment {assessment.ref}",
            message=_message(notice),
            key=notice.key,
            person_ids=tuple(sorted(_audience(session, None, assessment, notice, today))),
            assessment_id=assessment.id,
            values=_days(assessment.full_due_on, today),
        )


def latest(
    deadline: Deadline, *, today: date, holidays: Collection[date], timing: NoticeTiming
) -> list[DueNotice]:
    """Return for each audience the latest notice that has fallen due by today, and no earlier one.

    After a week asleep people are sent one notice, not seven. A reminder before the date counts only when
    it is at most 7 days late and the date has not passed.
    """
    found: dict[Audience, DueNotice] = {}
    since = deadline.due_on - FURTHEST
    for notice in due_notices([deadline], today=today, holidays=holidays, timing=timing, since=since):
        before = notice.step is NoticeStep.BEFORE
        if before and (today > deadline.due_on or notice.send_on < today - CATCH_UP):
            continue
        known = found.get(notice.audience)
        if known is None or (notice.send_on, _place(notice)) > (known.send_on, _place(known)):
            found[notice.audience] = notice
    return list(found.values())


def _place(notice: DueNotice) -> int:
    """Return the days before (negative) or after the date: orders notices that fall on one day."""
    return -notice.days if notice.step is NoticeStep.BEFORE else notice.days


def _message(notice: DueNotice) -> str:
    kind = notice.kind.value
    match notice.step:
        case NoticeStep.BEFORE:
            return f"{kind}_due"
        case NoticeStep.TO_DIRECTOR:
            return f"{kind}_overdue_director"
        case NoticeStep.TO_EQUALITY_LEAD:
            return f"{kind}_overdue_lead"
        case _:
            return f"{kind}_overdue"


def _audience(
    session: Session,
    row: MitigationRow | Review | None,
    assessment: Assessment,
    notice: DueNotice,
    today: date,
) -> set[int]:
    """Return who is told: only people who may know of the assessment."""
    taking_part = session.execute(
        select(Participant.person_id, Participant.part).where(
            Participant.assessment_id == assessment.id, Participant.ended_at.is_(None)
        )
    ).all()
    directors = {person for person, part in taking_part if part is Part.DIRECTOR}
    directors |= {assessment.director_id} if assessment.director_id else set()
    match notice.audience:
        case Audience.DIRECTOR:
            return directors
        case Audience.EQUALITY_LEAD:
            leads = {
                lead.id
                for lead in people.with_role(
                    assessment.organisation_id, Role.EQUALITY_LEAD, today=today, session=session
                )
            }
            return leads & {person for person, _ in taking_part} if assessment.restricted else leads
    authors = _reachable(session, (p for p, part in taking_part if part is Part.AUTHOR), today)
    answerable = authors or directors  # where every author has left, the director hears of it at once
    if not isinstance(row, MitigationRow):
        return answerable
    owners = _reachable(session, [row.owner_id] if row.owner_id else [], today)
    if notice.step is NoticeStep.BEFORE:
        return owners or answerable
    return owners | answerable


def _answerable(session: Session, assessment: Assessment, today: date) -> set[int]:
    """Return the authors, or the director where every author has left."""
    rows = session.execute(
        select(Participant.person_id, Participant.part).where(
            Participant.assessment_id == assessment.id, Participant.ended_at.is_(None)
        )
    ).all()
    authors = _reachable(session, (person for person, part in rows if part is Part.AUTHOR), today)
    return authors or {person for person, part in rows if part is Part.DIRECTOR}


def _days(due_on: date, today: date) -> dict[str, Value]:
    late = overdue(due_on, today)
    return {
        "due_on": due_on,
        "in_days": in_days((due_on - today).days) if not late else "",
        "days_ago": days_ago(late) if late else "",
    }


def _reachable(session: Session, person_ids: Iterable[int], today: date) -> set[int]:
    return {person for person in person_ids if address_of(session, person, today=today)}


def _values(
    session: Session, row: MitigationRow | Review, assessment: Assessment, today: date
) -> dict[str, Value]:
    assert row.due_on is not None
    values = _days(row.due_on, today)
    if isinstance(row, MitigationRow):
        values["path"] = MITIGATION_PATH.format(ref=row.ref)
        values["item"] = row.ref
        values["what"] = row.what
        named = people.names({row.owner_id}, session=session) if row.owner_id else {}
        values["owner"] = next(iter(named.values()), row.outside_owner)
    return values
