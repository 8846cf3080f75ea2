"""Which numbers of people an edition for the public hides by rule, and why.

The numbers of all texts of a record are one table (``number_table``). What ``small_numbers`` says to hide
is hidden: small numbers that are part of another, and others that would give one of them away. What earlier
editions of the same assessment showed is known for ever and belongs to the table. A small number that they
gave away is hidden again for whoever does not have them, and named to whoever prepares this one.

Bands of people that are below the threshold are left out too. Published statistics, such as those of a
census, are public already and are not hidden: they count as known. A number that is part of no sum is not
hidden by rule but pointed at (``personal_data``), because it may as well count no people.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ehiia.domain.decision import DecisionRecord
from ehiia.domain.number_table import NOW, NumberTable, Placed, Span, table_of
from ehiia.domain.personal_data import AROUND, SMALL, key_of
from ehiia.domain.places import Place, texts
from ehiia.domain.small_numbers import Hidden, Sum, is_small, suppress
from ehiia.domain.vocabulary import HeadCount, NumberAffected

NUMBER_GONE = "[number left out]"
"""Stands in the place of a number of people that is hidden by rule, whether small or beside a small one."""
BESIDE = "beside"
"""Why a number is hidden that is not small: with others it would give a small one away."""
MOST_CELLS = 40
"""Where more numbers than this hang together, or more sums than twice that, all of them are hidden."""
STEPS = 400
"""Attempts for each small number: see ``small_numbers.suppress``."""

_BANDS = (
    (NumberAffected.UNDER_10.label, 10),
    (HeadCount.UNDER_10.label, 10),
    *(((HeadCount.FROM_10.label, 25), (HeadCount.FROM_25.label, 50), (NumberAffected.TENS.label, 100))),
)
"""Words of a band -> the number that it is below. A band that is below the threshold is a small number."""
_COUNTED = re.compile(r"\.(?:number_affected|everybody|heard|effect|who\[\d+\])$")
"""Places whose words are bands of people and nothing that somebody typed."""


@dataclass(frozen=True)
class Earlier:
    """An edition of the same assessment that the public was shown before."""

    reference: str
    whole: DecisionRecord
    """The record that it is an edition of, as it is kept."""
    shown: DecisionRecord


@dataclass(frozen=True)
class HiddenNumber:
    """A number in a text that is hidden by rule, or that somebody keeps although the rule would hide it."""

    place: str
    """Key of the place: ``places``."""
    where: str
    """The place in words."""
    start: int
    before: str
    found: str
    after: str
    rule: str
    """``SMALL`` or ``BESIDE``."""
    shows: tuple[str, ...]
    """The small numbers that it would give away, in words; none where it is small itself."""

    @property
    def end(self) -> int:
        """Return where it ends in its text."""
        return self.start + len(self.found)

    @property
    def key(self) -> str:
        """Return what it is known by when somebody keeps it: the same words there are kept with it."""
        return key_of(self.rule, self.place, self.found)

    @property
    def words(self) -> str:
        """Return it in one line with the words around it."""
        return f"{self.where}: “… {self.before}{self.found}{self.after} …”"

    @property
    def why(self) -> str:
        """Return in words why it is hidden."""
        if not self.shows:
            return "A small number of people"
        return f"With the others it would give away: {'; '.join(self.shows)}"


@dataclass(frozen=True)
class Exposed:
    """A small number that hiding cannot keep back any more, and the editions that gave it away."""

    what: str
    by: tuple[str, ...]
    """References of editions; empty where what is kept by hand, or published statistics, give it away."""


@dataclass(frozen=True)
class Numbers:
    """What the rule says of the numbers of people in an edition."""

    hidden: tuple[HiddenNumber, ...] = ()
    kept: tuple[HiddenNumber, ...] = ()
    """Those that the rule would hide and that somebody keeps."""
    exposed: tuple[Exposed, ...] = ()

    @property
    def spans(self) -> dict[str, list[Span]]:
        """Return the parts of texts that are hidden, by key of the place."""
        found: dict[str, list[Span]] = {}
        for one in self.hidden:
            found.setdefault(one.place, []).append((one.start, one.end))
        return found


def numbers(
    record: DecisionRecord,
    *,
    threshold: int,
    by_hand: Mapping[str, Sequence[Span]],
    kept: Collection[str] = (),
    earlier: Sequence[Earlier] = (),
) -> Numbers:
    """Return which numbers in the texts of a record are hidden.

    ``by_hand``: parts of its texts that are left out by hand, by key of the place. ``kept``: keys of hidden
    numbers that somebody keeps. ``earlier``: the editions that were out before, oldest first.
    """
    now = tuple(texts(record))
    before = [(tuple(texts(one.whole)), {at.key: at.text for at in texts(one.shown)}) for one in earlier]
    hiding = _Hiding(table_of(now, by_hand, before), threshold, kept, [one.reference for one in earlier])
    found = hiding.numbers()
    return Numbers(found.hidden, found.kept, (*found.exposed, *_bands_shown(now, threshold, earlier)))


# -- bands ----------------------------------------------------------------------------------------------


def small_bands(threshold: int) -> re.Pattern[str] | None:
    """Return what finds the words of bands below the threshold, or None where there are none."""
    words = [re.escape(label) for label, below in _BANDS if below <= threshold]
    return re.compile("|".join(words), re.IGNORECASE) if words else None


def holds_band(key: str) -> bool:
    """Say whether the words of a place are bands of people and nothing that somebody typed."""
    return bool(_COUNTED.search(key))


def _bands_shown(now: Sequence[Place], threshold: int, earlier: Sequence[Earlier]) -> Iterator[Exposed]:
    """Yield the bands that are hidden now and were shown before, as with a lower threshold."""
    pattern = small_bands(threshold)
    if pattern is None or not earlier:
        return
    hidden = {(one.words, one.text) for one in now if holds_band(one.key) and pattern.search(one.text)}
    before = [(one.reference, {(at.words, at.text) for at in texts(one.shown)}) for one in earlier]
    for where, text in sorted(hidden):
        by = tuple(reference for reference, shown in before if (where, text) in shown)
        if by:
            yield Exposed(f"{where}: {text}", by)


# -- numbers in texts -------------------------------------------------------------------------------------


class _Hiding:
    """What of a table is hidden."""

    def __init__(
        self, table: NumberTable, threshold: int, kept: Collection[str], references: Sequence[str]
    ) -> None:
        self.table, self.threshold = table, threshold
        self.kept_keys, self.references = set(kept), references
        self.editions: dict[str, set[int]] = {}
        """Cell -> the editions that show it, ``NOW`` for this one."""
        self.kept, official = set[str](), set[str]()
        for number, one in enumerate(table.placed):
            cell = table.cell(number)
            if one.seen:
                self.editions.setdefault(cell, set()).add(one.edition)
            if one.figure.official:
                official.add(cell)
            if one.edition == NOW and self._keys(one) & self.kept_keys:
                self.kept.add(cell)
        self.always = self.kept | official
        """Cells that are not hidden: known to everybody already, or kept by hand."""
        self.hidden = set[str]()
        self.gives_away: dict[str, tuple[str, ...]] = {}
        """Cell -> the small numbers that those it stands with would give away, in words."""
        self.exposed: list[Exposed] = []

    @staticmethod
    def _keys(one: Placed) -> set[str]:
        return {key_of(rule, one.place.key, one.said) for rule in (SMALL, BESIDE)}

    def numbers(self) -> Numbers:
        """Return what is hidden, kept and exposed."""
        for together in self.table.components():
            cells = {key: self.table.cells[key] for key in sorted(together)}
            if any(is_small(value, self.threshold) for value in cells.values()):
                self._suppress(cells)
        hidden: dict[tuple[str, int], HiddenNumber] = {}
        kept: dict[tuple[str, int], HiddenNumber] = {}
        for one, cell in self._said_now():
            figure = one.figure
            (kept if cell in self.kept else hidden)[one.place.key, figure.start] = self._hidden(
                one.place, figure.start, figure.end, cell, is_small(figure.value, self.threshold)
            )
        for share in self.table.shares():
            if cell := next((cell for cell in share.cells if cell in self.hidden), ""):
                number = self._hidden(share.place, share.start, share.end, cell, small=False)
                where = kept if number.key in self.kept_keys else hidden
                where.setdefault((share.place.key, share.start), number)
        return Numbers(tuple(hidden.values()), tuple(kept.values()), tuple(dict.fromkeys(self.exposed)))

    def _suppress(self, cells: Mapping[str, int]) -> None:
        """Hide what is to be hidden from those who have the earlier editions, and from those who have not.

        Hiding more than one of the two asks for never makes a number of the other less safe.
        """
        sums = [one for one in self.table.sums if one.total in cells]
        shown = {key: self.editions.get(key, set()) for key in cells}
        always = self.always & set(cells)
        before = {key for key, editions in shown.items() if editions - {NOW}}
        nowhere = {key for key, editions in shown.items() if NOW not in editions}
        without, having = (
            self._suppressed(cells, sums, known, nowhere - known) for known in (always, always | before)
        )
        self.hidden |= without.all | having.all
        small = [key for key, value in cells.items() if is_small(value, self.threshold) and key not in always]
        told = {key: self._told(key) for key in small}
        self.gives_away |= dict.fromkeys(cells, tuple(dict.fromkeys(told.values())))
        if len(nowhere) == len(cells):
            return  # nothing of it stands in this edition
        by = tuple(self.references[one] for one in sorted(set().union(*shown.values()) - {NOW}))
        for key in told:
            if key in without.exposed | having.exposed:
                self.exposed.append(Exposed(told[key], () if key in without.exposed else by))

    def _suppressed(
        self, cells: Mapping[str, int], sums: Sequence[Sum], known: set[str], hide: set[str]
    ) -> Hidden:
        if len(cells) > MOST_CELLS or len(sums) > 2 * MOST_CELLS:
            small = {key for key, value in cells.items() if is_small(value, self.threshold)}
            return Hidden(frozenset(small - known), frozenset(set(cells) - known - small))
        return suppress(cells, sums, threshold=self.threshold, known=known, hide=hide, steps=STEPS)

    def _told(self, cell: str) -> str:
        """Return a small number in words."""
        if rest := self.table.rests.get(cell):
            return f"{rest.value}, {rest.words}"
        same = [one for number, one in enumerate(self.table.placed) if self.table.cell(number) == cell]
        one = min(same, key=lambda one: one.edition)
        after = one.place.text[one.figure.end : one.figure.end + 30]
        return re.split(r"[.,;:()\n]", one.said + after)[0].strip()

    def _said_now(self) -> Iterator[tuple[Placed, str]]:
        """Yield the numbers of this edition that are hidden, or kept, and the same said beside them."""
        now = [
            (one, self.table.cell(number))
            for number, one in enumerate(self.table.placed)
            if one.edition == NOW and one.seen
        ]
        gone = [(one, cell) for one, cell in now if cell in self.hidden]
        for one, cell in now:
            if cell in self.hidden or (cell in self.kept and cell in self.gives_away):
                yield one, cell
            elif cell not in self.always:
                same = next((other for two, other in gone if _says_same(one, two)), "")
                if same:
                    yield one, same

    def _hidden(self, place: Place, start: int, end: int, cell: str, small: bool) -> HiddenNumber:
        before, after = place.text[max(0, start - AROUND) : start], place.text[end : end + AROUND]
        shows = () if small else self.gives_away[cell]
        rule = SMALL if small else BESIDE
        return HiddenNumber(place.key, place.words, start, before, place.text[start:end], after, rule, shows)


def _says_same(one: Placed, other: Placed) -> bool:
    same = one.figure.value == other.figure.value > 0
    return same and bool(one.figure.words & other.figure.words)
