"""The equality lead's check: criteria with scores, what forbids passing, and the clock of working days.

Dates are London calendar dates. Criteria are data (``content/reference/criteria.toml``); the rules are here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ehiia.domain.schedule import add_working_days, working_days_between
from ehiia.domain.vocabulary import Degree

LEAST = 2
"""The lowest score with which a critical criterion lets an assessment pass."""


class Score(Degree):
    """How far a criterion is met."""

    MISSING = 0, "0: missing"
    WEAK = 1, "1: weak"
    GOOD = 2, "2: good enough"
    STRONG = 3, "3: strong"


@dataclass(frozen=True)
class Criterion:
    """Something the equality lead looks for in every assessment."""

    id: str
    title: str
    looks_for: str
    """What a good assessment shows, in one sentence."""
    critical: bool = False
    """Whether an assessment cannot pass with a score below ``LEAST``."""
    section: str = ""
    """Id of the section in which it is mostly answered, or ""."""


@dataclass(frozen=True)
class Mark:
    """What was given for one criterion; ``score`` None where it does not apply here."""

    criterion: str
    score: Score | None
    comment: str = ""


@dataclass(frozen=True)
class Objection:
    """Why an assessment cannot pass: the rule, the criterion ("" for none in particular) and the sentence."""

    rule: str
    criterion: str
    text: str


def objections(criteria: Iterable[Criterion], marks: Iterable[Mark]) -> tuple[Objection, ...]:
    """Return why an assessment cannot pass with these scores; empty where it can."""
    given = {mark.criterion: mark for mark in marks}
    found = []
    for one in criteria:
        mark = given.get(one.id)
        if mark is None or (mark.score is None and one.critical):
            found.append(Objection("CHK-02", one.id, f"{one.title}: not scored yet."))
        elif mark.score is None:
            continue
        elif one.critical and mark.score < LEAST:
            text = f"{one.title}: this is critical, and {mark.score.label} sends it back."
            found.append(Objection("CHK-03", one.id, text))
        if mark is not None and mark.score is not None and mark.score < LEAST and not mark.comment.strip():
            found.append(Objection("CHK-04", one.id, f"{one.title}: say why it is no better."))
    return tuple(found)


# -- the clock -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clock:
    """How far the time for a check has run, in working days."""

    day: int
    """0 on the day on which it came in; it may run past ``of``."""
    of: int
    due_on: date
    running: bool = True
    """False while it is sent back: the clock stands still."""
    came_on: date | None = None
    """When it came in last."""

    @property
    def left(self) -> int:
        """Working days left; negative where it has run out."""
        return self.of - self.day


def clock(
    periods: Sequence[tuple[date, date | None]], *, turnaround: int, today: date, holidays: Collection[date]
) -> Clock | None:
    """Return the clock of a check that may have been returned; None where it never began.

    ``periods``: when it came in to be checked and when it went back, oldest first; None while it is there.
    Time with the author does not count. The day on which it comes in is not counted; however late it
    comes back, one working day is left.
    """
    if not periods:
        return None
    *before, (came_on, went_on) = periods
    used = sum(working_days_between(came, went or today, holidays) for came, went in before)
    due_on = add_working_days(came_on, max(turnaround - used, 1), holidays)
    day = used + working_days_between(came_on, went_on or today, holidays)
    return Clock(day, turnaround, due_on, running=went_on is None, came_on=came_on)
