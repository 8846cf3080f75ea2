"""The files that are judged: each a name, what makes it, and whether it is sealed and signed too."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ehiia.content import example
from ehiia.documents.pdf.audit import report_document
from ehiia.documents.pdf.layout import lay_out_document
from ehiia.documents.pdf.papers import pack_document
from ehiia.documents.pdf.record import record_document
from ehiia.documents.pdf.structure import Document
from ehiia.documents.signing.authority import make_clock
from ehiia.documents.signing.renewal import renew
from ehiia.documents.signing.seal import certify, close, sign
from ehiia.documents.signing.timestamps import LocalTimestamper
from ehiia.domain.decision import DecisionRecord
from ehiia.domain.meeting import MeetingPaper, PaperMark, PaperPack
from ehiia.services.freezing import thaw_record
from tests.conformance.by_chance import ADDRESS, random_document, random_record
from tests.documents.conftest import NOW, ORGANISATION, Keys
from tests.documents.everything import full_record, undecided_record
from tests.documents.large import large_record
from tests.documents.packs import example_beside, example_report
from tests.documents.records import CAROL, SMALL_SNAPSHOT, empty_record

RANDOM, RANDOM_HEARD, RANDOM_SIGNED = 50, 6, 3
"""How many records by chance there are; how many of them are read out, and are sealed and signed too."""
RANDOM_DOCUMENTS = 8
"""How many documents of any blocks: they hold what no record has so far."""
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
        yield from _of_record(name, record, keys)
    before = record_document(undecided_record(), address=ADDRESS)
    yield Candidate("undecided", before, lay_out_document(before))
    report = report_document(example_report(example_beside({}, "")))
    yield Candidate("audit", report, lay_out_document(report))
    sealed = certify(lay_out_document(report), seal=keys.seal, issuer=keys.root.certificate, now=NOW)
    yield Candidate("audit-sealed", report, sealed, heard=False)
    papers = pack_document(paper_pack())
    yield Candidate("papers", papers, lay_out_document(papers))
    for seed in range(RANDOM):
        yield from _of_record(
            f"random-{seed:02}",
            random_record(random.Random(seed)),
            keys,
            heard=seed < RANDOM_HEARD,
            signed=seed < RANDOM_SIGNED,
        )
    for seed in range(RANDOM_DOCUMENTS):
        made = random_document(random.Random(seed))
        yield Candidate(f"document-{seed}", made, lay_out_document(made))


def _of_record(
    name: str, record: DecisionRecord, keys: Keys, *, heard: bool = True, signed: bool = True
) -> Iterator[Candidate]:
    """Yield the file of a record; where it is signed, also that of each step."""
    document = record_document(record, signatories=(CAROL,), address=ADDRESS)
    unsigned = lay_out_document(document)
    yield Candidate(name, document, unsigned, heard)
    if signed:
        for step, pdf in _signed(unsigned, keys, stamped=name == "empty"):
            yield Candidate(f"{name}-{step}", document, pdf, heard=step == "closed")


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
