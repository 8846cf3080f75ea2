"""Reproducible audit samples: the same frame and seed give the same sample on any machine.

Nobody chooses what is audited. The frame is a text that lists everything that could be drawn, in one order.
The seed is the head of the history (number and hash) at the close of the period, which nobody knew before.
Each item gets the SHA-256 of "seed|reference"; within a stratum the smallest come first. All sums are of
whole numbers. No source sets a standard for shares and minimums: those shipped are a recommendation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ehiia.domain.vocabulary import Word

FORMAT = "ehiia-frame-1"
"""First line of a frame."""


class Pool(Word):
    """Why something can be drawn. Whatever fits several is in the first of them."""

    OVERDUE_HIGH = (
        "overdue_high",
        "Overdue, and the risk is high",
        "Mitigating actions past their date that answer a high or very high risk.",
    )
    HARM_LEFT = (
        "harm_left",
        "High risk left, or gone ahead despite harm",
        "Mitigating actions of decisions that left a high risk, or went ahead despite negative impact.",
    )
    COMPLETED = (
        "completed",
        "Other actions said to be done",
        "Mitigating actions that were said to be done within the period.",
    )
    SCREENED_OUT = (
        "screened_out",
        "Screened out",
        "Proposals of which it was confirmed within the period that no full assessment is needed.",
    )


@dataclass(frozen=True)
class Take:
    """How much of a pool is drawn: a share in per cent, and how many at least where there are so many."""

    pool: Pool
    share: int
    least: int = 0

    def __post_init__(self) -> None:
        """Refuse a share outside 1 to 100 and a negative minimum with ValueError."""
        if not 1 <= self.share <= 100 or self.least < 0:
            raise ValueError("a share is 1 to 100 per cent, a minimum 0 or more")

    def wanted(self, size: int) -> int:
        """Return how many are drawn of so many: the share, rounded up, and never fewer than the minimum."""
        return min(size, max(-(-size * self.share // 100), self.least))

    def words(self) -> str:
        """Return it in words: "all", or "25%, at least 5"."""
        least = f", at least {self.least}" if self.least else ""
        return "all" if self.share == 100 else f"{self.share}%{least}"


Rule = tuple[Take, ...]
"""A sampling rule: each pool once at most; what is not named is not drawn."""


@dataclass(frozen=True, order=True)
class Item:
    """Something that can be drawn. ``stratum``: who directs it and which group it is about."""

    pool: Pool
    stratum: str
    ref: str


@dataclass(frozen=True)
class Frame:
    """Everything that could be drawn, with the rule by which it is."""

    rule: Rule
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Drawn:
    """An item of a sample. ``key``: its SHA-256, by which it was drawn."""

    item: Item
    key: str


class BadFrame(ValueError):
    """A text is no frame; the sentence says why."""


# -- the frame as a text -----------------------------------------------------------------------


def canonical(frame: Frame) -> str:
    """Return the frame as the one text that its digest is of: lines ended by LF, columns parted by tabs."""
    takes = sorted(frame.rule, key=lambda take: take.pool.value)
    lines = [FORMAT, *(f"rule\t{take.pool}\t{take.share}\t{take.least}" for take in takes)]
    lines += sorted(f"item\t{one.pool}\t{one.stratum}\t{one.ref}" for one in set(frame.items))
    return "\n".join(lines) + "\n"


def digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def parse(text: str) -> Frame:
    """Read a frame back from its text. Raises BadFrame."""
    first, *lines = text.splitlines() or [""]
    if first != FORMAT:
        raise BadFrame(f"The first line must be {FORMAT}")
    takes, items = [], []
    for number, line in enumerate(lines, start=2):
        try:
            match line.split("\t"):
                case ["rule", pool, share, least]:
                    takes.append(Take(Pool(pool), int(share), int(least)))
                case ["item", pool, stratum, ref] if ref:
                    items.append(Item(Pool(pool), stratum, ref))
                case _:
                    raise ValueError
        except ValueError:
            raise BadFrame(f"Line {number} is neither a rule nor an item") from None
    if len({take.pool for take in takes}) < len(takes):
        raise BadFrame("A pool has two rules")
    if len({one.ref for one in items}) < len(items):
        raise BadFrame("A reference stands in it twice")
    return Frame(tuple(takes), tuple(items))


# -- the draw ------------------------------------------------------------------------------------


def seed_of(seq: int, history_hash: str) -> str:
    """Return the seed made of the head of the history: its number and its hash."""
    return f"{seq}:{history_hash}"


def key(seed: str, name: str) -> str:
    """Return what something is ordered by: the SHA-256 of "seed|name" in UTF-8, in lower-case hex."""
    return digest(f"{seed}|{name}")


def draw(frame: Frame, seed: str) -> tuple[Drawn, ...]:
    """Draw the sample: of each pool of the rule its share, spread over its strata by their size.

    The order of the items in the frame does not matter. Returned pool by pool, each in the order of its keys.
    """
    found: list[Drawn] = []
    for take in sorted(frame.rule, key=lambda take: list(Pool).index(take.pool)):
        pool = [one for one in set(frame.items) if one.pool is take.pool]
        chosen = _of_pool(pool, take, seed)
        found += sorted(chosen, key=lambda drawn: drawn.key)
    return tuple(found)


def _of_pool(pool: Iterable[Item], take: Take, seed: str) -> list[Drawn]:
    strata: dict[str, list[Drawn]] = {}
    for one in pool:
        strata.setdefault(one.stratum, []).append(Drawn(one, key(seed, one.ref)))
    wanted = take.wanted(sum(len(of) for of in strata.values()))
    numbers = allocate({stratum: len(of) for stratum, of in strata.items()}, wanted, seed)
    return [
        one
        for stratum, of in strata.items()
        for one in sorted(of, key=lambda drawn: drawn.key)[: numbers[stratum]]
    ]


def allocate(sizes: Mapping[str, int], wanted: int, seed: str) -> dict[str, int]:
    """Spread ``wanted`` over strata in proportion to their sizes (largest remainders first).

    Each gets its exact share rounded down or up. Equal remainders are ordered by the key of the stratum.
    ``wanted`` must not be more than all together.
    """
    whole = sum(sizes.values())
    if not whole:
        return {}
    numbers = {stratum: wanted * size // whole for stratum, size in sizes.items()}
    left = wanted - sum(numbers.values())
    rest = sorted(sizes, key=lambda stratum: (-(wanted * sizes[stratum] % whole), key(seed, stratum)))
    for stratum in rest[:left]:
        numbers[stratum] += 1
    return numbers


# -- what fits which pool -----------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """What the rules need to know of a mitigating action, as it stood at the close of the period."""

    overdue: bool = False
    """Open and past its date."""
    risk_high: bool = False
    """Whether a risk that it answers is high or very high without it."""
    harm_left: bool = False
    """Whether the decision left a high or very high risk."""
    despite: bool = False
    """Whether the proposal went ahead despite negative impact."""
    done_in_period: bool = False


def pool_of(one: Candidate) -> Pool | None:
    """Return the first pool that a mitigating action fits, or None."""
    if one.overdue and one.risk_high:
        return Pool.OVERDUE_HIGH
    if one.harm_left or one.despite:
        return Pool.HARM_LEFT
    return Pool.COMPLETED if one.done_in_period else None
