"""A chart of bars. Nothing in it is told by colour alone: each part has its number and its own pattern."""

from __future__ import annotations

from typing import Any

from reportlab.lib.colors import HexColor, white
from reportlab.platypus import Flowable

from ehiia.documents.pdf import styles
from ehiia.documents.pdf.fonts import BODY, BOLD
from ehiia.documents.pdf.structure import Chart
from ehiia.documents.pdf.writing import shortened, width

BAR, STEP, LEGEND = 13.0, 20.0, 20.0
"""Height of a bar, from bar to bar, and of the legend (points)."""
NAMES = 0.36
"""Part of the width that the names take."""
SIZE = 8.5
LIGHT = HexColor("#9cc3ea")
HATCHED = HexColor("#8a1538")


class BarChart(Flowable):  # type: ignore[misc]
    """The drawing of a chart; what it says stands in the text before it and in the table after it."""

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self.chart = chart
        self.high = STEP * len(chart.bars) + (LEGEND if len(chart.series) > 1 else 0) + 10

    def wrap(self, wide: float, high: float) -> tuple[float, float]:
        """Say how much room it takes; called by platypus."""
        self.width, self.height = wide, self.high
        return wide, self.high

    def draw(self) -> None:
        """Draw it; called by platypus."""
        canvas, chart = self.canv, self.chart
        canvas.saveState()
        canvas.setLineWidth(0.75)
        left = self.width * NAMES
        room = self.width - left - 24
        top = self.height - 4
        if len(chart.series) > 1:
            self._legend(left, top - BAR)
            top -= LEGEND
        for place, (name, parts) in enumerate(chart.drawn()):
            y = top - STEP * place - BAR
            canvas.setFillColor(styles.INK)
            canvas.line_of_text(0, y + 3.5, shortened(name, BODY, SIZE, left - 10), BODY, SIZE)
            for part in parts:
                x, wide = left + room * part.start, room * part.share
                if part.number:
                    _part(canvas, part.series, x, y, wide)
                if len(parts) == 1:
                    canvas.setFillColor(styles.INK)
                    canvas.line_of_text(x + wide + 5, y + 3.5, str(part.number), BOLD, SIZE)
                elif part.number:
                    _number(canvas, part.series, x, y, wide, part.number)
        canvas.setStrokeColor(styles.GREY)
        canvas.line(left, 2, left, top)
        canvas.restoreState()

    def _legend(self, x: float, y: float) -> None:
        for series, name in enumerate(self.chart.series):
            _part(self.canv, series, x, y + 2, 11, 9)
            self.canv.setFillColor(styles.INK)
            x = self.canv.line_of_text(x + 15, y + 3.5, name, BODY, SIZE) + 14


def _part(canvas: Any, series: int, x: float, y: float, wide: float, high: float = BAR) -> None:
    """Draw a part of a bar: dark, light, hatched or pale."""
    canvas.setStrokeColor(styles.DARK_BLUE)
    canvas.setFillColor((styles.DARK_BLUE, LIGHT, white, styles.PALE)[series % 4])
    canvas.rect(x, y, wide, high, fill=1)
    if series % 4 != 2:
        return
    canvas.saveState()
    clip = canvas.beginPath()
    clip.rect(x, y, wide, high)
    canvas.clipPath(clip, stroke=0)
    canvas.setStrokeColor(HATCHED)
    start = x - high
    while start < x + wide:
        canvas.line(start, y, start + high, y + high)
        start += 4
    canvas.restoreState()


def _number(canvas: Any, series: int, x: float, y: float, wide: float, number: int) -> None:
    text = str(number)
    room = width(text, BOLD, SIZE)
    if room + 4 > wide:
        return  # the table after it has it
    middle = x + (wide - room) / 2
    if series % 4 == 2:
        canvas.setFillColor(white)
        canvas.rect(middle - 2, y + 1, room + 4, BAR - 2, stroke=0, fill=1)
    canvas.setFillColor(white if series % 4 == 0 else styles.INK)
    canvas.line_of_text(middle, y + 3.5, text, BOLD, SIZE)
