"""What is told of one thing with a date: which message falls due today, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content.holidays import bank_holidays
from ehiia.domain.schedule import (
    MOST_BEFORE,
    Audience,
    Deadline,
    DeadlineKind,
    DueNotice,
    NoticeStep,
    NoticeTiming,
    due_notices,
    is_last_day,
    overdue,
)
from ehiia.domain.telling import DateKind
from ehiia.domain.timing import TimingTable
from ehiia.domain.vocabulary import Part, Role
from ehiia.notify.messages import Value, days_ago, in_days
from ehiia.services import organisations, people, telling
from ehiia.services.calendars import Dated
from ehiia.services.choices import choices_of
from ehiia.services.notices import Telling, address_of, addresses_of
from ehiia.services.remembering import remember, remembered
from ehiia.store.assessments import Assessment

CATCH_UP = timedelta(days=7)
"""A reminder before the date that was missed is sent so much later at most."""
FURTHEST = timedelta(days=MOST_BEFORE)
"""What is due later than this is not looked at: no reminder is earlier."""


@dataclass(frozen=True)
class Reminder(Telling):
    """A reminder that falls due, and what it is about."""

    about: str
    dated: Dated | None = None
    """What stands in calendars: goes with a reminder before the date."""
    owner_id: int | None = None
    outside_id: int | None = None
    """The mitigating action whose owner outside is reminded too."""
    subject: str = field(kw_only=True)
    """What the history row is about."""

    def entry_of(self, person_id: int) -> Dated | None:
        """Return what goes into this person's calendar: what somebody owns goes into theirs only."""
        only_owner = self.dated is not None and self.dated.kind is not DateKind.REVIEW
        return None if only_owner and person_id != self.owner_id else self.dated


@dataclass(frozen=True)
class Outside:
    """An owner outside who was sent a link: to which action, and on which day the newest was sent."""

    mitigation_id: int
    told_on: date


@dataclass(frozen=True)
class Thing:
    """Something open with a date: what it is called, who has it to do, what its messages say of it."""

    deadline: Deadline
    about: str
    owner_id: int | None = None
    """Nobody: whoever answers for the assessment is told instead."""
    values: Mapping[str, Value] = field(default_factory=dict)
    told_on: date | None = None
    """The day on which its owner was told of it; a reminder that was due by then says nothing new."""
    outside: Outside | None = None
    keepers: Callable[[], Iterable[int]] | None = None
    """Who has it to do, where that is a matter of posts; asked only when something falls due."""
    answered_by: tuple[int, ...] | None = None
    """Who answers for it beside its owner; None: whoever answers for its assessment."""
    subject: str = ""
    """What the history row is about, where that is not its assessment."""


@dataclass(frozen=True)
class Circle:
    """Who is above a thing: of its assessment, or of the organisation where it is about none."""

    session: Session
    organisation_id: int
    assessment: Assessment | None
    now: datetime

    def directors(self) -> set[int]:
        """Return the directors who can be written to; without an assessment all who hold the post."""
        today = day_of(self.now)
        if self.assessment is not None:
            return _reached_directors(self.session, self.assessment, today)
        posts = people.with_role(self.organisation_id, Role.DIRECTOR, today=today, session=self.session)
        return reachable(self.session, [one.id for one in posts], today)

    def leads(self) -> set[int]:
        """Return the equality leads who may know of it."""
        if self.assessment is not None:
            return telling.equality_leads(self.session, self.assessment, self.now)
        return telling.leads_of(self.session, self.organisation_id, day_of(self.now))

    def answerable(self, thing: Thing) -> set[int]:
        """Return who answers for a thing beside its owner, or whoever is next."""
        if self.assessment is not None and thing.answered_by is None:
            return answerable(self.session, self.assessment, self.now)
        named = reachable(self.session, thing.answered_by or (), day_of(self.now))
        return named or self.directors() or self.leads()


def reminders_of(
    session: Session, assessment: Assessment | None, thing: Thing, *, organisation_id: int, now: datetime
) -> Iterator[Reminder]:
    """Work out which reminders of a thing fall due on today's London date."""
    today = day_of(now)
    circle = Circle(session, organisation_id, assessment, now)
    timings = remembered(session, "timing", organisation_id, lambda: _timings(session, organisation_id))
    timing = timings.of(thing.deadline.kind)
    last_day = is_last_day(today, thing.deadline.due_on, bank_holidays())
    for notice in latest(thing.deadline, today=today, holidays=bank_holidays(), timing=timing):
        if notice.step is NoticeStep.BEFORE and thing.told_on and notice.send_on <= thing.told_on:
            continue
        yield Reminder(
            about=thing.about,
            message=_message(notice, circle),
            key=notice.key,
            person_ids=tuple(sorted(_told(circle, thing, notice))),
            assessment=assessment,
            organisation_id=organisation_id,
            subject=_subject(thing, assessment),
            values=days(thing.deadline.due_on, today) | dict(thing.values),
            outside_id=_outside(thing, notice),
            dated=_dated(thing) if notice.step is NoticeStep.BEFORE else None,
            owner_id=thing.owner_id,
            last_day=last_day and notice.step is NoticeStep.BEFORE,
        )


def _subject(thing: Thing, assessment: Assessment | None) -> str:
    return thing.subject if assessment is None or thing.subject else f"assessment:{assessment.id}"


