"""When things are due: review dates, working days, and which reminders go out on which day.

All dates are London calendar dates. Bank holidays are passed in as a set of
dates, so that nothing here depends on a list that ages.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ehiia.domain.reasons import Reason
from ehiia.domain.vocabulary import Band, ProposalKind, Word

# -- calendar --------------------------------------------------------------------------------


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Say whether it is Monday to Friday and no bank holiday."""
    return day.weekday() < 5 and day not in holidays


def on_or_after(day: date, holidays: Collection[date]) -> date:
    """Return the day itself if it is a working day, otherwise the next one."""
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def on_or_before(day: date, holidays: Collection[date]) -> date:
    """Return the day itself if it is a working day, otherwise the one before."""
    while not is_working_day(day, holidays):
        day -= timedelta(days=1)
    return day


def add_working_days(day: date, count: int, holidays: Collection[date]) -> date:
    """Return the working day that is ``count`` (0 or more) working days after a day, which is not counted."""
    if count < 0:
        raise ValueError("count working days forwards")
    day = on_or_after(day, holidays) if count == 0 else day
    for _ in range(count):
        day = on_or_after(day + timedelta(days=1), holidays)
    return day


def working_days_between(start: date, end: date, holidays: Collection[date]) -> int:
    """Count the working days after ``start`` up to and including ``end``; 0 when ``end`` is not later."""
    return sum(
        is_working_day(start + timedelta(days=n), holidays) for n in range(1, max(0, (end - start).days) + 1)
    )


# -- reviews ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReviewIntervals:
    """Months until a decision is reviewed, by the worst band left; a setting of the organisation."""

    very_high: int = 6
    high: int = 6
    medium: int = 12
    low: int = 24
    none: int = 24
    project: int = 12
    """At most so many for a project or pilot, whatever is left."""
    closure: int = 12
    """At most so many for a closure or move."""

    def __post_init__(self) -> None:
        """Refuse intervals outside 1 to 60 months with ValueError."""
        if not all(1 <= months <= 60 for months in (*map(self.months, Band), self.project, self.closure)):
            raise ValueError("a review interval is 1 to 60 months")

    def most(self, kind: ProposalKind | None) -> int | None:
        """Return how many months it is at most for a kind of proposal; None where only the risk counts."""
        return {ProposalKind.PROJECT: self.project, ProposalKind.CLOSURE: self.closure}.get(
            kind or ProposalKind.POLICY
        )

    def months(self, band: Band) -> int:
        """Return the months for a band."""
        return {
            Band.VERY_HIGH: self.very_high,
            Band.HIGH: self.high,
            Band.MEDIUM: self.medium,
            Band.LOW: self.low,
            Band.NONE: self.none,
        }[band]


@dataclass(frozen=True)
class ReviewDate:
    """When a decision is to be reviewed, and the rules that say so."""

    due_on: date
    reasons: tuple[Reason, ...]


_BAND_RULES = {
    Band.VERY_HIGH: "REV-01",
    Band.HIGH: "REV-02",
    Band.MEDIUM: "REV-03",
    Band.LOW: "REV-04",
    Band.NONE: "REV-05",
}


