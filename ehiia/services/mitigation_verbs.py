"""What happened to mitigating actions in sentences; see ``services.history``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ehiia.domain.schedule import in_full

Body = Mapping[str, Any]


def _day(value: object) -> str:
    try:
        return in_full(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _another_date(body: Body, did: str) -> str:
    since = f" from {_day(body['from_on'])}" if body.get("from_on") else ""
    return f"{did} the date of {body.get('mitigation')}{since} to {_day(body.get('to_on'))}"


def _date_answered(body: Body) -> str:
    if body.get("agreed"):
        return _another_date(body, "agreed to move")
    return f"did not agree to move the date of {body.get('mitigation')} to {_day(body.get('to_on'))}"


SENTENCES: dict[str, Callable[[Body], str]] = {
    "mitigation_accepted": lambda b: f"accepted the mitigating action {b.get('mitigation')}",
    "mitigation_declined": lambda b: f"declined the mitigating action {b.get('mitigation')}",
    "mitigation_given": lambda b: f"gave the mitigating action {b.get('mitigation')} to {b.get('name')}",
    "mitigation_date_asked": lambda b: _another_date(b, "asked to move"),
    "mitigation_date_moved": lambda b: _another_date(b, "moved"),
    "mitigation_date_answered": _date_answered,
    "mitigation_date_taken_back": lambda b: (
        f"took back what was asked for: to move the date of {b.get('mitigation')}"
    ),
}
"""Verb -> what stands after the name of whoever did it."""
