"""A table that breaks between its rows, and inside one only where the row is too high to be kept whole."""

from __future__ import annotations

from typing import Any

from reportlab.platypus import Table

from ehiia.documents.pdf import styles

TOO_HIGH = styles.HEIGHT / 2
"""A row higher than this may go on at the next page; a smaller one moves there whole (points)."""


class Grid(Table):  # type: ignore[misc]
    """A table of platypus, which would fill the last lines of a page with the beginning of any row."""

    def split(self, wide: float, high: float) -> list[Any]:
        """Return the part that fits and the rest, or nothing where it moves to the next page as it is."""
        self._calc(wide, high)
        heights = list(self._rowHeights)
        head = sum(heights[: self.repeatRows])
        first = heights[self.repeatRows] if len(heights) > self.repeatRows else 0.0
        self.splitInRow = int(first > TOO_HIGH or head + first > styles.HEIGHT)
        parts: list[Any] = super().split(wide, high)
        return parts
