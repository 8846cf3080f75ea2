"""A record in other forms: a page that stands alone, and a Word document. Both say that they are copies."""

from __future__ import annotations

from functools import lru_cache

from ehiia.documents.copies import copy_of
from ehiia.documents.pdf.structure import Document
from ehiia.documents.word.record import write_document
from ehiia.domain.decision import DecisionRecord
from ehiia.services import freezing
from ehiia.services.installation import config


def copy(record: DecisionRecord, *, sha256: str) -> Document:
    """Return the logical document of a copy; ``sha256`` is the digest of the text as it was frozen."""
    return copy_of(record, sha256=sha256, address=config().public_url)


def word(record: DecisionRecord, *, sha256: str) -> bytes:
    """Return the copy as a Word document: the same bytes for the same record."""
    return write_document(copy(record, sha256=sha256))


@lru_cache(maxsize=16)
def word_of_text(text: str, sha256: str) -> bytes:
    """Return the same of a record as it was frozen, and keep it: anybody may ask for what is published."""
    return word(freezing.thaw_record(text), sha256=sha256)
