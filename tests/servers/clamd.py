"""A server that speaks clamd's INSTREAM, for tests: it finds what it is told to look for."""

from __future__ import annotations

import socketserver
import struct
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The text that every scanner calls a virus; harmless."""
LARGEST = 1024 * 1024


class _Handler(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        scanner: ClamdServer = self.server.scanner
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        data = b""
        while True:
            head = self.rfile.read(4)
            if len(head) < 4:
                return
            (length,) = struct.unpack("!L", head)
            if length == 0:
                break
            data += self.rfile.read(length)
            if len(data) > LARGEST:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        scanner.seen.append(data)
        if scanner.silent:
            scanner.ended.wait(5)
            return
        if scanner.says is not None:
            self.wfile.write(scanner.says)
        elif EICAR in data:
            self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0")
        else:
            self.wfile.write(b"stream: OK\0")


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def _listening(path: Path | None) -> Any:
    return _Unix(str(path), _Handler) if path else _Tcp(("127.0.0.1", 0), _Handler)


class ClamdServer:
    """A clamd on loopback, or on a Unix socket where ``path`` is given.

    ``says`` is answered to everything, ``silent`` never answers, ``seen`` keeps what was scanned.
    """

    def __init__(self, path: Path | None = None, *, says: bytes | None = None, silent: bool = False) -> None:
        """Listen; nothing is served before ``with``."""
        self.says, self.silent = says, silent
        self.seen: list[bytes] = []
        self.ended = threading.Event()
        self.server = _listening(path)
        self.server.scanner = self
        self.address = str(path) if path else f"127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> ClamdServer:
        """Serve in a thread."""
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving."""
        self.ended.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
