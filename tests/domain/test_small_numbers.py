"""Small numbers stay hidden: whoever knows all that is shown cannot work one out."""

from __future__ import annotations

from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ehiia.domain.small_numbers import Hidden, Sum, suppress

THRESHOLD = 5


def table(rows: list[list[int]]) -> tuple[dict[str, int], list[Sum]]:
    """Return the cells of a table with its totals, and the sums that tie them."""
    wide, high = len(rows[0]), len(rows)
    cells = {f"{r}{c}": rows[r][c] for r in range(high) for c in range(wide)}
    sums = []
    for r in range(high):
        cells[f"{r}T"] = sum(rows[r])
        sums.append(Sum(f"{r}T", tuple(f"{r}{c}" for c in range(wide))))
    for c in range(wide):
        cells[f"T{c}"] = sum(row[c] for row in rows)
        sums.append(Sum(f"T{c}", tuple(f"{r}{c}" for r in range(high))))
    cells["TT"] = sum(map(sum, rows))
    sums.append(Sum("TT", tuple(f"{r}T" for r in range(high))))
    sums.append(Sum("TT", tuple(f"T{c}" for c in range(wide))))
    return cells, sums


def possible(cells: dict[str, int], sums: list[Sum], hidden: frozenset[str], key: str) -> set[int]:
    """Return every value that a hidden cell can have, trying all of them: what an attacker would do."""
    parts = sorted(cell for cell in hidden if "T" not in cell)
    most = max(cells[cell] for cell in parts) + THRESHOLD
    found = set()
    for values in product(range(most + 1), repeat=len(parts)):
        tried = {**cells, **dict(zip(parts, values, strict=True))}
        for one in sums:  # hidden totals are what their parts give; those of totals stand last
            if one.total in hidden:
                tried[one.total] = sum(tried[part] for part in one.parts)
        if all(tried[one.total] == sum(tried[part] for part in one.parts) for one in sums):
            found.add(tried[key])
    return found


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.integers(0, 6), min_size=2, max_size=2), min_size=2, max_size=2))
@example([[1, 0], [0, 0]])
@example([[4, 1], [7, 0]])
def test_nobody_who_tries_every_number_can_say_that_a_hidden_one_is_small(rows: list[list[int]]) -> None:
    cells, sums = table(rows)
    hidden = suppress(cells, sums, threshold=THRESHOLD)
    assert hidden.small == {key for key, value in cells.items() if 0 < value < THRESHOLD}
    assert hidden.exposed == frozenset()
    for key in hidden.small:
        values = possible(cells, sums, hidden.all, key)
        assert len(values) > 1
        assert max(values) >= THRESHOLD


def test_the_attack_above_would_notice_a_table_that_gives_a_number_away() -> None:
    cells, sums = table([[3, 9], [8, 7]])
    assert possible(cells, sums, frozenset({"00"}), "00") == {3}


def test_a_second_part_is_hidden_before_a_total() -> None:
    cells, sums = table([[3, 9], [8, 7]])
    assert suppress(cells, sums, threshold=THRESHOLD) == Hidden(
        frozenset({"00"}), frozenset({"01", "10", "11"})
    )


def test_a_table_without_small_numbers_is_shown_whole() -> None:
    cells, sums = table([[30, 9], [8, 0]])
    assert suppress(cells, sums, threshold=THRESHOLD).all == frozenset()


def test_a_later_edition_hides_what_an_earlier_one_would_give_away() -> None:
    """Last year's figure was published; this year's total and what was added would give the addition away."""
    cells = {"2025": 40, "added": 2, "2026": 42}
    tied = [Sum("2026", ("2025", "added"))]
    assert suppress(cells, tied, threshold=THRESHOLD, known={"2025"}).all == {"added", "2026"}


def test_what_was_published_already_is_named_and_not_hidden_in_vain() -> None:
    cells = {"2025": 40, "added": 2, "2026": 42}
    tied = [Sum("2026", ("2025", "added"))]
    both = suppress(cells, tied, threshold=THRESHOLD, known={"2025", "2026"})
    assert both.exposed == {"added"}
    assert suppress(cells, tied, threshold=THRESHOLD, known={"added"}).exposed == {"added"}


def test_overlapping_areas_do_not_give_a_small_area_away() -> None:
    """The district is the town and the villages; the county is the district and the coast."""
    cells = {"town": 30, "villages": 4, "district": 34, "coast": 50, "county": 84}
    tied = [Sum("district", ("town", "villages")), Sum("county", ("district", "coast"))]
    hidden = suppress(cells, tied, threshold=THRESHOLD)
    assert hidden == Hidden(frozenset({"villages"}), frozenset({"town"}))
    known = suppress(cells, tied, threshold=THRESHOLD, known={"town"})
    assert known.all == {"villages", "district", "coast"}


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 12), min_size=4),
    st.sets(st.sampled_from("abcdef"), max_size=2),
)
def test_what_is_hidden_is_never_known_and_every_small_number_is_hidden_or_named(
    parts: dict[str, int], known: set[str]
) -> None:
    names = sorted(parts)
    cells = dict(parts) | {"first": parts[names[0]] + parts[names[1]], "all": sum(parts.values())}
    tied = [Sum("first", tuple(names[:2])), Sum("all", tuple(names))]
    hidden = suppress(cells, tied, threshold=THRESHOLD, known=known)
    assert not hidden.all & known
    assert {key for key, value in cells.items() if 0 < value < THRESHOLD} == hidden.small | (
        hidden.exposed & known
    )
