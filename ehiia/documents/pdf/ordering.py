"""The order of letters on a line where scripts run from the right: Unicode's bidirectional algorithm (UAX 9).

python-bidi resolves the level of each character; lines are turned after they
are broken, because only then is it known what stands on each.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from bidi import algorithm

FROM_THE_RIGHT = frozenset({"R", "AL", "AN"})
FIRST_FROM_THE_RIGHT = "\u0590"


def turns(text: str) -> bool:
    """Say whether anything in the text runs from right to left."""
    return any(
        character >= FIRST_FROM_THE_RIGHT and unicodedata.bidirectional(character) in FROM_THE_RIGHT
        for character in text
    )


def levels(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return for each character its level (odd: from the right) and that of its paragraph (0 or 1).

    Each line of the text is a paragraph of its own, as UAX 9 has it.
    """
    resolved: list[int] = []
    bases: list[int] = []
    for paragraph in text.splitlines(keepends=True):
        base, found = _of_paragraph(paragraph) if turns(paragraph) else (0, [0] * len(paragraph))
        resolved += found
        bases += [base] * len(paragraph)
    return tuple(resolved), tuple(bases)


def _of_paragraph(text: str) -> tuple[int, list[int]]:
    base: int = algorithm.get_base_level(text)
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = base, "LR"[base]
    algorithm.get_embedding_levels(text, storage)
    every = list(storage["chars"])
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    _resolve_brackets(storage["chars"], "LR"[base])
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    kept = {id(one) for one in storage["chars"]}
    found: list[int] = []
    for one in every:  # what the algorithm sets aside (joiners) goes with the letter before it
        found.append(int(one["level"]) if id(one) in kept or not found else found[-1])
    return base, found


def _resolve_brackets(characters: list[dict[str, Any]], base: str) -> None:
    """Give each pair of brackets one direction (UAX 9, N0), which python-bidi does not do."""
    for opening, closing in sorted(_pairs([one["ch"] for one in characters])):
        inside = {_strong(one) for one in characters[opening + 1 : closing]} - {""}
        if not inside:
            continue
        before = next((found for one in reversed(characters[:opening]) if (found := _strong(one))), base)
        direction = base if base in inside else before
        characters[opening]["type"] = characters[closing]["type"] = direction


def _pairs(characters: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the places of brackets that belong together."""
    waiting: list[tuple[str, int]] = []
    for place, character in enumerate(characters):
        kind = unicodedata.category(character) if character in algorithm.MIRRORED else ""
        if kind == "Ps":
            waiting.append((algorithm.MIRRORED[character], place))
        elif kind == "Pe" and any(wanted == character for wanted, _ in waiting):
            while waiting[-1][0] != character:
                waiting.pop()
            yield waiting.pop()[1], place


def _strong(one: dict[str, Any]) -> str:
    """Return the direction of a character as its surroundings take it ("L" or "R"), or nothing."""
    return {"L": "L", "R": "R", "AL": "R", "EN": "R", "AN": "R"}.get(one["type"], "")


def visual(found: Sequence[int]) -> list[int]:
    """Return the places of pieces with these levels in the order from left to right (UAX 9, L2)."""
    order = list(range(len(found)))
    odd = [level for level in found if level % 2]
    for level in range(max(found, default=0), min(odd, default=1) - 1, -1):
        for start, end in _stretches([found[place] >= level for place in order]):
            order[start:end] = reversed(order[start:end])
    return order


def _stretches(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield start and end of each stretch of true flags."""
    start = None
    for place, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = place
        elif not flag and start is not None:
            yield start, place
            start = None


def mirrored(text: str) -> str:
    """Return the text as it looks from left to right when it is read from the right.

    Marks stay behind their letter, and brackets are turned.
    """
    clusters: list[str] = []
    for character in text:
        if clusters and unicodedata.category(character)[0] == "M":
            clusters[-1] += character
        else:
            clusters.append(str(algorithm.MIRRORED.get(character, character)))
    return "".join(reversed(clusters))
