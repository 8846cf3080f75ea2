"""A thing that waits for somebody, and the part of the first page in which it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ehiia.domain.vocabulary import Word

LIMIT = 100
"""So many of a kind are found at most; the register and the lists of actions and reviews have them all."""


class Area(Word):
    """A part of the first page: what is one's own, and what waits for a post. In the order of the page."""

    OWN = "own", "Mine to do"
    PAPERS = "papers", "Papers for decision"
    CHECKS = "checks", "To check"
    REVIEWS = "reviews", "Reviews and dates"
    AUDITS = "audits", "To audit"


@dataclass(frozen=True)
class Item:
    """Something to do. ``ref``: of the assessment, "" where it is about none."""

    do: str
    """What to do, as a verb: "Carry on", "Check"."""
    ref: str
    title: str
    why: str
    due_on: date | None = None
    item: str = ""
    """What of the assessment it is about: reference of an action or a finding, number of a request."""
    now: bool = True
    """Whether the person can do it at once, date or not."""
    area: Area = Area.OWN
    others: bool = False
    """Whether it waits for somebody else first, so that it is never the next thing to do."""


def short(what: str, length: int = 90) -> str:
    """Return the start of what somebody wrote, cut at a word."""
    return what if len(what) <= length else what[:length].rsplit(" ", 1)[0] + "…"
