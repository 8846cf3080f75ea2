"""What stands in the place of the decision where an assessment is published before it."""

from __future__ import annotations

from ehiia.documents.pdf import judgement, words
from ehiia.documents.pdf.structure import Block, Fact, Heading, Paragraph
from ehiia.domain.decision import UNDECIDED, DecisionRecord
from ehiia.domain.frozen import RouteStep, Snapshot
from ehiia.domain.meeting import PaperMark
from ehiia.domain.vocabulary import RoutePart

MARK = PaperMark.CHECKED.label
VERDICT = UNDECIDED.removeprefix(f"{MARK}: ").capitalize()
"""What stands beneath the mark on the cover."""


def deciding(snapshot: Snapshot) -> RouteStep | None:
    """Return the step of the route at which it will be decided, or None where none was named."""
    return next((step for step in snapshot.route if step.part == RoutePart.DECIDES.label), None)


def facts(record: DecisionRecord) -> list[Fact]:
    """Return what the cover says of the decision that is to come."""
    step = deciding(record.snapshot)
    return [
        Fact("To be decided by", (step.body if step else "No body was named",)),
        Fact("Meeting", (words.day(step.meeting_on if step else None, none="No day was set"),)),
        Fact("Checked", (words.moment(record.check.passed_at),)),
    ]


def in_short(record: DecisionRecord) -> str:
    """Return what the summary says of the conclusion and the decision, in sentences."""
    step = deciding(record.snapshot)
    concluded = f"The author concluded: {record.snapshot.conclusion or 'nothing yet'}. {UNDECIDED}."
    if step is None:
        return concluded
    on = f" on {words.day(step.meeting_on)}" if step.meeting_on else ""
    return f"{concluded} {step.body} is to decide{on}."


def conclusion(record: DecisionRecord) -> list[Block]:
    """Return the chapter on what the author concluded, which says that nothing has been decided yet."""
    return [
        Heading(1, "The conclusion", "decision"),
        Paragraph(f"{UNDECIDED}. This is the text that lies before whoever decides."),
        Heading(2, "What the author concluded", "conclusion"),
        *judgement.concluded(record.snapshot),
    ]
