"""Is this file intact, trusted and ours? Three facts, and how the record stands today."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import OperationalError, ProgrammingError

from ehiia.documents.pack import checking
from ehiia.documents.pack.checking import BadPack
from ehiia.documents.signing import aside
from ehiia.documents.signing.aside import Busy
from ehiia.documents.signing.facts import Verification
from ehiia.services import audit_reports, recording, sealing
from ehiia.services.recording import KeptRecord
from ehiia.services.transaction import NotFound, transaction

__all__ = ["BadPack", "Busy", "Checked", "check_file", "check_pack", "sentences"]


@dataclass(frozen=True)
class Checked:
    """What was found about a file: its signatures, whether it is in our register, and its record."""

    file: Verification
    ours: bool
    """The digest of the whole file is in the register."""
    newest_step: bool
    """It is the last signed step of the record, not an earlier one."""
    report: str
    """Reference of the audit report that it is, or ""."""
    report_replaced: bool
    record: KeptRecord | None
    """The record of the register it belongs to: by its digest, or by the digest of the JSON inside."""

    @property
    def good(self) -> bool:
        """Whether it is intact, trusted and ours."""
        return self.file.intact and self.file.trusted and self.ours

    @property
    def current(self) -> bool:
        """Whether it is good, complete and no newer record has replaced it."""
        if self.report:
            return self.good and not self.report_replaced
        return self.good and self.newest_step and self.record is not None and not self.record.superseded_by


def check_file(pdf: bytes) -> Checked:
    """Look at a file, in a process of its own; nothing of it is kept. Raises Busy.

    No transaction is open meanwhile, so that a slow file holds up nobody.
    """
    with transaction() as session:
        trusted = sealing.roots(session)
    found = aside.look(pdf, trusted=trusted)
    record: KeptRecord | None = None
    ours = False
    try:
        record = recording.find_record(sha256=found.sha256)
        ours = any(file.sha256 == found.sha256 for file in record.files)
    except NotFound:
        if found.record_sha256:
            try:
                record = recording.find_record(sha256=found.record_sha256)
            except NotFound:
                record = None
    newest = bool(record and record.files and record.files[-1].sha256 == found.sha256)
    report, replaced = audit_reports.find_file(found.sha256) or ("", False)
    return Checked(found, ours or bool(report), newest, report, replaced, record)


def sentences(checked: Checked) -> tuple[str, ...]:
    """Say in words what was found, the most important first."""
    said: list[str] = []
    if checked.good:
        said.append("This file is intact, trusted and in our register.")
    elif not checked.file.readable:
        said.append("This is not a decision record or an audit report that can be read.")
    elif not checked.file.intact:
        said.append("This file was changed, or was never sealed. Do not rely on it.")
    elif not checked.file.trusted:
        said.append("This file was not sealed by an organisation that is known here. Do not rely on it.")
    else:
        said.append("This file is intact and trusted, but it is not in our register.")
    said += list(checked.file.words())
    if checked.report:
        later = "A later report about the same period has replaced it." if checked.report_replaced else ""
        said += [f"It is the audit report {checked.report}.", *filter(None, (later,))]
    if checked.record is not None:
        kept = checked.record
        if checked.ours and not checked.newest_step:
            said.append("It is an earlier step of the signed file; a later one has more signatures.")
        if kept.superseded_by:
            said.append("A newer decision record has replaced it.")
        elif checked.good:
            said.append("No newer decision record has replaced it.")
        if checked.good and kept.newer_version and not kept.assessment.restricted:
            said.append(
                f"A newer version of the assessment (version {kept.newer_version}) is being written: "
                f"what was signed is version {kept.record.snapshot.version}."
            )
    return tuple(said)


def check_pack(path: Path, root: str = "") -> checking.Found:
    """Look at an evidence pack, a folder or a ZIP. Raises BadPack.

    Its seal must rest on ``root`` (PEM) where one is given, otherwise on a root of ours.
    """
    files = checking.open_pack(path)
    if root:
        trusted: tuple[str, ...] = (root,)
    else:
        trusted = _roots()
    return checking.check(files, look=lambda pdf: aside.look(pdf, trusted=trusted))


def _roots() -> tuple[str, ...]:
    """Return the roots that are known here; none on a machine that has no database, such as an auditor's."""
    try:
        with transaction() as session:
            return sealing.roots(session)
    except (OperationalError, ProgrammingError):
        return ()
