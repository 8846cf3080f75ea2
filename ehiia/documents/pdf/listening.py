"""The chapters of the record about listening: who was heard, the log, public comments, commitments."""

from __future__ import annotations

from ehiia.documents.pdf import words
from ehiia.documents.pdf.findings import paragraphs
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
    blocks = [*_reach(snapshot), *_log(snapshot), *_comments(snapshot), *_commitments(snapshot)]
    if not blocks:
        return []
    return [Heading(1, "Listening, and what was promised", "listening"), *blocks]


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
        ("What they said", one.said or "Not said."),
        ("What changed, or why not", one.changed or "Not said."),
        ("Who was not reached", one.not_reached),
    ):
        if text:
            blocks += [Paragraph(question, Tone.QUESTION), *paragraphs(text)]
    return blocks


def _comments(snapshot: Snapshot) -> list[Block]:
    if not snapshot.public_comments:
        return []
    blocks: list[Block] = [Heading(2, "What public reviewers said", "public-comments")]
    for number, one in enumerate(snapshot.public_comments, 1):
        who = one.said_by or "no name given"
        blocks += [
            Heading(3, f"{one.ref}, {who}, {words.day(one.said_on)}", f"public-comment-{number}"),
            *paragraphs(one.text),
            Paragraph("The answer", Tone.QUESTION),
            *paragraphs(one.answer or "Not answered."),
        ]
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
