"""Files that are uploaded: the same bytes by two people at one moment are one file."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from ehiia.files.store import LocalFiles
from ehiia.services import uploads
from ehiia.services.transaction import read, transaction
from ehiia.services.uploads import Checked
from ehiia.store.answers import StoredFile
from tests.people import gather
from tests.services.together import at_once


# SQLite lets one person write at a time, so that they never meet there.
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_who_upload_the_same_bytes_at_once_keep_one_file(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        cast = gather(now)
    stored, both = LocalFiles.keep, threading.Barrier(2)

    def keep(self: LocalFiles, data: bytes) -> str:
        both.wait(20)
        return stored(self, data)

    monkeypatch.setattr(LocalFiles, "keep", keep)

    def upload(person_id: int, scanned: bool) -> str:
        with transaction() as session:
            file = Checked("census.csv", b"age,people\n65,1200\n", "text/csv", scanned)
            return uploads.keep(session, file, by=person_id, now=now)

    first, second = at_once(app, lambda: upload(cast.amina, False), lambda: upload(cast.helen, True))
    assert first == second
    with app.app_context():
        assert read().scalar(select(func.count()).select_from(StoredFile)) == 1
        assert read().scalar(select(StoredFile.scanned_at)) == now
