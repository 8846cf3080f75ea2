"""What the check by the equality lead leaves in a record: scores, findings explained, comments."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FrozenScore:
    """A criterion with its score."""

    criterion: str
    """Its title."""
    critical: bool
    score: int | None
    """0 to 3; None where it does not apply."""
    label: str
    comment: str = ""


@dataclass(frozen=True)
class FrozenFinding:
    """A finding of the self-check that was explained and left as it is."""

    rule: str
    finding: str
    explanation: str


@dataclass(frozen=True)
class FrozenThread:
    """A comment on the assessment with what followed."""

    about: str
    """The page, and the question where it was about one."""
    comment: str
    replies: tuple[str, ...]
    """What was said after it, oldest first; the author's last answer is the last of them."""
    closed: bool
