"""What a document says, before anybody thinks of pages: a tree of headings, paragraphs, lists and tables.

The tree is complete before layout begins, so that the logical order and the
roles of all parts (heading, header cell, label, alternative text) are known
facts and not guesses from positions. Tagging (PDF/UA) hangs on it.
All values are frozen; text is plain text, line ends inside it are kept.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from itertools import accumulate

from ehiia.documents.pdf.linking import Pointers

SEAL_FIELD = "Seal"
"""Name of the field that the organisation's seal signs."""

ARCHIVE_FIELD = "ArchiveTimestamp"
"""Name of the invisible field kept free for a later archive time-stamp: none can be added after sealing."""


@dataclass(frozen=True)
class Signatory:
    """Somebody who will sign: the name of their field, their name and their role in words."""

    field: str
    name: str
    role: str

    def __post_init__(self) -> None:
        """Take control characters out: in the label of a field they would read as a later change."""
        for part in ("name", "role"):
            text = getattr(self, part)
            plain = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text)
            object.__setattr__(self, part, " ".join(plain.split()) if plain != text else text)


class Tone(Enum):
    """How a paragraph is meant."""

    BODY = "body"
    LEAD = "lead"
    QUESTION = "question"
    SMALL = "small"
    MISSING = "missing"


class Mark(Enum):
    """A shape drawn beside a word, so that nothing is told by colour alone. The word says the same."""

    BETTER = "better"
    WORSE = "worse"
    MIXED = "mixed"
    SAME = "same"
    UNKNOWN = "unknown"
    BAND_NONE = "none"
    BAND_LOW = "low"
    BAND_MEDIUM = "medium"
    BAND_HIGH = "high"
    BAND_VERY_HIGH = "very_high"


@dataclass(frozen=True)
class Heading:
    """A heading; ``level`` 1 to 4, ``key`` unique in the document."""

    level: int
    text: str
    key: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; ``pointers``: the sections of the document that it points at."""

    text: str
    tone: Tone = Tone.BODY
    pointers: Pointers = ()


@dataclass(frozen=True)
class Items:
    """A list, with bullets or numbered from 1."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Notice:
    """Something that must not be overlooked: a title and paragraphs in a frame."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """A name and its value in one or more lines; ``exact`` for what is compared and should stay on one line.

    What is exact leads nowhere, even where it looks like an address.
    """

    name: str
    value: tuple[str, ...]
    exact: bool = False


@dataclass(frozen=True)
class KeyFacts:
    """Names and values; ``title`` says what they are facts of, and is not printed."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Line:
    """A line of a cell, with a mark where it is a rating."""

    text: str
    mark: Mark | None = None
    strong: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of a table."""

    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Column:
    """A column with its header; ``share`` is its part of the width, relative to the others."""

    title: str
    share: float = 1.0


@dataclass(frozen=True)
class Table:
    """A table with a header row; the first line of the first cell of each row is the header of its row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Matrix:
    """A table of ratings; ``alternative`` says in a sentence what a glance at it tells."""

    table: Table
    alternative: str


@dataclass(frozen=True)
class Part:
    """A part of a bar: where it starts and how long it is, as shares of the longest bar of its chart."""

    series: int
    number: int
    start: float
    share: float


@dataclass(frozen=True)
class Chart:
    """Bars of whole numbers, each in parts where there are several series; followed by the same as a table.

    ``alternative`` says in a sentence what a glance at it tells. ``bars``: a name and a number a series.
    """

    title: str
    alternative: str
    names: str
    """What the bars are: the header of the first column."""
    series: tuple[str, ...]
    bars: tuple[tuple[str, tuple[int, ...]], ...]

    def drawn(self) -> Iterator[tuple[str, tuple[Part, ...]]]:
        """Yield the name of each bar with its parts, as they are drawn one after the other."""
        longest = max((sum(numbers) for _, numbers in self.bars), default=0) or 1
        for name, numbers in self.bars:
            starts = accumulate(numbers, initial=0)
            yield (
                name,
                tuple(
                    Part(series, number, start / longest, number / longest)
                    for series, (start, number) in enumerate(zip(starts, numbers, strict=False))
                ),
            )

    def table(self) -> Table:
        """Return the same as a table."""
        columns = (Column(self.names, 4), *(Column(name) for name in self.series))
        rows = tuple(
            (Cell((Line(name),)), *(Cell((Line(str(number)),)) for number in numbers))
            for name, numbers in self.bars
        )
        return Table(f"{self.title}, in numbers", columns, rows)


