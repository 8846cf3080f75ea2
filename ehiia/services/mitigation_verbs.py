"""What happened to mitigating actions in sentences; see ``services.history``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ehiia.domain.mitigating import Ending
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


def _ending(body: Body) -> str:
    try:
        return Ending(str(body.get("kind"))).label.lower()
    except ValueError:
        return str(body.get("kind") or "")


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
    "mitigation_end_asked": lambda b: (
        f"asked the body that decided about {b.get('mitigation')}: {_ending(b)}"
    ),
    "mitigation_end_answered": lambda b: (
        f"recorded that {b.get('body') or 'the body that decided'} "
        f"{'agreed' if b.get('agreed') else 'did not agree'} about {b.get('mitigation')}: {_ending(b)}"
    ),
    "mitigation_end_taken_back": lambda b: (
        f"took back what the body that decided was asked about {b.get('mitigation')}: {_ending(b)}"
    ),
    "mitigation_progress": lambda b: f"noted progress of {b.get('mitigation')}",
    "mitigation_measured": lambda b: (
        f"entered the figure {b.get('value')} of {_day(b.get('on'))} for {b.get('mitigation')}"
        + (f", {b['group']}" if b.get("group") else "")
    ),
}
"""Verb -> what stands after the name of whoever did it."""
