"""Looks for viruses in a file by asking ClamAV's clamd, over a socket of this machine or of another.

The protocol is clamd's INSTREAM: the command, then pieces that each begin with
their length in four bytes, then a length of nought; the answer is one line.
Whatever is not a clear "OK" is no permission: the file is then not kept.
"""

from __future__ import annotations

import contextlib
import re
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

PIECE = 64 * 1024
LONGEST_ANSWER = 4096
SECONDS = 20.0
"""How long each step may take: connecting, sending a piece, waiting for the answer."""


class BadAddress(ValueError):
    """The address of the scanner cannot be used."""


class Infected(Exception):
    """The scanner found something. ``what``: the name it gave."""

    def __init__(self, what: str) -> None:
        """Keep the name of what was found."""
        super().__init__(what)
        self.what = what


class NotScanned(Exception):
    """The scanner could not be asked, or did not say that all is well; the message says why, for a log."""


@dataclass(frozen=True)
class Clamd:
    """A clamd: ``path`` of its Unix socket, or ``host`` and ``port``."""

    path: str = ""
    host: str = ""
    port: int = 0
    seconds: float = SECONDS

    @classmethod
    def at(cls, address: str, *, seconds: float = SECONDS) -> Clamd:
        """Return the scanner at "/run/clamav/clamd.ctl" or "host:3310". Raises BadAddress."""
        if address.startswith("/"):
            return cls(path=address, seconds=seconds)
        host, _, port = address.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise BadAddress(f"{address!r} is neither the path of a socket nor host:port")
        return cls(host=host, port=int(port), seconds=seconds)

    def scan(self, data: bytes) -> None:
        """Return quietly where the scanner finds nothing. Raises Infected, NotScanned."""
        try:
            with self._connected() as wire:
                answer = _ask(wire, data)
        except (OSError, TimeoutError) as error:
            raise NotScanned(f"the scanner cannot be reached: {error}") from error
        found = re.fullmatch(r"stream: (.+) FOUND", answer)
        if found:
            raise Infected(found[1])
        if answer != "stream: OK":
            raise NotScanned(f"the scanner said {answer!r}")

    @contextlib.contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        if not self.path:
            with socket.create_connection((self.host, self.port), timeout=self.seconds) as wire:
                yield wire
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
            wire.settimeout(self.seconds)
            wire.connect(self.path)
            yield wire


def _ask(wire: socket.socket, data: bytes) -> str:
    """Send a file and return the scanner's line without its end."""
    try:
        wire.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            wire.sendall(struct.pack("!L", len(piece)) + piece)
        wire.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has said enough already: too large, most often; its answer may still be read
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        more = wire.recv(1024)
        if not more:
            break
        answer += more
    return answer.rstrip(b"\0\n").decode("utf-8", "replace").strip()
