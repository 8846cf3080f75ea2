"""Is this file intact, trusted and ours? And how does what it is stand today?

Three things are kept apart: its signatures, the digest of the file, and the
digest of the data inside. Only the file itself is given a standing: whoever has
the data of a record, or a file that was changed, learns nothing of how the
record stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import OperationalError, ProgrammingError

from ehiia.clock import day_of
from ehiia.documents.pack import checking
from ehiia.documents.pack.checking import BadPack
from ehiia.documents.pdf import words
from ehiia.documents.signing import aside, facts
from ehiia.documents.signing.aside import Busy
from ehiia.documents.signing.facts import Clock, Coverage, SignatureFacts, SignatureKind, Verification
from ehiia.domain.standing import Standing
from ehiia.domain.vocabulary import FileStep, SealState
from ehiia.services import audit_reports, editions, leaked_keys, recorded, sealing
from ehiia.services.audit_reports import Handed
from ehiia.services.editions import KeptEdition
from ehiia.services.leaked_keys import Unsafe
from ehiia.services.recorded import KeptRecord
from ehiia.services.sealing import Trust
from ehiia.services.transaction import NotFound, read, transaction
from ehiia.store.decisions import RecordFile
from ehiia.store.publications import EditionFile

__all__ = [
    "BadPack",
    "Busy",
    "Checked",
    "check_file",
    "check_pack",
    "lasting",
    "sentences",
    "signed_by",
    "standing_words",
]

SOON = timedelta(days=90)
"""So long before its end it is said of a time-stamp that its end is near."""


@dataclass(frozen=True)
class Checked:
    """What was found about a file: its signatures, whether it is in our register, and what it is."""

    file: Verification
    record: KeptRecord | None = None
    """The record it is a step of; None unless the file itself is in the register."""
    newest_step: bool = False
    """It is the last signed step of the record or edition, not an earlier one."""
    edition: KeptEdition | None = None
    """The edition for the public that it is."""
    report: Handed | None = None
    """The audit report that it is."""
    data_known: bool = False
    """The data inside is, byte for byte, that of a record in the register."""
    unsafe: Unsafe | None = None
    """What it means for it that one of its keys leaked; None where none did."""
    root: bool = False
    """It was judged by a certificate that was given, and no register was asked."""

    @property
    def ours(self) -> bool:
        """Whether the digest of the whole file is in the register."""
        return any(one is not None for one in (self.record, self.edition, self.report))

    @property
    def good(self) -> bool:
        """Whether it is intact, trusted and ours; where no register was asked, intact and trusted."""
        return self.file.intact and self.file.trusted and (self.ours or self.root)

    @property
    def standing(self) -> Standing:
        """How it stands today; unknown here unless the file itself is in the register."""
        kept = self.record or self.edition
        if kept is not None:
            return kept.standing
        if self.report is not None:
            return Standing.SUPERSEDED if self.report.replaced else Standing.CURRENT
        return Standing.UNKNOWN

    @property
    def standing_means(self) -> str:
        """What that means, in a sentence."""
        return self.edition.standing_means if self.edition is not None else self.standing.meaning

    @property
    def current(self) -> bool:
        """Whether it is good without a doubt, complete, and no newer record has replaced it."""
        whole = self.newest_step or self.report is not None
        return self.good and not self.doubtful and whole and self.standing is Standing.CURRENT

    @property
    def doubtful(self) -> bool:
        """Whether it was made when somebody else may have had the key, and nobody has looked at it since."""
        return self.unsafe is not None and self.unsafe.doubtful


def check_file(pdf: bytes, *, root: str = "") -> Checked:
    """Look at a file; nothing of it is kept. Raises Busy.

    A file that the register knows by its digest is answered from there. Any other is analysed in a process of
    its own, while no transaction is open, so that a slow file holds up nobody. ``root``: a certificate (PEM)
    to judge by instead of those that are known here; no register is asked then.
    """
    if root:
        return Checked(aside.look(pdf, **_trust(root)), root=True)
    known = _in_register(hashlib.sha256(pdf).hexdigest())
    if known is not None:
        return known
    read().rollback()
    found = aside.look(pdf, **_trust())
    return Checked(found, data_known=bool(found.record_sha256) and _is_data(found.record_sha256))


def _in_register(sha256: str) -> Checked | None:
    """Return what the register says of a file that was handed out here."""
    try:
        return _record(sha256) or _edition(sha256) or _report(sha256)
    except (OperationalError, ProgrammingError):  # no database here, as on an auditor's machine
        return None


def _record(sha256: str) -> Checked | None:
    try:
        kept = recorded.find_record(sha256=sha256)
    except NotFound:
        return None
    own = next((file for file in kept.files if file.sha256 == sha256), None)
    if own is None:  # the digest of its data
        return None
    unsafe = leaked_keys.of_kept(kept, up_to=own.step)
    newest = own is kept.files[-1]
    found = _signed(kept, own, unsafe)
    return Checked(found, record=kept, newest_step=newest, data_known=True, unsafe=unsafe)


def _edition(sha256: str) -> Checked | None:
    try:
        kept = editions.find(sha256=sha256)
    except NotFound:
        return None
    own = next((file for file in kept.files if file.sha256 == sha256), None)
    if own is None:
        return None
    unsafe = leaked_keys.of_kept(kept, up_to=own.step)
    newest = own is kept.files[-1]
    found = _signed(kept, own, unsafe)
    return Checked(found, edition=kept, newest_step=newest, data_known=True, unsafe=unsafe)


def _report(sha256: str) -> Checked | None:
    report = audit_reports.find_file(sha256)
    if report is None:
        return None
    seal = _signature(SignatureKind.SEAL, report.organisation, report.organisation, report.sealed_at)
    unsafe = leaked_keys.of_report(report)
    found = _known(sha256, (seal,), report.sha256, unsafe)
    return Checked(found, report=report, data_known=True, unsafe=unsafe)


def _signed(
    kept: KeptRecord | KeptEdition, own: RecordFile | EditionFile, unsafe: Unsafe | None
) -> Verification:
    """Return the facts of a step of a file as the register knows them: each step is a signature."""
    organisation = kept.record.snapshot.organisation
    signatures = tuple(
        _signature(
            _kind_of(file),
            organisation,
            file.signatory,
            file.signed_at,
            file.timed_by if isinstance(file, RecordFile) else "",
        )
        for file in kept.files
        if file.step <= own.step
    )
    if signatures[-1].kind is SignatureKind.TIME_STAMP:
        # here and not above: it loads what most web processes never need
        from ehiia.documents.signing.authority import ends_at

        signatures = (
            *signatures[:-1],
            replace(signatures[-1], certificate_ends=ends_at(own.certificate_pem)),
        )
    return _known(own.sha256, signatures, kept.row.sha256, unsafe)


def _kind_of(file: RecordFile | EditionFile) -> SignatureKind:
    if file.step == 1:
        return SignatureKind.SEAL
    stamp = isinstance(file, EditionFile) or file.kind in (FileStep.CLOSING, FileStep.RENEWAL)
    return SignatureKind.TIME_STAMP if stamp else SignatureKind.SIGNATORY


def _signature(
    kind: SignatureKind, organisation: str, signer: str, at: datetime, timed_by: str = ""
) -> SignatureFacts:
    """Return the facts of a signature; ``timed_by``: the authority that gave the time, "" for our clock."""
    return SignatureFacts(
        field="",
        kind=kind,
        signer=signer,
        organisation="" if timed_by and kind is SignatureKind.TIME_STAMP else organisation,
        role="",
        at=at,
        intact=True,
        trusted=True,
        covers=Coverage.ITS_REVISION,
        clock=Clock.AUTHORITY if timed_by else Clock.OWN,
        stamped_at=at if timed_by else None,
        stamped_by=timed_by,
    )


def _known(
    sha256: str, signatures: Sequence[SignatureFacts], record_sha256: str, unsafe: Unsafe | None
) -> Verification:
    """Return the facts of a file in the register, with what leaked keys mean for its signatures."""
    if unsafe is not None:
        signatures = [
            replace(one, revoked_at=since, problem=_in_doubt(at, since))
            for one, (at, since) in zip(signatures, unsafe.steps, strict=True)
        ]
    return Verification(True, "", sha256, tuple(signatures), record_sha256=record_sha256, record_parses=True)


def _in_doubt(at: datetime, since: datetime | None) -> str:
    """Say what speaks against a signature that is in the register: its key was not safe any more."""
    if since is None or at < since:
        return ""
    return f"Intact, but somebody else may have had its key, since {words.moment(since)}."


def _is_data(sha256: str) -> bool:
    """Say whether this is the digest of the data of a record or an edition here."""
    for find in (recorded.find_record, editions.find):
        try:
            return bool(find(sha256=sha256).row.sha256 == sha256)
        except NotFound:
            continue
        except (OperationalError, ProgrammingError):  # see above
            return False
    return False


# -- in words --------------------------------------------------------------------------------------


def signed_by(checked: Checked) -> list[tuple[str, datetime | None, str]]:
    """Return each signature: whose it is, when it was made (UTC), and whether it holds, with the reason."""
    return [
        (
            ", ".join(
                filter(None, (facts.who(one), one.role if one.kind is SignatureKind.SIGNATORY else ""))
            ),
            one.at,
            one.problem or "Intact, and its certificate is known here.",
        )
        for one in checked.file.signatures
    ]


def sentences(checked: Checked, *, now: datetime) -> tuple[str, ...]:
    """Say in words what was found, the most important first, to somebody who asks at a moment (UTC)."""
    return tuple(_sentences(checked, now))


def _sentences(checked: Checked, now: datetime) -> Iterator[str]:
    file = checked.file
    if checked.good and checked.root:
        yield "This file is intact and rests on the certificate given. No register was asked how it stands."
    elif checked.good:
        yield "This file is intact, trusted and in our register."
        if checked.unsafe is not None:
            yield checked.unsafe.words()
    elif not file.readable:
        yield "This is not a decision record or an audit report that can be read."
    elif not file.intact:
        yield "This file was changed, or was never sealed. Do not rely on it."
    elif not file.trusted:
        yield "This file was not sealed by an organisation that is known here. Do not rely on it."
    else:
        yield "This file is intact and trusted, but it is not in our register."
    yield from file.words()
    if how_long := lasting(checked, now=now):
        yield how_long
    if not checked.root:
        yield from standing_words(checked)
        if checked.edition and (newer := editions.newer(checked.edition, today=day_of(now))):
            yield f"The newer edition is {newer}."
    yield f"SHA-256 of the file: {file.sha256}"
    if file.record_sha256:
        yield f"SHA-256 of the data inside: {file.record_sha256}"
    if checked.data_known and not checked.ours:
        yield "The data inside is that of a record in our register; this file is not."


def lasting(checked: Checked, *, now: datetime) -> str:
    """Say until when the last time-stamp of a file can be checked, and what to do where that is near or past.

    "" where no time-stamp closes it.
    """
    end = checked.file.holds_until
    if end is None:
        return ""
    until = words.moment(end)
    if end > now + SOON:
        return f"Its last time-stamp can be checked until {until}. It is renewed every year."
    if checked.ours and checked.newest_step:
        advice = (
            "It is renewed every year by a job. An administrator finds under “What is done by itself” "
            "whether that was done."
        )
    else:
        advice = "Ask the organisation for its newest file, whose time-stamp was renewed."
    if end > now:
        return f"Its last time-stamp can be checked until {until}, which is soon. {advice}"
    known = ", but it is in our register" if checked.ours else ""
    return (
        f"Its last time-stamp could be checked until {until}. That has passed: the file alone does not show "
        f"any more when it was signed{known}. {advice}"
    )


def standing_words(checked: Checked) -> Iterator[str]:
    """Say how it stands today: current, superseded, withdrawn or unknown here."""
    yield f"{checked.standing.label}. {checked.standing_means}"
    if checked.report is not None:
        yield f"It is the audit report {checked.report.ref}."
    if checked.edition is not None:
        waited = checked.edition.record.decision is None
        what = "the assessment before it was decided," if waited else "the record"
        yield (
            f"It is {checked.edition.row.ref}, an edition for the public of {what} "
            f"{checked.edition.of_ref}. It may leave parts of it out, and says which."
        )
    kept = checked.record
    if kept is None:
        return
    yield f"It is the record {kept.row.ref}."
    if not checked.newest_step:
        yield "It is an earlier step of the signed file; a later one has more signatures."
    elif kept.state is not SealState.SIGNED:
        yield f"{kept.state.label}: it is not signed by everybody yet."
    if kept.superseded_by:
        yield f"The newer record is {kept.superseded_by}."
    if kept.newer_version and not kept.assessment.restricted:
        yield (
            f"A newer version of the assessment (version {kept.newer_version}) is being written: "
            f"what was signed is version {kept.record.snapshot.version}."
        )


# -- evidence packs --------------------------------------------------------------------------------


def check_pack(path: Path, root: str = "") -> checking.Found:
    """Look at an evidence pack, a folder or a ZIP. Raises BadPack.

    Its seal must rest on ``root`` (PEM) where one is given, otherwise on a root of ours.
    """
    files = checking.open_pack(path)
    trust = _trust(root)
    return checking.check(files, look=lambda pdf: aside.look(pdf, **trust))


def _trust(root: str = "") -> Trust:
    """Return what is trusted here; nothing on a machine that has no database, such as an auditor's.

    ``root``: the only certificate (PEM) to rest on, where one is given.
    """
    nothing = Trust(trusted=(root,) if root else (), authorities=(), revocation_lists=())
    if root:
        return nothing
    try:
        with transaction() as session:
            return sealing.trust(session)
    except (OperationalError, ProgrammingError):
        return nothing
