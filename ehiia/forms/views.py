"""The form by which somebody keeps a view of a list."""

from __future__ import annotations

from ehiia.forms.base import EhiiaForm
from ehiia.forms.fields import LineField


class ViewForm(EhiiaForm):
    """A name for what is shown."""

    name = LineField(
        "What do you call this view?",
        hint="For example, “Overdue and mine”. Only you see it.",
        noun="The name",
        required="Enter a name for this view",
        max_length=100,
    )
