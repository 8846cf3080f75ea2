"""Public reviewers: when a link opens, and the impact matrix in words for people who see nothing else.

Healthwatch, a patient participation group or a staff network read a plain
summary by link before the check, and comment. A restricted assessment has no
public readers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ehiia.domain import scoring
from ehiia.domain.answers import Answers
from ehiia.domain.vocabulary import COUNTS_AS_YES, Direction, Stage, Word, YesNoUnknown

OPEN_STAGES = frozenset({Stage.WRITING, Stage.SENT_BACK, Stage.WITH_DIRECTOR, Stage.CHECKING})
"""Stages in which somebody outside may read and comment: until the check is passed."""
MOST_COMMENTS = 20
"""So many comments can be sent by one link."""


class LinkState(Word):
    """Where a link for public reviewers stands."""

    OPEN = "open", "Open"
    USED_UP = "used_up", "Used up", "As many comments were sent by it as one link takes."
    EXPIRED = "expired", "Expired", "Its last day has gone by."
    TAKEN_BACK = "taken_back", "Taken back", "Somebody at the organisation took it back."
    OVER = "over", "Over", "The time to comment is over: the check was passed, or the work stopped."


READS = frozenset({LinkState.OPEN, LinkState.USED_UP})
"""States in which the summary can be read."""


def state_of(
    *, now: datetime, expires_at: datetime, ended_at: datetime | None, stage: Stage, comments: int
) -> LinkState:
    """Return where a link stands. Moments are in UTC; ``comments``: how many were sent by it."""
    if ended_at is not None:
        return LinkState.TAKEN_BACK
    if now >= expires_at:
        return LinkState.EXPIRED
    if stage not in OPEN_STAGES:
        return LinkState.OVER
    return LinkState.USED_UP if comments >= MOST_COMMENTS else LinkState.OPEN


@dataclass(frozen=True)
class GroupInWords:
    """A group that could be affected, with a line for each respect: "Access: worse, clearly"."""

    label: str
    lines: tuple[str, ...]


def matrix_in_words(answers: Answers) -> tuple[tuple[GroupInWords, ...], tuple[str, ...]]:
    """Return the groups that could be affected with how, and the labels of those that are not.

    Reasons and scores stay inside: they are the working of the author, and may still change.
    """
    lines: dict[str, list[str]] = {}
    for impact in scoring.counted(answers):
        if impact.direction is None:
            continue
        how = impact.direction.label.lower()
        if impact.magnitude and impact.direction not in (Direction.SAME, Direction.UNKNOWN):
            how += f", {impact.magnitude.label.lower()}"
        lines.setdefault(impact.subject, []).append(f"{impact.dimension.label}: {how}")
    affected = tuple(
        GroupInWords(group.label, tuple(lines.get(group.code, ("Not looked at in detail yet",))))
        for group in answers.groups
        if group.affected in COUNTS_AS_YES
    )
    return affected, tuple(group.label for group in answers.groups if group.affected is YesNoUnknown.NO)
