"""What can be found about a signed file, as values, and its words.

Apart from ``verify`` so that who only hands a file on, or reads an answer, need not load what it
takes to look: pyHanko and cryptography.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from ehiia.documents.pdf import words

LARGEST = 20 * 1024 * 1024
"""Largest file that is looked at, in bytes."""


class SignatureKind(Enum):
    """What a signature is."""

    SEAL = "seal"
    SIGNATORY = "signatory"
    TIME_STAMP = "time-stamp"


class Coverage(Enum):
    """How much of the file a signature covers, in words."""

    WHOLE_FILE = "the whole file"
    ITS_REVISION = "the file as it was when signed"
    PART = "only a part of the file"


@dataclass(frozen=True)
class SignatureFacts:
    """What was found about one signature."""

    field: str
    kind: SignatureKind
    signer: str
    organisation: str
    role: str
    at: datetime | None
    """The time (UTC) that the signature gives for itself, None where it gives none."""
    intact: bool
    """What it covers is unchanged, and nothing was added that the seal does not allow."""
    trusted: bool
    """It rests on one of the given roots."""
    covers: Coverage
    problem: str = ""
    """Why it is not intact or not trusted, in words; "" where all is well."""


@dataclass(frozen=True)
class Verification:
    """What was found about a file."""

    readable: bool
    problem: str
    """Why it cannot be read, in words; "" where it can."""
    sha256: str
    """Of the whole file, to be looked up in the register."""
    signatures: tuple[SignatureFacts, ...] = ()
    unsigned_fields: tuple[str, ...] = ()
    """Fields that wait for a signature; the one kept for the archive is not counted."""
    changed_after_signing: tuple[str, ...] = ()
    """What was changed or added after signing, in words."""
    record: bytes | None = None
    """The attached record.json or report.json, None where there is none."""
    record_sha256: str = ""
    record_parses: bool = False
    """It is the canonical JSON of a decision record, or of an audit report."""

    @property
    def intact(self) -> bool:
        """Whether the file is sealed and nothing was changed since."""
        sealed = any(signature.kind is SignatureKind.SEAL for signature in self.signatures)
        unchanged = not self.changed_after_signing and all(signature.intact for signature in self.signatures)
        return self.readable and sealed and unchanged

    @property
    def trusted(self) -> bool:
        """Whether all its signatures rest on a given root; a file without signatures is not trusted."""
        return bool(self.signatures) and all(signature.trusted for signature in self.signatures)

    @property
    def complete(self) -> bool:
        """Whether every field is signed."""
        return bool(self.signatures) and not self.unsigned_fields

    def words(self) -> tuple[str, ...]:
        """Return the findings as sentences, the most important first."""
        return tuple(_sentences(self))


def too_large(sha256: str) -> Verification:
    """Return what is said of a file above ``LARGEST``, which is not looked at."""
    return Verification(False, f"It is larger than {LARGEST // 1024 // 1024} MB.", sha256)


def who(signature: SignatureFacts) -> str:
    """Say whose signature it is: "Seal of Suffolk ICB"."""
    names = {SignatureKind.SEAL: "Seal", SignatureKind.TIME_STAMP: "Time-stamp"}
    what = names.get(signature.kind, "Signature")
    whose = (signature.organisation if signature.kind is SignatureKind.SEAL else "") or signature.signer
    return f"{what} of {whose}" if whose else what


def _sentences(found: Verification) -> Iterator[str]:
    if not found.readable:
        yield f"This file cannot be checked. {found.problem}"
        return
    if not found.signatures:
        yield "This file is not signed: nothing can be said about it."
        return
    yield (
        "Nothing was changed after sealing."
        if found.intact
        else "This file is not as it was when it was sealed."
    )
    yield from found.changed_after_signing
    yield (
        "All signatures rest on a certificate that is trusted here."
        if found.trusted
        else "Not all signatures rest on a certificate that is trusted here."
    )
    for signature in found.signatures:
        when = words.moment(signature.at) if signature.at else "at an unknown time"
        role = f", {signature.role}" if signature.role and signature.kind is SignatureKind.SIGNATORY else ""
        state = "intact" if signature.intact else "not intact"
        trust = "trusted" if signature.trusted else "not trusted"
        yield f"{who(signature)}{role}, {when}: {state}, {trust}."
    for field in found.unsigned_fields:
        yield f"The field {field} is not signed."
    if found.record is None:
        yield "The data of the record (record.json) is missing."
    elif not found.record_parses:
        yield "The attached data is not that of a decision record or audit report."
