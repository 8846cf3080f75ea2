"""A record in other forms: a page that stands alone, and a Word document. Both say that they are copies."""

from __future__ import annotations

from ehiia.documents.copies import copy_of
from ehiia.documents.pdf.structure import Document
from ehiia.documents.word.record import write_document
from ehiia.services.installation import config
from ehiia.services.recorded import KeptRecord


def copy(kept: KeptRecord) -> Document:
    """Return the logical document of a copy, from the frozen record alone."""
    return copy_of(kept.record, sha256=kept.row.sha256, address=config().public_url)


def word(kept: KeptRecord) -> bytes:
    """Return the copy as a Word document."""
    return write_document(copy(kept))
