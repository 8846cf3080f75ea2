"""How the date of a review moves: by itself with go-live, by a person sooner, or later once somebody agrees.

A review that counts from go-live follows it. One whose date a person has
chosen, or that was brought forward, stays where it is, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ehiia.domain.reasons import Reason
from ehiia.domain.schedule import in_full
from ehiia.domain.vocabulary import ReviewTrigger, Stage, Word

DECIDED = frozenset({Stage.IN_FORCE, Stage.AWAITING_SIGNATURES})
"""Stages in which a decision stands, so that it is known from when its review counts."""


class DateMove(Word):
    """Why the date of a review moved."""

    POSTPONED = "postponed", "Postponed"
    SOONER = "sooner", "Chosen sooner"
    GO_LIVE = "go_live", "Moved with go-live"
    FORWARD = "forward", "Brought forward"


class Asked(Word):
    """What became of a request to postpone a review."""

    WAITING = "waiting", "Waits for an answer"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"
    ENDED = "ended", "Not needed any more"


def slipped(moves: Iterable[tuple[str, date, date]]) -> int:
    """Count how often a review was postponed: (value of ``DateMove`` or "", from, to) of each move.

    A move without a kind was made before there were kinds; it counts where it led to a later day.
    """
    return sum(kind in ("", DateMove.POSTPONED) and to_on > from_on for kind, from_on, to_on in moves)


def follows_go_live(trigger: ReviewTrigger) -> bool:
    """Say whether a review moves with go-live: not one whose date a person chose, or brought forward."""
    return trigger is ReviewTrigger.PLANNED


def go_live_moved(
    before: date | None, after: date, *, started: bool, trigger: ReviewTrigger, due_on: date
) -> Reason:
    """Say what a new go-live does to a review that is due on a day (rules REV-13 and REV-14)."""
    if started:
        what = f"It went live on {in_full(after)}"
        what += f"; {in_full(before)} was expected" if before and before != after else ""
    elif before:
        what = f"Go-live moved from {in_full(before)} to {in_full(after)}"
    else:
        what = f"Go-live is expected on {in_full(after)}"
    if follows_go_live(trigger):
        return Reason("REV-13", f"{what}, so the review is counted from there.")
    return Reason("REV-14", f"{what}. The review stays on {in_full(due_on)}: that day was chosen for it.")
