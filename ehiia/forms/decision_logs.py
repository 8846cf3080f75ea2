"""The forms of decision logs: uploading one, saying what its columns are, confirming a row by hand."""

from __future__ import annotations

from functools import cache

from ehiia.domain.logged import Column
from ehiia.forms.choices import ChoiceField, RadiosField
from ehiia.forms.fields import EhiiaForm, HiddenToken, LineField, TextField, UploadField

NONE, OTHER = "none", "other"
HINTS = {
    Column.ASSESSMENT: "It is matched exactly.",
    Column.REASON: "For decisions that were screened out, or are outside the policy.",
}


class LogForm(EhiiaForm):
    """A log to be uploaded."""

    file = UploadField(
        "The decision log, an Excel workbook or a CSV table",
        hint="One row for each decision, with headings above. Everybody who audits here reads what it says.",
        noun="The file",
        accept=".xlsx,.csv",
        required="Choose the decision log",
    )


class ColumnsForm(EhiiaForm):
    """What each column of a log says; ``seen`` is how often it had been gone through."""

    seen = HiddenToken()

    def columns(self) -> dict[Column, int]:
        """Return the positions of the columns that were chosen, from 0."""
        return {column: int(self[column.value].data) for column in Column if self[column.value].data}


@cache
def columns_form() -> type[ColumnsForm]:
    """Return the form with a field for everything that a column can say."""
    fields: dict[str, object] = {"__doc__": ColumnsForm.__doc__}
    for column in Column:
        fields[column.value] = ChoiceField(
            column.label, hint=HINTS.get(column, ""), nothing="No column", noun=column.label.lower()
        )
    return type("ColumnsOfLogForm", (ColumnsForm,), fields)


class ConfirmForm(EhiiaForm):
    """Which assessment a decision has, as somebody says by hand."""

    which = RadiosField(
        "Which assessment is it?",
        required="Choose which assessment it is, or that there is none",
        noun="which assessment it is",
    )
    ref = LineField(
        "If it is another one: its reference", hint="As it stands on the assessment.", noun="The reference"
    )
    words = TextField(
        "How do you know?",
        hint="Everybody who audits reads it.",
        noun="How you know",
        rows=2,
        max_length=1000,
    )
    seen = HiddenToken()
