"""How a proposal stands the moment it was decided, in the words that the cover of its record prints."""

from __future__ import annotations

from ehiia.domain.vocabulary import Outcome, Stage

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
