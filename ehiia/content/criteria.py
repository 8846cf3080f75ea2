"""The criteria of the equality lead's check, read from ``reference/criteria.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ehiia.content.load import HERE, question_set
from ehiia.content.reading import ContentError, from_toml, twice
from ehiia.domain.checking import Criterion


@dataclass(frozen=True)
class _Criteria:
    criteria: tuple[Criterion, ...]


@cache
def criteria() -> tuple[Criterion, ...]:
    """Return the criteria in the order in which they are scored. Raises ContentError with every problem."""
    read = from_toml(HERE / "reference" / "criteria.toml", _Criteria).criteria
    sections = {section.id for section in question_set("assessment").sections}
    problems = twice("criteria", (one.id for one in read))
    problems += [
        f"{one.id}: there is no section {one.section!r}"
        for one in read
        if one.section and one.section not in sections
    ]
    if problems:
        raise ContentError("criteria.toml", problems)
    return read
