"""Numbers of people in texts: which there are, and which add up to which.

A frozen record counts people in words only: in bands, and in what somebody typed. What is typed is read here
as a reader would do sums with it:

- "3 of 40 carers", "Of 40 people, 12 were women and 25 men", "40 people: 12 women, 25 men and 3 others":
  parts of a number, and what is left of it where they do not fill it;
- a list of three numbers or more, "12 women, 25 men and 3 others", also where no total is said;
- numbers side by side of which one is the sum of its neighbours, whatever the words, such as an area and the
  areas that make it up; also where the total stands in another text;
- "7.5 per cent of the 40", "half of the 8": the number that is meant;
- "from 40 to 42", "by 2 to 42", "40 in 2025 and 42 in 2026": the change between two readings.

Limits. These are patterns of English and not understanding. Read are whole numbers in digits and the words
up to twenty; not "a dozen", "nearly all", approximations ("more than 40"), ranges ("10 to 24"), nor a number
that a later sentence only alludes to. What is counted is taken for people where the sentence, or the one
before, names people; money, dates, times, ages, and common things that are counted are passed over. Where
that goes wrong, too much is proposed to be hidden, which is taken back by hand, or too little: so a small
number of people anywhere is pointed at all the same (``personal_data``), to be looked at by somebody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from ehiia.domain.counting import (
    MONTHS,
    any_number,
    is_official,
    is_share,
    sentences_of,
    shape_of,
    tokens_of,
    words_beside,
)

_DET = r"(?:\s*\b(?:the|these|those|all|our|a total of|in total)\b)*\s*$"
_OF_BOTH = re.compile(rf"^\s*(?:[\w’'-]+\s+){{0,3}}?(?:out\s+of|of){_DET}", re.IGNORECASE)
"""Between a part and what it is part of: "3 of 40", "3 carers out of the 40"."""
_OF_BEFORE = re.compile(rf"\b(?:of|among|amongst|total){_DET}", re.IGNORECASE)
_OPENS = re.compile(r":|\b(?:of whom|of them|including|among them|namely)\b", re.IGNORECASE)
"""After a number: its parts follow."""
_OF_THEM = re.compile(r"^\s*(?:[\w’'-]+\s+){0,1}of\s+(?:them|whom)\b", re.IGNORECASE)
_LISTED = re.compile(r"^\s*(?:[\w’'-]+\s*){0,5}(?:,|\band\b|\bor\b)\s*(?:[\w’'-]+\s+){0,4}$", re.IGNORECASE)
"""Between two numbers of a list: "12 women, 25 men and 3 others"."""
_MOVED = re.compile(
    r"\b(?:rose|risen|rises|grew|grown|grows|fell|fallen|falls|dropped|drops|went|gone|up|down|changed?"
    r"|increased?|decreased?|moved|shrank|halved|doubled)\b[^.;:]*\bfrom\s+$",
    re.IGNORECASE,
)
"""Before the first of two readings: "It rose from 40 to 42"."""
_YEAR_AFTER = re.compile(rf"^(?:\s+[\w’'-]+){{0,4}}?\s+in\s+(?:(?:{MONTHS})\s+)?(?P<year>(?:19|20)\d\d)\b")
_YEAR_BEFORE = re.compile(r"(?P<year>(?:19|20)\d\d)\W{1,3}(?:[a-z]+\s+){0,3}$")
LEAST_TOTAL = 10
"""Numbers of several sentences that happen to add up to less than this are taken for chance."""


@dataclass(frozen=True)
class Figure:
    """A number of people as it stands in a text, or a share that means such a number."""

    start: int
    end: int
    value: int
    words: frozenset[str]
    """What is counted, in words of its part of the sentence."""
    sentence: int
    shape: str
    """Its sentence without the numbers."""
    nth: int
    """Which number of the sentence it is."""
    share: bool
    """Whether it is said as a share: "7.5 per cent"."""
    official: bool
    """Whether the sentence names published statistics."""


@dataclass(frozen=True)
class Rest:
    """A number that stands nowhere and that whoever can subtract knows."""

    value: int
    words: str
    """"what is left of 40", "the change from 40 to 42"."""


Term = int | Rest
"""A figure by its number, or what is left."""


@dataclass(frozen=True)
class Tied:
    """Some numbers of a text add up to another."""

    total: Term
    parts: tuple[Term, ...]


@dataclass(frozen=True)
class Read:
    """What was read of one text. ``loose``: shares of what another sentence names, with start and end."""

    figures: tuple[Figure, ...] = ()
    tied: tuple[Tied, ...] = ()
    loose: tuple[tuple[int, int, Fraction], ...] = ()


@lru_cache(maxsize=2048)
def read(text: str) -> Read:
    """Return the numbers of people of a text and what adds up to what (see the module's docstring)."""
    return _Reader(text).read() if any_number(text) else Read()


class _Reader:
    """Reads one text: tokens first, then what ties them, sentence by sentence."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sentences = sentences_of(text)
        self.tokens = tokens_of(text, self.sentences)
        self.tied: list[Tied] = []
        self.meant: dict[int, int] = {}
        """Shares by token -> the number that they mean."""
        self.vague: set[int] = set()
        """Shares of something that another sentence named."""

    def read(self) -> Read:
        base = -1
        for number in range(len(self.sentences)):
            here = [n for n, one in enumerate(self.tokens) if one.sentence == number]
            base = self._sentence(here, base)
        self._side_by_side()
        self._over_time()
        kept = [n for n, one in enumerate(self.tokens) if one.share is None or n in self.meant]
        index = {old: new for new, old in enumerate(kept)}
        loose = tuple(
            (one.start, one.end, one.share)
            for n, one in enumerate(self.tokens)
            if one.share is not None and (n not in self.meant or n in self.vague)
        )
        tied = dict.fromkeys(_renumbered(one, index) for one in self.tied)
        return Read(tuple(self._figure(n) for n in kept), tuple(tied), loose)

    def _figure(self, n: int) -> Figure:
        token = self.tokens[n]
        start, end = self.sentences[token.sentence]
        same = [k for k, one in enumerate(self.tokens) if one.sentence == token.sentence]
        place = same.index(n)
        left = self.tokens[same[place - 1]].end if place else start
        right = self.tokens[same[place + 1]].start if place + 1 < len(same) else end
        sentence = self.text[start:end]
        return Figure(
            token.start,
            token.end,
            self._value(n),
            words_beside(self.text, token.start, token.end, left, right),
            token.sentence,
            shape_of(sentence),
            place,
            token.share is not None,
            is_official(sentence),
        )

    # -- what ties them -------------------------------------------------------------------------------

    def _between(self, one: int, two: int) -> str:
        return self.text[self.tokens[one].end : self.tokens[two].start]

    def _value(self, n: int) -> int:
        return self.meant.get(n, self.tokens[n].value)

    def _sentence(self, here: list[int], base_before: int) -> int:
        """Tie the numbers of a sentence; return the number that shares of the next one may be of, or -1."""
        pairs = [
            (one, two)
            for one, two in pairwise(here)
            if self.tokens[two].share is None and _OF_BOTH.match(self._between(one, two))
        ]
        of_whom = self._of_them(here)
        taken = {n for pair in (*pairs, *of_whom) for n in pair[:1]} | {two for _, two in pairs}
        bases: dict[int, list[int]] = {}
        for one, two in pairs:
            first = next((b for b in bases if self._value(b) == self._value(two)), two)
            bases.setdefault(first, []).append(one)
            self._same_as(two, first)
        for one, two in of_whom:
            bases.setdefault(two, []).append(one)
        base = next((n for n in here if n not in taken and self._opens(n, here)), -1)
        if base >= 0:
            bases.setdefault(base, []).extend(n for n in here if n > base and n not in taken)
        shares = {n for n in here if not self._plain(n)}
        alone = sorted(shares - {n for parts in bases.values() for n in parts})
        whole = base if base >= 0 else next((two for _, two in pairs), -1)
        if whole < 0:  # "40 came. 7.5 per cent were deaf."
            self.vague.update(alone)
        for n in alone:
            self._meaning(n, whole if whole >= 0 else base_before, bases)
        for whole_number, parts in bases.items():
            self._parts(whole_number, parts)
        if not bases:
            self._list(here)
        return max(
            (n for n in (base_before, *here) if n >= 0 and self._plain(n)), key=self._value, default=-1
        )

    def _of_them(self, here: list[int]) -> list[tuple[int, int]]:
        """Return parts with the nearest number before that they fit in: "12 were women, 3 of them deaf"."""
        found = []
        for place, n in enumerate(here):
            after = self.text[self.tokens[n].end : self.tokens[n].end + 30]
            whole = next(
                (m for m in reversed(here[:place]) if self._value(m) > self._value(n) and self._plain(m)), -1
            )
            if whole >= 0 and _OF_THEM.match(after):
                found.append((n, whole))
        return found

    def _plain(self, n: int) -> bool:
        return self.tokens[n].share is None

    def _opens(self, n: int, here: list[int]) -> bool:
        """Say whether the parts of a number follow it."""
        following = [m for m in here if m > n]
        if not following or not self._plain(n):
            return False
        before = self.text[self.sentences[self.tokens[n].sentence][0] : self.tokens[n].start]
        return bool(_OF_BEFORE.search(before) or _OPENS.search(self._between(n, following[0])))

    def _same_as(self, one: int, other: int) -> None:
        if one != other:
            self.tied.append(Tied(one, (other,)))

    def _meaning(self, n: int, whole: int, bases: dict[int, list[int]]) -> None:
        """Find the number that a share means: one that was said, or else that part of the whole."""
        said = [(total, part) for total, parts in bases.items() for part in parts if self._plain(part)]
        token = self.tokens[n]
        assert token.share is not None
        for total, part in said:
            words = self.text[token.start : token.end]
            if self._value(total) and is_share(token.share, words, self._value(part), self._value(total)):
                self.meant[n] = self._value(part)
                self._same_as(n, part)
                return
        if whole >= 0 and token.share <= 1:
            bases.setdefault(whole, []).append(n)

    def _parts(self, whole: int, parts: list[int]) -> None:
        total = self._value(whole)
        for n in parts:
            share = self.tokens[n].share
            if share is not None:
                self.meant[n] = round(share * total)
        there = [n for n in parts if self._value(n) <= total]
        together = sum(map(self._value, there))
        if together == total and len(there) > 1:
            self.tied.append(Tied(whole, tuple(there)))
        elif there and together <= total:
            rest = Rest(total - together, f"what is left of {total}")
            self.tied.append(Tied(whole, (*there, rest)))
        if len(there) > 1 and together != total:  # they may as well overlap
            for n in there:
                rest = Rest(total - self._value(n), f"what is left of {total}")
                self.tied.append(Tied(whole, (n, rest)))

    def _list(self, here: list[int]) -> None:
        """Tie three numbers or more of a list without a total: what they add up to stands nowhere."""
        some = [n for n in here if self._plain(n)]
        if len(some) > 2 and all(_LISTED.match(self._between(*pair)) for pair in pairwise(some)):
            total = Rest(sum(map(self._value, some)), "all of them together")
            self.tied.append(Tied(total, tuple(some)))

    def _side_by_side(self) -> None:
        """Tie a number to neighbours that add up to it."""
        plain = [n for n in range(len(self.tokens)) if self._plain(n)]
        for place, n in enumerate(plain):
            for run in (plain[place + 1 :], plain[:place][::-1]):
                together = 0
                for count, part in enumerate(run, start=1):
                    together += self._value(part)
                    if together > self._value(n):
                        break
                    if count > 1 and together == self._value(n) and self._no_chance(n, run[:count]):
                        self.tied.append(Tied(n, tuple(sorted(run[:count]))))

    def _no_chance(self, total: int, parts: list[int]) -> bool:
        sentences = {self.tokens[n].sentence for n in (total, *parts)}
        return len(sentences) == 1 or self._value(total) >= LEAST_TOTAL

    def _over_time(self) -> None:
        """Tie two readings by the change between them."""
        plain = [n for n in range(len(self.tokens)) if self._plain(n)]
        years: list[tuple[int, int]] = []
        for place, n in enumerate(plain):
            token = self.tokens[n]
            before = self.text[self.sentences[token.sentence][0] : token.start]
            after_end = self.tokens[plain[place + 1]].start if place + 1 < len(plain) else len(self.text)
            year = _YEAR_AFTER.match(self.text[token.end : after_end]) or _YEAR_BEFORE.search(before)
            if year:
                years.append((int(year["year"]), n))
            if place + 1 == len(plain):
                break
            after = plain[place + 1]
            if not re.match(r"^\s*(?:[\w’'-]+\s+){0,2}to\s+$", self._between(n, after)):
                continue
            if _MOVED.search(before):
                self._change(n, after)
            elif re.search(r"\bby\s+$", before) and self._value(n) <= self._value(after):
                old = Rest(self._value(after) - self._value(n), f"what it was before {self._value(after)}")
                self.tied.append(Tied(after, (n, old)))
        years.sort()
        for (one_year, one), (other_year, other) in pairwise(years):
            words, others = self._figure(one).words, self._figure(other).words
            if one_year != other_year and (words & others or not words or not others):
                self._change(one, other)

    def _change(self, one: int, other: int) -> None:
        less, more = sorted((one, other), key=self._value)
        change = Rest(
            self._value(more) - self._value(less),
            f"the change from {self._value(one)} to {self._value(other)}",
        )
        self.tied.append(Tied(more, (less, change)))


def _renumbered(tied: Tied, index: dict[int, int]) -> Tied:
    def new(term: Term) -> Term:
        return term if isinstance(term, Rest) else index[term]

    return Tied(new(tied.total), tuple(new(part) for part in tied.parts))
