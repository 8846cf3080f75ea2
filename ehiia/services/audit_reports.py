"""The report of an audit and its evidence pack: prepared, found again, handed out.

A report is frozen when somebody prepares it and never changed; where more was found since, another one
replaces it and both stay. Sealing it and writing its pack is work that is claimed before it is done
(``pack_work``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from ehiia.clock import day_of
from ehiia.domain import decision
from ehiia.domain.access import Actor
from ehiia.domain.audit_report import AuditReport
from ehiia.domain.frozen import Person as NamedPerson
from ehiia.services import installation, organisations, people, work
from ehiia.services.programmes import must_keep_audits
from ehiia.services.sealing import signed_files
from ehiia.services.transaction import NotAllowed, NotFound, note, read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import ProgrammeRow, RunRow
from ehiia.store.organisations import Organisation
from ehiia.store.packs import PackCopy, PackRow, ReportRow
from ehiia.store.people import Person
from ehiia.store.visible import known_in

__all__ = [
    "PACK_WORK",
    "Handed",
    "Prepared",
    "ReportRow",
    "find_file",
    "key",
    "list_of",
    "pdf_of",
    "prepare",
    "writes_folder",
    "zip_of",
]

PACK_WORK = "audit_pack"
WITHHELD = (
    "An assessment in this report was restricted since. Only those who take part in it are handed the report."
)


@dataclass(frozen=True)
class Prepared:
    """A report as it is listed. ``pack`` and ``copy``: None until it is sealed, and until it is written."""

    row: ReportRow
    by: str
    pack: PackRow | None
    copy: PackCopy | None
    withheld: str
    """Why it is not handed to the person who asks, or ""."""


def key(sha256: str, ending: str = "") -> str:
    """Return the name in file storage of what belongs to a pack: what was put is never put anew."""
    return f"audits/{sha256}{ending}"


# -- reading ---------------------------------------------------------------------------------------


def list_of(run: RunRow, *, actor: Actor) -> list[Prepared]:
    """Return the reports about a period, the newest first: two queries."""
    return _prepared(actor, run.organisation_id, ReportRow.run_id == run.id)


def _prepared(actor: Actor, organisation_id: int, which: ColumnElement[bool]) -> list[Prepared]:
    session = read()
    rows = session.execute(
        select(ReportRow, Person.name, PackRow, PackCopy)
        .join(Person, Person.id == ReportRow.by)
        .outerjoin(PackRow, PackRow.report_id == ReportRow.id)
        .outerjoin(PackCopy, PackCopy.report_id == ReportRow.id)
        .where(ReportRow.organisation_id == organisation_id, which)
        .order_by(ReportRow.id.desc())
    ).all()
    hidden = _hidden(session, actor, organisation_id, {one for row, *_ in rows for one in row.assessments})
    return [
        Prepared(row, name, pack, copy, WITHHELD if hidden & {*row.assessments} else "")
        for row, name, pack, copy in rows
    ]


def _hidden(session: Session, actor: Actor, organisation_id: int, about: Iterable[int]) -> set[int]:
    """Return those of the assessments that were restricted since and that the person may not know of."""
    holds = bool(actor.roles.get(organisation_id))
    known = known_in(organisation_id, actor.person_id, holds_post=holds)
    return set(
        session.scalars(
            select(Assessment.id).where(Assessment.id.in_(about), Assessment.restricted.is_(True), ~known)
        )
    )


def _one(report_ref: str, actor: Actor, organisation_id: int) -> PackRow:
    found = _prepared(actor, organisation_id, ReportRow.ref == report_ref)
    if not found or found[0].pack is None:
        raise NotFound
    if found[0].withheld:
        raise NotAllowed(found[0].withheld)
    return found[0].pack


def pdf_of(report_ref: str, *, actor: Actor, organisation_id: int) -> bytes:
    """Return the sealed report. Raises NotFound before it is sealed, NotAllowed where it is withheld."""
    return signed_files().get(key(_one(report_ref, actor, organisation_id).pdf_sha256, ".pdf"))


def zip_of(report_ref: str, *, actor: Actor, organisation_id: int) -> bytes:
    """Return the evidence pack as a ZIP. Raises as ``pdf_of``."""
    return signed_files().get(key(_one(report_ref, actor, organisation_id).zip_sha256, ".zip"))


def writes_folder() -> bool:
    """Say whether packs are written to an auditor's folder as well."""
    return installation.config().audits is not None


