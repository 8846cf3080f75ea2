"""Evidence gaps: what is not known, what that stops, and what it takes to decide without knowing.

A gap is never a missing answer: somebody looked, and it is not known. A gap that
matters to the decision (a material one) stops an approval until it is closed, or
until whoever decides was told of it in plain words and accepted it with a reason,
a closing date and protection meanwhile. Every rule has its id; its words are in
``content/reference/rules.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ehiia.domain.answers import EvidenceGap
from ehiia.domain.vocabulary import GapState

LONGEST = 2000
"""The longest reason and protection, in characters."""


@dataclass(frozen=True)
class Lack:
    """Something that a gap does not say yet: the rule, the field, and the question."""

    rule: str
    field: str
    text: str


@dataclass(frozen=True)
class Stop:
    """Why a gap stops an approval: the rule, the gap and the sentence."""

    rule: str
    ref: str
    text: str


@dataclass(frozen=True)
class Acceptance:
    """Whoever decides accepts that something is not known: of one gap."""

    ref: str
    reason: str = ""
    until: date | None = None
    protection: str = ""


def unresolved(gaps: Iterable[EvidenceGap]) -> tuple[EvidenceGap, ...]:
    """Return the material gaps that nobody has closed: open ones and accepted ones."""
    return tuple(gap for gap in gaps if gap.material and gap.state is not GapState.CLOSED)


def lacking(gap: EvidenceGap) -> tuple[Lack, ...]:
    """Return what an open gap does not say yet, in the order of its form."""
    if gap.state is not GapState.OPEN:
        return ()
    wanted = (
        ("GAP-01", "material", gap.material is None, "does it matter to the decision?"),
        ("GAP-02", "plan", not gap.plan.strip(), "how will it be closed?"),
        ("GAP-03", "due", gap.due_on is None, "by when?"),
        ("GAP-04", "owner", not gap.owner.strip(), "who sees to it?"),
        (
            "GAP-05",
            "plain",
            bool(gap.material) and not gap.plain.strip(),
            "what are those who decide told, in plain words?",
        ),
    )
    return tuple(Lack(rule, field, text) for rule, field, lacks, text in wanted if lacks)


def stops(gaps: Iterable[EvidenceGap], today: date) -> tuple[Stop, ...]:
    """Return which gaps stop an approval on a day (London): they are closed first, or accepted with it."""
    found = []
    for gap in unresolved(gaps):
        if gap.state is GapState.OPEN:
            text = "It matters to the decision and is not known. Accept that, or defer."
            found.append(Stop("GAP-06", gap.ref, text))
        elif gap.accepted_until is None or gap.accepted_until < today:
            text = "It was accepted until a day that has passed. Accept it again, or defer."
            found.append(Stop("GAP-07", gap.ref, text))
    return tuple(found)


def refused(acceptance: Acceptance, today: date) -> tuple[Lack, ...]:
    """Return what an acceptance lacks: a reason, a closing date after today, protection meanwhile."""
    found = []
    if not acceptance.reason.strip():
        found.append(Lack("GAP-08", "reason", "Say why it is right to decide without knowing this"))
    if acceptance.until is None:
        found.append(Lack("GAP-09", "until", "Enter the date by which it will be known"))
    elif acceptance.until <= today:
        found.append(Lack("GAP-09", "until", "The date by which it will be known must be in the future"))
    if not acceptance.protection.strip():
        found.append(Lack("GAP-10", "protection", "Say how people are protected until it is known"))
    return tuple(found)
