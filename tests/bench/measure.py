"""Measuring side by side: what is compared takes turns, so that drift of the machine falls on all alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

Call = Callable[[], object]


@dataclass(frozen=True)
class Cost:
    """Medians of one call, in milliseconds: processor time of this process, and time on the wall."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class Line:
    """A line of the table. ``ours`` and ``bare`` are in ``unit``; a ratio at or below ``aim`` meets it.

    ``aim`` None: nothing was promised, so the ratio is told and not judged.
    """

    what: str
    bare: float
    ours: float
    unit: str
    aim: float | None = None

    @property
    def ratio(self) -> float:
        """How many times the bare one."""
        return self.ours / self.bare

    def __str__(self) -> str:
        """Return the line as it is printed."""
        judged = ""
        if self.aim is not None:
            judged = f"{self.aim:>7g}  {'met' if self.ratio <= self.aim else 'NOT MET'}"
        bare, ours = (f"{number:.2f} {self.unit}" for number in (self.bare, self.ours))
        return f"{self.what:<52}{bare:>12}{ours:>12}{self.ratio:>8.2f}{judged}"


HEAD = f"{'':<52}{'bare':>12}{'ours':>12}{'ratio':>8}{'aim':>7}"


def in_turns(
    calls: Mapping[str, Call], *, rounds: int, before: Mapping[str, Call] | None = None, warm: int = 5
) -> dict[str, Cost]:
    """Call each in turn, round after round, and return the median cost of each by name.

    ``before``: what has to be done before a call of that name and is not measured. The first ``warm``
    rounds do not count.
    """
    before = before or {}
    cpu: dict[str, list[float]] = {name: [] for name in calls}
    wall: dict[str, list[float]] = {name: [] for name in calls}
    gc.collect()
    for number in range(rounds + warm):
        for name, call in calls.items():
            if name in before:
                before[name]()
            began, began_cpu = time.perf_counter(), time.process_time()
            call()
            used, took = time.process_time() - began_cpu, time.perf_counter() - began
            if number >= warm:
                cpu[name].append(used * 1000)
                wall[name].append(took * 1000)
    return {name: Cost(median(cpu[name]), median(wall[name])) for name in calls}
