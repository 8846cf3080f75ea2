"""The small control "Sources" under a question or an impact: which sources it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

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


def _uses(values: list[str]) -> frozenset[int]:
    return frozenset(int(one) for one in values if one.isascii() and one.isdigit() and len(one) < 18)


def given() -> dict[str, Cited]:
    """Return what was ticked on the page that was sent."""
    found = {}
    for name in request.form:
        if name.startswith("cites-were-"):
            key = name.removeprefix("cites-were-")
            was = _uses(request.form[name].split(","))
            found[key] = Cited(was, _uses(request.form.getlist(f"cites-{key}")))
    return found


def of_page(assessment_id: int, subject: str = "", *, sent: bool = False) -> Resting:
    """Return what a page cites: as it is stored, or, where it was ``sent`` and refused, as it was ticked."""
    sources = tuple(evidence.list_of(assessment_id))
    if sent:
        ticked = given()
        return Resting(
            sources,
            {key: one.now for key, one in ticked.items()},
            {key: one.was for key, one in ticked.items()},
        )
    stored = citing.of_page(assessment_id, subject) if sources else {}
    return Resting(sources, stored, stored)