@dataclass(frozen=True)
class Contents:
    """The table of contents: all headings of level 1 and 2 that follow.

    ``of``: the key of a heading of level 1; then only what of level 2 stands beneath it. ``levels``: how
    many levels are listed otherwise.
    """

    title: str = "Contents"
    of: str = ""
    levels: int = 2


@dataclass(frozen=True)
class SignatureField:
    """Room for a signature; ``label`` tells what will be there. Invisible ones take no room."""

    name: str
    label: str
    heading: str
    detail: str
    visible: bool = True


@dataclass(frozen=True)
class Cover:
    """The opening of the document: who publishes it, what it is, its title.

    ``verdict``: what must be seen first, such as the decision, and lines beneath it; in a frame.
    """

    organisation: str
    kind: str
    title: str
    subtitle: str
    verdict: tuple[str, ...] = ()


@dataclass(frozen=True)
class Code:
    """A code by which a record is found again, and how; beside squares that lead a camera to ``address``.

    Without an address there are no squares. ``alternative`` says in a sentence what the squares are for.
    """

    title: str
    code: str
    how: tuple[str, ...]
    address: str
    alternative: str


@dataclass(frozen=True)
class Running:
    """What stands at the head and the foot of pages."""

    left: str
    right: str
    foot: str


@dataclass(frozen=True)
class NewPage:
    """What follows starts on a new page. ``running``: its running lines from there on, where they change."""

    running: Running | None = None


Block = (
    Cover
    | Heading
    | Paragraph
    | Items
    | Notice
    | KeyFacts
    | Table
    | Matrix
    | Chart
    | Contents
    | SignatureField
    | Code
    | NewPage
)


@dataclass(frozen=True)
class Attachment:
    """A file inside the document."""

    name: str
    media_type: str
    description: str
    content: bytes


@dataclass(frozen=True)
class Document:
    """A whole document: what stands in its properties, its running lines and its blocks in reading order."""

    title: str
    author: str
    subject: str
    language: str
    made_at: datetime
    """Moment (UTC) given as the date of creation; taken from the content, never from the clock."""
    running: Running
    fingerprint: str
    """Hexadecimal digest of the content; the identity of the file is made from it."""
    blocks: tuple[Block, ...]
    attachments: tuple[Attachment, ...] = ()
    bookmarks_open: int = 1
    """To which level the bookmarks are open at first: with 1 those of the sections are seen, with 0 not."""


def section_numbers(blocks: Iterable[Block], before: str = "") -> dict[str, str]:
    """Return the numbers of the headings of level 1 and 2 by their keys: "4" and "4.2".

    ``before``: what each begins with, such as "3.".
    """
    found: dict[str, str] = {}
    chapter = section = 0
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            chapter, section = chapter + 1, 0
            found[block.key] = f"{before}{chapter}"
        elif isinstance(block, Heading) and block.level == 2:
            section += 1
            found[block.key] = f"{before}{chapter}.{section}"
    return found


def numbered(blocks: Iterable[Block], before: str = "") -> tuple[Block, ...]:
    """Return the blocks with the numbers of their chapters and sections before the headings."""
    every = tuple(blocks)
    numbers = section_numbers(every, before)
    return tuple(
        replace(block, text=f"{numbers[block.key]} {block.text}")
        if isinstance(block, Heading) and block.key in numbers
        else block
        for block in every
    )


def texts(document: Document) -> Iterator[str]:
    """Yield every text of the blocks in reading order, once."""
    for block in document.blocks:
        yield from _texts(block)


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Cover(organisation, kind, title, subtitle, verdict):
            yield from (organisation, kind, title, subtitle, *verdict)
        case Heading(text=text) | Paragraph(text=text):
            yield text
        case Items(items):
            yield from items
        case Notice(title, paragraphs):
            yield title
            yield from paragraphs
        case KeyFacts(facts=facts):
            for fact in facts:
                yield fact.name
                yield from fact.value
        case Table(caption, columns, rows):
            yield caption
            yield from (column.title for column in columns)
            yield from (line.text for row in rows for cell in row for line in cell.lines)
        case Matrix(table, alternative):
            yield alternative
            yield from _texts(table)
        case Chart(title, alternative):
            yield title
            yield alternative
            yield from _texts(block.table())
        case Contents(title):
            yield title
        case SignatureField(heading=heading, detail=detail, visible=True):
            yield from (heading, detail)
        case Code(title, code, how):
            yield from (title, code, *how)
        case _:
            return
