"""What somebody leaves behind: the duties that wait for a person, each of which others can take over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ehiia.domain.vocabulary import Word


class DutyKind(Word):
    """A duty that a person has, and that is handed over when they leave."""

    AUTHOR = "author", "Author"
    DIRECTOR = "director", "Accountable director"
    ACTION = "action", "Owner of a mitigating action"
    GAP = "gap", "Sees to an evidence gap"
    COMMITMENT = "commitment", "Owner of a commitment"
    PAGES = "pages", "Has pages to write"
    ANSWER = "answer", "Asked to answer a finding"
    FINDING = "finding", "Puts a finding right"
    SECRETARY = "secretary", "Committee secretary"
    CHAIR = "chair", "Chair, or decides alone"
    BODY_SECRETARY = "body_secretary", "Secretary of a body"
    POST = "post", "The only person with the post"


OF_AUDITS = frozenset({DutyKind.ANSWER, DutyKind.FINDING})
"""Duties that stay whatever becomes of the assessment they are about; it may be none."""
ORDER = tuple(DutyKind)
"""The order in which duties are handed over: who becomes author can then be given pages and commitments."""


@dataclass(frozen=True)
class Duty:
    """One duty. ``ref``: of its assessment, "" where it is of the organisation."""

    kind: DutyKind
    id: int
    person_id: int
    """Whose it is, or was."""
    ref: str
    title: str
    """"" where only the reference may be known."""
    item: str
    """What it is called: the reference of the action, "G1", the name of the body or of the post."""
    what: str
    due_on: date | None

    @property
    def key(self) -> str:
        """A text that names this duty, as in "action:12"."""
        return f"{self.kind.value}:{self.id}"
