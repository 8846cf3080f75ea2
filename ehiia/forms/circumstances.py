"""The forms about what is out of the ordinary: urgency, a decision made before, work adopted from outside."""

from __future__ import annotations

from datetime import date

from ehiia.forms.assessment import DecidedForm
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import ChoiceField
from ehiia.forms.fields import DateField, HiddenToken, LineField, TextField


class UrgentForm(EhiiaForm):
    """The decision cannot wait: why, and who agreed."""

    reason = TextField(
        "Why can the decision not wait for a whole assessment?",
        hint="What would happen to people in the meantime. It stands in the record.",
        noun="The reason",
        required="Enter why the decision cannot wait for a whole assessment",
        rows=4,
        max_length=2000,
    )
    agreed_by = ChoiceField(
        "Which director agreed that it is urgent?",
        hint="Not the author. They are told that they were named.",
        required="Choose the director who agreed that it is urgent",
        noun="the director",
        nothing="Choose one",
    )


class AdoptForm(EhiiaForm):
    """The accountable director makes what others wrote the organisation's own."""

    statement = TextField(
        "Your statement",
        hint="What you read and checked, what you changed, and that the organisation stands by it.",
        noun="The statement",
        required="Say what you read and checked, and that the organisation makes it its own",
        rows=5,
        max_length=4000,
    )


class ParticularsForm(DecidedForm):
    """What is out of the ordinary; everything may be empty."""

    outside_author = LineField(
        "If somebody outside the organisation writes it: who?",
        hint="A contractor or a support unit. Your director has to adopt their work before it is sent on.",
        noun="Who writes it",
        max_length=300,
    )
    outside_body = LineField(
        "For which organisation do they work?", noun="Their organisation", max_length=300
    )
    consultation_opens_on = DateField(
        "When does the consultation of staff open?",
        hint="Until then only the people who take part see it. You are reminded on the day.",
        noun="The day on which the consultation opens",
        not_before=date(2000, 1, 1),
    )
    revision = HiddenToken()


class CheckerForm(EhiiaForm):
    """Somebody from another body who may check one assessment."""

    email = LineField(
        "E-mail address of the external checker",
        input_type="email",
        hint="They need an account through their own organisation.",
        required="Enter the e-mail address of the external checker",
        max_length=254,
    )
