"""The published JSON Schemas: what the data of a record looks like, for whoever reads it without us.

Each is kept by hand and never changes what was valid: a new field is added with
a default, a new layout is a new file with the next number.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "schemas"
DECISION_RECORD = "decision-record-1"


@cache
def named(name: str) -> bytes | None:
    """Return the schema of a name, "decision-record-1", as JSON in UTF-8, or None."""
    return next((path.read_bytes() for path in FOLDER.glob("*.json") if path.stem == name), None)
