"""The charts of the record: what stands in its tables, counted. Each comes with words and its own table."""

from __future__ import annotations

from collections import Counter

from ehiia.documents.pdf import words
from ehiia.documents.pdf.structure import Block, Chart, Heading
from ehiia.domain.frozen import RatedImpact, Snapshot
from ehiia.domain.vocabulary import ADVERSE, Band, Direction, InPlace

NOT_RATED = "Not rated"
BEFORE, AFTER = "Before", "After"


def impacts(snapshot: Snapshot) -> list[Block]:
    """Return the charts of all impacts: which way they go, and how high the risks are before and after."""
    rated = [impact for group in snapshot.groups for impact in group.impacts]
    rated += [effect.impact for effect in snapshot.effects]
    if not rated:
        return []
    return [
        Heading(2, "The impacts counted", "impacts-counted"),
        *_directions(snapshot),
        *_risks([one for one in rated if one.direction in ADVERSE]),
    ]


def _directions(snapshot: Snapshot) -> list[Block]:
    """Return how many groups each dimension is worse for, better, the same or not known."""
    kinds = {
        "Worse, or partly": {word.value for word in ADVERSE},
        "Better": {Direction.BETTER.value},
        "Not known": {Direction.UNKNOWN.value},
        "No difference": {Direction.SAME.value},
    }
    every = [impact for group in snapshot.groups for impact in group.impacts]
    dimensions = tuple(dict.fromkeys(impact.dimension for impact in every))
    if not dimensions:
        return []
    found = Counter((impact.dimension, impact.direction) for impact in every)
    bars = tuple(
        (name, tuple(sum(found[name, value] for value in values) for values in kinds.values()))
        for name in dimensions
    )
    worse = [
        f"{words.count(numbers[0], 'group', 'groups')} in {name.lower()}"
        for name, numbers in bars
        if numbers[0]
    ]
    said = f"Something would be worse for {words.listed(worse)}." if worse else "Nothing would be worse."
    return [
        Chart(
            "Which way the impacts go",
            f"Of the groups that were rated: {said[:1].lower()}{said[1:]}",
            "Number of groups",
            tuple(kinds),
            bars,
        )
    ]


def _risks(adverse: list[RatedImpact]) -> list[Block]:
    """Return the impacts that make something worse by their rating before mitigating actions and after."""
    if not adverse:
        return []
    labels = [word.label for word in reversed(Band)]
    before = Counter(one.band_before or NOT_RATED for one in adverse)
    after = Counter(one.band_after or NOT_RATED for one in adverse)
    series = tuple(label for label in (*labels, NOT_RATED) if before[label] or after[label])
    highest = series[0]
    said = words.count(len(adverse), "impact makes", "impacts make")
    return [
        Chart(
            "Risks before and after mitigating actions",
            f"{words.sentence(said)} something worse. Rated {highest.lower()}, the highest there is here: "
            f"{before[highest]} before mitigating actions and {after[highest]} after them.",
            "Number of impacts",
            series,
            tuple(
                (name, tuple(of[label] for label in series))
                for name, of in ((BEFORE, before), (AFTER, after))
            ),
        )
    ]


def in_place(snapshot: Snapshot) -> list[Block]:
    """Return how many mitigating actions are to be in place when; nothing where there is only one."""
    if len(snapshot.mitigations) < 2:
        return []
    found = Counter(one.in_place or "Not said" for one in snapshot.mitigations)
    names = tuple(label for label in (*(word.label for word in InPlace), "Not said") if found[label])
    told = words.listed(f"{found[name]} {name[:1].lower()}{name[1:]}" for name in names)
    return [
        Chart(
            "When the mitigating actions are to be in place",
            f"Of {len(snapshot.mitigations)} mitigating actions: {told}.",
            "When",
            ("Mitigating actions",),
            tuple((name, (found[name],)) for name in names),
        )
    ]


def heard(snapshot: Snapshot) -> list[Block]:
    """Return from how many of the groups that would be affected anybody was heard; few make no chart."""
    if len(snapshot.reach) < FEW:
        return []
    bars = []
    for name, worse in (("Groups that would be worse off", True), ("Other groups", False)):
        steps = [one.steps for one in snapshot.reach if one.worse is worse]
        if steps:
            silent = steps.count(0)
            bars.append((name, (len(steps) - silent, silent)))
    told = words.listed(
        f"{numbers[0]} of {sum(numbers)} {name[:1].lower()}{name[1:]}" for name, numbers in bars
    )
    return [
        Chart(
            "How many groups were heard",
            f"Somebody was heard from {told}.",
            "Number of groups",
            ("Heard", "Nobody heard yet"),
            tuple(bars),
        )
    ]


def about(snapshot: Snapshot, what: str) -> list[Chart]:
    """Return the charts about "impacts", "mitigations" or "listening"."""
    made = {"impacts": impacts, "mitigations": in_place, "listening": heard}[what](snapshot)
    return [block for block in made if isinstance(block, Chart)]


FEW = 3
"""From so many groups on, a chart says more than their table."""
