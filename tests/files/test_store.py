"""What was put stays as it is, all of it or none, and nothing outside the folder is reached."""

from __future__ import annotations

import hashlib
import os
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ehiia.files.store import WRITING, AlreadyThere, BadKey, LocalFiles, NotThere


def test_bytes_come_back_as_they_were_put(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path / "signed")
    assert not files.exists("ICB-2026-001/1.1.pdf")
    files.put("ICB-2026-001/1.1.pdf", b"%PDF-")
    assert files.exists("ICB-2026-001/1.1.pdf")
    assert files.get("ICB-2026-001/1.1.pdf") == b"%PDF-"
    assert (tmp_path / "signed" / "ICB-2026-001" / "1.1.pdf").stat().st_mode & 0o777 == 0o600


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)
    files.put("a.pdf", b"first")
    files.put("a.pdf", b"first")
    with pytest.raises(AlreadyThere):
        files.put("a.pdf", b"second")
    assert files.get("a.pdf") == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_bytes_can_be_kept_under_their_digest(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)
    key = files.keep(b"proof")
    assert key == files.keep(b"proof") == hashlib.sha256(b"proof").hexdigest()
    assert files.get(key) == b"proof"


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../a", "a/../b", "a//b", ".hidden", "a/.b", "a\0", "a b", "a\n", "ä", "a/"]
)
def test_a_key_cannot_lead_out_of_the_folder(tmp_path: Path, key: str) -> None:
    files = LocalFiles(tmp_path)
    for act in (lambda: files.put(key, b"x"), lambda: files.get(key), lambda: files.exists(key)):
        with pytest.raises(BadKey):
            act()
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)
    files.put("a/b", b"x")
    for key in ("absent", "a", "a/b/c"):
        with pytest.raises(NotThere):
            files.get(key)


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        LocalFiles(tmp_path).put("a", b"x")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_found_and_what_is_being_written_is_not(
    tmp_path: Path, now: datetime
) -> None:
    files = LocalFiles(tmp_path / "uploads")
    assert files.unfinished(now) == []
    files.put("room/done", b"x")
    for name, at in (("old", now - timedelta(hours=2)), ("new", now)):
        left = files.root / "room" / f"{WRITING}{name}"
        left.write_bytes(b"half")
        os.utime(left, (at.timestamp(), at.timestamp()))
    os.utime(files.root / "room" / "done", (0, 0))
    assert [path.name for path in files.unfinished(now - timedelta(hours=1))] == [f"{WRITING}old"]


def test_of_many_at_once_one_wins_and_the_others_hear_of_it(tmp_path: Path) -> None:
    files, refused, together = LocalFiles(tmp_path), [], threading.Barrier(8)

    def put(data: bytes) -> None:
        together.wait(10)
        try:
            files.put("a", data)
        except AlreadyThere:
            refused.append(data)

    threads = [threading.Thread(target=put, args=(bytes([n]) * 1000,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(refused) == 7
    assert files.get("a") not in refused
