"""The chapter of the record about mitigating actions: what was promised, how it works and what it takes."""

from __future__ import annotations

from ehiia.documents.pdf import charts, places, words
from ehiia.documents.pdf.findings import NOT_ANSWERED, told_in
from ehiia.documents.pdf.structure import Block, Cell, Column, Heading, Line, Paragraph, Table
from ehiia.domain.frozen import Snapshot


def _lines(*lines: Line) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.text)


def mitigations(snapshot: Snapshot) -> list[Block]:
    """Return the mitigating actions as they were promised."""
    blocks: list[Block] = [Heading(1, "Mitigating actions", "mitigations")]
    if not snapshot.mitigations:
        blocks.append(Paragraph("No mitigating action was promised."))
        return blocks + told_in(snapshot, *places.MITIGATIONS, more=places.ASKED)
    return [
        *blocks,
        Table(
            "What was promised, by whom and by when",
            (
                Column("Action", 3.4),
                Column("Owner", 1.5),
                Column("Due", 1.5),
                Column("Risk expected to be left", 1.5),
            ),
            tuple(
                (
                    Cell(_lines(Line(action.ref), Line(action.what))),
                    Cell((Line(action.owner or "Nobody named"),)),
                    Cell((Line(words.day(action.due_on)),)),
                    Cell((Line(action.expected_risk or "Not rated"),)),
                )
                for action in snapshot.mitigations
            ),
        ),
        Table(
            "How each action is meant to work",
            (
                Column("Action", 1.6),
                Column("Answers", 2.2),
                Column("In place", 1.3),
                Column("How we shall know", 3),
            ),
            tuple(
                (
                    Cell((Line(action.ref),)),
                    Cell(tuple(Line(text) for text in action.answers) or (Line("No impact named"),)),
                    Cell((Line(action.in_place or NOT_ANSWERED),)),
                    Cell(
                        (
                            Line(action.measure or NOT_ANSWERED),
                            *_said(
                                ("Now", action.baseline),
                                ("Target", action.target),
                                ("Figures from", action.data_source),
                            ),
                        )
                    ),
                )
                for action in snapshot.mitigations
            ),
        ),
        *_what_they_take(snapshot),
        *charts.in_place(snapshot),
        *told_in(snapshot, *places.MITIGATIONS, more=places.ASKED),
    ]


def _said(*facts: tuple[str, str]) -> tuple[Line, ...]:
    return tuple(Line(f"{name}: {value}") for name, value in facts if value)


def _what_they_take(snapshot: Snapshot) -> list[Block]:
    """Return what the actions do, and what they cost; nothing where none of it was said."""
    told = [
        (
            action.ref,
            action.kind,
            _said(
                ("Starts", words.day(action.starts_on) if action.starts_on else ""),
                ("It takes", action.resources),
                ("Money", action.funding),
                ("Contract", action.clause),
            ),
        )
        for action in snapshot.mitigations
    ]
    if not any(kind or lines for _, kind, lines in told):
        return []
    return [
        Table(
            "What each action does, and what it takes",
            (Column("Action", 1.6), Column("What it does", 2.2), Column("What it takes", 4.3)),
            tuple(
                (
                    Cell((Line(ref),)),
                    Cell((Line(kind or NOT_ANSWERED),)),
                    Cell(lines or (Line(NOT_ANSWERED),)),
                )
                for ref, kind, lines in told
            ),
        )
    ]
