"""What changed between two wordings of one text, word by word.

Two versions of an answer are shown side by side or as one text with what was
taken out and what was added marked. Words are compared, not letters: whole
words read better. White space between words does not count as a change; the
start of a new line does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ehiia.domain.vocabulary import Word

MOST_PAIRS = 200_000
"""So many pairs of equal words are compared at most: beyond it, as with a text of one word a thousand
times over, the middle is shown as taken out and added whole."""

_TOKENS = re.compile(r"\n\s*|\S+[^\S\n]*")
"""A word with the space after it, or the start of a new line."""


class Fate(Word):
    """What became of a piece of a text."""

    KEPT = "kept", "Kept"
    REMOVED = "removed", "Taken out"
    ADDED = "added", "Added"


@dataclass(frozen=True)
class Piece:
    """A run of words and what became of them."""

    fate: Fate
    text: str


def changes(before: str, after: str) -> tuple[Piece, ...]:
    """Return the pieces of both wordings in reading order; what was taken out stands before what was added.

    But for white space, kept and added pieces together are ``after``, kept and removed ones ``before``; every
    piece but the last ends with white space, so that they can be set one after the other.
    """
    old, new = _TOKENS.findall(before.strip()), _TOKENS.findall(after.strip())
    old_words, new_words = [_word(token) for token in old], [_word(token) for token in new]
    found = [(fate, "".join(tokens)) for fate, tokens in _joined(_runs(old_words, new_words, old, new))]
    last = len(found) - 1
    return tuple(
        Piece(fate, text if at == last or text[-1].isspace() else f"{text} ")
        for at, (fate, text) in enumerate(found)
    )


def differs(before: str, after: str) -> bool:
    """Say whether anything but white space changed."""
    return [_word(token) for token in _TOKENS.findall(before.strip())] != [
        _word(token) for token in _TOKENS.findall(after.strip())
    ]


def _word(token: str) -> str:
    return token.strip() or "\n"


def _runs(
    old_words: Sequence[str], new_words: Sequence[str], old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[Fate, list[str]]]:
    start = 0
    shorter = min(len(old), len(new))
    while start < shorter and old_words[start] == new_words[start]:
        start += 1
    end = 0
    while end < shorter - start and old_words[-1 - end] == new_words[-1 - end]:
        end += 1
    old_end, new_end = len(old) - end, len(new) - end
    yield Fate.KEPT, list(new[:start])
    for how, i, j, k, m in _middle(old_words[start:old_end], new_words[start:new_end]):
        if how == "equal":
            yield Fate.KEPT, list(new[start + k : start + m])
            continue
        yield Fate.REMOVED, list(old[start + i : start + j])
        yield Fate.ADDED, list(new[start + k : start + m])
    yield Fate.KEPT, list(new[new_end:])


def _middle(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """Return the steps from one list of words to the other, as ``difflib`` names them."""
    counted, others = Counter(old), Counter(new)
    if sum(many * others[word] for word, many in counted.items()) > MOST_PAIRS:
        return [("replace", 0, len(old), 0, len(new))]
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    merged: list[tuple[str, int, int, int, int]] = []
    for at, (how, i, j, k, m) in enumerate(steps):
        # one small word kept between two changes reads worse than one longer change
        alone = how == "equal" and j - i == 1 and 0 < at < len(steps) - 1 and old[i] != "\n"
        how = "replace" if alone or how != "equal" else how
        if merged and merged[-1][0] == how:
            merged[-1] = (how, merged[-1][1], j, merged[-1][3], m)
        else:
            merged.append((how, i, j, k, m))
    return merged


def _joined(runs: Iterator[tuple[Fate, list[str]]]) -> Iterator[tuple[Fate, list[str]]]:
    last: tuple[Fate, list[str]] | None = None
    for fate, tokens in runs:
        if not tokens:
            continue
        if last is not None and last[0] is fate:
            last[1].extend(tokens)
            continue
        if last is not None:
            yield last
        last = (fate, list(tokens))
    if last is not None:
        yield last
