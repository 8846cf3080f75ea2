"""The finished example: a decision record of the demonstration, kept as canonical text.

It is written by `flask demo load --example` when the demonstration is played; so
it was made by the same code as every record.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ehiia.content.reading import ContentError

FILE = Path(__file__).parent / "example.json"


@cache
def text() -> str:
    """Return the canonical text of the example. Raises ContentError where there is none."""
    try:
        return FILE.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ContentError(
            FILE.name, ["the file: does not exist; write it with `flask demo load --example`"]
        ) from None
