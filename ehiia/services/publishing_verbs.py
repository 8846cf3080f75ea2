"""What was done about publishing in sentences, without what was left out; see ``services.history``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Body = Mapping[str, Any]


def _how(body: Body) -> str:
    return str(body.get("kind", "")).lower()


def _format(body: Body) -> str:
    return f"{body.get('format')}, {str(body.get('state', '')).lower()}"


SENTENCES: dict[str, Callable[[Body], str]] = {
    "publication_begun": lambda b: f"began to prepare how {b.get('record')} is published: {_how(b)}",
    "publication_changed": lambda b: f"changed how {b.get('record')} is to be published: {_how(b)}",
    "passage_marked": lambda b: f"marked a passage of {b.get('record')} to be left out in public",
    "passage_unmarked": lambda b: f"took back the mark of a passage of {b.get('record')}",
    "points_looked_at": lambda b: (
        f"looked at {b.get('points')} places of {b.get('record')} that may show who somebody is"
    ),
    "numbers_kept": lambda b: (
        f"kept {b.get('points')} numbers in {b.get('record')} that would be left out by rule in public"
    ),
    "number_left_to_the_rule": lambda b: f"left a number in {b.get('record')} to the rule again",
    "publication_asked": lambda b: f"asked for agreement to how {b.get('record')} is published: {_how(b)}",
    "publication_sent_back": lambda b: f"sent back how {b.get('record')} is to be published",
    "publication_agreed": lambda b: (
        f"agreed how {b.get('record')} is published: {_how(b)}"
        + (f", edition {b['edition']}" if b.get("edition") else "")
    ),
    "publication_given_up": lambda b: f"gave up the publication of {b.get('record')} that was being prepared",
    "publication_ended": lambda b: (
        f"ended the publication of {b.get('record')}, which is no longer for decision"
    ),
    "publication_withdrawn": lambda b: f"withdrew the publication of {b.get('record')}",
    "format_added": lambda b: f"added another format for the public: {_format(b)}",
    "format_changed": lambda b: f"changed another format for the public: {_format(b)}",
    "format_removed": lambda b: f"removed another format for the public: {_format(b)}",
    "edition_sealed": lambda b: f"sealed the edition {b.get('edition')}",
    "edition_renewed": lambda b: f"renewed the time-stamp of the edition {b.get('edition')}",
}
"""Verb -> what stands after the name of whoever did it."""
