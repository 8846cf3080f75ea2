"""The files of the project as the house tests see them."""

from __future__ import annotations

import subprocess
from pathlib import Path

HOME = Path(__file__).parents[2]


def tracked(*patterns: str) -> list[Path]:
    """Return the files git tracks or would track (new and not ignored), relative to the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=HOME,
        capture_output=True,
        check=True,
        text=True,
    )
    names = sorted({name for name in listed.stdout.split("\0") if name})
    return [Path(name) for name in names if (HOME / name).is_file()]
