"""Anybody asks about a record: by its file, by its code, by a reference."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from ehiia.documents.signing import aside, looker
from ehiia.domain.publishing import PublicationState, Publishing
from ehiia.domain.standing import Standing
from ehiia.extensions import db
from ehiia.services import enquiries, recorded, restriction, sealing, stopping, verifying
from ehiia.services.transaction import NotFound, read, transaction
from ehiia.services.tries import TRIES, TooManyTries
from ehiia.store.decisions import RecordRow
from ehiia.store.publications import Edition, Publication
from tests import factories
from tests.factories import HOUR
from tests.people import Cast, gather

DAY = timedelta(days=1)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def record(cast: Cast, now: datetime) -> RecordRow:
    made = factories.decided(cast, now, worse=True)[1]
    sealing.seal_record(made.id, now=now + HOUR)
    read().rollback()
    return made


def file_of(record: RecordRow, step: int = 0) -> bytes:
    """Return a step of the signed file, the newest where none is named."""
    files = recorded.find_record(ref=record.ref).files
    read().rollback()
    return sealing.signed_files().get(files[step - 1].storage_key)


def changed(pdf: bytes) -> bytes:
    """Return a file with one byte after its end, so that it is another one and still readable."""
    return pdf + b"\n"


@contextmanager
def statements() -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def withdrawn(cast: Cast, record: RecordRow, at: datetime) -> None:
    stopping.stop(record.ref.rpartition("-")[0], "withdraw", reason="Given up.", by=cast.amina, now=at)
    read().rollback()


# -- a file ----------------------------------------------------------------------------------------


def test_a_known_file_is_answered_from_the_register_without_being_analysed(
    record: RecordRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "look", None)
    checked = verifying.check_file(file_of(record))
    assert checked.current
    assert checked.standing is Standing.CURRENT
    assert [whose for whose, _, _ in verifying.signed_by(checked)] == [
        "Seal of Suffolk and North East Essex",
        "Signature of Carol Whitfield",
        "Time-stamp of Suffolk and North East Essex",
    ]
    assert checked.file.record_sha256 == record.sha256 != checked.file.sha256
    earlier = verifying.check_file(file_of(record, step=1))
    assert (earlier.good, earlier.current, len(earlier.file.signatures)) == (True, False, 1)


def test_any_other_file_is_looked_at_and_nothing_of_it_is_kept(
    record: RecordRow, inside: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "temporary"  # others write into the machine's at the same time
    own.mkdir()
    monkeypatch.setenv("TMPDIR", str(own))
    monkeypatch.setattr(tempfile, "tempdir", None)
    folders = (Path(tempfile.gettempdir()), inside.extensions["ehiia.config"].instance)
    assert folders[0] == own
    before = [sorted(path for path in folder.iterdir() if path.suffix != ".db-wal") for folder in folders]
    with statements() as said:
        checked = verifying.check_file(changed(file_of(record)))
    assert checked.file.readable
    assert not [one for one in said if one.split()[0] in {"INSERT", "UPDATE", "DELETE"}], said
    after = [sorted(path for path in folder.iterdir() if path.suffix != ".db-wal") for folder in folders]
    assert before == after


def test_a_changed_file_has_no_standing_though_its_data_is_known(record: RecordRow, now: datetime) -> None:
    checked = verifying.check_file(changed(file_of(record)))
    assert (checked.ours, checked.standing, checked.data_known) == (False, Standing.UNKNOWN, True)
    said = " ".join(verifying.sentences(checked, now=now))
    assert "Something was added after the last signature." in said
    assert "The data inside is that of a record in our register; this file is not." in said
    assert "Unknown here." in said
    assert record.ref not in said


def test_what_a_file_is_stands_with_its_proposal(cast: Cast, record: RecordRow, now: datetime) -> None:
    withdrawn(cast, record, now + DAY)
    checked = verifying.check_file(file_of(record))
    assert (checked.good, checked.current, checked.standing) == (True, False, Standing.WITHDRAWN)
    assert any(one.startswith("Withdrawn.") for one in verifying.sentences(checked, now=now))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "hostile", [f"bytearray({looker.MEMORY})", "open('kept', 'wb', buffering=0).write(b'x')"]
)
def test_whoever_looks_has_so_much_memory_and_writes_no_file(
    inside: Flask, tmp_path: Path, hostile: str
) -> None:
    program = f"from ehiia.documents.signing import looker; looker._limit(20); {hostile}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        env={"PYTHONPATH": str(aside.HOME), "PATH": "/usr/bin"},
    )
    assert done.returncode != 0
    assert not [path for path in tmp_path.iterdir() if path.stat().st_size]


# -- a code or a reference -------------------------------------------------------------------------


def ask(asked: str, now: datetime, address: str = "192.0.2.1") -> enquiries.Told:
    read().rollback()
    return enquiries.ask(asked, address=address, now=now)


def test_whoever_has_the_code_is_told_how_it_stands_and_nothing_it_says(
    cast: Cast, record: RecordRow, now: datetime
) -> None:
    restriction.restrict(
        record.ref.rpartition("-")[0],
        reason="Staff could be known.",
        until_on=None,
        by=cast.amina,
        now=now + DAY,
    )
    code = record.code
    told = ask(f"{code[:4]}-{code[4:8].lower()} {code[8:]}", now)
    files = tuple(file.sha256 for file in recorded.find_record(ref=record.ref).files)
    current = Standing.CURRENT
    assert told == enquiries.Told(
        record.ref, current, current.meaning, now + 4 * HOUR, record.sha256, files, newer=""
    )
    withdrawn(cast, record, now + 2 * DAY)
    assert ask(code, now).standing is Standing.WITHDRAWN


def test_a_reference_that_was_not_published_costs_what_an_unknown_one_costs(
    record: RecordRow, now: datetime
) -> None:
    asked = []
    for reference in (record.ref, "EHIIA-2031-999-D7"):
        read().rollback()
        with statements() as said, pytest.raises(NotFound):
            enquiries.ask(reference, address=reference, now=now)
        asked.append(said)
    assert asked[0] == asked[1]


def test_guessing_codes_ends(record: RecordRow, now: datetime) -> None:
    for guess in range(TRIES):
        with pytest.raises(NotFound):
            ask(f"ABCDEFGHJK{guess:02}", now)
    with pytest.raises(TooManyTries):
        ask(record.code, now)
    assert ask(record.code, now, address="192.0.2.2").reference == record.ref
    assert ask(record.code, now + HOUR).reference == record.ref


def edition_of(cast: Cast, record: RecordRow, now: datetime, not_before: date | None = None) -> Edition:
    """Publish a record as it is."""
    with transaction() as session:
        publication = Publication(
            organisation_id=record.organisation_id,
            assessment_id=record.assessment_id,
            record_id=record.id,
            kind=Publishing.FULL,
            state=PublicationState.AGREED,
            not_before_on=not_before,
            begun_by=cast.amina,
            begun_at=now,
        )
        session.add(publication)
        session.flush()
        edition = Edition(
            organisation_id=record.organisation_id,
            assessment_id=record.assessment_id,
            record_id=record.id,
            publication_id=publication.id,
            number=1,
            ref=f"{record.ref}-P1",
            code="ZZZZYYYYXXXX",
            text=record.text,
            sha256=record.sha256,
            made_at=now,
        )
        session.add(edition)
        return edition


def test_what_was_published_is_answered_by_its_reference_and_by_that_of_its_record(
    cast: Cast, record: RecordRow, now: datetime
) -> None:
    edition = edition_of(cast, record, now, not_before=(now + 2 * DAY).date())
    with pytest.raises(NotFound):
        ask(edition.ref, now)
    for asked in (edition.ref, record.ref.lower()):
        told = ask(asked, now + 2 * DAY)
        assert (told.reference, told.of_ref, told.standing) == (edition.ref, record.ref, Standing.CURRENT)
        assert told.title == "Moving the Harbour Road surgery"
    restriction.restrict(
        record.ref.rpartition("-")[0],
        reason="Staff could be known.",
        until_on=None,
        by=cast.amina,
        now=now + 3 * DAY,
    )
    with pytest.raises(NotFound):
        ask(edition.ref, now + 3 * DAY)
    assert ask(edition.code, now + 3 * DAY).title == ""


# -- the command -----------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_with_a_certificate_the_command_asks_no_register(
    inside: Flask, record: RecordRow, tmp_path: Path, now: datetime
) -> None:
    good, bad, root = tmp_path / "good.pdf", tmp_path / "bad.pdf", tmp_path / "root.pem"
    good.write_bytes(file_of(record))
    bad.write_bytes(changed(file_of(record)))
    root.write_text(sealing.root_certificate("snee"))
    read().rollback()
    run = inside.test_cli_runner().invoke
    fine = run(args=["records", "verify", "--root", str(root), str(good)])
    assert (fine.exit_code, "No register was asked" in fine.output) == (0, True), fine.output
    assert f"SHA-256 of the data inside: {record.sha256}" in fine.output
    assert record.ref not in fine.output
    worse = run(args=["records", "verify", "--root", str(root), str(good), str(bad)])
    assert (worse.exit_code, "Something was added after the last signature." in worse.output) == (1, True)
    none = run(args=["records", "verify", "--root", str(good), str(good)])
    assert (none.exit_code, "is no certificate" in none.output) == (2, True)