def review_date(
    worst_left: Band,
    *,
    decided_on: date,
    go_live_on: date | None,
    intervals: ReviewIntervals,
    holidays: Collection[date],
    kind: ProposalKind | None = None,
) -> ReviewDate:
    """Work out the review date from the worst band left after mitigation and the kind of proposal.

    It counts from go-live, or from the decision where there is no go-live or
    it had already passed. A day that is no working day gives way to the one
    before, so that the interval is never exceeded.
    """
    months = intervals.months(worst_left)
    if worst_left == Band.NONE:
        why = f"No risk was left, so the review is {months} months on."
    else:
        why = f"The worst risk left is {worst_left.label.lower()}, so the review is {months} months on."
    reasons = [Reason(_BAND_RULES[worst_left], why)]
    most = intervals.most(kind)
    if kind is not None and most is not None and most < months:
        text = f"A proposal of the kind “{kind.label}” is looked at after {most} months at the latest."
        reasons.append(Reason("REV-12", text))
        months = most
    if go_live_on is not None and go_live_on >= decided_on:
        start = go_live_on
        reasons.append(Reason("REV-06", f"Counted from go-live on {in_full(start)}."))
    elif go_live_on is not None:
        start = decided_on
        text = f"Go-live had passed at the decision, so it is counted from the decision on {in_full(start)}."
        reasons.append(Reason("REV-07", text))
    else:
        start = decided_on
        reasons.append(Reason("REV-08", f"There is no go-live, so it is counted from {in_full(start)}."))
    due_on = add_months(start, months)
    if due_on.day != start.day:
        reasons.append(Reason("REV-09", f"That month has no day {start.day}, so its last day is taken."))
    working = on_or_before(due_on, holidays)
    if working != due_on:
        text = f"{in_full(due_on)} is no working day, so it is the working day before."
        reasons.append(Reason("REV-10", text))
    return ReviewDate(working, tuple(reasons))


BROUGHT_FORWARD = timedelta(days=30)
"""A review is due so long after an action was found not to work."""


def brought_forward(due_on: date | None, *, today: date, holidays: Collection[date]) -> date:
    """Return when a review is due once an action was found not to work today (rule REV-11).

    ``due_on``: when it was due, or None where no review was planned. One that is due sooner anyway stays.
    """
    wanted = on_or_before(today + BROUGHT_FORWARD, holidays)
    return wanted if due_on is None else min(due_on, wanted)


def in_full(day: date) -> str:
    """Return a date as people write it: "Friday 27 November 2026"."""
    return f"{calendar.day_name[day.weekday()]} {day.day} {calendar.month_name[day.month]} {day.year}"


# -- notices ---------------------------------------------------------------------------------


class DeadlineKind(Word):
    """What is due."""

    MITIGATION = "mitigation", "Mitigating action"
    REVIEW = "review", "Review"
    FULL = "full", "Whole assessment after an urgent decision"
    COMMITMENT = "commitment", "Commitment"
    AWAITED = "awaited", "What a deferral awaits"
    GAP = "gap", "Evidence gap"
    CHECK = "check", "Check by the equality lead"
    PAGES = "pages", "Pages given to somebody to write"
    ANSWER = "answer", "Answer to a finding of an audit"
    FINDING = "finding", "Finding of an audit, to be put right"
    INFORMATION = "information", "Request under the Freedom of Information Act"
    INFORMATION_REVIEW = "information_review", "Internal review of the answer to such a request"


WITHIN = frozenset({DeadlineKind.PAGES})
"""What the people who write settle among themselves: nobody above them is told of it."""


class NoticeStep(Word):
    """Why a notice goes out."""

    BEFORE = "before", "Due soon"
    OVERDUE = "overdue", "Overdue since yesterday"
    STILL_OVERDUE = "still_overdue", "Still overdue"
    TO_DIRECTOR = "to_director", "Overdue, told to the director"
    TO_EQUALITY_LEAD = "to_equality_lead", "Overdue, told to the equality lead"


class Audience(Word):
    """Who is told."""

    OWNER = "owner", "Owner"
    DIRECTOR = "director", "Accountable director"
    EQUALITY_LEAD = "equality_lead", "Equality lead"


MOST_BEFORE = 60
"""The earliest reminder that may be set, in days before a date."""
MOST_REMINDERS = 6
"""More reminders before one date are noise, and noise is not read."""


@dataclass(frozen=True)
class NoticeTiming:
    """When notices go out, in days; a setting of the organisation."""

    before: tuple[int, ...] = (30, 7, 1)
    weekly_every: int = 7
    director_after: int = 14
    equality_lead_after: int = 28

    def __post_init__(self) -> None:
        """Refuse days that make no sense with ValueError."""
        if any(days < 1 for days in self.before) or len(set(self.before)) != len(self.before):
            raise ValueError("days before must be 1 or more, each once")
        if len(self.before) > MOST_REMINDERS or any(days > MOST_BEFORE for days in self.before):
            raise ValueError(f"at most {MOST_REMINDERS} times, each {MOST_BEFORE} days before or fewer")
        if min(self.weekly_every, self.director_after, self.equality_lead_after) < 1:
            raise ValueError("days after must be 1 or more")


