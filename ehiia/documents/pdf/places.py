"""Which sections stand in which chapter of the record, and under which number a place is found.

A section that no chapter names stands with the other questions and answers: nothing is lost when
a question set grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ehiia.documents.pdf.linking import Pointers
from ehiia.domain.frozen import Snapshot

PROPOSAL = ("register", "reconsideration", "proposal")
PEOPLE = ("population", "groups")
CORE20PLUS5 = ("core20", "adults", "children")
EVIDENCE = ("evidence",)
LISTENING = ("engagement",)
MITIGATIONS = ("mitigations",)
DUTIES = ("equality_duty", "health_duties")
AFTERWARDS = ("monitoring",)
PLACED = frozenset(
    (*PROPOSAL, *PEOPLE, *CORE20PLUS5, *EVIDENCE, *LISTENING, *MITIGATIONS, *DUTIES, *AFTERWARDS)
)
"""Ids of the sections that have a chapter, by the names of ``content/question_sets``."""

ASKED = ": questions and answers"
"""Follows the title of a section in a chapter of nearly the same name."""

OPTIONS = ("do_nothing", "options", "still_open")
"""Ids of the questions about the options that were considered."""


def keys_of(snapshot: Snapshot) -> dict[str, str]:
    """Return the key of the heading beneath which a question, a group, a section or a list stands."""
    found = {"Engagement log": "engagement-log"}
    for section in snapshot.sections:
        told = f"section-{section.id}"
        for answer in section.answers:
            found[answer.question] = "options" if answer.question_id in OPTIONS else told
        found[section.title] = _OF_LISTS.get(section.id, told)
    found |= {group.label: f"group-{number}" for number, group in enumerate(snapshot.groups, 1)}
    found |= {answer.question: "conclusion" for answer in snapshot.conclusion_reasons}
    return found


_OF_LISTS = {"evidence": "evidence", "engagement": "listening", "mitigations": "mitigations"}
"""Sections whose title means a list: the chapter shows what stands in it."""


def pointed(
    places: Iterable[str], keys: Mapping[str, str], numbers: Mapping[str, str]
) -> tuple[str, Pointers]:
    """Return places such as "Disability: affected differently" with the numbers of their sections.

    And those numbers, in order, with the keys of the headings that they are of.
    """
    told: list[str] = []
    pointers: list[tuple[str, str]] = []
    for place in places:
        known = [label for label in keys if place == label or place.startswith(f"{label}: ")]
        key = keys[max(known, key=len)] if known else ""
        if number := numbers.get(key, ""):
            pointers.append((number, key))
        told.append(f"{place} ({number})" if number else place)
    return "; ".join(told), tuple(pointers)
