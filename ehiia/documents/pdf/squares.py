"""The code of a record on its cover: in words, and as squares (a QR code) that a camera follows."""

from __future__ import annotations

from typing import Any

import segno
from reportlab.lib.colors import white
from reportlab.platypus import Flowable

from ehiia.documents.pdf import styles
from ehiia.documents.pdf.said import Said
from ehiia.documents.pdf.structure import Code
from ehiia.documents.pdf.tags import Element

SIDE = 92.0
"""Width and height of the squares with their quiet edge (points)."""
QUIET = 4
"""Empty squares around them, as ISO/IEC 18004 asks."""
BESIDE = 12.0
"""From the squares to the words (points)."""


class CodeBeside(Flowable):  # type: ignore[misc]
    """The squares, where there is an address to lead to, and the code in words beside them."""

    def __init__(self, code: Code, parent: Element) -> None:
        super().__init__()
        self.code = code
        self.spaceAfter = 10
        self.squares = parent.add("Figure", alternative=code.alternative)
        self.words = [
            Said.of(text, style, parent.add("P"))
            for text, style in (
                (code.title, styles.CODE_TITLE),
                (code.code, styles.CODE),
                *((how, styles.CODE_HOW) for how in code.how),
            )
        ]

    def wrap(self, wide: float, high: float) -> tuple[float, float]:
        """Say how much room it takes; called by platypus."""
        self.left = SIDE + BESIDE if self.code.address else 0.0
        self.talls = [part.wrap(wide - self.left, high)[1] for part in self.words]
        self.width, self.height = wide, max(sum(self.talls), SIDE if self.code.address else 0.0)
        return self.width, self.height

    def draw(self) -> None:
        """Draw it; called by platypus."""
        if self.code.address:
            low = self.height - SIDE
            left, under = self.canv.absolutePosition(0, low)
            self.squares.box = (left, under, left + SIDE, under + SIDE)
            with self.canv.figure(self.squares):
                draw_squares(self.canv, self.code.address, 0, low)
        y = self.height - max(0.0, (self.height - sum(self.talls)) / 2)
        for part, tall in zip(self.words, self.talls, strict=True):
            y -= tall
            part.drawOn(self.canv, self.left, y)


def draw_squares(canvas: Any, text: str, x: float, y: float) -> None:
    """Draw a text as a QR code with its lower left corner at x, y (points)."""
    rows = [bytes(row) for row in segno.make_qr(text, error="m").matrix]
    unit = SIDE / (len(rows) + 2 * QUIET)
    canvas.saveState()
    canvas.setFillColor(white)
    canvas.rect(x, y, SIDE, SIDE, stroke=0, fill=1)
    canvas.setFillColor(styles.INK)
    path = canvas.beginPath()
    for number, row in enumerate(rows):
        low = y + SIDE - (QUIET + number + 1) * unit
        for start, length in _dark(row):
            path.rect(x + (QUIET + start) * unit, low, length * unit, unit)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def _dark(row: bytes) -> list[tuple[int, int]]:
    """Return the runs of dark squares in a row: where each starts, and how many there are."""
    runs: list[tuple[int, int]] = []
    for place, dark in enumerate(row):
        if not dark:
            continue
        if runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((place, 1))
    return runs
