"""The report of an audit and its evidence pack: frozen, sealed, written once, checked by anybody."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from ehiia.domain.auditing import Grade
from ehiia.services import (
    answering_findings,
    audit_reports,
    cases,
    keys,
    leaked_keys,
    people,
    restriction,
    sealing,
    verifying,
    work,
)
from ehiia.services.answering_findings import Finding
from ehiia.services.audit_reports import ReportRow
from ehiia.services.freezing import thaw_report
from ehiia.services.transaction import NotAllowed, NotFound, note, read, transaction
from ehiia.store.auditing import CaseRow, RunRow
from ehiia.store.decisions import RecordRow
from ehiia.store.packs import PackCopy, PackRow
from tests import people as cast_of
from tests.people import Cast
from tests.services.test_cases import WHOLE
from tests.services.test_programmes import APRIL, begun, case_of, done, drawn

LATER = APRIL + timedelta(days=9)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return cast_of.gather(now)


@pytest.fixture
def room(inside: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The auditor's folder."""
    config = replace(inside.extensions["ehiia.config"], audits=tmp_path / "audits")
    monkeypatch.setitem(inside.extensions, "ehiia.config", config)
    return tmp_path / "audits"


@pytest.fixture
def run(cast: Cast, now: datetime) -> RunRow:
    """An audit of one action, which works, with a finding about it; the decision is signed."""
    programme = begun(cast, now)
    ref = done(cast, now)
    found = drawn(cast, programme)
    case = case_of(f"{ref}-M1")
    cases.save(case.id, WHOLE, revision=1, finish=True, by=cast.dev, now=APRIL)
    finding = Finding("Half the seats are empty.", recommendation="Tell people.", grade=Grade.LOW)
    answering_findings.raise_finding(
        replace(finding, answers_id=cast.daniel),
        case_id=case.id,
        organisation_id=cast.organisation_id,
        by=cast.dev,
        now=APRIL,
    )
    for record_id in read().scalars(select(RecordRow.id)).all():
        sealing.seal_record(record_id, now=APRIL)
    read().rollback()
    return found


def prepare(cast: Cast, run: RunRow, by: str = "dev", now: datetime = LATER) -> ReportRow:
    return audit_reports.prepare(
        run.id,
        organisation_id=cast.organisation_id,
        by=cast.ids[by],
        now=now,
    )


def zip_of(cast: Cast, row: ReportRow, by: str = "dev") -> bytes:
    actor = people.actor_of(cast.ids[by], today=LATER.date())
    return audit_reports.zip_of(row.ref, actor=actor, organisation_id=cast.organisation_id)


def test_a_pack_is_prepared_sealed_written_and_holds(
    cast: Cast, room: Path, run: RunRow, tmp_path: Path, inside: Flask
) -> None:
    row = prepare(cast, run)
    assert row.ref == "EHIIA-AUD-2026-01"
    folder = room / "2026" / row.ref
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {
        "report.pdf",
        "report.json",
        "manifest.sha256",
        "README.txt",
        "findings.csv",
        "findings.json",
    } <= names
    assert {"sample/frame-1.txt", "sample/draws.json", "history/history.jsonl", "root.pem"} <= names
    assert any(name.startswith("records/EHIIA-2026-") for name in names)
    assert [one.name for one in folder.parent.iterdir()] == [row.ref], "nothing half written is left"
    packed = tmp_path / "pack.zip"
    packed.write_bytes(zip_of(cast, row))
    for pack in (folder, packed):
        told = inside.test_cli_runner().invoke(args=["audits", "verify", str(pack)])
        assert told.exit_code == 0, told.output
        assert "The same sample is drawn again" in told.output
        assert f"{row.ref}: everything holds" in told.output
    report = thaw_report(row.text)
    assert report.digest() == row.sha256
    (case,) = report.cases
    assert (case.verdict, case.auditor, len(case.checks)) == ("Working", "Dev Patel", 11)
    assert [one.condition for one in report.findings] == ["Half the seats are empty."]
    assert json.loads((folder / "findings.json").read_text())[0]["grade"] == "Low"


