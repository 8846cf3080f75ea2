"""The self-check: what a good equality lead would send back, found while it is still being written.

Each rule is a pure function over a ``Matter``, has an id that is never used
again for something else, and says where it is put right. The sentences are
data: ``content/reference/rules.toml``. What completeness already asks for is
not asked again here (``stops`` returns it), so that no rule is there twice.
"""

from __future__ import annotations

from ehiia.domain.lacking import MissingAnswer
from ehiia.domain.selfcheck import actions, engagement, impacts, people, proposal, sources, texts
from ehiia.domain.selfcheck.matter import (
    DETAILS,
    PEOPLE,
    ROUTE,
    RULES,
    Gravity,
    Matter,
    Place,
    Signal,
)

__all__ = [
    "DETAILS",
    "PEOPLE",
    "ROUTE",
    "RULES",
    "Gravity",
    "Matter",
    "Place",
    "Signal",
    "actions",
    "engagement",
    "impacts",
    "look",
    "people",
    "proposal",
    "sources",
    "stops",
    "texts",
]

UNANSWERED = frozenset({"MIS-01", "MIS-03"})
"""Questions that were not answered yet: counted, and listed where missing answers are."""


def look(matter: Matter) -> tuple[Signal, ...]:
    """Return everything the rules find, in the order of their ids."""
    return tuple(found for name in sorted(RULES) for found in RULES[name](matter))


def stops(missing: tuple[MissingAnswer, ...]) -> tuple[MissingAnswer, ...]:
    """Return of the missing answers those that are faults and not questions still to come.

    A harm without an action or a reason, "no difference" without a reason, an action without an owner
    or a date, a conclusion that does not fit: they stop the submission, by completeness.
    """
    return tuple(item for item in missing if item.rule not in UNANSWERED)
