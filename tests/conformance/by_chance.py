"""Records and documents that nobody planned: any value in any field, any text in any script, in any order.

The same seed always makes the same one.
"""

from __future__ import annotations

import random
import types
import typing
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ehiia.documents.pdf import places
from ehiia.documents.pdf.record import record_document
from ehiia.documents.pdf.structure import (
    SEAL_FIELD,
    Block,
    Cell,
    Chart,
    Code,
    Column,
    Contents,
    Cover,
    Document,
    Fact,
    Heading,
    Items,
    KeyFacts,
    Line,
    Mark,
    Matrix,
    NewPage,
    Notice,
    Paragraph,
    SignatureField,
    Table,
    Tone,
)
from ehiia.domain.decision import DecisionRecord
from ehiia.domain.vocabulary import Band, Dimension, Direction, InPlace
from tests.documents.records import empty_record
from tests.documents.sayings import SAYINGS

ADDRESS = "https://ehiia.example"
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

WORDS = (
    *("the bus", "people", "A&E", "<b>", "(a\\", "50 %", "naïve", "Ŵyn", "Łódź", "Θεός", "Ђорђе", "⅗", "№"),
    *("“quoted”", "–", "…", "&#0;", "</para>", "x" * 130, "https://www.example.nhs.uk/a/" + "path/" * 20),
    *("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "a\tb", "one\ntwo", "\x07", "W\u0302"),
    *(
        "soft\u00adhyphen",
        "no\u00a0break",
        "a\u200bb",
        "\ue000",
        "12,345",
        "%\x00",
        "[1]",
        "’s",
        "عربي",
        "中文",
    ),
)

ONE_OF: dict[str, tuple[str, ...]] = {
    "direction": tuple(word.value for word in Direction),
    "dimension": tuple(word.label for word in Dimension),
    "band_before": ("", *(word.label for word in Band)),
    "band_after": ("", *(word.label for word in Band)),
    "in_place": ("", *(word.label for word in InPlace)),
    "ref": ("G-1", "M-12"),
    "link": ("", "https://www.example.nhs.uk/a?b=c&d=(e)", "javascript:alert(1)", "no address"),
}
"""Fields whose values are looked at, with some of the values they may have."""


def random_record(chance: random.Random) -> DecisionRecord:
    """Return a decision record with any value in any field; only its titles and ids are never empty."""
    made: DecisionRecord = _any(DecisionRecord, "", chance)
    ids = chance.sample([*sorted(places.PLACED), "another", "one-more"], len(made.snapshot.sections))
    sections = tuple(
        replace(section, id=own) for section, own in zip(made.snapshot.sections, ids, strict=True)
    )
    return replace(
        made,
        code="".join(chance.choices(LETTERS, k=12)),
        snapshot=replace(
            made.snapshot,
            sections=sections,
            title=made.snapshot.title.strip() or "Title",
            organisation=made.snapshot.organisation.strip() or "Organisation",
        ),
    )


def _any(kind: Any, name: str, chance: random.Random) -> Any:
    """Return any value of the type of a field."""
    inner = typing.get_args(kind)
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return chance.choice((None, *(_any(one, name, chance) for one in inner if one is not type(None))))
    if typing.get_origin(kind) is tuple:
        return tuple(_any(inner[0], name, chance) for _ in range(chance.choice((0, 0, 0, 1, 1, 2))))
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{one.name: _any(hints[one.name], one.name, chance) for one in fields(kind)})  # type: ignore[operator]
    if kind is str:
        return chance.randbytes(32).hex() if name.endswith("sha256") else _text(name, chance)
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(10**8))
    return {int: chance.randrange(30), bool: chance.random() < 0.5, date: moment.date(), datetime: moment}[
        kind
    ]


def _text(name: str, chance: random.Random) -> str:
    if name in ONE_OF:
        return chance.choice(ONE_OF[name])
    most = chance.choice((1, 1, 1, 2, 2, 5))
    return " ".join(chance.choice((*WORDS, *SAYINGS.values())) for _ in range(chance.randint(0, most)))


def random_document(chance: random.Random) -> Document:
    """Return a small document with blocks of every kind, in an order and with texts that nobody planned."""

    def said(most: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(chance.randint(0, most)))

    def lines(most: int) -> tuple[str, ...]:
        return tuple(said(12) for _ in range(chance.randint(1, most)))

    def table() -> Table:
        wide = chance.randint(1, 5)
        cell = chance.choice((3, 6, 40))
        columns = tuple(Column(said(3) or "Column", chance.uniform(0.6, 2)) for _ in range(wide))
        rows = tuple(
            tuple(
                Cell(
                    tuple(
                        Line(said(cell), chance.choice((None, None, *Mark)), chance.random() < 0.2)
                        for _ in range(chance.choice((0, 1, 1, 1, 2)))
                    )
                )
                for _ in range(wide)
            )
            for _ in range(chance.randint(0, 9))
        )
        return Table(said(5), columns, rows)

    def chart() -> Chart:
        series = tuple(said(2) for _ in range(chance.randint(1, 4)))
        bars = [(said(3), tuple(chance.randint(0, 99) for _ in series)) for _ in range(chance.randint(0, 6))]
        return Chart(said(3), said(9), said(1), series, tuple(bars))

    def block() -> Block:
        match chance.randrange(10):
            case 0:
                return Paragraph(said(chance.choice((8, 60, 300))), chance.choice(list(Tone)))
            case 1:
                return Items(lines(6), chance.random() < 0.5)
            case 2:
                return Notice(said(4), lines(3))
            case 3:
                facts = [Fact(said(3), lines(2), chance.random() < 0.3) for _ in range(chance.randint(1, 4))]
                return KeyFacts(said(3), tuple(facts))
            case 4 | 5:
                return table()
            case 6:
                return Matrix(table(), said(9))
            case 7:
                return chart()
            case 8:
                return Code(said(2), said(2), lines(2), chance.choice(("", ADDRESS)), said(4) or "Squares")
            case _:
                return NewPage()

    blocks: list[Block] = [Cover(said(3), said(3), said(8), said(3)), Contents()]
    level = 0
    for place in range(chance.randint(2, 6)):
        level = chance.randint(1, min(3, level + 1))
        blocks.append(Heading(level, said(6) or "Heading", f"heading-{place}"))
        blocks += [block() for _ in range(chance.randint(0, 3))]
    blocks.append(SignatureField(SEAL_FIELD, said(3) or "Seal", said(3), said(3)))
    like = record_document(empty_record())
    return replace(like, title=said(6) or "Title", author=said(3) or "Author", blocks=tuple(blocks))
