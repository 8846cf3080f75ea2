"""The forms of the public pages: what is looked for in the register, and feedback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ehiia.domain.feedback import LONGEST
from ehiia.domain.questions import Option
from ehiia.forms.base import EhiiaForm, PartForm
from ehiia.forms.choices import ChoiceField, TickField
from ehiia.forms.fields import HiddenToken, LineField, OnceField, TextField


class RegisterForm(PartForm):
    """What is looked for in the register; it is sent with the address."""

    words = LineField("Words", hint="Of its title, summary or reference.", max_length=200)
    kind = ChoiceField("What is changed", nothing="Anything", noun="what is changed")
    group = ChoiceField("Who is affected", nothing="Anybody", noun="who is affected")
    place = ChoiceField("Place", nothing="Anywhere", noun="the place")
    year = ChoiceField("Year of the decision", nothing="Any", noun="the year")
    outcome = ChoiceField("Decision", nothing="Any", noun="the decision")

    def offer(self, choices: Mapping[str, Sequence[Any]]) -> None:
        """Let it be chosen from what is in the register."""
        for name, found in (
            ("kind", "kinds"),
            ("group", "groups"),
            ("place", "places"),
            ("year", "years"),
            ("outcome", "outcomes"),
        ):
            self[name].options = tuple(Option(str(one), str(one)) for one in choices[found])


class FeedbackForm(EhiiaForm):
    """What somebody wants to say of a published assessment."""

    text = TextField(
        "What do you want to say?",
        hint="For example, what is missing or wrong, or how you have been affected since. Please do not "
        "write anything that shows who somebody else is.",
        noun="What you want to say",
        required="Enter what you want to say",
        rows=8,
        max_length=LONGEST,
    )
    said_by = LineField(
        "Your name or organisation",
        hint="Only if you want to give it.",
        noun="Your name",
        autocomplete="name",
        max_length=300,
    )
    email = LineField(
        "Your e-mail address",
        hint="Only if you want an answer. It is used for nothing else.",
        input_type="email",
        autocomplete="email",
        noun="The e-mail address",
        max_length=254,
    )
    consent = TickField(
        "The organisation may keep and read what I wrote, to answer it and to improve its assessment",
        noun="Your agreement",
        required="Tick the box so that we may keep what you wrote, or leave this page without sending it",
    )
    website = LineField("Leave this empty", noun="This field", max_length=300)
    opened = HiddenToken()
    once = OnceField()
