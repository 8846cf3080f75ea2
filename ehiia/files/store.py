"""Bytes by key in a folder of this machine. What was put is never overwritten and never half there.

Another place for the bytes, such as an S3-compatible store, is a class with the
same functions.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}){0,7}")
"""Letters, digits, ``. _ -`` in parts divided by ``/``; no part begins with a dot."""


WRITING = ".writing-"
"""Begins the name of a file that is being written; no key can be such a name."""


class BadKey(ValueError):
    """A key that could lead out of the folder, or that no file can be named by."""


class AlreadyThere(Exception):
    """There are other bytes under this key already; they stay as they are."""


class NotThere(LookupError):
    """There is nothing under this key."""


@dataclass(frozen=True)
class LocalFiles:
    """Files under ``root``, which is made when the first one is put."""

    root: Path

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes under a key: all of them or none. The same bytes again are harmless.

        Raises AlreadyThere where other bytes are there, BadKey, and OSError where the disk refuses.
        """
        path = self.path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        writing = path.parent / f"{WRITING}{secrets.token_hex(8)}"
        try:
            descriptor = os.open(writing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(writing, path)  # unlike a rename, this fails where the name is taken
            except FileExistsError:
                if path.read_bytes() != data:
                    raise AlreadyThere(f"there are other bytes under {key!r} already")
                return
            _sync(path.parent)
        finally:
            with contextlib.suppress(FileNotFoundError):
                writing.unlink()

    def keep(self, data: bytes) -> str:
        """Keep bytes under their own SHA-256 (hexadecimal), which is returned."""
        key = hashlib.sha256(data).hexdigest()
        self.put(key, data)
        return key

    def get(self, key: str) -> bytes:
        """Return the bytes under a key. Raises NotThere, BadKey."""
        try:
            return self.path(key).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise NotThere(f"there is nothing under {key!r}")

    def exists(self, key: str) -> bool:
        """Say whether there is something under a key. Raises BadKey."""
        return self.path(key).is_file()

    def unfinished(self, before: datetime) -> list[Path]:
        """Return what was begun before a moment and never ended, because the process was killed."""
        return [
            path
            for path in self.root.rglob(f"{WRITING}*")
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before
        ]

    def path(self, key: str) -> Path:
        """Return the path of a key. Raises BadKey."""
        if not KEY.fullmatch(key):
            raise BadKey(f"{key!r} cannot be a key")
        return self.root / key


def _sync(folder: Path) -> None:
    """Make the name in the folder survive a loss of power, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
