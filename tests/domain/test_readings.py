"""Figures over time: which count, how they are drawn, and what they say in words."""

from __future__ import annotations

from datetime import date

from ehiia.domain.readings import (
    HEIGHT,
    LEFT,
    MOST_LINES,
    TOP,
    WIDTH,
    Reading,
    chart,
    counting,
    figure,
    in_words,
)

MAY, JULY, OCTOBER = date(2026, 5, 1), date(2026, 7, 1), date(2026, 10, 1)


def reading(number: int, on: date, value: float, subject: str = "", label: str = "") -> Reading:
    return Reading(number, on, subject, label, value)


def test_the_newest_figure_of_a_group_and_a_day_counts() -> None:
    first, better = reading(1, MAY, 62), reading(3, MAY, 64)
    deaf = reading(2, MAY, 30, "disability", "Disabled people")
    assert counting([first, deaf, better]) == (better, deaf)


def test_there_is_no_chart_of_one_day() -> None:
    assert chart([]) is None
    assert chart([reading(1, MAY, 62), reading(2, MAY, 30, "disability", "Disabled people")]) is None


def test_lines_go_from_left_to_right_and_more_is_higher() -> None:
    drawn = chart([reading(1, MAY, 20), reading(2, JULY, 80), reading(3, OCTOBER, 50)])
    assert drawn is not None
    (line,) = drawn.lines
    xs, ys = [one.x for one in line.points], [one.y for one in line.points]
    assert xs == sorted(xs)
    assert (xs[0], xs[-1]) == (LEFT, WIDTH - 16)
    assert ys[1] == TOP == min(ys)
    assert all(0 <= y <= HEIGHT for y in ys)
    assert [mark.text for mark in drawn.numbers] == ["80", "40", "0"]
    assert [mark.text for mark in drawn.days] == ["1 May 2026", "1 October 2026"]
    assert line.path.count(",") == 3


def test_every_group_has_its_line_and_its_words_everybody_first() -> None:
    drawn = chart(
        [
            reading(1, MAY, 30, "disability", "Disabled people"),
            reading(2, OCTOBER, 45.5, "disability", "Disabled people"),
            reading(3, MAY, 62),
            reading(4, OCTOBER, 62),
        ]
    )
    assert drawn is not None
    assert [line.words for line in drawn.lines] == [
        "Everybody: from 62 on 1 May 2026 to 62 on 1 October 2026, the same.",
        "Disabled people: from 30 on 1 May 2026 to 45.5 on 1 October 2026, up by 15.5.",
    ]


def test_more_groups_than_can_be_told_apart_are_left_to_the_table() -> None:
    many = [reading(n, day, n, f"g{n % 9}", f"Group {n % 9}") for n, day in enumerate([MAY] * 9 + [JULY] * 9)]
    drawn = chart(many)
    assert drawn is not None
    assert (len(drawn.lines), drawn.left_out) == (MOST_LINES, 3)


def test_figures_below_nought_and_only_noughts_can_be_drawn() -> None:
    below = chart([reading(1, MAY, -5), reading(2, JULY, -10)])
    assert below is not None
    assert [mark.text for mark in below.numbers] == ["0", "-5", "-10"]
    assert chart([reading(1, MAY, 0), reading(2, JULY, 0)]) is not None


def test_figures_are_read_as_people_write_them() -> None:
    assert [figure(value) for value in (1200.0, 62.5, 0.0625, -3.0, 0.0)] == [
        "1,200",
        "62.5",
        "0.0625",
        "-3",
        "0",
    ]
    assert in_words("Carers", [reading(1, MAY, 3)]) == "Carers: 3 on 1 May 2026."
    assert in_words("Carers", [reading(1, MAY, 3), reading(2, JULY, 1)]).endswith("down by 2.")
