"""Early triggers: what brings a review forward, and the four that can be found without anybody saying so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ehiia.domain import schedule
from ehiia.domain.reasons import Reason
from ehiia.domain.vocabulary import Claim, Verdict, Word

OVERDUE, INEFFECTIVE, CUMULATIVE, CHANGED = "overdue", "ineffective", "cumulative", "scope"
"""Ids from the list of triggers that the service finds by itself."""
TOO_LONG = 30
"""An action that is overdue by more days than this is a reason to look again."""
MANY = 3
"""So many live proposals that hit the same group and place are a reason to look again."""


class Raised(Word):
    """What became of a trigger that was raised."""

    OPEN = "open", "Waits for the equality lead"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    ENDED = "ended", "Settled by the review or a new decision"


FINISHED = frozenset({Claim.DONE, Claim.SUPERSEDED, Claim.CANCELLED})


def overdue_too_long(ref: str, due_on: date | None, claim: Claim, *, today: date) -> Reason | None:
    """Return why an action that is overdue by more than 30 days is a reason to look again (rule REV-17)."""
    if due_on is None or claim in FINISHED or schedule.overdue(due_on, today) <= TOO_LONG:
        return None
    return Reason(
        "REV-17",
        f"Mitigating action {ref} was due on {schedule.in_full(due_on)}, more than {TOO_LONG} days ago, "
        "and is not done.",
    )


def found_ineffective(ref: str, verdict: Verdict | None) -> Reason | None:
    """Return why an action that does not work is a reason to look again (rule REV-18)."""
    if verdict is not Verdict.NOT_WORKING:
        return None
    return Reason("REV-18", f"An auditor found that mitigating action {ref} was done and does not work.")


@dataclass(frozen=True)
class Crowd:
    """How many live proposals would leave a group worse off in a place."""

    group: str
    place: str
    how_many: int


def too_many(crowds: Iterable[Crowd]) -> Reason | None:
    """Return why several live proposals are a reason to look again (rule REV-19).

    ``crowds``: of the groups and places that this proposal makes worse, itself among those counted.
    """
    places: dict[str, list[str]] = {}
    for one in crowds:
        if one.how_many >= MANY:
            places.setdefault(one.group, []).append(one.place)
    if not places:
        return None
    named = "; ".join(f"{group} ({', '.join(where)})" for group, where in places.items())
    return Reason(
        "REV-19",
        f"{named}: {MANY} or more live proposals would leave the same people worse off in the same place. "
        "Together they may do more harm than each by itself.",
    )
