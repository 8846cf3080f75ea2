"""A plan counted back from the meetings, so that nobody learns too late that it is too late.

Everything is a working day: no weekend, no bank holiday. The plan is worked out anew whenever it is shown,
so that its dates move when a meeting moves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from ehiia.domain.access import UNSENT
from ehiia.domain.reasons import Reason
from ehiia.domain.schedule import (
    add_working_days,
    in_full,
    is_working_day,
    on_or_after,
    on_or_before,
    working_days_between,
)
from ehiia.domain.vocabulary import RoutePart, Stage


@dataclass(frozen=True)
class Pace:
    """How many working days each step takes; settings of the organisation."""

    papers: int = 5
    """Before a meeting, when its papers go out."""
    check: int = 10
    director: int = 5
    director_agrees: bool = True


@dataclass(frozen=True)
class Meeting:
    """A body on the route: what it does, and when it meets where that is known."""

    body: str
    part: RoutePart
    on: date | None = None


@dataclass(frozen=True)
class Milestone:
    """A day by which something should have happened. ``name`` is for programs, ``text`` for people."""

    name: str
    on: date
    text: str
    done: bool = False
    days_late: int = 0
    """Working days since it should have happened, where it has not."""


@dataclass(frozen=True)
class Plan:
    """What is to be done by when: earliest first; empty without dates."""

    milestones: tuple[Milestone, ...] = ()
    submit_by: date | None = None
    """The last day on which the author can send it on."""
    meeting: Meeting | None = None
    """The first meeting that needs the checked version: the one that ``submit_by`` makes."""
    submitted: bool = False
    days_late: int = 0
    """Working days since ``submit_by``, where it was not sent on."""
    problems: tuple[Reason, ...] = ()
    """Where dates and route do not fit: rule and sentence."""

    @property
    def headline(self) -> str:
        """Return the plan in a sentence, or "" without a date."""
        if self.submit_by is None or self.meeting is None or self.meeting.on is None or self.submitted:
            return ""
        meeting = f"{in_full(self.meeting.on)} ({self.meeting.body})"
        if self.days_late:
            days = f"{self.days_late} working day{'' if self.days_late == 1 else 's'}"
            return (
                f"Late: it should have been submitted by {in_full(self.submit_by)}, {days} ago, "
                f"to make {meeting}."
            )
        return f"Submit by {in_full(self.submit_by)} to make {meeting}."


_DOES = {
    RoutePart.CONSULTED: "is consulted",
    RoutePart.ENDORSES: "endorses",
    RoutePart.DECIDES: "decides",
    RoutePart.RATIFIES: "ratifies",
}
_NEEDS_CHECK = (RoutePart.ENDORSES, RoutePart.DECIDES)
_REACHED: dict[Stage, frozenset[str]] = {
    Stage.SCREENING: frozenset(),
    Stage.WRITING: frozenset(),
    Stage.SENT_BACK: frozenset(),
    Stage.WITH_DIRECTOR: frozenset({"with_director"}),
    Stage.CHECKING: frozenset({"with_director", "checking"}),
    Stage.READY: frozenset({"with_director", "checking", "ready", "papers"}),
}
"""Stage -> the milestones that are behind it. In other stages nothing is late."""


def working_days_before(day: date, count: int, holidays: Collection[date]) -> date:
    """Return the working day that is ``count`` working days before a day, which is not counted."""
    for _ in range(count):
        day = on_or_before(day - timedelta(days=1), holidays)
    return day if is_working_day(day, holidays) else on_or_before(day, holidays)


def plan(
    route: Sequence[Meeting],
    *,
    go_live_on: date | None,
    pace: Pace,
    holidays: Collection[date],
    today: date,
    stage: Stage,
) -> Plan:
    """Count back from the meetings of the route, in order, and say what is late today at this stage.

    PLN-01: a body meets before one that comes earlier on the route. PLN-02: the body that decides has no
    date. PLN-03: the day to submit has gone by. PLN-04: it starts before it is decided.
    """
    problems = list(_problems(route, go_live_on))
    needing = [step for step in route if step.part in _NEEDS_CHECK and step.on is not None]
    first = min(needing, key=lambda step: step.on or date.max) if needing else None
    found: list[Milestone] = []
    submit_by = None
    if first is not None and first.on is not None:
        found = _before(first.on, pace, holidays)
        submit_by = found[0].on
    decided = False
    for number, step in enumerate(route, start=1):
        if step.on is None:
            continue
        name = f"meeting-{number}"
        if step.part is RoutePart.DECIDES and not decided:
            name, decided = "decision", True
        found.append(Milestone(name, step.on, f"{step.body or 'The body'} {_DOES[step.part]}"))
    if go_live_on is not None:
        found.append(Milestone("in_force", go_live_on, "It starts"))
    found.sort(key=lambda one: one.on)
    marked = tuple(_marked(one, stage, today, holidays) for one in found)
    submitted = stage not in UNSENT
    late = 0
    if submit_by is not None and not submitted:
        late = working_days_between(submit_by, today, holidays)
    if late:
        problems.append(Reason("PLN-03", "The day by which it should have been submitted has gone by."))
    return Plan(marked, submit_by, first, submitted, late, tuple(problems))


def _before(first: date, pace: Pace, holidays: Collection[date]) -> list[Milestone]:
    """Return what comes before the first meeting that needs the checked version."""
    papers = working_days_before(first, pace.papers, holidays)
    checked = working_days_before(papers, 1, holidays)
    to_lead = working_days_before(checked, pace.check, holidays)
    days = f"{pace.check} working day{'' if pace.check == 1 else 's'}"
    found = []
    if pace.director_agrees:
        to_director = working_days_before(to_lead, pace.director, holidays)
        found.append(Milestone("with_director", to_director, "To the accountable director"))
    return [
        *found,
        Milestone("checking", to_lead, f"To the equality lead, who has {days}"),
        Milestone("ready", checked, "Check passed"),
        Milestone("papers", papers, "Papers go out"),
    ]


def _marked(one: Milestone, stage: Stage, today: date, holidays: Collection[date]) -> Milestone:
    """Say whether a milestone is behind, or late. A day in itself, such as the start, is never late."""
    reached = _REACHED.get(stage)
    if reached is None:
        return replace(one, done=one.on < today)
    if one.name in reached:
        return replace(one, done=True)
    if one.name == "in_force" or one.name.startswith("meeting-"):
        return replace(one, done=one.on < today)
    return replace(one, days_late=working_days_between(one.on, today, holidays))


def _problems(route: Sequence[Meeting], go_live_on: date | None) -> list[Reason]:
    found = []
    dated = [step for step in route if step.on is not None]
    for before, after in pairwise(dated):
        if before.on is not None and after.on is not None and after.on < before.on:
            text = (
                f"{after.body} meets on {in_full(after.on)}, before {before.body} on {in_full(before.on)}, "
                "which comes earlier on the route."
            )
            found.append(Reason("PLN-01", text))
    deciding = next((step for step in route if step.part is RoutePart.DECIDES), None)
    if deciding is not None and deciding.on is None:
        found.append(Reason("PLN-02", f"{deciding.body or 'The body'} decides, and has no date yet."))
    elif deciding is not None and deciding.on is not None and (go_live_on or deciding.on) < deciding.on:
        text = f"It starts on {in_full(go_live_on or deciding.on)}, before the decision on "
        found.append(Reason("PLN-04", f"{text}{in_full(deciding.on)}."))
    return found


def earliest_meeting(today: date, *, pace: Pace, holidays: Collection[date]) -> date:
    """Return the first day of a meeting that can still be made by submitting today."""
    day = on_or_after(today, holidays)
    if pace.director_agrees:
        day = add_working_days(day, pace.director, holidays)
    day = add_working_days(day, pace.check, holidays)
    return add_working_days(add_working_days(day, 1, holidays), pace.papers, holidays)
