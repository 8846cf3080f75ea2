"""Looking for viruses over a real socket: clean, infected, an error, silence, nobody there."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ehiia.files.scanner import PIECE, BadAddress, Clamd, Infected, NotScanned
from tests.servers.clamd import EICAR, LARGEST, ClamdServer


@pytest.fixture
def unix_path() -> Iterator[Path]:
    """Return a path that is short enough for a Unix socket."""
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder:
        yield Path(folder) / "ctl"


def test_a_clean_file_passes_whole_over_a_port(unix_path: Path) -> None:
    data = bytes(range(256)) * (PIECE // 128)
    with ClamdServer() as server:
        Clamd.at(server.address, seconds=5).scan(data)
    assert server.seen == [data]


def test_a_clean_file_passes_over_a_unix_socket(unix_path: Path) -> None:
    with ClamdServer(unix_path) as server:
        Clamd.at(server.address, seconds=5).scan(b"Dear all")
    assert server.seen == [b"Dear all"]


def test_what_is_found_is_named() -> None:
    with ClamdServer() as server, pytest.raises(Infected) as found:
        Clamd.at(server.address, seconds=5).scan(b"Dear all " + EICAR)
    assert found.value.what == "Eicar-Test-Signature"


@pytest.mark.parametrize(
    "says",
    [b"", b"stream: OK maybe\0", b"Can't allocate memory ERROR\0", b"OK\0", b"\xff\0", b"x" * 9000],
)
def test_whatever_is_not_a_clear_yes_is_no(says: bytes) -> None:
    with ClamdServer(says=says) as server, pytest.raises(NotScanned):
        Clamd.at(server.address, seconds=5).scan(b"Dear all")


def test_a_file_that_is_too_large_for_the_scanner_is_not_scanned() -> None:
    with ClamdServer() as server, pytest.raises(NotScanned):
        Clamd.at(server.address, seconds=5).scan(b"x" * (8 * LARGEST))


def test_a_scanner_that_keeps_silent_is_not_waited_for_for_ever() -> None:
    with ClamdServer(silent=True) as server, pytest.raises(NotScanned, match="timed out"):
        Clamd.at(server.address, seconds=0.2).scan(b"Dear all")


def test_nobody_there_is_no(unix_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    for address in (f"127.0.0.1:{port}", str(unix_path)):
        with pytest.raises(NotScanned, match="cannot be reached"):
            Clamd.at(address, seconds=1).scan(b"Dear all")


@pytest.mark.parametrize("address", ["clamd", "host:", ":3310", "host:port", "host:99999", ""])
def test_an_address_that_leads_nowhere_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        Clamd.at(address)


def test_an_address_with_brackets_is_one_of_the_newer_internet() -> None:
    assert Clamd.at("[::1]:3310") == Clamd(host="::1", port=3310)