@dataclass(frozen=True)
class Deadline:
    """Something open that has a date."""

    kind: DeadlineKind
    ref: str
    due_on: date


@dataclass(frozen=True)
class DueNotice:
    """A notice that goes out on ``send_on``; ``days`` before or after the date that it is about."""

    kind: DeadlineKind
    ref: str
    due_on: date
    step: NoticeStep
    days: int
    audience: Audience
    send_on: date
    rule: str

    @property
    def key(self) -> str:
        """A text that is the same whenever the same notice is worked out again."""
        return f"{self.kind}:{self.ref}:{self.due_on.isoformat()}:{self.step}:{self.days}"


def overdue(due_on: date, today: date) -> int:
    """Return by how many days something is overdue; 0 up to and including the day itself."""
    return max(0, (today - due_on).days)


def remind_on(due_on: date, days: int, holidays: Collection[date]) -> date:
    """Return on which working day a reminder goes out that is set to ``days`` (1 or more) before a date.

    On a weekend or bank holiday it moves on to the next working day. Where that would be the date itself
    or later, as with the reminder of the last day, it moves back to the working day before: a reminder
    always comes before what it is about.
    """
    wanted = due_on - timedelta(days=days)
    later = on_or_after(wanted, holidays)
    return later if later < due_on else on_or_before(wanted, holidays)


def is_last_day(today: date, due_on: date, holidays: Collection[date]) -> bool:
    """Say whether no working day lies between today and the date, which has not passed."""
    return today <= due_on <= on_or_after(today + timedelta(days=1), holidays)


def due_notices(
    deadlines: Iterable[Deadline],
    *,
    today: date,
    holidays: Collection[date],
    timing: NoticeTiming = NoticeTiming(),
    since: date | None = None,
) -> tuple[DueNotice, ...]:
    """Return the notices that fall due today, or after ``since`` up to today if days were missed.

    What falls on no working day moves on to the next one; a reminder that would
    then no longer come before the date moves back instead (``remind_on``). Only open
    things belong in ``deadlines``: what is done, paused or ended reminds nobody.
    """
    start = today - timedelta(days=1) if since is None else since
    return tuple(
        notice
        for deadline in deadlines
        for notice in _plan(deadline, today, holidays, timing)
        if start < notice.send_on <= today
    )


def _plan(
    deadline: Deadline, until: date, holidays: Collection[date], timing: NoticeTiming
) -> Iterable[DueNotice]:
    def notice(step: NoticeStep, days: int, audience: Audience, rule: str) -> DueNotice:
        if step == NoticeStep.BEFORE:
            send_on = remind_on(deadline.due_on, days, holidays)
        else:
            send_on = on_or_after(deadline.due_on + timedelta(days=days), holidays)
        return DueNotice(deadline.kind, deadline.ref, deadline.due_on, step, days, audience, send_on, rule)

    for days in sorted(timing.before, reverse=True):
        yield notice(NoticeStep.BEFORE, days, Audience.OWNER, "NOT-01")
    late = overdue(deadline.due_on, until)
    if late:
        yield notice(NoticeStep.OVERDUE, 1, Audience.OWNER, "NOT-02")
        for days in range(1 + timing.weekly_every, late + 1, timing.weekly_every):
            yield notice(NoticeStep.STILL_OVERDUE, days, Audience.OWNER, "NOT-03")
    if late and deadline.kind not in WITHIN:
        yield notice(NoticeStep.TO_DIRECTOR, timing.director_after, Audience.DIRECTOR, "NOT-04")
        yield notice(
            NoticeStep.TO_EQUALITY_LEAD, timing.equality_lead_after, Audience.EQUALITY_LEAD, "NOT-05"
        )
