"""Signs that a text may show who somebody is: a gentle warning beside it, never a refusal.

The engagement log is for what people said, not for who they are. Nobody can
tell a name from a word for certain, so these rules look for what is plain: a
title with a name, an address, a number. Each has an id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Sign:
    """Something in a text that may show who somebody is."""

    rule: str
    what: str
    """What it looks like: "an e-mail address"."""
    found: str
    """The words themselves, cut short."""


_RULES: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("PRI-01", "an e-mail address", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("PRI-02", "an NHS number", re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")),
    (
        "PRI-03",
        "a telephone number",
        re.compile(r"(?<![\d])(?:\+44[ -]?|0)(?:\(0\)[ -]?)?\d{2,4}[ -]?\d{3,4}[ -]?\d{3,4}(?!\d)"),
    ),
    (
        "PRI-04",
        "the name of a person",
        re.compile(
            r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Rev|Cllr|Councillor|Sister|Nurse)\.?\s+(?:[A-Z]\.?\s*)?"
            r"[A-Z][A-Za-z'’-]+(?:\s+[A-Z][A-Za-z'’-]+)?"
        ),
    ),
    (
        "PRI-04",
        "the name of a person",
        re.compile(
            r"\b(?:[Ss]aid by|[Nn]amed)\s+[A-Z][A-Za-z'’-]+\s+[A-Z][A-Za-z'’-]+"
            r"|\b(?:[Mm]y name is|I am called)\s+[A-Z][A-Za-z'’-]+"
        ),
    ),
    (
        "PRI-05",
        "a full postcode",
        re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b"),
    ),
    (
        "PRI-06",
        "a date of birth",
        re.compile(r"\b(?:born|date of birth|d\.?o\.?b\.?)\b[^.\n]{0,12}\d", re.IGNORECASE),
    ),
)
NAMES_OF_RULES: Mapping[str, str] = {rule: what for rule, what, _ in _RULES}
"""Rule id -> what it looks for."""


def _nhs_number(text: str) -> bool:
    """Say whether ten digits pass the check of an NHS number (modulus 11)."""
    digits = [int(c) for c in text if c.isdigit()]
    check = 11 - sum(digit * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return check != 10 and check % 11 == digits[9]


def places(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Yield what in a text may show who somebody is: rule, what it looks like, start and end."""
    taken: list[tuple[int, int]] = []
    for rule, what, pattern in _RULES:
        for match in pattern.finditer(text):
            if rule == "PRI-02" and not _nhs_number(match.group()):
                continue
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            yield rule, what, *match.span()


def signs(text: str) -> tuple[Sign, ...]:
    """Return what in a text may show who somebody is, each once, in the order of the rules."""
    found: dict[tuple[str, str], Sign] = {}
    for rule, what, start, end in places(text):
        words = " ".join(text[start:end].split())
        shown = words if len(words) <= LONGEST_SHOWN else words[: LONGEST_SHOWN - 1] + "…"
        found.setdefault((rule, shown), Sign(rule, what, shown))
    return tuple(found.values())


def signs_in(texts: Mapping[str, str]) -> Mapping[str, tuple[Sign, ...]]:
    """Return the signs of several texts by their names; texts without any are left out."""
    found = {name: signs(text) for name, text in texts.items()}
    return {name: some for name, some in found.items() if some}
