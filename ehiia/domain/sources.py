"""Rules about sources: which of them are privileged, and when a text is a link."""

from __future__ import annotations

from urllib.parse import urlsplit

PRIVILEGED_KINDS = frozenset({"legal_advice"})
"""Kinds of evidence that only those see who may read the assessment, and that no record shows.

Legal professional privilege is lost where advice is shown to others.
"""


def privileged(kind: str) -> bool:
    """Say whether a kind of evidence is never shown outside the assessments that use it."""
    return kind in PRIVILEGED_KINDS


def is_link(text: str) -> bool:
    """Say whether a text is an address of the web that may be followed: http or https, with a host."""
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(c.isspace() for c in text)
        )
    except ValueError:
        return False
