"""What was done with registers from before, in sentences; see ``services.history``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Body = Mapping[str, Any]


def _added(body: Body) -> str:
    actions = int(body.get("actions") or 0)
    added = [
        *(["the assessment"] if body.get("made") else []),
        *([f"{actions} mitigating action{'' if actions == 1 else 's'}"] if actions else []),
        *(["the date of its review"] if body.get("review") else []),
    ]
    return f"brought in {' and '.join(added)} from a register"


def _undone(body: Body) -> str:
    refs = [str(ref) for ref in body.get("refs", ())]
    sentence = f"undid what {body.get('file')} had brought in"
    if refs:
        sentence += f", and took away {refs[0]}" + (f" and {len(refs) - 1} more" if refs[1:] else "")
    return sentence + (f"; {body['kept']} stayed" if body.get("kept") else "")


SENTENCES: dict[str, Callable[[Body], str]] = {
    "register_uploaded": lambda b: f"uploaded the register {b.get('file')}",
    "register_brought_in": lambda b: f"brought in {b.get('rows')} rows of the register {b.get('file')}",
    "register_undone": _undone,
    "brought_in": _added,
    "taken_away": lambda b: "took away what a register had brought in",
}
"""Verb -> what stands after the name of whoever did it."""
