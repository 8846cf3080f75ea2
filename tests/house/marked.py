"""A plugin that prints which rules the tests are marked to fire, or not to: one line of JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest


def pytest_collection_finish(session: pytest.Session) -> None:
    """Print the marks of what was collected."""
    found: set[tuple[Any, Any]] = {
        (mark.args[0], mark.kwargs["fires"]) for item in session.items for mark in item.iter_markers("rule")
    }
    sys.stdout.write(f"\nMARKED {json.dumps(sorted(found))}\n")
