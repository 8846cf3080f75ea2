"""Who must be told what, and on which day: worked out again, by simpler means, from none of EHIIA's rules.

The oracle keeps its own model of the organisation, its own list of bank holidays (typed in from gov.uk, and
by the standing rules for later years) and its own idea of what goes out when. It is told what people do, and
is asked at the moments at which the service looks: ``look`` for the daily look, ``look_at_calendars`` for
what calendars show. How a notice reaches its reader is in ``post``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)

BANK_HOLIDAYS = frozenset(
    date(year, int(day[:2]), int(day[3:]))
    for year, days in {
        2026: "12-25 12-28",
        2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
        2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
        2029: "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26",
        2030: "01-01 04-19 04-22",
    }.items()
    for day in days.split()
)

BEFORE = (30, 7, 1)
WEEK = 7
TO_DIRECTOR = 14
TO_LEAD = 28
LATE_AT_MOST = 7
"""A reminder before the date that could not go out is sent so many days later at most."""
LOOK_AGAIN = 30
"""An action that is late by more days is a reason to review early."""


def works(day: date) -> bool:
    """Say whether people work on that day."""
    return day.isoweekday() <= 5 and day not in BANK_HOLIDAYS


def next_working(day: date) -> date:
    """Return the day, or the first after it on which people work."""
    return day if works(day) else next_working(day + DAY)


def last_working(day: date) -> date:
    """Return the day, or the last before it on which people worked."""
    return day if works(day) else last_working(day - DAY)


def goes_out(due_on: date, before: int) -> date:
    """Return the day of a reminder: later rather than on a holiday, but always earlier than the date."""
    day = next_working(due_on - before * DAY)
    return day if day < due_on else last_working(due_on - before * DAY)


@dataclass
class Case:
    """An assessment: who answers for it, who directs it, and whether anything of it is told to anybody."""

    id: int
    authors: set[int]
    director: int
    quiet: bool = False
    ended: bool = False
    restricted: bool = False
    taking_part: set[int] = field(default_factory=set)
    """Who else takes part: owners of its actions, and equality leads where it is restricted."""

    def seen_by(self, person: int) -> bool:
        """Say whether somebody who works here can see it."""
        return not self.restricted or person in self.authors | {self.director} | self.taking_part


@dataclass
class Thing:
    """A mitigating action or a review."""

    kind: str
    id: int
    case: Case
    due_on: date
    owner: int | None = None
    open: bool = True

    @property
    def about(self) -> str:
        """Return what begins the key of everything that is told of it and of the date it has now."""
        return f"{self.kind}:{self.id}:{self.due_on}"


@dataclass(frozen=True)
class Told:
    """A notice as it must be: to whom, on which day, and whether it can wait for the message of a day."""

    person: int
    day: date
    urgent: bool
    daily: bool = False
    """Worked out by the daily look, before the messages of that day are put together."""
    after_all: bool = False
    """Made in the evening, because somebody had set the clock back to the morning."""


@dataclass
class Entry:
    """What somebody's calendar shows of a thing."""

    on: date
    sequence: int = 0
    cancelled: bool = False


