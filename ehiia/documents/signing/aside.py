"""Looks at a file in a process of its own, with limits, so that nothing in it can hold up or fill ours.

A hostile PDF may make a parser run for hours or take all memory. The process
that looks gets so many seconds and so much memory, may write no file, and is
ended when its time is up. Only a few look at the same time; whoever comes then
is asked to come back. That process is ``looker``; nothing here loads what it takes to look.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path

from cattrs.preconf.json import make_converter

from ehiia.documents.signing.facts import LARGEST, Verification, too_large

SECONDS = 20
"""Longest time, of the processor and by the clock."""
AT_ONCE = 2
PATIENCE = 5.0
"""Seconds to wait for a place."""

HOME = Path(__file__).parents[3]
TOO_LONG = "It is damaged, or would take too long to look at."

_places = threading.BoundedSemaphore(AT_ONCE)
_converter = make_converter()


class Busy(Exception):
    """Others are having files looked at; try again in a moment."""


def look(
    pdf: bytes,
    *,
    trusted: Iterable[str],
    authorities: Iterable[str] = (),
    revocation_lists: Iterable[str] = (),
    seconds: float = SECONDS,
) -> Verification:
    """Return what ``verify`` finds about a file, found out in a process of its own.

    What is trusted is given in PEM, as ``verify`` takes it. Where that process runs out of time or
    memory the file counts as not readable. Raises Busy.
    """
    digest = hashlib.sha256(pdf).hexdigest()
    if len(pdf) > LARGEST:
        return too_large(digest)
    asked = {
        "pdf": b64encode(pdf).decode("ascii"),
        "roots": list(trusted),
        "authorities": list(authorities),
        "revocation_lists": list(revocation_lists),
    }
    question = json.dumps(asked).encode()
    if not _places.acquire(timeout=PATIENCE):
        raise Busy
    try:
        done = subprocess.run(  # noqa: S603 - the command is made here
            [sys.executable, "-m", "ehiia.documents.signing.looker", str(int(seconds) + 1)],
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
