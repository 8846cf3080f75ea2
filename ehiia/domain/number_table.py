"""The numbers of people in the texts of a record and of its earlier editions, as one table of cells and sums.

Numbers that stand for the same are one cell, wherever they stand: by their value and the words beside them,
or by their point in the same sentence of two editions. Where a number of the same point was another in an
earlier edition, the change between the two is a cell too, which stands nowhere and everybody can reckon.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

from ehiia.domain.counting import is_share
from ehiia.domain.figures import LEAST_TOTAL, Figure, Rest, Term, read
from ehiia.domain.places import Place
from ehiia.domain.small_numbers import Sum

Span = tuple[int, int]
"""Start and end of a part of a text."""
NOW = -1
"""Stands for the record that is being published, where its earlier editions are numbered from nought."""
_PIECES = re.compile(r"[\w’'%-]+|[^\w\s]")


@dataclass(frozen=True)
class Placed:
    """A number where it stands, and whether the public is shown it there."""

    edition: int
    """``NOW``, or the number of the earlier edition."""
    place: Place
    figure: Figure
    seen: bool

    @property
    def said(self) -> str:
        """Return it as it stands in the text."""
        return self.place.text[self.figure.start : self.figure.end]

    @property
    def sentence(self) -> tuple[int, str, int]:
        """Return what its sentence is known by."""
        return self.edition, self.place.key, self.figure.sentence


@dataclass(frozen=True)
class Share:
    """A share that stands alone and is that of a part and its total elsewhere in the same text."""

    place: Place
    start: int
    end: int
    cells: tuple[str, str]


class NumberTable:
    """Cells and sums. Fill it with ``add`` for each text, then ``tie``."""

    def __init__(self) -> None:
        """Begin with an empty table."""
        self.placed: list[Placed] = []
        self.cells: dict[str, int] = {}
        """The cells that stand in sums, by key."""
        self.rests: dict[str, Rest] = {}
        """Those of them that stand nowhere."""
        self.sums: list[Sum] = []
        self._tied: list[tuple[Term, tuple[Term, ...]]] = []
        self._loose: list[tuple[Place, Span, int, int]] = []
        self._cell_of: list[int] = []

    def add(self, edition: int, place: Place, gone: Sequence[Span]) -> None:
        """Read a text. ``gone``: the parts of it that the public is not shown."""
        found, shift = read(place.text), len(self.placed)
        for one in found.figures:
            seen = not any(start < one.end and one.start < end for start, end in gone)
            self.placed.append(Placed(edition, place, one, seen))

        def moved(term: Term) -> Term:
            return term if isinstance(term, Rest) else term + shift

        for tie in found.tied:
            self._tied.append((moved(tie.total), tuple(moved(part) for part in tie.parts)))
            for part in tie.parts if edition == NOW else ():
                total = tie.total
                if isinstance(part, Rest) or isinstance(total, Rest) or not found.figures[total].value:
                    continue
                value, whole = found.figures[part].value, found.figures[total].value
                self._loose += [
                    (place, (start, end), part + shift, total + shift)
                    for start, end, share in found.loose
                    if is_share(share, place.text[start:end], value, whole)
                ]

    def tie(self) -> None:
        """Find out which numbers are the same and what adds up, when all texts were added."""
        self._same()
        self._totals_elsewhere()
        self._changes()
        for total, parts in self._tied:
            there = Sum(self._named(total), tuple(self._named(part) for part in parts))
            if there.total not in there.parts:
                self.sums.append(there)

    def cell(self, number: int) -> str:
        """Return the key of the cell of a number."""
        return str(self._root(number))

    def shares(self) -> list[Share]:
        """Return the shares that stand alone."""
        return [
            Share(place, start, end, (self.cell(part), self.cell(total)))
            for place, (start, end), part, total in self._loose
        ]

    def components(self) -> list[set[str]]:
        """Return the cells that sums tie together, in sets that have nothing to do with each other."""
        joined = {key: {key} for key in self.cells}
        for one in self.sums:
            together = set().union(*(joined[key] for key in (one.total, *one.parts)))
            joined |= dict.fromkeys(together, together)
        return list({id(some): some for some in joined.values() if len(some) > 1}.values())

    def _named(self, term: Term) -> str:
        if isinstance(term, Rest):
            key = f"rest {len(self.rests)}"
            self.rests[key], self.cells[key] = term, term.value
        else:
            key = self.cell(term)
            self.cells[key] = self.placed[term].figure.value
        return key

    def _root(self, number: int) -> int:
        while self._cell_of[number] != number:
            number = self._cell_of[number]
        return number

    def _same(self) -> None:
        """Make one cell of numbers that stand for the same; two of one sentence never are."""
        self._cell_of = list(range(len(self.placed)))
        by_value: dict[int, list[int]] = {}
        for number, placed in enumerate(self.placed):
            by_value.setdefault(placed.figure.value, []).append(number)
        sentences = {number: {placed.sentence} for number, placed in enumerate(self.placed)}
        for alike in by_value.values():
            pairs = [
                (one, other, in_step(self.placed[one], self.placed[other]))
                for one, other in combinations(alike, 2)
            ]
            for one, other, sure in sorted(pairs, key=lambda pair: not pair[2]):
                here, there = self._root(one), self._root(other)
                if here == there or sentences[here] & sentences[there]:
                    continue
                if sure or _alike(self.placed[one], self.placed[other]):
                    self._cell_of[there] = here
                    sentences[here] |= sentences[there]

    def _totals_elsewhere(self) -> None:
        """Tie the numbers of a sentence to a number of another sentence that they add up to."""
        by_sentence: dict[tuple[int, str, int], list[int]] = {}
        by_value: dict[int, list[int]] = {}
        for number, one in enumerate(self.placed):
            if not one.figure.share:
                by_sentence.setdefault(one.sentence, []).append(number)
                by_value.setdefault(one.figure.value, []).append(number)
        for sentence, some in by_sentence.items():
            together = sum(self.placed[number].figure.value for number in some)
            if len(some) > 1 and together >= LEAST_TOTAL:
                self._tied += [
                    (number, tuple(some))
                    for number in by_value.get(together, ())
                    if self.placed[number].edition == sentence[0] and self.placed[number].sentence != sentence
                ]

    def _changes(self) -> None:
        """Tie a number to what an earlier edition says at the same point, by the change between them."""
        before: dict[str, list[int]] = {}
        for number, one in enumerate(self.placed):
            if one.edition != NOW:
                before.setdefault(one.place.words, []).append(number)
        for number, one in enumerate(self.placed):
            for old in before.get(one.place.words, ()) if one.edition == NOW else ():
                first, last = self.placed[old].figure, one.figure
                if first.value == last.value or not (
                    in_step(self.placed[old], one) or (last.words and first.words == last.words)
                ):
                    continue
                less, more = (old, number) if first.value < last.value else (number, old)
                words = f"the change from {first.value} to {last.value}"
                self._tied.append((more, (less, Rest(abs(last.value - first.value), words))))


def in_step(one: Placed, other: Placed) -> bool:
    """Say whether two numbers stand at the same point of the same sentence, in two editions."""
    return (
        one.edition != other.edition
        and one.place.words == other.place.words
        and (one.figure.shape, one.figure.nth) == (other.figure.shape, other.figure.nth)
    )


def _alike(one: Placed, other: Placed) -> bool:
    left, right = one.figure.words, other.figure.words
    return bool(left & right) or (one.place.words == other.place.words and not (left and right))


def not_shown(whole: str, shown: str) -> list[Span]:
    """Return the parts of a text that an edition of it does not show."""
    if whole == shown:
        return []
    pieces = [match.span() for match in _PIECES.finditer(whole)]
    before, after = [whole[start:end] for start, end in pieces], _PIECES.findall(shown)
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    there: Collection[int] = {n for block in blocks for n in range(block.a, block.a + block.size)}
    return [span for n, span in enumerate(pieces) if n not in there]


def table_of(
    now: Sequence[Place],
    by_hand: Mapping[str, Sequence[Span]],
    earlier: Sequence[tuple[Sequence[Place], Mapping[str, str]]],
) -> NumberTable:
    """Return the table of the texts of a record and of its earlier editions.

    ``by_hand``: what is left out by hand, by key of the place. ``earlier``: for each edition the texts of its
    whole record, and those that it shows, by key.
    """
    table = NumberTable()
    for place in now:
        table.add(NOW, place, by_hand.get(place.key, ()))
    for edition, (whole, shown) in enumerate(earlier):
        for place in whole:
            table.add(edition, place, not_shown(place.text, shown.get(place.key, "")))
    table.tie()
    return table
