"""Gates: moments at which the content of an assessment is frozen, and how a frozen version is named.

The author freezes before and after consultation; submission, check and review
freeze by themselves. Frozen twice with nothing changed between is one version.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ehiia.domain.vocabulary import Gate, Stage

BY_HAND = (Gate.PRE_CONSULTATION, Gate.POST_CONSULTATION)
"""Gates at which the author freezes, with a reason."""
OPEN_IN = frozenset({Stage.WRITING, Stage.SENT_BACK, Stage.WITH_DIRECTOR, Stage.CHECKING, Stage.READY})
"""Stages in which the author may freeze."""
REASON_LENGTH = 2000


@dataclass(frozen=True)
class Key:
    """The name of a frozen version within its assessment: "1-pre_consultation-2"."""

    version_no: int
    gate: Gate
    n: int
    """Which of those frozen at this gate of this version, from 1."""

    def __str__(self) -> str:
        """Return it as it stands in an address."""
        return f"{self.version_no}-{self.gate.value}-{self.n}"


def key_of(text: str) -> Key | None:
    """Return the key that a text names, or None."""
    number, _, rest = text.partition("-")
    gate, _, n = rest.rpartition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 6 for part in (number, n)):
        return None
    return Key(int(number), Gate(gate), int(n)) if gate in set(Gate) else None


def same_content(text: str, other: str) -> bool:
    """Say whether two canonical texts of snapshots differ in nothing but the moment they were frozen.

    The texts are compared as they were written: a text from before a field was added has other content.
    """

    def content(one: str) -> dict[str, object]:
        loaded: dict[str, object] = json.loads(one)
        loaded.pop("frozen_at", None)
        return loaded

    return content(text) == content(other)
