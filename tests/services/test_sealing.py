"""The signed file: the decision stands without it, it is made once, and what is written stays as it is."""

from __future__ import annotations

import errno
import json
import os
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.signing import aside
from ehiia.documents.signing.verify import verify
from ehiia.domain.decision import DecisionRecord, canonical
from ehiia.domain.vocabulary import SealState, Stage
from ehiia.extensions import db
from ehiia.services import recorded, seal_work, sealing, verifying, work
from ehiia.services.transaction import read
from ehiia.store.decisions import RecordRow
from tests import factories
from tests.documents.reading import squeezed, text_of
from tests.factories import HOUR, current
from tests.people import Cast, gather

MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def record(cast: Cast, now: datetime) -> RecordRow:
    return factories.decided(cast, now)[1]


def kept(record: RecordRow) -> recorded.KeptRecord:
    read().rollback()
    db.session.expire_all()
    found = recorded.find_record(ref=record.ref)
    read().rollback()
    return found


def broken(*_: object, **__: object) -> Any:
    raise OSError("no room left")


def test_a_decision_stands_when_sealing_fails_and_the_worker_seals_it_later_once(
    record: RecordRow, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = now + 5 * HOUR
    with monkeypatch.context() as patch:
        patch.setattr(seal_work, "lay_out", broken)
        assert not sealing.seal_at_once(record.id, now=later)
    assert kept(record).state is SealState.WAITING
    assert current(kept(record).assessment.ref).stage is Stage.IN_FORCE
    read().rollback()
    assert work.do_due(now=later).done == 0
    assert work.do_due(now=later + MINUTE).done == 1
    assert kept(record).state is SealState.SIGNED
    assert [file.step for file in kept(record).files] == [1, 2, 3]
    assert work.do_due(now=later + 2 * MINUTE).done == 0
    assert not sealing.seal_at_once(record.id, now=later + 2 * MINUTE)


def test_sealing_twice_changes_nothing(record: RecordRow, now: datetime) -> None:
    sealing.seal_record(record.id, now=now + HOUR)
    before = [(file.sha256, file.signed_at) for file in kept(record).files]
    sealing.seal_record(record.id, now=now + 2 * HOUR)
    assert [(file.sha256, file.signed_at) for file in kept(record).files] == before


def test_two_workers_at_once_seal_once(
    app: Flask, record: RecordRow, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out: list[str] = []

    def counting(*args: Any, **kwargs: Any) -> bytes:
        laid_out.append("once")
        return lay_out(*args, **kwargs)

    monkeypatch.setattr(seal_work, "lay_out", counting)
    starting = threading.Barrier(2)
    troubles: list[BaseException] = []

    def seal() -> None:
        try:
            with app.app_context():
                starting.wait(10)
                sealing.seal_record(record.id, now=now + HOUR)
                db.session.remove()
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=seal) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert troubles == []
    assert laid_out == ["once"]
    assert kept(record).state is SealState.SIGNED


def test_the_sealed_file_says_where_to_verify_it(record: RecordRow, now: datetime, tmp_path: Path) -> None:
    sealing.seal_record(record.id, now=now + HOUR)
    pdf = sealing.signed_files().get(kept(record).files[0].storage_key)
    assert squeezed("type the code at http://127.0.0.1:5000/verify") in squeezed(text_of(pdf, tmp_path))


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_file_whose_row_was_lost_in_a_crash_is_taken_over(
    record: RecordRow, now: datetime, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    files = sealing.signed_files()
    put = type(files).put

    def put_and_die(self: Any, key: str, data: bytes) -> None:
        put(self, key, data)
        if key.endswith(f".{step}.pdf"):
            raise KeyboardInterrupt  # the process is killed before the row is committed

    with monkeypatch.context() as patch:
        patch.setattr(type(files), "put", put_and_die)
        with pytest.raises(KeyboardInterrupt):
            sealing.seal_record(record.id, now=now + HOUR)
    key = sealing.storage_key(record.ref, step)
    orphan = files.get(key)
    assert len(kept(record).files) == step - 1
    sealing.seal_record(record.id, now=now + 2 * HOUR)
    assert files.get(key) == orphan
    found = kept(record)
    assert found.state is SealState.SIGNED
    assert found.files[step - 1].signed_at == now + HOUR
    checked = verifying.check_file(files.get(found.files[-1].storage_key))
    assert checked.current


@pytest.mark.parametrize("step", [1, 2, 3])
def test_on_a_full_disk_the_decision_stands_and_its_file_is_ended_when_there_is_room(
    record: RecordRow, now: datetime, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    files = sealing.signed_files()
    whole = os.fdopen
    opened = 0

    class Full:
        """A file that takes half of what is written, as a disk that fills up does."""

        def __init__(self, descriptor: int, mode: str) -> None:
            self.file = whole(descriptor, mode)

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def write(self, data: bytes) -> None:
            self.file.write(data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def fdopen(descriptor: int, mode: str) -> Any:
        nonlocal opened
        opened += 1
        return Full(descriptor, mode) if opened >= step else whole(descriptor, mode)

    with monkeypatch.context() as patch:
        patch.setattr("ehiia.files.store.os.fdopen", fdopen)
        assert not sealing.seal_at_once(record.id, now=now + HOUR)
    assert current(kept(record).assessment.ref).stage is Stage.IN_FORCE
    assert len(kept(record).files) == step - 1
    assert sorted(path.name for path in files.root.iterdir()) == [
        sealing.storage_key(record.ref, number) for number in range(1, step)
    ]
    assert work.do_due(now=now + 2 * HOUR).done == 1
    assert [file.step for file in kept(record).files] == [1, 2, 3]
    assert verifying.check_file(files.get(kept(record).files[-1].storage_key)).current


def test_a_foreign_file_in_the_place_of_a_record_is_never_taken_for_it(
    record: RecordRow, now: datetime
) -> None:
    sealing.signed_files().put(sealing.storage_key(record.ref, 1), b"%PDF-1.7 not ours %%EOF")
    with pytest.raises(RuntimeError, match="looked at"):
        sealing.seal_record(record.id, now=now + HOUR)
    assert kept(record).state is SealState.WAITING


def test_each_step_names_its_own_certificate(record: RecordRow, now: datetime) -> None:
    from cryptography import x509

    sealing.seal_record(record.id, now=now + HOUR)
    names = [
        x509.load_pem_x509_certificate(file.certificate_pem.encode()).subject.rfc4514_string()
        for file in kept(record).files
    ]
    assert "Suffolk and North East Essex seal" in names[0]
    assert "Carol Whitfield" in names[1]
    assert "Suffolk and North East Essex clock" in names[2]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("snapshot", "text"),
        ("record", "text"),
        ("record_file", "storage_key"),
        ("decision", "outcome"),
        ("attestation", "role"),
        ("move", "reason"),
        ("history", "verb"),
    ],
)
def test_what_was_frozen_cannot_be_changed_or_removed(
    record: RecordRow, now: datetime, table: str, column: str
) -> None:
    sealing.seal_record(record.id, now=now + HOUR)
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="insert-only"):
            db.session.execute(text(statement))
        db.session.rollback()


# -- files of strangers ---------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_that_takes_too_long_is_not_waited_for(inside: Flask) -> None:
    found = aside.look(b"%PDF-1.7\n" + b"x" * 1000, trusted=(), seconds=0.01)
    assert (found.readable, found.problem) == (False, aside.TOO_LONG)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_only_a_few_files_are_looked_at_at_once(inside: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "PATIENCE", 0.01)
    monkeypatch.setattr(aside, "_places", threading.BoundedSemaphore(1))
    with aside._places, pytest.raises(aside.Busy):
        aside.look(b"%PDF-1.7", trusted=())


# -- the command ----------------------------------------------------------------------------------


def test_the_command_ends_with_0_only_for_what_is_intact_trusted_and_ours(
    inside: Flask, record: RecordRow, now: datetime, tmp_path: Path
) -> None:
    sealing.seal_record(record.id, now=now + HOUR)
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    pdf = sealing.signed_files().get(sealing.storage_key(record.ref, 2))
    good.write_bytes(pdf)
    bad.write_bytes(pdf[:5000] + bytes([pdf[5000] ^ 1]) + pdf[5001:])
    read().rollback()
    run = inside.test_cli_runner().invoke
    fine = run(args=["records", "verify", str(good)])
    assert (fine.exit_code, "intact, trusted and in our register" in fine.output) == (0, True), fine.output
    assert record.ref in fine.output
    assert run(args=["records", "verify", str(good), str(bad)]).exit_code == 1
    lost = run(args=["records", "verify", str(good), str(tmp_path / "lost.pdf")])
    assert lost.exit_code == 2
    assert "cannot be read" in lost.output


def test_a_record_frozen_by_an_older_version_is_sealed_from_its_own_text(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(DecisionRecord, "canonical", _without_history)
        _, row = factories.decided(cast, now)
    assert '"history":' not in row.text
    assert "history" in recorded.find_record(ref=row.ref).record.canonical()
    seal_work.seal_record(row.id, now=now + 5 * HOUR)
    kept = recorded.find_record(ref=row.ref)
    found = verify(sealing.signed_files().get(kept.files[-1].storage_key), trusted=())
    assert found.record == row.text.encode()
    assert found.record_sha256 == row.sha256


def _without_history(record: DecisionRecord) -> str:
    """Return the canonical text as a version wrote it that kept no steps of the history."""
    content = json.loads(canonical(record))
    del content["history"]
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
