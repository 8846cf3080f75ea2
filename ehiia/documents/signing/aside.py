"""Looks at a file in a process of its own, with limits, so that nothing in it can hold up or fill ours.

A hostile PDF may make a parser run for hours or take all memory. The process
that looks gets so many seconds and so much memory, may write no file, and is
ended when its time is up. Only a few look at the same time; whoever comes then
is asked to come back.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterable
from pathlib import Path

from cattrs.preconf.json import make_converter
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ehiia.documents.signing.verify import LARGEST, Verification, verify

SECONDS = 20
"""Longest time, of the processor and by the clock."""
MEMORY = 1536 * 1024 * 1024
"""Most memory, in bytes of addresses; the libraries alone take about a third of it."""
AT_ONCE = 2
PATIENCE = 5.0
"""Seconds to wait for a place."""

HOME = Path(__file__).parents[3]
TOO_LONG = "It is damaged, or would take too long to look at."

_places = threading.BoundedSemaphore(AT_ONCE)
_converter = make_converter()


class Busy(Exception):
    """Others are having files looked at; try again in a moment."""


def look(pdf: bytes, *, trusted: Iterable[x509.Certificate], seconds: float = SECONDS) -> Verification:
    """Return what ``verify`` finds about a file, found out in a process of its own.

    Where that process runs out of time or memory the file counts as not readable. Raises Busy.
    """
    digest = hashlib.sha256(pdf).hexdigest()
    if len(pdf) > LARGEST:
        return verify(pdf, trusted=())
    roots = [root.public_bytes(Encoding.PEM).decode("ascii") for root in trusted]
    question = json.dumps({"pdf": b64encode(pdf).decode("ascii"), "roots": roots}).encode()
    if not _places.acquire(timeout=PATIENCE):
        raise Busy
    try:
        done = subprocess.run(  # noqa: S603 - the command is made here
            [sys.executable, "-m", "ehiia.documents.signing.aside", str(int(seconds) + 1)],
            input=question,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(HOME), "PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired:
        return Verification(False, TOO_LONG, digest)
    finally:
        _places.release()
    if done.returncode != 0:
        return Verification(False, TOO_LONG, digest)
    return _converter.loads(done.stdout, Verification)


def _limit(seconds: int) -> None:
    """Take on the limits, where the system has them."""
    try:
        import resource
    except ImportError:  # not a Unix system: the clock of the one who asked remains
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    """Read a question from standard input and answer it on standard output."""
    _limit(int(sys.argv[1]))
    asked = json.loads(sys.stdin.buffer.read())
    roots = tuple(x509.load_pem_x509_certificate(pem.encode("ascii")) for pem in asked["roots"])
    found = verify(b64decode(asked["pdf"]), trusted=roots)
    sys.stdout.buffer.write(_converter.dumps(found).encode())


if __name__ == "__main__":
    main()
