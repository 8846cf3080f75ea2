"""The chapters of the record about listening: who was heard, the log, public comments, commitments."""

from __future__ import annotations

from ehiia.documents.pdf import charts, places, words
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
from ehiia.domain.frozen import Engagement, Snapshot


def listening(snapshot: Snapshot) -> list[Block]:
    """Return the chapter on who was listened to; nothing where nothing of it was frozen."""
    blocks = [
        *_said_and_did(snapshot),
        *_reach(snapshot),
        *_log(snapshot),
        *told_in(snapshot, *places.LISTENING, more=places.ASKED),
        *_commitments(snapshot),
    ]
    if not blocks:
        return []
    return [Heading(1, "Listening, and what was promised", "listening"), *blocks]


def _said_and_did(snapshot: Snapshot) -> list[Block]:
    """Return what people said and what was done about it, side by side: the log, then public comments."""
    rows = [
        (
            Cell((Line(one.ref), *((Line(words.day(one.on_date)),) if one.on_date else ()))),
            _cell(one.said or "Not said."),
            _cell(one.changed or "Not said."),
        )
        for one in snapshot.engagement
    ]
    rows += [
        (
            Cell((Line(one.ref), Line(one.said_by or "No name given"), Line(words.day(one.said_on)))),
            _cell(one.text),
            _cell(one.answer or "Not answered."),
        )
        for one in snapshot.public_comments
    ]
    if not rows:
        return []
    return [
        Heading(2, "You said, we did", "said-and-did"),
        Table(
            "What people said, and what changed or why not",
            (Column("Where", 1.3), Column("You said", 3), Column("We did", 3)),
            tuple(rows),
        ),
    ]


def _cell(text: str) -> Cell:
    """Return a text of several paragraphs as a cell, a line for each."""
    return Cell(tuple(Line(block.text) for block in paragraphs(text)))


def _reach(snapshot: Snapshot) -> list[Block]:
    if not snapshot.reach:
        return []
    silent = [one.label for one in snapshot.reach if one.worse and not one.steps]
    said = (
        f"Nobody was heard from these groups that would be worse off: {words.listed(silent)}."
        if silent
        else "Somebody was heard from every group that would be worse off."
    )
    return [
        Heading(2, "Who would be affected, and who was heard", "reach"),
        Paragraph(said),
        Table(
            "Each group that would be affected, and whether anybody from it was heard",
            (
                Column("Group", 2),
                Column("How they would be affected", 2.4),
                Column("Heard", 2.2),
                Column("Where it stands", 1.6),
            ),
            tuple(
                (
                    Cell((Line(one.label),)),
                    Cell((Line(words.sentence(one.effect) or "Not rated"),)),
                    Cell((Line(one.heard, strong=not one.steps),)),
                    Cell((Line(", ".join(one.where) or "Nowhere"),)),
                )
                for one in snapshot.reach
            ),
        ),
        *charts.heard(snapshot),
    ]


def _log(snapshot: Snapshot) -> list[Block]:
    if not snapshot.engagement:
        return []
    blocks: list[Block] = [
        Heading(2, "The engagement log", "engagement-log"),
        Paragraph(
            "Numbers of people are bands, and small ones are hidden. People are named as they chose on the "
            "day this was frozen.",
            Tone.SMALL,
        ),
    ]
    for number, one in enumerate(snapshot.engagement, 1):
        blocks += _entry(number, one)
    return blocks


def _entry(number: int, one: Engagement) -> list[Block]:
    when = words.day(one.on_date, "")
    heading = ", ".join(part for part in (one.ref, one.channel, one.place, when) if part)
    led = ", with ".join(part for part in (one.led_by, one.partner) if part)
    shown = tuple(part for part in (one.shown, one.shown_version) if part)
    back = ", ".join(part for part in (words.day(one.fed_back_on, ""), one.fed_back_how) if part)
    facts = [
        ("Who was heard", one.who or ("Not said",)),
        ("How many in all", (one.everybody,)),
        ("Named, as they chose", one.named),
        ("Led by", (led,)),
        ("They heard back", (back or "Not yet",)),
    ]
    told = [Fact(name, tuple(given)) for name, given in facts if any(given)]
    blocks: list[Block] = [
        Heading(3, heading, f"engagement-{number}"),
        KeyFacts(one.ref, tuple(told)),
    ]
    for question, text in (
        ("How they were reached", one.reached),
        ("What they were shown", "\n\n".join(shown)),
        ("Who was not reached", one.not_reached),
    ):
        if text:
            blocks += [Paragraph(question, Tone.QUESTION), *paragraphs(text)]
    return blocks


def _commitments(snapshot: Snapshot) -> list[Block]:
    if not snapshot.commitments:
        return []
    return [
        Heading(2, "Commitments", "commitments"),
        Table(
            "What was promised in papers, meetings and consultations",
            (
                Column("Commitment", 3.2),
                Column("Promised in", 1.8),
                Column("Owner", 1.4),
                Column("Due", 1.4),
                Column("Kept", 1.4),
            ),
            tuple(
                (
                    Cell((Line(one.ref), Line(one.what))),
                    Cell((Line(one.source or "Not said"),)),
                    Cell((Line(one.owner or "Nobody named"),)),
                    Cell((Line(words.day(one.due_on)),)),
                    Cell((Line(one.state), *((Line(one.note),) if one.note else ()))),
                )
                for one in snapshot.commitments
            ),
        ),
    ]
