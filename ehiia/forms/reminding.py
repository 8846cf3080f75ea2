"""The forms with which an organisation says when people are reminded."""

from __future__ import annotations

from ehiia.forms.fields import EhiiaForm, HiddenToken, LineField, NumberField

DAYS = "Enter a number of days"


class WithinForm(EhiiaForm):
    """When people are reminded of what nobody above them is told of. Days are calendar days."""

    before = LineField(
        "Days before a date on which people are reminded",
        hint="One or more numbers with commas between them, like 30, 7, 1.",
        required="Enter how many days before a date people are reminded, like 30, 7, 1",
        max_length=60,
    )
    every = NumberField(
        "Days between one reminder and the next while something is overdue",
        hint="The first comes on the day after the date.",
        noun="Days",
        required=DAYS,
        largest=28,
    )
    revision = HiddenToken()


class TimingForm(WithinForm):
    """When people are reminded, and those above them told. Days are calendar days."""

    director_after = NumberField(
        "Days overdue until the accountable director is told", noun="Days", required=DAYS, largest=365
    )
    lead_after = NumberField(
        "Days overdue until the equality leads are told", noun="Days", required=DAYS, largest=365
    )
