"""What an edition for the public says of itself: that it is one, of which record, and what it leaves out."""

from __future__ import annotations

from ehiia.documents.pdf import words
from ehiia.documents.pdf.structure import (
    Block,
    Cell,
    Column,
    Fact,
    Heading,
    KeyFacts,
    Line,
    Notice,
    Paragraph,
    Table,
)
from ehiia.domain.decision import DecisionRecord, LeftOut

TITLE = "This is an edition for the public"


def notice(record: DecisionRecord) -> list[Block]:
    """Return the notice of the cover; nothing where it is the record itself."""
    edition = record.published
    if edition is None:
        return []
    what = f"the {'decision record' if record.decision else 'assessment as it goes to be decided,'}"
    said = (
        f"{edition.published_by} publishes {what} {edition.of_reference} "
        f"{edition.kind_label[:1].lower()}{edition.kind_label[1:]}. It is sealed by {edition.published_by} "
        "and carries no personal signature.",
        "What it leaves out is listed under “What this edition leaves out”."
        if edition.left_out
        else "Nothing was left out.",
    )
    return [Notice(TITLE, said)]


def chapter(record: DecisionRecord) -> list[Block]:
    """Return the chapter about the edition; nothing where it is the record itself."""
    edition = record.published
    if edition is None:
        return []
    blocks: list[Block] = [
        Heading(1, "What this edition leaves out", "left-out"),
        KeyFacts(
            "The edition",
            (
                Fact("Edition", (f"Number {edition.number}",)),
                Fact("Published", (edition.kind_label,)),
                Fact("By", (edition.published_by,)),
                Fact("Made", (words.moment(edition.made_at),)),
                Fact("Of the record" if record.decision else "Of the version", (edition.of_reference,)),
                Fact(f"SHA-256 of that {'record' if record.decision else 'version'}", (edition.of_sha256,)),
            ),
        ),
    ]
    if not edition.left_out:
        return [*blocks, Paragraph("Nothing was left out.")]
    columns = (Column("Where", 1.6), Column("What", 1.6), Column("Why", 3), Column("How", 1))
    return [*blocks, Table("What was left out, and why", columns, tuple(map(_row, edition.left_out)))]


def _row(one: LeftOut) -> tuple[Cell, ...]:
    why = [Line(one.reason), *([Line(one.exemption)] if one.exemption else [])]
    what = f"{one.what} ({one.times} times)" if one.times > 1 else one.what
    how = "By hand" if one.by_hand else "By rule"
    return Cell((Line(one.where),)), Cell((Line(what),)), Cell(tuple(why)), Cell((Line(how),))
