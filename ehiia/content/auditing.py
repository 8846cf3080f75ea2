"""What an auditor looks at in every mitigating action, read from ``reference/audit_checks.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ehiia.content.load import HERE
from ehiia.content.reading import ContentError, from_toml, twice
from ehiia.domain.auditing import Check


@dataclass(frozen=True)
class _Checks:
    checks: tuple[Check, ...]


@cache
def checks() -> tuple[Check, ...]:
    """Return the checks in the order in which they are made. Raises ContentError with every problem."""
    read = from_toml(HERE / "reference" / "audit_checks.toml", _Checks).checks
    problems = twice("checks", (one.id for one in read))
    if problems:
        raise ContentError("audit_checks.toml", problems)
    return read
