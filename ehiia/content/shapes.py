"""Reference data as values: duties, and the parts of Core20PLUS5, each with source and dates."""

from __future__ import annotations

from dataclasses import dataclass

from ehiia.domain.duties import Pointer
from ehiia.domain.vocabulary import ProposalKind, Word


class Core20Part(Word):
    """Which part of Core20PLUS5 an area belongs to."""

    CORE20 = "core20", "Core20", "The most deprived fifth of the national population."
    PLUS = "plus", "PLUS", "Groups chosen locally who fare worse than average."
    ADULTS = "adults", "Clinical area for adults", "One of five."
    CHILDREN = "children", "Clinical area for children and young people", "One of five."
    SMOKING = "smoking", "Smoking", "Runs through all five areas for adults."


@dataclass(frozen=True)
class Duty:
    """A legal duty that an assessment shows regard to, with its explanation for the decision-maker."""

    id: str
    title: str
    law: str
    """Act and section."""
    explanation: tuple[str, ...]
    """Paragraphs in plain words."""
    source: str
    valid_from: str
    """ISO date from which it applied in this form."""
    valid_to: str = ""
    kinds: tuple[ProposalKind, ...] = ()
    """Kinds of proposal it matters to; none given means all."""
    hangs_on: str = ""
    """Id of the question of kind unknowable whose "no" says that it is not engaged, or ""."""
    asks: tuple[str, ...] = ()
    """Ids of the questions in which the assessment answers it in short."""
    pointers: tuple[Pointer, ...] = ()
    """Places in the assessment that would show it."""

    def applies(self, kind: ProposalKind) -> bool:
        """Say whether it matters to proposals of this kind."""
        return not self.kinds or kind in self.kinds

    @property
    def in_full(self) -> str:
        """Title, law and explanation as one text."""
        return f"{self.title} ({self.law}). {' '.join(self.explanation)}"


@dataclass(frozen=True)
class Core20Area:
    """A part of Core20PLUS5: what it is about, and what it aims at."""

    id: str
    part: Core20Part
    title: str
    about: str
    question: str
    """Id of the question of the assessment that asks about it."""
    source: str
    valid_from: str
    valid_to: str = ""
