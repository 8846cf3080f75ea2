"""The charts of a record within its pages: the values of the PDF, told, drawn and as a table."""

from __future__ import annotations

from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from ehiia.documents.pdf import charts
from ehiia.documents.pdf.structure import Chart
from tests.documents.large import large_record

SNAPSHOT = large_record().snapshot


@pytest.fixture
def tree(app: Flask) -> BeautifulSoup:
    """Return all charts of a large record, as its page shows them."""
    with app.test_request_context():
        shown = app.jinja_env.get_template("components/charts.html").module.charts(every(), "all")  # type: ignore[attr-defined]
    return BeautifulSoup(str(shown), "html.parser")


def every() -> list[Chart]:
    return [one for what in ("impacts", "mitigations", "listening") for one in charts.about(SNAPSHOT, what)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_each_chart_is_heard_in_one_sentence_and_read_as_a_table(tree: BeautifulSoup) -> None:
    assert len(every()) == 3
    for chart, drawn, grid in zip(every(), tree.select("svg[role=img]"), tree.find_all("table"), strict=True):
        assert drawn["aria-label"] == f"Bar chart: {chart.title}. {chart.alternative}"
        rows = [
            [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
            for row in grid.find_all("tr")
        ]
        assert [row[-1].split()[-1] for row in rows[1:]] == [str(numbers[-1]) for _, numbers in chart.bars]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_bars_are_as_long_as_their_numbers_and_begin_where_the_one_before_ends(tree: BeautifulSoup) -> None:
    for chart, drawn in zip(every(), tree.select("svg[role=img]"), strict=True):
        bars = [bar for bar in drawn.find_all("rect") if bar["height"] == "18"]
        numbers = [number for _, row in chart.bars for number in row if number]
        longest = max(sum(row) for _, row in chart.bars)
        assert [round(float(str(bar["width"])[:-1]) * longest / 92) for bar in bars] == numbers
        for before, after in pairwise(bars):
            if before["y"] == after["y"]:
                end = float(str(before["x"])[:-1]) + float(str(before["width"])[:-1])
                assert abs(end - float(str(after["x"])[:-1])) < 0.02


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nothing_of_a_chart_needs_a_style_and_nothing_stands_twice(tree: BeautifulSoup) -> None:
    assert not tree.select("[style], [class^=eh-]:not(table)")
    keys = [one["id"] for one in tree.find_all(id=True)]
    assert len(set(keys)) == len(keys) == 2
    used = {str(one["fill"]) for one in tree.find_all("rect") if str(one["fill"]).startswith("url(")}
    assert used == {f"url(#{key})" for key in keys}
