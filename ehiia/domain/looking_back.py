"""Looking back at a decision: what was predicted beside what really happened, rated anew.

What was predicted comes from the record of the decision, never from what was
written since. Nothing is averaged: what is left is the worst that was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ehiia.domain import scoring
from ehiia.domain.answers import Risk
from ehiia.domain.frozen import RatedImpact, Snapshot
from ehiia.domain.reasons import Reason
from ehiia.domain.scoring import OVERALL, BandBorders
from ehiia.domain.vocabulary import CHANGES, Band, Dimension, Direction, Word

EFFECTS = "core"
"""Key of the page of what is answered in one question, as for Core20PLUS5."""


class Turned(Word):
    """How what happened compares with what was predicted."""

    BETTER = "better", "Better than predicted"
    AS_PREDICTED = "as_predicted", "As predicted"
    WORSE = "worse", "Worse than predicted"
    NOT_KNOWN = "not_known", "Not known"


class Worked(Word):
    """Whether a mitigating action worked, as whoever reviews sees it; never the auditor's verdict."""

    YES = "yes", "Yes"
    PARTLY = "partly", "Partly"
    NO = "no", "No"
    TOO_EARLY = "too_early", "Too early to tell"
    NOT_KNOWN = "not_known", "Not known"


@dataclass(frozen=True)
class Predicted:
    """One impact as it was decided on: a group and a dimension, or a question with "overall"."""

    subject: str
    dimension: str
    """Value of ``Dimension``, or "overall"."""
    label: str
    """The group, or the short name of the question."""
    impact: RatedImpact

    @property
    def key(self) -> tuple[str, str]:
        """What a finding is kept under."""
        return self.subject, self.dimension

    @property
    def page(self) -> str:
        """Key of the page on which it is answered."""
        return EFFECTS if self.dimension == OVERALL else self.subject

    @property
    def words(self) -> str:
        """Return what it is about: "Disability, access"."""
        if self.dimension == OVERALL:
            return self.label
        return f"{self.label}, {self.impact.dimension.lower()}"

    @property
    def asked(self) -> bool:
        """Whether it has to be answered: somebody would be better or worse off, or nobody knew."""
        return Direction(self.impact.direction) in CHANGES | {Direction.UNKNOWN}


@dataclass(frozen=True)
class Found:
    """What really happened in one respect. Everything may still be missing."""

    turned: Turned | None = None
    happened: str = ""
    evidence: str = ""
    risk: Risk | None = None
    """The risk as it is rated now."""


NOTHING = Found()


@dataclass(frozen=True)
class Lacks:
    """Something that is still to be said before a review can be finished."""

    page: str
    """Key of its page: a group, ``EFFECTS``, "actions" or "end"."""
    reason: Reason


def predicted(snapshot: Snapshot) -> tuple[Predicted, ...]:
    """Return every impact that was predicted, group by group, then what is answered in one question."""
    dimensions = {dimension.label: dimension.value for dimension in Dimension}
    found = [
        Predicted(group.code, dimensions[impact.dimension], group.label, impact)
        for group in snapshot.groups
        for impact in group.impacts
        if impact.dimension in dimensions
    ]
    found += [Predicted(one.question_id, OVERALL, one.name, one.impact) for one in snapshot.effects]
    return tuple(found)


def lacking(
    impacts: Iterable[Predicted],
    found: Mapping[tuple[str, str], Found],
    actions: Mapping[str, Worked | None],
) -> tuple[Lacks, ...]:
    """Return what is still to be said (rules REV-15 and REV-16); ``actions`` by their references."""
    lacks = [
        Lacks(one.page, Reason("REV-15", text))
        for one in impacts
        for text in _lacking(one, found.get(one.key, NOTHING))
    ]
    lacks += [
        Lacks("actions", Reason("REV-16", f"{ref}: say whether it worked"))
        for ref, worked in actions.items()
        if worked is None
    ]
    return tuple(lacks)


def _lacking(one: Predicted, found: Found) -> Iterable[str]:
    if found.turned is None:
        if one.asked:
            yield f"{one.words}: say how it turned out"
        return
    if not found.happened.strip():
        yield f"{one.words}: say what happened, or why it is not known"
    if found.turned is Turned.WORSE and found.risk is None:
        yield f"{one.words}: it was worse than predicted, so rate the risk as it is now"


def worst_now(left: Band, found: Iterable[Found], borders: BandBorders = scoring.USUAL_BORDERS) -> Band:
    """Return the worst band after a review: of what was rated anew, and of what is left in the assessment."""
    order = list(Band)
    bands = [left, *(scoring.band(one.risk, borders) for one in found)]
    return max(bands, key=order.index)


# -- as it is frozen -------------------------------------------------------------------------------


@dataclass(frozen=True)
class FrozenFinding:
    """What was predicted and what happened, in words."""

    about: str
    predicted: str
    """In words: "Worse; low risk left"."""
    turned: str
    happened: str
    evidence: str
    risk: str
    """As rated anew: "Likely x major: 16, high", or ""."""


@dataclass(frozen=True)
class FrozenAction:
    """Whether a mitigating action worked, in words."""

    ref: str
    what: str
    worked: str
    note: str


@dataclass(frozen=True)
class LookedBack:
    """What a review found and how it ended, in words."""

    due_on: date
    postponed: int
    """How often it was put off."""
    findings: tuple[FrozenFinding, ...]
    actions: tuple[FrozenAction, ...]
    happened: str
    outcome: str
    reasons: str
    lessons: str
    worst_before: str
    worst_now: str
    by: str
    at: datetime
    changed: tuple[str, ...] = ()
    """What had been changed since the approval, by the names of the sections: it was looked at and kept."""


@dataclass(frozen=True)
class ReviewedSnapshot(Snapshot):
    """The content of an assessment as it stood at its review, with what the review found."""

    looked_back: LookedBack | None = None
