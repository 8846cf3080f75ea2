"""Who has to be able to see a restricted assessment before it is sent on, or it waits unseen."""

from __future__ import annotations

from collections.abc import Collection

NOBODY_CHECKS = "RES-01"
"""Id of the rule that nobody who may check it takes part."""
NOBODY_DECIDES = "RES-02"
"""Id of the rule that whoever decides does not take part."""


def unseen(
    *, checkers: Collection[int], decider: int | None, taking_part: Collection[int]
) -> tuple[str, ...]:
    """Return the ids of the rules by which a restricted assessment would wait unseen.

    ``checkers``: who may check it, having written none of it; ``decider``: whoever decides, where that is
    known; ``taking_part``: who can see it. All are ids of people.
    """
    found = []
    if not set(checkers) & set(taking_part):
        found.append(NOBODY_CHECKS)
    if decider is not None and decider not in taking_part:
        found.append(NOBODY_DECIDES)
    return tuple(found)
