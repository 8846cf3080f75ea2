"""What the check left in the record: scores, findings that were explained, comments."""

from __future__ import annotations

from ehiia.documents.pdf.structure import Block, Cell, Column, Heading, Line, Paragraph, Table
from ehiia.domain.decision import Check


def scores(check: Check) -> list[Block]:
    """Return the criteria with their scores and comments; nothing where there were none."""
    if not check.scores:
        return []
    rows = tuple(
        (
            Cell((Line(one.criterion + (" (critical)" if one.critical else "")),)),
            Cell((Line(one.label),)),
            Cell((Line(one.comment),) if one.comment else ()),
        )
        for one in check.scores
    )
    columns = (Column("Criterion", 3), Column("Score", 1.5), Column("Comment", 3))
    return [Heading(2, "Scores", "check-scores"), Table("What was scored from 0 to 3", columns, rows)]


def explained(check: Check) -> list[Block]:
    """Return the findings of the self-check that were explained."""
    blocks: list[Block] = []
    if check.explained:
        blocks.append(Heading(2, "Findings of the self-check that were explained", "check-explained"))
    for one in check.explained:
        blocks.append(Paragraph(f"{one.finding} (rule {one.rule})"))
        blocks.append(Paragraph(f"Explained: {one.explanation}"))
    return blocks


def comments(check: Check) -> list[Block]:
    """Return the comments with what followed."""
    blocks: list[Block] = []
    if check.comments:
        blocks.append(Heading(2, "Comments", "check-comments"))
    for number, one in enumerate(check.comments, start=1):
        blocks.append(Heading(3, one.about, f"check-comment-{number}"))
        blocks.append(Paragraph(one.comment))
        blocks += [Paragraph(f"Answer: {text}") for text in one.replies]
        blocks.append(Paragraph("Closed." if one.closed else "Not closed."))
    return blocks