def test_the_same_again_makes_no_second_report_and_what_is_new_makes_one(
    cast: Cast, room: Path, run: RunRow
) -> None:
    first = prepare(cast, run)
    assert prepare(cast, run, by="ivan", now=LATER + timedelta(days=1)).id == first.id
    (finding,) = thaw_report(first.text).findings
    answering_findings.change(
        finding.ref,
        Finding("All seats are empty.", grade=Grade.HIGH, answers_id=cast.daniel),
        revision=1,
        organisation_id=cast.organisation_id,
        by=cast.dev,
        now=LATER,
    )
    second = prepare(cast, run, now=LATER + timedelta(days=2))
    assert second.ref == "EHIIA-AUD-2026-02"
    assert thaw_report(second.text).replaces == first.ref
    dev = people.actor_of(cast.dev, today=LATER.date())
    assert [one.row.ref for one in audit_reports.list_of(run, actor=dev)] == [second.ref, first.ref]
    assert (room / "2026" / first.ref).is_dir()


def test_nothing_of_a_report_is_ever_changed(cast: Cast, room: Path, run: RunRow) -> None:
    prepare(cast, run)
    for sql in (
        "UPDATE audit_report SET ref = 'x'",
        "DELETE FROM audit_pack",
        "UPDATE audit_pack_copy SET folder = 'x'",
    ):
        with pytest.raises(DBAPIError):
            read().execute(text(sql))
        read().rollback()


def test_a_folder_that_is_there_is_left_as_it_is(cast: Cast, room: Path, run: RunRow) -> None:
    theirs = room / "2026" / "EHIIA-AUD-2026-01" / "mine.txt"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("mine")
    row = prepare(cast, run)
    copy = read().scalars(select(PackCopy)).one()
    assert "it was left as it is" in copy.problem
    assert [path.name for path in theirs.parent.iterdir()] == ["mine.txt"]
    assert [path.name for path in theirs.parent.parent.iterdir()] == [row.ref]
    assert zip_of(cast, row)


