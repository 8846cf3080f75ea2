"""A reason: what every rule that fires gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """Why a rule fired: the id of the rule and the sentence people read."""

    rule: str
    text: str
