"""A row of a register from before: what it says, what is here already, and what it would add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from ehiia.domain.register_columns import Field, folded
from ehiia.domain.vocabulary import Band, Claim, ProposalKind, Word


class ImportState(Word):
    """How far the file of a register is."""

    OPEN = "open", "Not brought in yet"
    DONE = "done", "Brought in"
    UNDONE = "undone", "Undone"


# -- what a row says, and what is known here ----------------------------------------------------------


def mark(action: str) -> str:
    """Return by what an action is known again in the same register: the SHA-256 of its folded words."""
    return sha256(folded(action).encode()).hexdigest()


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be taken, in one column of it, and what to do."""

    field: Field
    text: str


@dataclass(frozen=True)
class Said:
    """A row of the register: its number in the file, its words and days by field, and what is no date."""

    number: int
    words: Mapping[Field, str]
    days: Mapping[Field, date] = field(default_factory=dict)
    wrong: tuple[Problem, ...] = ()

    def get(self, one: Field) -> str:
        """Return the words in a field, or ""."""
        return self.words.get(one, "")


@dataclass(frozen=True)
class Here:
    """An assessment that is here already."""

    id: int
    ref: str
    """"" where the person may not know of it."""
    earlier: bool
    """Whether it was brought in from a register; otherwise it was made here."""
    open: bool
    """Whether actions and a review can be added to it."""
    review_on: date | None
    actions: frozenset[str] = frozenset()
    """The marks of the actions that were brought in for it."""


@dataclass(frozen=True)
class Known:
    """What a register is held against. ``by_ref``, ``by_title``: folded -> what is here."""

    by_ref: Mapping[str, Here]
    by_title: Mapping[str, Here]
    people: Mapping[str, tuple[int, ...]]
    """Folded name or small e-mail address -> ids of the people here."""
    directors: frozenset[int]
    kind_otherwise: ProposalKind
    """The kind of those whose row does not say."""
    today: date


# -- what becomes of it -----------------------------------------------------------------------------


class Fate(Word):
    """What becomes of a row."""

    ADDED = "added", "Will be added"
    HERE = "here", "Is here already"
    REFUSED = "refused", "Cannot be taken"


@dataclass(frozen=True)
class NewAction:
    """A mitigating action to be added."""

    what: str
    owner_id: int | None
    outside_owner: str
    outside_email: str
    due_on: date | None
    measure: str
    claim: Claim


@dataclass(frozen=True)
class NewAssessment:
    """An assessment from before to be added."""

    old_ref: str
    title: str
    summary: str
    kind: ProposalKind
    closed: bool
    decided_on: date | None
    decided_by: str
    lead: str
    lead_id: int | None
    director_id: int | None
    risk: Band | None
    kept_at: str


@dataclass(frozen=True)
class Row:
    """What becomes of a row, and what it adds. ``key``: of its assessment, the same for all of its rows."""

    number: int
    fate: Fate
    key: str = ""
    title: str = ""
    here: Here | None = None
    assessment: NewAssessment | None = None
    action: NewAction | None = None
    review_on: date | None = None
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def adds(self) -> tuple[str, ...]:
        """Return in words what it adds."""
        added = ((self.assessment, "the assessment"), (self.action, "a mitigating action"))
        return (*(words for one, words in added if one), *(("a review",) if self.review_on else ()))
