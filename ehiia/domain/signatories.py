"""Who signs a record after its decision-maker, and why somebody who was named is not asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

FIRST = 2
"""Position of the first further signatory; the decision-maker is number 1."""
MOST = 3
"""So many may sign after the decision-maker."""
TO_SIGN = timedelta(days=7)
"""Within so many days of the decision a signature is expected."""


@dataclass(frozen=True)
class Named:
    """Somebody whom a body names to sign. ``person_id`` None: nobody holds what it names."""

    role: str
    person_id: int | None


@dataclass(frozen=True)
class LeftOut:
    """Somebody who was named and is not asked, and why."""

    named: Named
    reason: str


def expected(
    named: Iterable[Named], *, decided_by: int, wrote: Collection[int], here: Collection[int]
) -> tuple[tuple[Named, ...], tuple[LeftOut, ...]]:
    """Return who is asked to sign, in order, and who is not with the reason.

    ``wrote``: who wrote or changed an answer; ``here``: who holds a post today. A person signs once. The
    decision never waits for somebody who could not sign it: that is written down instead.
    """
    asked: list[Named] = []
    left_out: list[LeftOut] = []
    for one in named:
        if one.person_id is None:
            reason = "nobody was accountable director"
        elif one.person_id == decided_by:
            reason = "they made the decision and sign as such"
        elif one.person_id in {other.person_id for other in asked}:
            reason = "they sign already"
        elif one.person_id in wrote:
            reason = "they wrote or changed an answer"
        elif one.person_id not in here:
            reason = "they hold no post here any more"
        else:
            asked.append(one)
            continue
        left_out.append(LeftOut(one, reason))
    return tuple(asked), tuple(left_out)


def due_on(decided_on: date) -> date:
    """Return the day by which a signature is expected."""
    return decided_on + TO_SIGN
