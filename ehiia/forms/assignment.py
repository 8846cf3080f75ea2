"""The form that gives pages of an assessment to a person."""

from __future__ import annotations

from datetime import date

from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import CheckboxesField, ChoiceField
from ehiia.forms.fields import DateField, HiddenToken


class GiveForm(EhiiaForm):
    """Pages, a person and a day."""

    person_id = ChoiceField("Who writes them?", required="Choose who writes them", noun="the person")
    due_on = DateField(
        "By when?",
        hint="For example, 27 11 2027.",
        noun="The day by which it is needed",
        required="Enter the day by which it is needed",
        not_before=date(2000, 1, 1),
    )
    pages = CheckboxesField("Which pages?", noun="the pages", required="Choose one page at least")
    held = HiddenToken()
    """Who had which page when the form was made."""
