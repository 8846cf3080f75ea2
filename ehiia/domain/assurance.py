"""Opinions on assurance: the words they are given in, what they rest on, and what is missing of one.

An opinion says of a whole period how far the way of assessing can be relied on, in its design and in its
operation. It is another audit than that of mitigating actions, and somebody without equality-lead duties
gives it (``domain.access.may_give_opinion``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

FEWEST, MOST = 2, 6
"""So many degrees a scale has."""
LONGEST_WORD, LONGEST_MEANING = 40, 300
LONGEST = 4000
"""Characters of each text of an opinion."""


@dataclass(frozen=True)
class Degree:
    """One degree of a scale of assurance, in the organisation's words."""

    word: str
    meaning: str


SHIPPED = (
    Degree("Substantial", "It is sound, and it works."),
    Degree("Moderate", "It is sound on the whole, with some weakness."),
    Degree("Limited", "There are gaps that put at risk what it is for."),
    Degree("No", "What should protect people is not there, or fails."),
)
"""The scale that every organisation begins with, the best degree first."""


def wrong_with(scale: Sequence[Degree]) -> dict[str, str]:
    """Return what is wrong with a scale, by field: ``word_<n>`` and ``meaning_<n>``, from 1 on."""
    errors: dict[str, str] = {}
    seen: set[str] = set()
    for number, degree in enumerate(scale, start=1):
        if not degree.word:
            errors[f"word_{number}"] = "Enter the word, or leave the meaning empty too"
        elif len(degree.word) > LONGEST_WORD:
            errors[f"word_{number}"] = f"The word must be {LONGEST_WORD} characters or fewer"
        elif degree.word.casefold() in seen:
            errors[f"word_{number}"] = "Each degree needs a word of its own"
        if not degree.meaning:
            errors[f"meaning_{number}"] = "Say what it means"
        elif len(degree.meaning) > LONGEST_MEANING:
            errors[f"meaning_{number}"] = f"The meaning must be {LONGEST_MEANING} characters or fewer"
        seen.add(degree.word.casefold())
    if len(scale) < FEWEST:
        errors.setdefault("word_1", f"Enter {FEWEST} degrees at least")
    return errors


@dataclass(frozen=True)
class GradeCount:
    """How many findings of one grade there are. ``still_open`` is of both."""

    grade: str
    about_items: int
    about_the_way: int
    still_open: int


@dataclass(frozen=True)
class Basis:
    """What the rows say that an opinion rests on, as it was when it was given. ``draw``: the newest one."""

    draw: int
    could: int
    drawn: int
    """Of all draws of the period together: what was drawn once is audited."""
    audited: int
    results: tuple[tuple[str, int], ...]
    """What was found of those audited, in words, with how many."""
    findings: tuple[GradeCount, ...]

    @property
    def not_audited(self) -> int:
        """How many were drawn and have no verdict."""
        return self.drawn - self.audited

    def plain(self) -> dict[str, Any]:
        """Return it as values that JSON knows."""
        return asdict(self)


def basis_from(kept: Mapping[str, Any]) -> Basis:
    """Return a basis from what was kept of it."""
    results = tuple((str(word), int(number)) for word, number in kept["results"])
    findings = tuple(GradeCount(**one) for one in kept["findings"])
    return Basis(kept["draw"], kept["could"], kept["drawn"], kept["audited"], results, findings)


@dataclass(frozen=True)
class OpinionWords:
    """What somebody writes of an opinion. ``design`` and ``operation`` are words of the scale."""

    design: str = ""
    design_reasons: str = ""
    operation: str = ""
    operation_reasons: str = ""
    scope: str = ""
    rests_on: str = ""
    not_looked_at: str = ""
    correction: str = ""
    """Why it takes the place of the opinion before it, where there is one."""


WANTED: Mapping[str, str] = {
    "design": "Choose your opinion on the design",
    "design_reasons": "Give your reasons for the opinion on the design",
    "operation": "Choose your opinion on the operation",
    "operation_reasons": "Give your reasons for the opinion on the operation",
    "scope": "Say what you looked at",
    "rests_on": "Say what your opinion rests on",
    "not_looked_at": "Say what you did not look at; “Nothing” where you looked at everything",
}
"""What every opinion has before it is given, and what to do where it is missing."""


def missing_of(words: OpinionWords, scale: Sequence[Degree], *, corrects: bool) -> dict[str, str]:
    """Return what is missing before an opinion can be given, by field; ``corrects``: one was given before."""
    found = {name: text for name, text in WANTED.items() if not getattr(words, name)}
    known = {degree.word for degree in scale}
    found |= {name: WANTED[name] for name in ("design", "operation") if getattr(words, name) not in known}
    if corrects and not words.correction:
        found["correction"] = "An opinion was given already: say why yours takes its place"
    return found
