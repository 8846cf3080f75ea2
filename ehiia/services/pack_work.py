"""The work of sealing an audit report and writing its evidence pack: into file storage, then to the folder.

What is written to the auditor's folder comes from file storage; nothing is ever read from that folder.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.documents.pack.writing import pack_files, zipped
from ehiia.documents.pdf.audit import lay_out_report
from ehiia.documents.signing import seal
from ehiia.files.folders import write_folder
from ehiia.files.store import AlreadyThere
from ehiia.services import freezing, installation, organisations
from ehiia.services.audit_reports import key
from ehiia.services.key_work import keys_of
from ehiia.services.sealing import signed_files
from ehiia.services.transaction import NotFound, note, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import RunRow
from ehiia.store.packs import PackCopy, PackRow, ReportRow

__all__ = ["do_pack"]

REASON = "Sealed as the report of the audit"
THERE = "There is a folder of this name already; it was left as it is."
RESTRICTED = "An assessment in it was restricted meanwhile, so it was not written to the folder."


def do_pack(report_id: int, *, now: datetime) -> None:
    """Do what is left of sealing a report and writing its pack; doing it twice changes nothing."""
    with transaction() as session:
        row = _locked(session, report_id)
        if session.get(PackRow, row.id) is None:
            _seal(session, row, now)
    room = installation.config().audits
    if room is None:
        return
    with transaction() as session:
        row = _locked(session, report_id)
        pack = session.get(PackRow, row.id)
        if pack is None or session.get(PackCopy, row.id) is not None:
            return
        folder, problem = f"{day_of(row.at).year}/{row.ref}", ""
        restricted = select(Assessment.id).where(
            Assessment.id.in_(row.assessments), Assessment.restricted.is_(True)
        )
        if session.scalar(restricted.limit(1)) is not None:
            problem = RESTRICTED
        else:
            try:
                write_folder(room, folder, _unzipped(signed_files().get(key(pack.zip_sha256, ".zip"))))
            except AlreadyThere:
                problem = THERE
        session.add(PackCopy(report_id=row.id, folder=folder, problem=problem, at=now))
        if not problem:
            _note(session, row, "pack_written", now)


def _locked(session: Session, report_id: int) -> ReportRow:
    row = session.scalar(select(ReportRow).where(ReportRow.id == report_id).with_for_update())
    if row is None:
        raise NotFound
    return row


def _seal(session: Session, row: ReportRow, now: datetime) -> None:
    report = freezing.thaw_report(row.text)
    if report.digest() != row.sha256:
        raise RuntimeError(f"the text of report {row.ref} does not give its digest; it is not sealed")
    files = signed_files()
    data = {one.name: files.get(key(one.sha256)) for one in report.files}
    keys = keys_of(session, organisations.get(row.organisation_id, session=session), now=now)
    pdf = seal.certify(
        lay_out_report(report), seal=keys.seal, issuer=keys.root.certificate, now=now, reason=REASON
    )
    packed = zipped(row.ref, pack_files(report, pdf, data), row.at)
    pack = PackRow(
        report_id=row.id,
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        zip_sha256=hashlib.sha256(packed).hexdigest(),
        zip_size=len(packed),
        at=now,
    )
    files.put(key(pack.pdf_sha256, ".pdf"), pdf)
    files.put(key(pack.zip_sha256, ".zip"), packed)
    session.add(pack)
    session.flush()
    _note(session, row, "report_sealed", now)


def _unzipped(content: bytes) -> dict[str, bytes]:
    """Return the files of a pack without the folder they lie in."""
    with ZipFile(BytesIO(content)) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def _note(session: Session, row: ReportRow, verb: str, now: datetime) -> None:
    programme_id = session.scalars(select(RunRow.programme_id).where(RunRow.id == row.run_id)).one()
    note(
        session,
        verb,
        organisation_id=row.organisation_id,
        subject=f"programme:{programme_id}",
        by=None,
        at=now,
        report=row.ref,
    )