def test_a_disk_that_refuses_leaves_nothing_half_written_and_is_tried_again(
    cast: Cast, room: Path, run: RunRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("pathlib.Path.rename", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        row = prepare(cast, run)
    assert list((room / "2026").iterdir()) == []
    assert read().get(PackRow, row.id) is not None, "the pack is in file storage all the same"
    sealed = zip_of(cast, row)
    read().rollback()
    work.do_due(now=LATER + timedelta(hours=1))
    assert (room / "2026" / row.ref / "report.pdf").is_file()
    assert zip_of(cast, row) == sealed
    audit_reports.do_pack(row.id, now=LATER + timedelta(hours=2))  # twice is harmless
    assert zip_of(cast, row) == sealed


def test_without_a_folder_the_pack_is_in_file_storage_only(cast: Cast, run: RunRow) -> None:
    row = prepare(cast, run)
    assert read().scalars(select(PackCopy)).all() == []
    assert zip_of(cast, row)
    seal = next(one.id for one in keys.listed(cast.organisation_id) if one.purpose == "seal")
    read().rollback()
    keys.revoke(cast.organisation_id, seal, since=LATER, reason="Stolen.", by=cast.farah, now=LATER)
    pdf = audit_reports.pdf_of(
        row.ref,
        actor=people.actor_of(cast.ids["dev"], today=LATER.date()),
        organisation_id=cast.organisation_id,
    )
    read().rollback()
    assert verifying.check_file(pdf).doubtful
    made = leaked_keys.made_since(cast.organisation_id, actor=None)
    assert [(one.ref, one.title) for one in made if one.kind == "report"] == [(row.ref, "")]


def test_a_restricted_assessment_is_nowhere_in_a_pack(
    cast: Cast, room: Path, run: RunRow, now: datetime
) -> None:
    (case,) = read().scalars(select(CaseRow)).all()
    secret = case.ref.rpartition("-")[0]
    prepare(cast, run)
    with transaction() as session:  # a row about the programme that names it
        note(
            session,
            "case_given",
            organisation_id=cast.organisation_id,
            subject=f"programme:{run.programme_id}",
            by=cast.dev,
            at=LATER,
            case=case.ref,
            name="Dev Patel",
        )
    restriction.restrict(secret, reason="A named person.", until_on=None, by=cast.amina, now=LATER)
    row = prepare(cast, run, now=LATER + timedelta(days=1))
    with ZipFile(BytesIO(zip_of(cast, row))) as archive:
        for name in archive.namelist():
            assert secret not in name
            assert secret.encode() not in archive.read(name), name
    folder = room / "2026" / row.ref
    found = verifying.check_pack(folder)
    assert found.good, found.problems
    assert any("lines are left out" in note for note in found.notes)
    # what was prepared before it was restricted is handed only to those who take part in it
    first = read().scalars(select(ReportRow).order_by(ReportRow.id)).first()
    assert first is not None
    with pytest.raises(NotAllowed, match="restricted since"):
        zip_of(cast, first)


def test_what_was_restricted_before_it_is_written_is_not_written(
    cast: Cast, room: Path, run: RunRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as later:
        later.setattr(work, "do_now", lambda *_, **__: False)
        row = prepare(cast, run)
    secret = thaw_report(row.text).cases[0].about
    restriction.restrict(secret, reason="A named person.", until_on=None, by=cast.amina, now=LATER)
    work.do_due(now=LATER + timedelta(hours=1))
    assert "restricted meanwhile" in read().scalars(select(PackCopy)).one().problem
    assert not room.exists()


def test_rows_about_people_from_outside_tell_nothing_but_their_hash(
    cast: Cast, room: Path, run: RunRow
) -> None:
    with transaction() as session:
        about = read().scalars(select(CaseRow.assessment_id)).one()
        note(
            session,
            "reviewer_invited",
            organisation_id=cast.organisation_id,
            subject=f"assessment:{about}",
            by=cast.amina,
            at=APRIL,
            name="Zofia Nowak",
        )
    row = prepare(cast, run)
    folder = room / "2026" / row.ref
    assert "Zofia Nowak" not in (folder / "history/history.jsonl").read_text(encoding="utf-8")
    assert verifying.check_pack(folder).good


def test_on_a_machine_without_the_database_the_root_is_given(
    cast: Cast, room: Path, run: RunRow, monkeypatch: pytest.MonkeyPatch, inside: Flask
) -> None:
    folder = str(room / "2026" / prepare(cast, run).ref)
    monkeypatch.setattr("ehiia.services.verifying.sealing.trust", nothing)
    told = inside.test_cli_runner().invoke(args=["audits", "verify", folder])
    assert told.exit_code == 1
    assert "see --root" in told.output
    told = inside.test_cli_runner().invoke(args=["audits", "verify", folder, "--root", f"{folder}/root.pem"])
    assert told.exit_code == 0, told.output
    told = inside.test_cli_runner().invoke(args=["audits", "verify", f"{folder}/sample"])
    assert told.exit_code == 2


def nothing(_: object) -> None:
    raise OperationalError("SELECT", {}, Exception("no such table"))


def test_who_may_not(cast: Cast, run: RunRow) -> None:
    for name in ("amina", "helen"):
        with pytest.raises(NotAllowed):
            prepare(cast, run, by=name)
    with pytest.raises(NotFound):
        audit_reports.prepare(run.id + 99, organisation_id=cast.organisation_id, by=cast.dev, now=LATER)
    row = prepare(cast, run)
    esther = people.actor_of(cast.esther, today=LATER.date())
    with pytest.raises(NotFound):
        audit_reports.pdf_of(row.ref, actor=esther, organisation_id=cast.organisation_id + 1)


def test_a_report_is_found_again_by_its_file(cast: Cast, run: RunRow) -> None:
    row = prepare(cast, run)
    dev = people.actor_of(cast.dev, today=LATER.date())
    pdf = audit_reports.pdf_of(row.ref, actor=dev, organisation_id=cast.organisation_id)
    checked = verifying.check_file(pdf)
    assert checked.good
    assert checked.current
    assert f"It is the audit report {row.ref}." in verifying.sentences(checked, now=LATER)
