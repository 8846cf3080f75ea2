"""Hiding small numbers so that nobody can work them out from what is shown.

Every figure is a cell, totals too, and a ``Sum`` says that some cells add up to another: the rows and
columns of a table, a total of last year and what was added since, an area and the areas it is made of.

A hidden small number is *safe* where there is another set of whole numbers from nought up for the hidden
cells that agrees with every shown cell and every sum, and in which it is not below the threshold. Then
whoever knows all that is shown can neither pin it down nor say that it is small. While one is not safe, a
shown cell that stands in a sum with a hidden one is hidden too: parts before totals, the smallest first.
A cell that was published before is known for ever and cannot be hidden again.

It ends: every turn hides one more cell, and with a sum whose cells are all hidden anything agrees. Where
known cells leave no way, ``Hidden.exposed`` names what cannot be kept back any more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

DEFAULT_THRESHOLD = 5
"""A number of people below this, and not nought, is small."""
MOST_STEPS = 20_000
"""So many attempts are made to find another set of numbers; what is not found by then counts as not safe."""


@dataclass(frozen=True)
class Sum:
    """Some cells add up to another, by their keys."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Hidden:
    """What must be hidden: for being small, for giving a small one away; and what no hiding keeps back."""

    small: frozenset[str]
    others: frozenset[str]
    exposed: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Everything that is hidden."""
        return self.small | self.others


def is_small(value: int, threshold: int) -> bool:
    """Say whether a number of people is small: nought shows nobody, so it is not."""
    return 0 < value < threshold


def suppress(
    cells: Mapping[str, int],
    sums: Sequence[Sum],
    *,
    threshold: int = DEFAULT_THRESHOLD,
    known: Collection[str] = (),
    hide: Collection[str] = (),
    steps: int = MOST_STEPS,
) -> Hidden:
    """Return which cells to hide. ``known``: published before. ``hide``: those to hide whatever they are.

    ``steps``: so many attempts are made for each small number; fewer are faster and may hide more.
    """
    small = {key for key, value in cells.items() if is_small(value, threshold)}
    exposed = small & set(known)
    hidden = (small | set(hide)) - set(known)
    guarded = frozenset(small - exposed)
    while unsafe := sorted(
        key for key in guarded - exposed if not safe(key, cells, sums, hidden, threshold, steps)
    ):
        reach = _joined(unsafe[0], sums, hidden)
        candidates = [key for key in reach if key not in hidden and key not in known]
        if not candidates:
            exposed.add(unsafe[0])
            continue
        totals = {one.total for one in sums}
        hidden.add(min(candidates, key=lambda key: (not cells[key], key in totals, cells[key], key)))
    return Hidden(guarded, frozenset(hidden - guarded), frozenset(exposed))


def _joined(key: str, sums: Sequence[Sum], hidden: Collection[str]) -> set[str]:
    """Return the cells of the sums that a hidden cell stands in, also through other hidden cells."""
    reached, around = {key}, {key}
    while around:
        near = {
            cell for one in sums if around & {one.total, *one.parts} for cell in (one.total, *one.parts)
        } - reached
        reached |= near
        around = near & set(hidden)
    return reached


def safe(
    key: str,
    cells: Mapping[str, int],
    sums: Sequence[Sum],
    hidden: Collection[str],
    threshold: int,
    steps: int = MOST_STEPS,
) -> bool:
    """Say whether other numbers for the hidden cells agree with what is shown and make this one not small."""
    equations = []
    for one in sums:
        unknown: dict[str, int] = {}
        for cell, sign in ((one.total, 1), *((part, -1) for part in one.parts)):
            if cell in hidden:
                unknown[cell] = unknown.get(cell, 0) + sign
        given = sum(cells[part] for part in one.parts if part not in hidden)
        rest = given - (0 if one.total in hidden else cells[one.total])
        if unknown:
            equations.append((tuple(unknown.items()), rest))
    most = sum(cells.values()) + threshold
    bounds = dict.fromkeys(hidden, (0, most))
    bounds[key] = (threshold, most)
    return _agrees(bounds, equations, [steps])


_Equation = tuple[tuple[tuple[str, int], ...], int]
_Bounds = dict[str, tuple[int, int]]


def _agrees(bounds: _Bounds, equations: Sequence[_Equation], steps: list[int]) -> bool:
    """Say whether whole numbers within the bounds fulfil every equation: narrow, then try."""
    narrowed = _narrowed(bounds, equations)
    if narrowed is None:
        return False
    tied = {cell for terms, _ in equations for cell, _ in terms}
    open_cells = [cell for cell in sorted(tied) if narrowed[cell][0] < narrowed[cell][1]]
    if not open_cells:
        return True
    cell = min(open_cells, key=lambda one: narrowed[one][1] - narrowed[one][0])
    low, high = narrowed[cell]
    for value in range(low, high + 1):
        steps[0] -= 1
        if steps[0] < 0:
            return False
        if _agrees(narrowed | {cell: (value, value)}, equations, steps):
            return True
    return False


def _narrowed(bounds: _Bounds, equations: Sequence[_Equation]) -> _Bounds | None:
    """Return the bounds that every equation leaves, or None where one cannot be fulfilled."""
    now, moved = dict(bounds), True
    while moved:
        moved = False
        for terms, rest in equations:
            ends = [
                (sign * now[cell][0], sign * now[cell][1])
                if sign > 0
                else (sign * now[cell][1], sign * now[cell][0])
                for cell, sign in terms
            ]
            least, most = sum(one for one, _ in ends), sum(one for _, one in ends)
            if not least <= rest <= most:
                return None
            for (cell, sign), (low, high) in zip(terms, ends, strict=True):
                # what the other terms leave for this one
                few, many = rest - (most - high), rest - (least - low)
                new = (_up(few, sign), _down(many, sign)) if sign > 0 else (_up(many, sign), _down(few, sign))
                kept = (max(now[cell][0], new[0]), min(now[cell][1], new[1]))
                if kept[0] > kept[1]:
                    return None
                if kept != now[cell]:
                    now[cell], moved = kept, True
    return now


def _up(value: int, sign: int) -> int:
    return -(-value // sign)


def _down(value: int, sign: int) -> int:
    return value // sign