def _dated(thing: Thing) -> Dated | None:
    kinds = {
        DeadlineKind.MITIGATION: DateKind.MITIGATION,
        DeadlineKind.REVIEW: DateKind.REVIEW,
        DeadlineKind.FINDING: DateKind.FINDING,
    }
    kind = kinds.get(thing.deadline.kind)
    return Dated(kind, int(thing.deadline.ref), thing.deadline.due_on) if kind else None


def _outside(thing: Thing, notice: DueNotice) -> int | None:
    """Return the action whose owner outside is reminded as an owner here would be."""
    if thing.outside is None or notice.audience is not Audience.OWNER:
        return None
    if notice.step is NoticeStep.BEFORE and notice.send_on <= thing.outside.told_on:
        return None
    return thing.outside.mitigation_id


def _timings(session: Session, organisation_id: int) -> TimingTable:
    found = organisations.get(organisation_id, session=session)
    return organisations.timings_of(organisations.settings_of(found))


def latest(
    deadline: Deadline, *, today: date, holidays: Collection[date], timing: NoticeTiming
) -> list[DueNotice]:
    """Return for each audience the latest notice that has fallen due by today, and no earlier one.

    After a week asleep people are sent one notice, not seven. A reminder before the date counts only when
    it is at most 7 days late and the date has not passed.
    """
    of_its_day = Deadline(deadline.kind, "", deadline.due_on)
    return [
        replace(notice, ref=deadline.ref)
        for notice in _latest(of_its_day, today, frozenset(holidays), timing)
    ]


@lru_cache(maxsize=4096)
def _latest(
    deadline: Deadline, today: date, holidays: frozenset[date], timing: NoticeTiming
) -> tuple[DueNotice, ...]:
    found: dict[Audience, DueNotice] = {}
    since = deadline.due_on - FURTHEST
    for notice in due_notices([deadline], today=today, holidays=holidays, timing=timing, since=since):
        before = notice.step is NoticeStep.BEFORE
        if before and (today > deadline.due_on or notice.send_on < today - CATCH_UP):
            continue
        known = found.get(notice.audience)
        if known is None or (notice.send_on, _place(notice)) > (known.send_on, _place(known)):
            found[notice.audience] = notice
    return tuple(found.values())


def _place(notice: DueNotice) -> int:
    """Return the days before (negative) or after the date: orders notices that fall on one day."""
    return -notice.days if notice.step is NoticeStep.BEFORE else notice.days


def _message(notice: DueNotice, circle: Circle) -> str:
    kind = notice.kind.value
    match notice.step:
        case NoticeStep.BEFORE:
            return f"{kind}_due"
        case NoticeStep.TO_DIRECTOR if circle.directors():
            return f"{kind}_overdue_director"
        case NoticeStep.TO_DIRECTOR:
            return f"{kind}_overdue_lead"
        case NoticeStep.TO_EQUALITY_LEAD:
            return f"{kind}_overdue_lead"
        case _:
            return f"{kind}_overdue"


def days(due_on: date, today: date) -> dict[str, Value]:
    """Return the date of something, and how far off it is in words, as messages are told."""
    late = overdue(due_on, today)
    return {
        "due_on": due_on,
        "in_days": in_days((due_on - today).days) if not late else "",
        "days_ago": days_ago(late) if late else "",
    }


# -- who is told: only people who may know of the assessment ------------------------------------


def _told(circle: Circle, thing: Thing, notice: DueNotice) -> set[int]:
    match notice.audience:
        case Audience.DIRECTOR:
            return circle.directors() or circle.leads()
        case Audience.EQUALITY_LEAD:
            return circle.leads()
    keepers = thing.keepers() if thing.keepers else [thing.owner_id] if thing.owner_id else []
    owners = reachable(circle.session, keepers, day_of(circle.now))
    if owners and notice.step is NoticeStep.BEFORE:
        return owners
    return owners | circle.answerable(thing)


def answerable(session: Session, assessment: Assessment, now: datetime) -> set[int]:
    """Return whoever answers for it: the authors; where all have left, the director; then the leads."""
    today = day_of(now)
    authors = reachable(session, telling.authors(session, assessment.id), today)
    return authors or _reached_directors(session, assessment, today) or _leads(session, assessment, now)


def _leads(session: Session, assessment: Assessment, now: datetime) -> set[int]:
    """Return the equality leads who may see it; where there is none, all, who are told its reference."""
    seeing = telling.equality_leads(session, assessment, now)
    return seeing or telling.leads_of(session, assessment.organisation_id, day_of(now))


def _reached_directors(session: Session, assessment: Assessment, today: date) -> set[int]:
    return reachable(session, telling.directors(session, assessment), today)


def reachable(session: Session, person_ids: Iterable[int], today: date) -> set[int]:
    """Return those of these people who can be written to."""
    return {person for person in person_ids if address_of(session, person, today=today)}


def know(session: Session, assessments: Collection[Assessment], owner_ids: set[int], today: date) -> None:
    """Look up at once, and remember, who answers for these assessments, and how people are reached."""
    ids = {one.id for one in assessments}
    authors, directors = (telling.parts_of(session, ids, part) for part in (Part.AUTHOR, Part.DIRECTOR))
    remember(session, "authors", authors)
    remember(session, "directors", directors)
    everybody = owner_ids.union(*authors.values(), *directors.values())
    everybody |= {one.director_id for one in assessments if one.director_id}
    remember(session, "name", people.names(everybody, session=session))
    remember(session, "choice", choices_of(session, everybody))
    remember(session, "address", dict.fromkeys(everybody) | addresses_of(session, everybody, today=today))
