"""Finding pages of guidance by words: every word typed begins a word of the page.

A few dozen pages are searched as they stand. A page ranks by where each word
was found: in the title, in the other names it goes by, in the summary, in the
text; the sum over the words counts, then the order of the index.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ehiia.content.guidance import Page

TITLE, OTHER_NAMES, SUMMARY, TEXT = 8, 6, 3, 1
"""What a word counts by where it was found; the best place of each word counts once."""
LONGEST = 200
"""Characters of a query that are looked at."""
AROUND = 110
"""Characters shown before and after the first word that was found in the text."""
_WORD = re.compile(r"\w+")
_MARKS = re.compile(r"[*_`#>]|\[(?P<label>[^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Piece:
    """A piece of a snippet; ``found`` where it is what somebody looked for."""

    text: str
    found: bool = False


@dataclass(frozen=True)
class Found:
    """A page that fits, and a piece of it with the words marked."""

    page: Page
    snippet: tuple[Piece, ...]
    rank: int


def find(query: str, pages: Iterable[Page]) -> tuple[Found, ...]:
    """Return the pages in which every word of the query begins a word, the best first."""
    words = wanted(query)
    if not words:
        return ()
    found = []
    for page in pages:
        places = _places(page)
        ranks = [_rank(word, places) for word in words]
        if all(ranks):
            found.append(Found(page, snippet(page, words), sum(ranks)))
    return tuple(sorted(found, key=lambda one: (-one.rank, one.page.about.order)))


def wanted(query: str) -> tuple[str, ...]:
    """Return the words of a query as they are compared: small letters, no accents, each once."""
    return tuple(dict.fromkeys(_WORD.findall(_folded(query[:LONGEST]))))


def snippet(page: Page, words: tuple[str, ...]) -> tuple[Piece, ...]:
    """Return the piece of the text around the first word that was found, or the summary."""
    text = plain(page.text)
    hits = _hits(text, words)
    if not hits:
        text = page.about.summary
        hits = _hits(text, words)
        start, end = 0, len(text)
    else:
        start, end = max(0, hits[0][0] - AROUND), min(len(text), hits[0][1] + AROUND)
        start = text.rfind(" ", 0, start) + 1 if start else 0
        end = text.find(" ", end) if text.find(" ", end) >= 0 else len(text)
    pieces = [Piece("… ")] if start else []
    at = start
    for first, last in hits:
        if first >= at and last <= end:
            pieces += [Piece(text[at:first])] if first > at else []
            pieces.append(Piece(text[first:last], found=True))
            at = last
    pieces += [Piece(text[at:end])] if at < end else []
    return (*pieces, Piece(" …")) if end < len(text) else tuple(pieces)


@lru_cache(maxsize=200)
def plain(markdown: str) -> str:
    """Return the text of a page without marks, on one line; a heading ends in a colon."""
    lines = [
        f"{line.rstrip('.:')}:" if line.startswith("#") and line[-1] not in "?!" else line
        for line in markdown.splitlines()
        if line.strip()
    ]
    bare = (_MARKS.sub(lambda match: match["label"] or "", line).strip() for line in lines)
    return " ".join(re.sub(r"^(?:-|\d+\.) ", "", line) for line in bare)


def _folded(text: str) -> str:
    """Return a text for comparison; it is as long as the one given, so that places stay where they are."""
    return "".join(unicodedata.normalize("NFD", letter)[0].lower()[:1] for letter in text)


def _hits(text: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    return [
        match.span() for match in _WORD.finditer(_folded(text)) if any(match[0].startswith(w) for w in words)
    ]


@lru_cache(maxsize=200)
def _places(page: Page) -> tuple[tuple[int, frozenset[str]], ...]:
    about = page.about
    texts = (
        (TITLE, about.title),
        (OTHER_NAMES, " ".join((*about.words, about.law))),
        (SUMMARY, about.summary),
        (TEXT, plain(page.text)),
    )
    return tuple((rank, frozenset(_WORD.findall(_folded(text)))) for rank, text in texts)


def _rank(word: str, places: tuple[tuple[int, frozenset[str]], ...]) -> int:
    return next((rank for rank, known in places if any(one.startswith(word) for one in known)), 0)
