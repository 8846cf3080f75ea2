"""The forms that bring in a register from before: the file, its sheet, its columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ehiia.domain.questions import Option
from ehiia.domain.register_columns import Field
from ehiia.domain.vocabulary import ProposalKind
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import ChoiceField, options
from ehiia.forms.fields import HiddenToken, UploadField

LEFT_OUT = "Leave it out"


class RegisterForm(EhiiaForm):
    """The file of a register."""

    file = UploadField(
        "Your register, an Excel workbook (.xlsx) or a CSV file",
        noun="The file",
        accept=".xlsx,.csv",
        required="Choose the file of your register",
    )


class SheetForm(EhiiaForm):
    """Which sheet of a workbook is read."""

    sheet = ChoiceField("Sheet", noun="the sheet", required="Choose a sheet")


class ColumnsForm(EhiiaForm):
    """What is common to every file; the fields of its columns are added by ``columns_form``."""

    kind = ChoiceField(
        "Kind of proposal, where a row does not say",
        hint="Each assessment has a kind here. It can only be one for all of those rows.",
        noun="the kind",
        required="Choose a kind for the rows that do not say",
        choices=options(ProposalKind),
    )
    revision = HiddenToken()

    def chosen(self, letters: Iterable[str]) -> dict[str, Field | None]:
        """Return what each column was taken for, by its letter."""
        given = {letter: self[field_name(letter)].data for letter in letters}
        return {letter: Field(value) if value else None for letter, value in given.items()}


class SeenForm(EhiiaForm):
    """The button that brings in what was seen."""

    seen = HiddenToken()


def field_name(letter: str) -> str:
    """Return the name of the field of a column."""
    return f"column-{letter}"


def columns_form(columns: Mapping[str, Field | None], kind: str, revision: int) -> ColumnsForm:
    """Return the form for these columns by their letters, as they were taken so far."""
    choices = tuple(Option(one.value, one.label) for one in Field)
    fields = {
        field_name(letter): ChoiceField(
            f"Column {letter} is", noun=f"column {letter}", nothing=LEFT_OUT, choices=choices
        )
        for letter in columns
    }
    kept = {field_name(letter): one.value if one else "" for letter, one in columns.items()}
    made: ColumnsForm = type("_ColumnsForm", (ColumnsForm,), fields)(
        data={**kept, "kind": kind, "revision": str(revision)}
    )
    return made
