"""The day of the deciding meeting: once it has passed it cannot be put back.

Late means that the check passed after the day of the meeting. A day that has
passed may still be moved, with a reason; the first one is kept, and lateness
rests on it for ever (rules DAT-01 to DAT-03).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LATE = "CHK-01"
"""Id of the rule that flags a check which passed after the day of the meeting."""


@dataclass(frozen=True)
class DateMoved:
    """The day of the meeting was changed after it had passed. ``to_on`` None: no day is known yet."""

    from_on: date
    to_on: date | None


class CannotBeMoved(Exception):
    """The day cannot be changed like this; the message says why in a sentence."""


def moved(before: date | None, after: date | None, *, today: date) -> DateMoved | None:
    """Say whether a day that has passed is moved, which needs a reason and is kept (rule DAT-01).

    Raises CannotBeMoved where it would be moved to a later day that has passed too (rule DAT-02): nobody can
    say afterwards that the meeting was on a day that suits the check better.
    """
    if before is None or before == after or before >= today:
        return None
    if after is not None and before < after < today:
        raise CannotBeMoved(
            "The day of the meeting has passed. It cannot be moved to a later day that has passed as well: "
            "the day on which it was really decided is entered with the decision"
        )
    return DateMoved(before, after)


def rests_on(kept: Iterable[date], meeting_on: date | None) -> date | None:
    """Return the day on which lateness rests (rule DAT-03): the first of those kept and the one in hand."""
    days = [*kept, *([meeting_on] if meeting_on else [])]
    return min(days, default=None)


def late(passed_on: date, kept: Iterable[date], meeting_on: date | None) -> bool:
    """Say whether a check that passed on this day is late (rule ``LATE``)."""
    day = rests_on(kept, meeting_on)
    return day is not None and passed_on > day
