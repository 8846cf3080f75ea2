"""The papers of a meeting: what lies before a body on a date, and how each paper may be used.

Three marks, so that nobody decides on a draft by mistake.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from ehiia.domain import places
from ehiia.domain.frozen import Snapshot
from ehiia.domain.vocabulary import Stage, Word
from ehiia.domain.workflow import DECIDED

FILE = "papers.json"
"""Name of the list of papers inside the pack."""
NO_REFERENCE = "Draft: no valid reference"
"""What stands in the place of a draft's reference."""


class PaperMark(Word):
    """How a paper may be used at the meeting."""

    CHECKED = (
        "checked",
        "Checked, for decision",
        "An equality lead passed it. The version is frozen; its digest says which one it is.",
    )
    DRAFT = (
        "draft",
        "Draft",
        "It has not passed its check: it has no valid reference, may still change, and is not for decision.",
    )
    DECIDED = "decided", "Decided", "It was decided already; its record says what, and why."


def mark_of(stage: Stage, *, version_ready: bool) -> PaperMark:
    """Return the mark of an assessment.

    ``version_ready``: there is a frozen version that passed its check and was not changed since.
    """
    if stage in DECIDED | {Stage.CLOSED, Stage.REPLACED}:
        return PaperMark.DECIDED
    return PaperMark.CHECKED if stage is Stage.READY and version_ready else PaperMark.DRAFT


@dataclass(frozen=True)
class MeetingPaper:
    """An assessment in a pack: its mark, the frozen text that lies before the meeting, and its digest."""

    mark: PaperMark
    snapshot: Snapshot
    sha256: str
    """Of the frozen version; "" for a draft, which has none that could be decided on."""
    part: str
    """What the body does on the route: "Decides"."""
    record: str = ""
    """Reference of the record, where it was decided."""
    outcome: str = ""
    checked_by: str = ""
    checked_at: datetime | None = None
    reservations: str = ""
    late: bool = False

    @property
    def text(self) -> Snapshot:
        """What the pack shows: a draft without its reference, so that nobody cites it."""
        return without_reference(self.snapshot) if self.mark is PaperMark.DRAFT else self.snapshot


def without_reference(snapshot: Snapshot) -> Snapshot:
    """Return an assessment that nobody can cite: what has a number in it is called by that alone, "M1"."""
    own = f"{snapshot.reference}-"
    said = places.changed(
        snapshot, lambda _, text: text.replace(own, "").replace(snapshot.reference, "this draft")
    )
    return replace(
        said,
        reference=NO_REFERENCE,
        mitigations=tuple(replace(one, ref=one.ref.removeprefix(own)) for one in said.mitigations),
        gaps=tuple(replace(one, ref=one.ref.removeprefix(own)) for one in said.gaps),
        engagement=tuple(replace(one, ref=one.ref.removeprefix(own)) for one in said.engagement),
        commitments=tuple(replace(one, ref=one.ref.removeprefix(own)) for one in said.commitments),
        public_comments=tuple(replace(one, ref=one.ref.removeprefix(own)) for one in said.public_comments),
    )


@dataclass(frozen=True)
class PaperPack:
    """The papers of one meeting as they were put together at a moment."""

    organisation: str
    body: str
    meeting_on: date
    number: int
    """The first pack of a meeting is 1; a later one replaces it."""
    made_by: str
    made_at: datetime
    papers: tuple[MeetingPaper, ...]
    duties: tuple[str, ...] = ()
    """The duties under which is decided, each explained in a paragraph."""
    demonstration: bool = False
