"""The chapters of the record about knowing: the sources by number, what is not known, what was accepted."""

from __future__ import annotations

from ehiia.documents.pdf import places, words
from ehiia.documents.pdf.findings import paragraphs, told_in
from ehiia.documents.pdf.structure import (
    Block,
    Cell,
    Column,
    Fact,
    Heading,
    KeyFacts,
    Line,
    Paragraph,
    Table,
    Tone,
)
from ehiia.domain.decision import DecisionRecord
from ehiia.domain.frozen import Evidence, Gap, Snapshot


def sources(snapshot: Snapshot) -> list[Block]:
    """Return the list of sources by their numbers; legal advice is privileged and cited by title only."""
    blocks: list[Block] = [Heading(1, "The evidence", "evidence")]
    if not snapshot.evidence:
        blocks.append(Paragraph("No evidence was listed."))
    else:
        blocks.append(
            Table(
                "Sources by number, what they show and how far they carry",
                (
                    Column("Source", 2.4),
                    Column("Kind", 1.2),
                    Column("What it shows", 3),
                    Column("Strength", 1),
                ),
                tuple(
                    (
                        Cell(_source(item, item.number or place)),
                        Cell((Line(item.kind),)),
                        Cell((Line(item.shows or "Not said"),)),
                        Cell((Line(item.strength or "Not rated"),)),
                    )
                    for place, item in enumerate(snapshot.evidence, start=1)
                ),
            )
        )
    if snapshot.evidence_left_out:
        one = snapshot.evidence_left_out == 1
        said = "1 source is" if one else f"{snapshot.evidence_left_out} sources are"
        cited = words.listed(f"“{title}”" for title in snapshot.legal_advice)
        named = f" It is cited by title: {cited}." if cited else ""
        blocks.append(Paragraph(f"{said} legal advice, which is privileged and left out.{named}", Tone.SMALL))
    return blocks + told_in(snapshot, *places.EVIDENCE, more=places.ASKED)


def _source(item: Evidence, number: int) -> tuple[Line, ...]:
    lines = [Line(f"[{number}] {item.title}", strong=True), Line(words.pair(item.publisher, item.year))]
    lines.append(Line(item.place))
    if item.groups:
        lines.append(Line(f"About: {words.listed(list(item.groups))}"))
    lines.append(Line(item.link))
    if item.file_name:
        lines.append(Line(f"File: {item.file_name}"))
    if item.version > 1:
        lines.append(Line(f"Version {item.version} in the evidence library"))
    return tuple(line for line in lines if line.text)


def gaps(snapshot: Snapshot) -> list[Block]:
    """Return what is not known, about whom and what is done about it; nothing where there is no gap."""
    if not snapshot.gaps:
        return []
    blocks: list[Block] = [
        Heading(1, "What is not known", "gaps"),
        Paragraph("An evidence gap is something that was looked for and is not known.", Tone.SMALL),
    ]
    for gap in snapshot.gaps:
        blocks += [
            Heading(2, f"{gap.ref}: {words.sentence(gap.state)}", f"gap-{gap.ref}"),
            *paragraphs(gap.unknown),
            KeyFacts(f"Evidence gap {gap.ref}", tuple(_facts(gap))),
        ]
    return blocks


def _facts(gap: Gap) -> list[Fact]:
    said = [
        Fact("About", gap.about or ("Nobody in particular",)),
        Fact("Matters to the decision", ("Yes" if gap.material else "No",)),
        Fact("Plan", (gap.plan or "None",)),
        Fact("By", (words.day(gap.due_on),)),
        Fact("Who sees to it", (gap.owner or "Nobody",)),
    ]
    if gap.plain:
        said.insert(2, Fact("In plain words", (gap.plain,)))
    if gap.found:
        source = f" [{gap.source}]" if gap.source else ""
        said.append(Fact("Found", (f"{gap.found}{source}",)))
    if gap.accepted_reason:
        said += [
            Fact("Accepted before", (gap.accepted_reason,)),
            Fact("Known by", (words.day(gap.accepted_until),)),
            Fact("Protection meanwhile", (gap.protection,)),
        ]
    return said


def accepted(record: DecisionRecord) -> list[Block]:
    """Return what was accepted although it is not known; nothing where nothing was."""
    known = record.decision.accepted_gaps if record.decision else ()
    if not known:
        return []
    blocks: list[Block] = [
        Heading(2, "Decided without knowing", "accepted-gaps"),
        Paragraph("Whoever decided was told that this is not known, and accepted it.", Tone.SMALL),
    ]
    for gap in known:
        blocks += [
            Heading(3, f"{gap.ref}: {gap.unknown}", f"accepted-{gap.ref}"),
            *paragraphs(gap.plain),
            KeyFacts(
                f"Evidence gap {gap.ref}, accepted",
                (
                    Fact("Why it is right to decide without knowing", (gap.reason,)),
                    Fact("Known by", (words.day(gap.until),)),
                    Fact("Protection meanwhile", (gap.protection,)),
                ),
            ),
        ]
    return blocks
