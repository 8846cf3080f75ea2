"""The PostgreSQL server of the tests itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import postgres


def test_a_server_that_was_left_over_by_a_killed_run_is_removed(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    left_over = Path("/tmp") / f"{postgres.PREFIX}test-{os.getpid()}"
    left_over.mkdir()
    (left_over / "owner").write_bytes(ended.stdout)
    postgres._remove_left_over()
    assert not left_over.exists()


@pytest.mark.slow
def test_the_packaged_binaries_serve_where_the_machine_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    server = postgres.start()
    try:
        server.create("one")
        with server.connection() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'one'").fetchone()
        assert found == (1,)
    finally:
        postgres.stop(server)
    assert not Path(server.folder).exists()


def test_without_any_binaries_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    monkeypatch.setattr(postgres, "find_spec", lambda name: None)
    with pytest.raises(postgres.NoServer, match="apt-get install postgresql"):
        postgres._binaries(None, tmp_path)
