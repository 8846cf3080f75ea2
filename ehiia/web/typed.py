"""What somebody typed is never lost: a form that cannot be taken shows its texts again, to be copied."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

SHORT = 12
"""Texts up to this length are quicker typed again than copied."""
NEVER_SHOWN = ("csrf_token", "password", "was-", "next")


@dataclass(frozen=True)
class Typed:
    """A text from a form: the name of its field in words, and what was typed."""

    label: str
    text: str


def typed() -> tuple[Typed, ...]:
    """Return the longer texts of the form that was sent; never a password."""
    if request.method != "POST":
        return ()
    return tuple(
        Typed(name.removeprefix("q-").replace("-", " ").replace("_", " ").capitalize(), text)
        for name, text in request.form.items(multi=True)
        if len(text.strip()) > SHORT and not any(part in name for part in NEVER_SHOWN)
    )
