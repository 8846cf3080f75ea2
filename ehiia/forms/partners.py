"""The forms around owners outside: sending them a link; and what they say by it."""

from __future__ import annotations

from ehiia.domain.partnering import SAYS
from ehiia.domain.questions import Option
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import RadiosField, TickField
from ehiia.forms.fields import LineField, TextField

ADDRESS_HINT = (
    "Personal data: a work address. It is used to write to them about this action, and stands in no record, "
    "paper or history."
)


class PartnerForm(EhiiaForm):
    """The owner outside of an action is sent a link."""

    email = LineField(
        "Their e-mail address",
        hint=ADDRESS_HINT,
        input_type="email",
        noun="The e-mail address",
        required="Enter an e-mail address, like name@example.org",
        max_length=254,
    )
    days = RadiosField(
        "For how long does the link open?",
        choices=(Option("14", "Two weeks"), Option("28", "Four weeks"), Option("56", "Eight weeks")),
        noun="how long the link opens",
        required="Choose for how long the link opens",
    )
    meant = TickField("They may know of this action, although its assessment is restricted", noun="this")


class PartnerClaimForm(EhiiaForm):
    """What an owner outside says of their action."""

    claim = RadiosField(
        "How is it going?",
        choices=tuple(Option(one.value, one.label) for one in SAYS),
        required="Choose how it is going",
        noun="how it is going",
    )
    note = TextField(
        "What was done, or what holds it up?",
        hint="Needed when it is done or at risk. Please do not write anything that shows who a patient or "
        "colleague is.",
        noun="What was done",
        rows=5,
        max_length=4000,
    )
