"""Decisions beyond one outcome: several parts each with its own, and what they come to together."""

from __future__ import annotations

from collections.abc import Sequence

from ehiia.domain.vocabulary import Outcome

FOR_A_PART = (Outcome.APPROVED, Outcome.WITH_CONDITIONS, Outcome.NOT_APPROVED, Outcome.DEFERRED)
"""What can be decided of one part; "approved in part" is only ever said of the whole."""
APPROVALS = frozenset({Outcome.APPROVED, Outcome.WITH_CONDITIONS, Outcome.IN_PART})
"""Outcomes after which something goes ahead."""


def overall(outcomes: Sequence[Outcome]) -> Outcome:
    """Return what the outcomes of the parts come to together (rule DEC-02).

    All the same: that. All approved, some with conditions: approved with conditions. Some approved and some
    not: approved in part. None approved, and something deferred: deferred. Raises ValueError without parts.
    """
    given = set(outcomes)
    if not given:
        raise ValueError("there are no parts")
    if len(given) == 1:
        return next(iter(given))
    if given <= APPROVALS:
        return Outcome.IN_PART if Outcome.IN_PART in given else Outcome.WITH_CONDITIONS
    return Outcome.IN_PART if given & APPROVALS else Outcome.DEFERRED
