"""The files that are judged: each a name, what makes it, and whether it is sealed and signed too."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ehiia.content import example
from ehiia.documents.pdf.audit import report_document
from ehiia.documents.pdf.layout import lay_out_document
from ehiia.documents.pdf.papers import pack_document
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
from ehiia.documents.signing.authority import make_clock
from ehiia.documents.signing.renewal import renew
from ehiia.documents.signing.seal import certify, close, sign
from ehiia.documents.signing.timestamps import LocalTimestamper
from ehiia.domain.meeting import MeetingPaper, PaperMark, PaperPack
from ehiia.services.freezing import thaw_record
from tests.documents.conftest import NOW, ORGANISATION, Keys
from tests.documents.everything import full_record
from tests.documents.large import large_record
from tests.documents.packs import example_beside, example_report
from tests.documents.records import CAROL, SMALL_SNAPSHOT, empty_record

ADDRESS = "https://ehiia.example"
RANDOM = 50
SIGNED = ("sealed", "signed")
"""The steps of every record."""


@dataclass(frozen=True)
class Candidate:
    """A file to judge, and the document whose texts it has to read out.

    ``heard``: whether that is looked at; poppler takes long for it, and signing changes nothing of it.
    """

    name: str
    document: Document
    pdf: bytes
    heard: bool = True


def candidates(keys: Keys) -> Iterator[Candidate]:
    """Yield every file that has to conform. Add a record or a document here, a way of signing below."""
    records = {
        "empty": empty_record(),
        "full": full_record(),
        "large": large_record(),
        "example": thaw_record(example.FILE.read_text(encoding="utf-8")),
    }
    for name, record in records.items():
        document = record_document(record, signatories=(CAROL,), address=ADDRESS)
        unsigned = lay_out_document(document)
        yield Candidate(name, document, unsigned)
        for step, pdf in _signed(unsigned, keys, stamped=name == "empty"):
            yield Candidate(f"{name}-{step}", document, pdf, heard=step == "closed")
    report = report_document(example_report(example_beside({}, "")))
    yield Candidate("audit", report, lay_out_document(report))
    sealed = certify(lay_out_document(report), seal=keys.seal, issuer=keys.root.certificate, now=NOW)
    yield Candidate("audit-sealed", report, sealed, heard=False)
    papers = pack_document(paper_pack())
    yield Candidate("papers", papers, lay_out_document(papers))
    for seed in range(RANDOM):
        made = random_document(random.Random(seed))
        yield Candidate(f"random-{seed:02}", made, lay_out_document(made))


def _signed(pdf: bytes, keys: Keys, *, stamped: bool) -> Iterator[tuple[str, bytes]]:
    """Yield the file after each step: sealed and signed; with time-stamps also closed and renewed."""
    credential = make_clock(ORGANISATION, root=keys.root, now=NOW)
    clock = LocalTimestamper(credential, now=NOW) if stamped else None
    pdf = certify(pdf, seal=keys.seal, issuer=keys.root.certificate, now=NOW, timestamper=clock)
    yield "sealed", pdf
    pdf = sign(
        pdf,
        field=CAROL.field,
        signatory=CAROL,
        authority=keys.root,
        now=NOW,
        reason="Approved",
        timestamper=clock,
    )
    yield "signed", pdf
    if clock is not None:
        pdf = close(pdf, timestamper=clock)
        yield "closed", pdf
        later = NOW + timedelta(days=365)
        yield "renewed", renew(pdf, timestamper=LocalTimestamper(credential, now=later))


def paper_pack() -> PaperPack:
    """Return a pack with a paper of each mark."""
    full, small = full_record().snapshot, SMALL_SNAPSHOT
    return PaperPack(
        organisation=ORGANISATION,
        body="Integrated Care Board",
        meeting_on=date(2026, 4, 20),
        number=2,
        made_by="Grace Tilley",
        made_at=NOW,
        papers=(
            MeetingPaper(
                PaperMark.CHECKED,
                full,
                "ab" * 32,
                "Decides",
                checked_by="Ben Okafor",
                checked_at=NOW,
                reservations="It comes late.",
            ),
            MeetingPaper(PaperMark.DRAFT, small, "", "Decides"),
            MeetingPaper(PaperMark.DECIDED, small, "cd" * 32, "Consulted", "EHIIA-2026-014-D1", "Approved"),
        ),
        duties=full_record().duties,
    )


# -- documents by chance ----------------------------------------------------------------------------

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
