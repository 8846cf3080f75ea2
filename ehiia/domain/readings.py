"""Readings of a measure over time, by group: what counts, a small chart of them, and its words.

The newest reading of a group and a day counts. The chart is geometry only: the
page draws it. Its text alternative says the same in a sentence for each group.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

EVERYBODY = "Everybody"
MOST_LINES = 6
"""So many groups can be told apart in one chart; the table has them all."""
WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 16, 36
"""Room for the numbers and the dates around the lines, in units of the drawing."""


@dataclass(frozen=True)
class Reading:
    """A figure on a day. ``subject`` is the code of a group, or "" for everybody."""

    id: int
    on: date
    subject: str
    label: str
    value: float
    note: str = ""
    by: str = ""


@dataclass(frozen=True)
class Point:
    """A reading in the drawing, from the upper left corner."""

    x: float
    y: float
    reading: Reading


@dataclass(frozen=True)
class Line:
    """The readings of one group, in the order of their days."""

    label: str
    points: tuple[Point, ...]
    words: str
    """The line in a sentence."""

    @property
    def path(self) -> str:
        """The points as an SVG polyline takes them."""
        return " ".join(f"{point.x:g},{point.y:g}" for point in self.points)


@dataclass(frozen=True)
class Mark:
    """A number or a date beside the drawing."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """The drawing: lines, the numbers at its left, the days below; ``left_out``: groups without a line."""

    lines: tuple[Line, ...]
    numbers: tuple[Mark, ...]
    days: tuple[Mark, ...]
    left_out: int = 0


def counting(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Return the readings that count, by day: the newest of each group and day."""
    newest: dict[tuple[str, date], Reading] = {}
    for reading in sorted(readings, key=lambda one: one.id):
        newest[reading.subject, reading.on] = reading
    return tuple(sorted(newest.values(), key=lambda one: (one.on, one.subject, one.id)))


def figure(value: float) -> str:
    """Return a number in words: "1,200", "62.5"."""
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def in_words(label: str, readings: Sequence[Reading]) -> str:
    """Return how the figure of a group went, in a sentence; ``readings`` by day, one at least."""
    first, last = readings[0], readings[-1]
    if len(readings) == 1:
        return f"{label}: {figure(first.value)} on {_day(first.on)}."
    change = round(last.value - first.value, 6)
    how = "the same" if not change else f"{'up' if change > 0 else 'down'} by {figure(abs(change))}"
    since, until = _day(first.on), _day(last.on)
    return f"{label}: from {figure(first.value)} on {since} to {figure(last.value)} on {until}, {how}."


def chart(readings: Iterable[Reading]) -> Chart | None:
    """Return the drawing of the readings that count, or None where they are of fewer than two days."""
    counted = counting(readings)
    days = sorted({one.on for one in counted})
    if len(days) < 2:
        return None
    by_group: dict[str, list[Reading]] = {}
    for one in counted:
        by_group.setdefault(one.subject, []).append(one)
    shown = sorted(by_group)[:MOST_LINES]  # everybody first: its code is ""
    low, high = _range([one.value for subject in shown for one in by_group[subject]])
    first, span = days[0], (days[-1] - days[0]).days

    def x(on: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (on - first).days / span, 1)

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low), 1)

    lines = []
    for subject in shown:
        mine = by_group[subject]
        label = mine[-1].label if subject else EVERYBODY
        points = tuple(Point(x(one.on), y(one.value), one) for one in mine)
        lines.append(Line(label, points, in_words(label, mine)))
    numbers = tuple(Mark(y(value), figure(value)) for value in (high, (high + low) / 2, low))
    return Chart(
        tuple(lines),
        numbers,
        tuple(Mark(x(on), _day(on)) for on in (days[0], days[-1])),
        len(by_group) - len(shown),
    )


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Return the numbers at the foot and the head of the drawing: from 0, unless something is below."""
    low, high = min(0.0, *values), max(0.0, *values)
    return (low, high) if high > low else (low, low + 1)


def _day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"
