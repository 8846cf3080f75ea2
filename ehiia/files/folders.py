"""A folder of files that appears whole or not at all, and is never overwritten."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from ehiia.files.store import WRITING, AlreadyThere, LocalFiles

__all__ = ["write_folder"]


def write_folder(root: Path, name: str, files: Mapping[str, bytes]) -> None:
    """Write files by their names into the folder ``name`` beneath ``root``: all of them or none.

    They are written beside it under another name, which is then changed. Raises AlreadyThere where there is
    a folder of this name with something in it, BadKey, and OSError where the disk refuses.
    """
    folder = LocalFiles(root).path(name)
    folder.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    writing = folder.parent / f"{WRITING}{secrets.token_hex(8)}"
    try:
        for file, content in files.items():
            path = LocalFiles(writing).path(file)
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            with path.open("xb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
        try:
            writing.rename(folder)
        except OSError:
            if not folder.exists():
                raise
            raise AlreadyThere(f"there is a folder {name} already") from None
    finally:
        shutil.rmtree(writing, ignore_errors=True)
