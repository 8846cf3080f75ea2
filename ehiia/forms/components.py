"""The form on which the parts of a proposal that are decided apart are listed."""

from __future__ import annotations

from ehiia.forms.base import EhiiaForm, PartForm
from ehiia.forms.fields import HiddenToken, LineField, TextField

MOST_PARTS = 12


class ComponentsForm(EhiiaForm):
    """The page: how many rows it has and what it was made from."""

    rows = HiddenToken()
    revision = HiddenToken()

    def row_count(self) -> int:
        """Return how many rows are on the page."""
        text = self.rows.data or ""
        return min(int(text), MOST_PARTS) if text.isascii() and text.isdigit() and len(text) < 4 else 0


class ComponentForm(PartForm):
    """One part; a row in which nothing is entered does not count."""

    name = LineField("What is this part called?", noun="The name", max_length=200)
    what = TextField("What is decided about it?", noun="What is decided", max_length=2000, rows=3)
