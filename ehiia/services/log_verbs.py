"""What happened to decision logs in sentences; see ``services.history``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "log_added": lambda b: f"uploaded the decision log “{b.get('file', '')}”",
    "log_checked": lambda b: (
        f"matched its {b.get('rows') or 0} rows with the register (time {b.get('n') or 1})"
    ),
    "log_answered": lambda b: "said of a row by hand which assessment it has",
}
"""Verb -> what stands after the name of whoever did it."""