@dataclass(frozen=True)
class Handed:
    """A sealed report that is known by the digest of its file; ``sealed_at`` in UTC."""

    ref: str
    replaced: bool
    organisation: str
    sealed_at: datetime
    sha256: str
    """Of its data."""
    organisation_id: int


def find_file(sha256: str) -> Handed | None:
    """Return the report whose sealed file has this digest, and whether a later one replaced it."""
    session = read()
    later = aliased(ReportRow)
    found = session.execute(
        select(
            ReportRow.ref,
            exists().where(later.run_id == ReportRow.run_id, later.id > ReportRow.id),
            Organisation.name,
            PackRow.at,
            ReportRow.sha256,
            ReportRow.organisation_id,
        )
        .join(PackRow, PackRow.report_id == ReportRow.id)
        .join(Organisation, Organisation.id == ReportRow.organisation_id)
        .where(PackRow.pdf_sha256 == sha256)
        .limit(1)
    ).one_or_none()
    return Handed(*found) if found else None


# -- preparing ----------------------------------------------------------------------------------------


def prepare(run_id: int, *, organisation_id: int, by: int, now: datetime) -> ReportRow:
    """Freeze the report of a period as it stands, and seal it at once where that can be done.

    Where nothing has changed since the last report, that one is returned. Raises NotFound, NotAllowed.
    """
    # here and not above: they load what most web processes never need
    from ehiia.documents.pack.writing import data_files, listed
    from ehiia.services import freezing_audits, key_work
    from ehiia.services.sealing import root_certificate

    with transaction() as session:
        must_keep_audits(session, organisation_id, by=by, now=now)
        run = session.scalar(
            select(RunRow)
            .where(RunRow.id == run_id, RunRow.organisation_id == organisation_id)
            .with_for_update()
        )
        programme = session.get(ProgrammeRow, run.programme_id) if run else None
        if run is None or programme is None:
            raise NotFound
        organisation = organisations.get(organisation_id, session=session)
        key_work.keys_of(session, organisation, now=now)
        frozen = freezing_audits.freeze_audit(
            session,
            run,
            programme,
            root_certificate(organisation.code),
            actor=people.actor_of(by, today=day_of(now), session=session),
            now=now,
        )
        said = decision.digest(_said(frozen.report))
        newest = session.scalar(
            select(ReportRow).where(ReportRow.run_id == run.id).order_by(ReportRow.id.desc()).limit(1)
        )
        if newest is not None and newest.said_sha256 == said:
            return newest
        year = day_of(now).year
        number = organisations.next_ref(session, organisation, "audit_report", year)
        report = replace(
            frozen.report,
            reference=f"{organisation.ref_prefix}-AUD-{year}-{number:02d}",
            replaces=newest.ref if newest else "",
        )
        data = data_files(report, frozen.beside)
        report = replace(report, files=listed(data))
        for file in report.files:  # by their digests, so that what a failure leaves behind is in nobody's way
            signed_files().put(key(file.sha256), data[file.name])
        row = ReportRow(
            organisation_id=organisation.id,
            run_id=run.id,
            ref=report.reference,
            text=report.canonical(),
            sha256=report.digest(),
            said_sha256=said,
            assessments=list(frozen.assessments),
            to_do=report.to_do,
            by=by,
            at=now,
        )
        session.add(row)
        session.flush()
        note(
            session,
            "report_prepared",
            organisation_id=organisation.id,
            subject=f"programme:{programme.id}",
            by=by,
            at=now,
            run=run.ref,
            report=row.ref,
            sha256=row.sha256,
        )
        work.enqueue(session, PACK_WORK, row.id, f"{PACK_WORK}:{row.id}", now)
    work.do_now(f"{PACK_WORK}:{row.id}", now=now)
    return row


def _said(report: AuditReport) -> str:
    """Return what a report says, whoever prepares it whenever."""
    same = replace(
        report,
        made_by=NamedPerson(""),
        made_at=datetime.min.replace(tzinfo=report.made_at.tzinfo),
        history_sequence=0,
        history_sha256="",
    )
    return same.canonical()


def do_pack(report_id: int, *, now: datetime) -> None:
    """Seal a report and write its pack; doing it twice changes nothing. ``now`` is the true moment."""
    from ehiia.services import pack_work  # see ``prepare``

    pack_work.do_pack(report_id, now=now)


work.HANDLERS[PACK_WORK] = do_pack