@dataclass
class Oracle:
    """The organisation as it is today, and what was to be told so far."""

    leads: set[int]
    cases: dict[int, Case] = field(default_factory=dict)
    things: dict[tuple[str, int], Thing] = field(default_factory=dict)
    gone: dict[int, date] = field(default_factory=dict)
    """Who has left, and the day on which."""
    expected: dict[str, Told] = field(default_factory=dict)
    """By the key of the notice."""
    calendars: dict[tuple[int, str, int], Entry] = field(default_factory=dict)
    """By person, kind and id of the thing."""
    raised: set[str] = field(default_factory=set)
    """What was late for so long that the equality leads were asked to look again."""

    def tell(self, key: str, told: Told) -> bool:
        """Take down that somebody must be told something; say whether it is new and they are still here."""
        if told.person in self.gone or key in self.expected:
            return False
        self.expected[key] = told
        return True

    # -- the daily look -------------------------------------------------------------------------

    def look(self, today: date) -> None:
        """Take down what must be told today of everything that has a date; nothing where nobody works."""
        if not works(today):
            return
        self.look_for_reasons(today)
        soon = today + (max(BEFORE) + 1) * DAY
        for thing in self.things.values():
            if thing.open and thing.due_on <= soon and not thing.case.quiet:
                self._look_at(thing, today)

    def _look_at(self, thing: Thing, today: date) -> None:
        for step, days, people in self._steps(thing, today):
            before = step == "before"
            urgent = not before or next_working(today + DAY) >= thing.due_on
            for person in people:
                key = f"{thing.about}:{step}:{days}:person{person}"
                new = self.tell(key, Told(person, today, urgent, daily=True))
                if new and before and (thing.kind == "review" or person == thing.owner):
                    self._invite(person, thing)

    def look_for_reasons(self, today: date, *, after_all: bool = False) -> None:
        """Take down who must be told that an action is so late that the review should come early."""
        for thing in self.things.values():
            if not works(today) or not thing.open or thing.case.quiet or thing.kind != "mitigation":
                continue
            if thing.due_on < today - LOOK_AGAIN * DAY and thing.about not in self.raised:
                self.raised.add(thing.about)
                for person in thing.case.authors | self._leads(thing.case):
                    told = Told(person, today, urgent=False, after_all=after_all)
                    self.tell(f"trigger:{thing.about}:person{person}", told)

    def _leads(self, case: Case) -> set[int]:
        return self.leads & case.taking_part if case.restricted else self.leads

    def _steps(self, thing: Thing, today: date) -> Iterator[tuple[str, int, set[int]]]:
        """Yield for each audience the newest step whose day has come: step, days, people."""
        due, case, gone = thing.due_on, thing.case, self.gone.keys()
        owner = {thing.owner} - {None} - gone if thing.owner else set()
        director = {case.director} - gone
        leads = self._leads(case)
        answers = case.authors - gone or director or leads or self.leads
        if today <= due:
            days = [n for n in BEFORE if goes_out(due, n) <= today <= goes_out(due, n) + LATE_AT_MOST * DAY]
            if days:  # the newest is the one that is nearest to the date
                yield "before", min(days), owner or answers
            return
        late = [1, *range(1 + WEEK, (today - due).days + 1, WEEK)]
        come = [n for n in late if next_working(due + n * DAY) <= today]
        if come:
            yield "overdue" if come[-1] == 1 else "still_overdue", come[-1], owner | answers
        if next_working(due + TO_DIRECTOR * DAY) <= today:
            yield "to_director", TO_DIRECTOR, director or leads
        if next_working(due + TO_LEAD * DAY) <= today:
            yield "to_equality_lead", TO_LEAD, leads

    # -- what calendars show --------------------------------------------------------------------

    def _invite(self, person: int, thing: Thing) -> None:
        entry = self.calendars.setdefault((person, thing.kind, thing.id), Entry(thing.due_on))
        if entry.cancelled or entry.on != thing.due_on:
            entry.on, entry.cancelled = thing.due_on, False
            entry.sequence += 1

    def look_at_calendars(self, today: date) -> None:
        """Take down who must be told that a date in their calendar moved, or is none of theirs any more."""
        for (person, kind, row), entry in self.calendars.items():
            if entry.cancelled or person in self.gone:
                continue
            thing = self.things[kind, row]
            theirs = thing.kind == "review" or thing.owner == person
            stands = thing.open and not thing.case.quiet and theirs and thing.case.seen_by(person)
            if stands and entry.on == thing.due_on:
                continue
            entry.sequence += 1
            entry.cancelled = not stands
            entry.on = thing.due_on if stands else entry.on
            key = f"calendar:{kind}:{row}:{entry.sequence}:person{person}"
            self.tell(key, Told(person, today, urgent=False))

    # -- what is seen ---------------------------------------------------------------------------

    def duties(self, person: int, *, asked_by: int) -> set[tuple[str, int]]:
        """Return what somebody has left behind, as far as an equality lead may know of it."""
        found = set()
        for case in self.cases.values():
            if not case.ended:
                found |= {("author", case.id)} if person in case.authors else set()
                found |= {("director", case.id)} if person == case.director else set()
        for thing in self.things.values():
            theirs = thing.open and thing.owner == person and not thing.case.ended
            if theirs and thing.case.seen_by(asked_by):
                found.add(("action", thing.id))
        return found

    def overdue_reviews(self, today: date, *, seen_by: int) -> set[int]:
        """Return the reviews that somebody must see as overdue."""
        return {
            thing.id
            for thing in self.things.values()
            if thing.kind == "review"
            and thing.open
            and not thing.case.quiet
            and thing.due_on < today
            and thing.case.seen_by(seen_by)
        }
