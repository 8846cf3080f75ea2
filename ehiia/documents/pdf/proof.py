"""The last chapters of the record: its steps in the history, how anybody checks it, seal and signatures."""

from __future__ import annotations

from ehiia.documents.pdf import words
from ehiia.documents.pdf.findings import people
from ehiia.documents.pdf.structure import (
    ARCHIVE_FIELD,
    SEAL_FIELD,
    Block,
    Cell,
    Column,
    Fact,
    Heading,
    Items,
    KeyFacts,
    Line,
    Paragraph,
    Signatory,
    SignatureField,
    Table,
    Tone,
)
from ehiia.domain.decision import SCHEMA, UNDECIDED, DecisionRecord


def verify_at(address: str) -> str:
    """Return where anybody can verify a record, at the public address of the installation."""
    return f"{address}/verify"


def history(record: DecisionRecord) -> list[Block]:
    """Return the steps of this version, and the head of the chain that they stand in."""
    blocks: list[Block] = [Heading(1, "From the history", "history")]
    if record.history:
        blocks.append(
            Table(
                "The steps of this version, oldest first",
                (Column("Entry", 0.8), Column("When", 2.4), Column("What happened", 4)),
                tuple(
                    (
                        Cell((Line(str(one.number)),)),
                        Cell((Line(words.moment(one.at)),)),
                        Cell((Line(f"{one.who} {one.what}"),)),
                    )
                    for one in record.history
                ),
            )
        )
    return [
        *blocks,
        Paragraph(
            "Every act in the organisation is an entry of one history. Each entry holds the digest of the "
            "entry before it, so none can be changed or taken out without all later ones showing it. When "
            "this record was made, the history ended with:"
        ),
        KeyFacts(
            "Head of the history",
            (
                Fact(
                    "Head of the history",
                    (f"Entry {record.history_sequence}", record.history_sha256),
                    exact=True,
                ),
            ),
        ),
    ]


def origin(record: DecisionRecord) -> list[Block]:
    """Return who wrote, checked and decided it, and which questions and reference data it rests on."""
    snapshot, decision = record.snapshot, record.decision
    decided_by = (decision.body, words.person(decision.decided_by)) if decision else (UNDECIDED,)
    return [
        Heading(1, "Who made this record, and from what", "origin"),
        Heading(2, "Who wrote, checked and decided", "who-wrote"),
        KeyFacts(
            "Who wrote, checked and decided",
            (
                Fact("Written by", people(snapshot.authors)),
                Fact("Contributed", people(snapshot.contributors)),
                Fact("Agreed by", (words.person(snapshot.director),)),
                Fact("Checked by", (record.check.checked_by,)),
                Fact("Decided by", decided_by),
            ),
        ),
        Heading(2, "The questions and the reference data", "versions"),
        KeyFacts(
            "What it rests on",
            (
                Fact("Question set", (snapshot.question_set,)),
                Fact("Reference data", (snapshot.reference_data,)),
                Fact("Scale of risk", (snapshot.scale or "Five by five",)),
                Fact("Layout of the data", (SCHEMA,), exact=True),
            ),
        ),
    ]


def proof(record: DecisionRecord, address: str, sha256: str) -> list[Block]:
    """Return how anybody can check the record: with us, without us, and what there is to compare.

    ``sha256``: digest of the record's canonical text.
    """
    at = f" at {verify_at(address)}" if address else " of the organisation"
    return [
        Heading(1, "How to check this record", "proof"),
        Paragraph(
            "This file carries the same record a second time, as data, in the attached file record.json. "
            "Page, data and signatures were made from one frozen text. These are its marks:"
        ),
        KeyFacts(
            "The marks of this record",
            (
                Fact("Record", (record.reference,)),
                Fact("Code", (record.code,)),
                Fact("Replaces", (record.supersedes or "Nothing",)),
                Fact("Digest of record.json (SHA-256)", (sha256,), exact=True),
                Fact(
                    f"Digest of the version {'decided on' if record.decision else 'for decision'} (SHA-256)",
                    (record.snapshot_sha256,),
                    exact=True,
                ),
            ),
        ),
        Paragraph("Three things are asked of a file, and each is answered apart:"),
        Items(
            (
                "Is it intact? Whether anything was changed after sealing.",
                "Is it trusted? Whether the certificates behind seal and signatures are known to you.",
                "Is it the organisation’s, and current? Only its register knows every file it has issued, "
                "and whether a newer record has replaced this one.",
            ),
            numbered=True,
        ),
        Heading(2, "On the verification page", "verify-page"),
        Items(
            (
                f"Open the page “Verify a record”{at}. No account is needed.",
                f"Type the code {words.in_fours(record.code)}, or give it this file. The page answers all "
                "three questions in words. It also finds an older file shown as new.",
            ),
            numbered=True,
        ),
        Heading(2, "With Adobe Acrobat Reader", "verify-reader"),
        Items(
            (
                "Open the file and its signature panel. It lists the seal first, then each person, and says "
                "whether the document was changed since.",
                "It may say that the validity is unknown. That means only that Reader does not know the "
                "organisation’s own certificate yet. Take it from the organisation’s public page, compare "
                "its fingerprint by another way than this file, and add it to the trusted certificates.",
            ),
            numbered=True,
        ),
        Heading(2, "With pdfsig", "verify-pdfsig"),
        Items(
            (
                "The command “pdfsig” of the free Poppler programs lists who signed and when. It compares "
                "digests only: it does not say what was added after a signature.",
                "“pdfdetach -saveall” takes record.json out of the file, and “sha256sum record.json” must "
                "give the digest that is printed above.",
            ),
            numbered=True,
        ),
        Paragraph(
            "The times of signing are those of the organisation’s own clock, unless an outside time-stamp "
            "authority stamped them too: the page “Verify a record” and a PDF reader say which.",
            Tone.SMALL,
        ),
    ]


def signatures(record: DecisionRecord, signatories: tuple[Signatory, ...]) -> list[Block]:
    """Return the fields to be signed: the seal, each signatory, and one kept free for the archive."""
    organisation = record.snapshot.organisation
    blocks: list[Block] = [
        Heading(1, "Seal and signatures", "signatures"),
        Paragraph(
            "The seal certifies the record as it was frozen. Each person signs at the moment they act, with "
            "a certificate made for this one signature."
        ),
        SignatureField(
            SEAL_FIELD,
            f"Seal of {organisation}",
            "Seal of the organisation",
            organisation,
        ),
    ]
    blocks += [
        SignatureField(
            signatory.field,
            f"Signature of {words.pair(signatory.name, signatory.role)}",
            signatory.name,
            signatory.role,
        )
        for signatory in signatories
    ]
    blocks.append(SignatureField(ARCHIVE_FIELD, "Archive time-stamp", "", "", visible=False))
    return blocks
