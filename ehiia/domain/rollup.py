"""How far the assessments under an umbrella are: each one, and all of them together."""

from __future__ import annotations

from collections.abc import Iterable

from ehiia.domain.vocabulary import Stage, Word


class HowFar(Word):
    """How far an assessment under an umbrella is, or all of them."""

    COMPLETE = "complete", "Complete"
    IN_PROGRESS = "in_progress", "In progress"
    NEEDED = "needed", "Needed"


DONE = frozenset({Stage.NOT_NEEDED, Stage.AWAITING_SIGNATURES, Stage.IN_FORCE, Stage.CLOSED})
SENT = frozenset({Stage.WITH_DIRECTOR, Stage.CHECKING, Stage.SENT_BACK, Stage.READY})
GIVEN_UP = frozenset({Stage.WITHDRAWN, Stage.REPLACED})


def how_far(stage: Stage, answered: int, asked: int) -> HowFar | None:
    """Say how far one is: decided or not needed, at least half answered, or less; None where given up."""
    if stage in GIVEN_UP:
        return None
    if stage in DONE:
        return HowFar.COMPLETE
    if stage in SENT or (stage is not Stage.SCREENING and asked and 2 * answered >= asked):
        return HowFar.IN_PROGRESS
    return HowFar.NEEDED


def together(each: Iterable[HowFar]) -> HowFar | None:
    """Say how far all are: complete when all are, in progress when at least half are under way or done."""
    known = list(each)
    if not known:
        return None
    if all(one is HowFar.COMPLETE for one in known):
        return HowFar.COMPLETE
    begun = sum(one is not HowFar.NEEDED for one in known)
    return HowFar.IN_PROGRESS if 2 * begun >= len(known) else HowFar.NEEDED
