"""The sealed file of an edition outlives a crash and the years, as that of a record does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.documents.signing.authority import make_clock, make_root
from ehiia.documents.signing.facts import SignatureKind
from ehiia.domain.publishing import Publishing
from ehiia.files.store import LocalFiles
from ehiia.services import agreeing_publications, editions, publishing, refreshing, sealing, verifying
from ehiia.services.publishing import Plan
from ehiia.services.transaction import read, transaction
from ehiia.store.decisions import RecordRow
from ehiia.store.publications import Edition
from tests import factories
from tests.factories import HOUR
from tests.people import Cast, gather
from tests.servers.timestamps import Authority
from tests.servers.timestamps import authority as running
from tests.services.test_publishing import agreed, looked_at_all, ref_of
from tests.services.test_times import ask


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def record(cast: Cast, now: datetime) -> RecordRow:
    return factories.decided(cast, now)[1]


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    folder = tmp_path / "authority"
    folder.mkdir()
    root = make_root("A Time Service", now=began)
    with running(folder, make_clock("A Time Service", root=root, now=began)) as here:
        yield here


def found(ref: str) -> editions.KeptEdition:
    kept = editions.find(ref=ref)
    read().rollback()
    return kept


def lost(record: RecordRow, cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Edition:
    """Agree an edition; whoever seals it dies between the file and the commit of its row."""
    put = LocalFiles.put

    def put_and_die(self: LocalFiles, key: str, data: bytes) -> None:
        put(self, key, data)
        raise OSError("the process died")

    ref = ref_of(record)
    publishing.begin(ref, Plan(Publishing.FULL), by=cast.amina, now=at)
    looked_at_all(record, cast, at)
    agreeing_publications.ask(ref, by=cast.amina, now=at)
    with monkeypatch.context() as patch:
        patch.setattr(LocalFiles, "put", put_and_die)
        publication = agreeing_publications.agree(ref, by=cast.ben, now=at + HOUR)
        assert not agreeing_publications.seal_at_once(publication.id, now=at + HOUR)
    with transaction() as session:
        return session.scalars(select(Edition).where(Edition.publication_id == publication.id)).one()


def test_a_file_whose_row_was_lost_in_a_crash_is_taken_over_with_the_time_of_its_authority(
    cast: Cast, record: RecordRow, now: datetime, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(cast, authority.address, now)
    edition = lost(record, cast, now + 6 * HOUR, monkeypatch)
    written = sealing.signed_files().get(sealing.storage_key(edition.ref, 1))
    agreeing_publications.seal_edition(edition.id, now=now + 9 * HOUR)
    (file,) = found(edition.ref).files
    assert file.sha256 == hashlib.sha256(written).hexdigest()


def test_a_file_that_is_something_else_is_not_taken_over(
    cast: Cast, record: RecordRow, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = lost(record, cast, now + 6 * HOUR, monkeypatch)
    path = sealing.signed_files().path(sealing.storage_key(edition.ref, 1))
    path.chmod(0o600)
    data = path.read_bytes()
    path.write_bytes(data[:5000] + bytes([data[5000] ^ 1]) + data[5001:])
    with pytest.raises(RuntimeError, match="must be looked at"):
        agreeing_publications.seal_edition(edition.id, now=now + 9 * HOUR)
    assert found(edition.ref).files == ()


def test_an_edition_is_renewed_every_year_once_and_verifies_when_years_have_gone(
    cast: Cast, record: RecordRow, now: datetime
) -> None:
    kept = agreed(record, cast, now + 6 * HOUR, Plan(Publishing.SUMMARY))
    assert refreshing.renew(now=now + timedelta(days=300)) == 0
    for year, at in enumerate((now + timedelta(days=340), now + timedelta(days=690)), start=2):
        assert f"renew the time-stamp of {kept.row.ref}" in refreshing.would_renew(now=at)
        assert refreshing.renew(now=at) == 1
        assert refreshing.renew(now=at) == 0
        assert [file.step for file in found(kept.row.ref).files] == list(range(1, year + 1))
    newest = sealing.signed_files().get(found(kept.row.ref).files[-1].storage_key)
    looked = verifying.check_file(newest)
    assert looked.file.intact
    assert looked.file.trusted
    assert [one.kind for one in looked.file.signatures[1:]] == [SignatureKind.TIME_STAMP] * 2
    agreeing_publications.seal_edition(kept.row.id, now=now + timedelta(days=700))  # nothing is left to do
    assert len(found(kept.row.ref).files) == 3
