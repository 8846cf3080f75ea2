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

ADDED = "Something was added after signing that the seal does not allow."
"""What is said of a signature that covers less than it should."""


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


class Clock(Enum):
    """Who says when a signature was made, in words."""

    OWN = "by the organisation’s own clock"
    OWN_STAMP = "with a time-stamp of the organisation’s own clock"
    AUTHORITY = "with a time-stamp of"
    """Its name follows."""
    UNKNOWN = "by the organisation’s own clock (its time-stamp is not one that is known here)"


class Level(Enum):
    """How much of the time of its signatures a file can prove, as PAdES calls it and in words."""

    B = "B-B"
    T = "B-T"
    LTA = "B-LTA"


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
    clock: Clock = Clock.OWN
    """Who says when it was made."""
    stamped_at: datetime | None = None
    """The time (UTC) that a trusted time-stamp proves, None without one."""
    stamped_by: str = ""
    """The organisation that made the time-stamp, trusted or not."""
    revoked_at: datetime | None = None
    """Since when (UTC) its certificate is revoked, None where it is not."""
    certificate_ends: datetime | None = None
    """When (UTC) the certificate of its time-stamp ends, or its own where it has none."""

    @property
    def made_at(self) -> datetime | None:
        """When (UTC) it was made, as well as is known: by its time-stamp, or as it says itself."""
        return self.stamped_at or self.at


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
    """The attached record.json or report.json, None where there is none or the file was not analysed."""
    record_sha256: str = ""
    """Of the attached data, "" where there is none."""
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

    @property
    def stamps(self) -> tuple[SignatureFacts, ...]:
        """The time-stamps over the whole file, in order: the first closed it, the others renewed that."""
        return tuple(one for one in self.signatures if one.kind is SignatureKind.TIME_STAMP)

    @property
    def closed_at(self) -> datetime | None:
        """When (UTC) the file was closed, None where it is open or that time-stamp is not to be relied on."""
        first = self.stamps[0] if self.stamps else None
        return first.at if first is not None and first.intact and first.trusted else None

    @property
    def level(self) -> Level:
        """How much of the time of its signatures the file can prove."""
        if self.closed_at is not None:
            return Level.LTA
        made = [one for one in self.signatures if one.kind is not SignatureKind.TIME_STAMP]
        return Level.T if made and all(one.stamped_at for one in made) else Level.B

    @property
    def holds_until(self) -> datetime | None:
        """Until when (UTC) its last time-stamp can be checked; before that it is renewed."""
        return self.stamps[-1].certificate_ends if self.stamps else None

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
    by_person = signature.kind is SignatureKind.SIGNATORY
    whose = ("" if by_person else signature.organisation) or signature.signer
    return f"{what} of {whose}" if whose else what


def _sentences(found: Verification) -> Iterator[str]:
    if not found.readable:
        yield f"This file cannot be checked. {found.problem}"
        return
    if not found.signatures:
        yield (
            "This file is not as it was when it was sealed."
            if found.changed_after_signing
            else "This file is not signed: nothing can be said about it."
        )
        yield from found.changed_after_signing
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
    yield from _time(found)
    for signature in found.signatures:
        yield from _about(signature)
    for field in found.unsigned_fields:
        yield f"The field {field} is not signed."
    if found.unsigned_fields:
        yield "Whether a later step of this file has more signatures, only the register can tell."
    if not found.record_sha256:
        yield "The data of the record (record.json) is missing."
    elif not found.record_parses:
        yield "The attached data is not that of a decision record or audit report."


def _time(found: Verification) -> Iterator[str]:
    if found.closed_at is None:
        if found.level is Level.B:
            yield "Not every signature has a time-stamp: when it was made is said by its own clock."
        return
    yield f"It was closed by a time-stamp, {words.moment(found.closed_at)}: nothing may change after that."
    renewals = found.stamps[1:]
    if renewals and renewals[-1].at:
        times = "once" if len(renewals) == 1 else f"{len(renewals)} times"
        yield f"That time-stamp was renewed {times}, last {words.moment(renewals[-1].at)}."


def _about(signature: SignatureFacts) -> Iterator[str]:
    when = words.moment(signature.made_at) if signature.made_at else "at an unknown time"
    role = f", {signature.role}" if signature.role and signature.kind is SignatureKind.SIGNATORY else ""
    state = "intact" if signature.intact else "not intact"
    trust = "trusted" if signature.trusted else "not trusted"
    yield f"{who(signature)}{role}, {when} {_clock(signature)}: {state}, {trust}."
    if signature.intact and signature.problem:
        yield signature.problem
    elif signature.trusted and signature.revoked_at:
        revoked = words.moment(signature.revoked_at)
        yield f"Its certificate was revoked later, {revoked}. That says nothing against it."


def _clock(signature: SignatureFacts) -> str:
    if signature.kind is SignatureKind.TIME_STAMP and signature.clock is not Clock.AUTHORITY:
        return str(Clock.OWN.value)
    name = f" {signature.stamped_by}" if signature.clock is Clock.AUTHORITY else ""
    return f"{signature.clock.value}{name}"
