"""Where a text leads: the addresses that stand in it, and the sections of the document that it points at.

Only ``http``, ``https`` and ``mailto`` are followed, whatever somebody typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ADDRESS = re.compile(
    r"(?<![A-Za-z0-9])(?:https?://[A-Za-z0-9]|mailto:[A-Za-z0-9][^@\s]*@[A-Za-z0-9])[!#-;=?-Z\[\]_a-z~]*",
    re.IGNORECASE,
)
ENDS_A_SENTENCE = ".,;:!?'"
CLOSING = {")": "(", "]": "["}

Pointers = tuple[tuple[str, str], ...]
"""Numbers of sections that stand in brackets in a text, in order, each with the key of its heading."""


@dataclass(frozen=True)
class Stretch:
    """A part of a text; ``to``: an address, "#" and the key of a heading, or "" where it leads nowhere."""

    text: str
    to: str = ""


def may_lead(text: str, pointers: Pointers = ()) -> bool:
    """Say whether it is worth looking where a text leads: most texts lead nowhere."""
    return bool(pointers) or "://" in text or "mailto:" in text


def stretches(text: str, pointers: Pointers = ()) -> tuple[Stretch, ...]:
    """Return a text cut where something begins or ends that leads somewhere."""
    if not may_lead(text, pointers):
        return (Stretch(text),)
    found: list[Stretch] = []
    done = 0
    for start, end, to in sorted([*_addresses(text), *_sections(text, pointers)]):
        if start >= done:
            found += [Stretch(text[done:start]), Stretch(text[start:end], to)]
            done = end
    return tuple(one for one in (*found, Stretch(text[done:])) if one.text)


def _addresses(text: str) -> list[tuple[int, int, str]]:
    found = ((match.start(), _trimmed(match[0])) for match in ADDRESS.finditer(text))
    return [(start, start + len(address), address) for start, address in found]


def _trimmed(address: str) -> str:
    """Return an address without what belongs to the sentence around it."""
    while address[-1] in ENDS_A_SENTENCE or (
        address[-1] in CLOSING and address.count(address[-1]) > address.count(CLOSING[address[-1]])
    ):
        address = address[:-1]
    return address


def _sections(text: str, pointers: Pointers) -> list[tuple[int, int, str]]:
    found, done = [], 0
    for number, key in pointers:
        at = text.find(f"({number})", done)
        if at >= 0:
            done = at + len(number) + 2
            found.append((at + 1, done - 1, f"#{key}"))
    return found
