"""The small control "Sources" under a question or an impact: which sources it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from ehiia.services import citing, evidence
from ehiia.services.citing import Cited
from ehiia.services.evidence import Used


@dataclass(frozen=True)
class Resting:
    """The sources of an assessment, and what one page cites of them; keys as in ``services.citing``."""

    sources: tuple[Used, ...]
    now: dict[str, frozenset[int]]
    was: dict[str, frozenset[int]]

    def cited(self, key: str) -> list[Used]:
        """Return the sources that it rests on, in order."""
        return [source for source in self.sources if source.id in self.now.get(key, frozenset())]

    def token(self, key: str) -> str:
        """Return what the page was made from: "3,5"."""
        return ",".join(str(use) for use in sorted(self.was.get(key, frozenset())))

    def numbers(self, key: str) -> str:
        """Return the numbers of the sources that it rests on: "[1] [3]"."""
        return " ".join(f"[{source.number}]" for source in self.cited(key))

    def with_ticks(self, ticks: Mapping[str, Cited]) -> Resting:
        """Return the same with what somebody ticked or unticked and did not save."""
        known = frozenset(source.id for source in self.sources)
        changed = {
            key: (self.was.get(key, frozenset()) | (one.now - one.was) & known) - (one.was - one.now)
            for key, one in ticks.items()
        }
        now = {key: uses for key, uses in (self.now | changed).items() if uses}
        return Resting(self.sources, now, self.was)


NOTHING = Resting((), {}, {})
"""Of a page whose answers rest on no sources."""


def _uses(values: list[str]) -> frozenset[int]:
    return frozenset(int(one) for one in values if one.isascii() and one.isdigit() and len(one) < 18)


def ticked(fields: MultiDict[str, str]) -> dict[str, Cited]:
    """Return what was ticked on a page, from the form that was sent or from its draft."""
    found = {}
    for name in fields:
        if name.startswith("cites-were-"):
            key = name.removeprefix("cites-were-")
            found[key] = Cited(_uses(fields[name].split(",")), _uses(fields.getlist(f"cites-{key}")))
    return found


def of_page(assessment_id: int, subject: str = "") -> Resting:
    """Return what the answers and impacts of a page rest on, as it is stored."""
    sources = tuple(evidence.list_of(assessment_id))
    stored = citing.of_page(assessment_id, subject) if sources else {}
    return Resting(sources, stored, stored)
