"""How a record stands: when it was decided, as its cover prints it, and today, as the register knows it."""

from __future__ import annotations

from ehiia.domain.decision import UNDECIDED
from ehiia.domain.vocabulary import Outcome, Stage, Word

_IN_FORCE = {
    Outcome.APPROVED: "In force",
    Outcome.WITH_CONDITIONS: "In force, with conditions",
    Outcome.IN_PART: "In force in part",
}


def standing(stage: Stage, outcome: Outcome) -> str:
    """Return the status in words of a decision that has just led to ``stage``.

    The record never changes, so this is how it stood then; how it stands today is asked of the register.
    """
    if stage is Stage.AWAITING_SIGNATURES:
        return "Decided; in force when everybody named has signed"
    if stage is Stage.IN_FORCE:
        return _IN_FORCE[outcome]
    if outcome is Outcome.DEFERRED:
        return "Not in force: deferred"
    if outcome is Outcome.NOT_APPROVED:
        return "Not in force: not approved"
    return "Not in force: the body followed the advice to stop and rethink"


class Standing(Word):
    """How what somebody asks about stands today."""

    CURRENT = "current", "Current", "It is the newest record, and the proposal was not given up."
    SUPERSEDED = "superseded", "Superseded", "A newer record has taken its place."
    DECIDED = (
        "decided",
        "Decided since",
        "It shows what waited for a decision, and that has been decided since.",
    )
    WITHDRAWN = "withdrawn", "Withdrawn", "The proposal was given up after this was decided."
    UNKNOWN = "unknown", "Unknown here", "Nothing that was handed out or published here answers to this."


OF_EDITION = {
    Standing.SUPERSEDED: "A later edition for the public has taken its place.",
    Standing.WITHDRAWN: "The organisation withdrew this edition. What was decided is not changed by that.",
}
"""What it means where it is the edition for the public that was replaced or withdrawn, and not its record."""
OF_WAITING = OF_EDITION | {
    Standing.CURRENT: f"{UNDECIDED}.",
    Standing.WITHDRAWN: "This version is no longer for decision, or the organisation withdrew this edition.",
}
"""What it means where it is the edition of a version that waits for its decision, or did."""


def standing_of(stage: Stage, *, superseded: bool) -> Standing:
    """Return how a record stands. ``stage``: that of its assessment today.

    A record that was superseded stays so, whatever became of the proposal later: what to say of that is for
    the newer record.
    """
    if superseded:
        return Standing.SUPERSEDED
    return Standing.WITHDRAWN if stage is Stage.WITHDRAWN else Standing.CURRENT
