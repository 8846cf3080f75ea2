"""A record in other forms than the signed file: the same logical document, which says that it is a copy."""

from __future__ import annotations

from dataclasses import replace

from ehiia.documents.pdf.record import record_document
from ehiia.documents.pdf.structure import Code, Cover, Document, NewPage, Notice
from ehiia.domain.decision import DecisionRecord

TITLE = "This is a copy, not the signed record"


def copy_of(record: DecisionRecord, *, sha256: str, address: str = "") -> Document:
    """Return the logical document of a copy; nothing that the record says is left out.

    Squares to scan are on paper and in the PDF only. ``sha256`` is the digest of the text that is kept;
    ``address`` is that of the installation, "" where it is not known.
    """
    document = record_document(record, address=address)
    said = (
        f"The signed record is the PDF of {record.reference}. This copy says the same and carries no "
        "signature: anybody may have changed it. Whoever needs certainty asks for the PDF and checks it.",
        f"SHA-256 of the record it was made from: {sha256}",
    )
    at = next((place for place, block in enumerate(document.blocks, 1) if isinstance(block, Cover)), 0)
    blocks = (*document.blocks[:at], Notice(TITLE, said), *document.blocks[at:])
    without_squares = [block.how for block in record_document(record).blocks if isinstance(block, Code)]
    kept = [
        replace(block, how=without_squares[0]) if isinstance(block, Code) else block
        for block in blocks
        if not isinstance(block, NewPage)
    ]
    return replace(document, blocks=tuple(kept))
