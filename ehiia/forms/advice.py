"""The forms of early advice."""

from __future__ import annotations

from ehiia.forms.base import EhiiaForm
from ehiia.forms.fields import HiddenToken, TextField


class AskForm(EhiiaForm):
    """A question to the equality leads."""

    question = TextField(
        "What would you like advice on?",
        hint="Say what you are unsure of. They can read everything written so far.",
        noun="The question",
        required="Enter what you would like advice on",
        rows=4,
        max_length=4000,
    )


class AdviseForm(EhiiaForm):
    """What an equality lead says to it."""

    answer = TextField(
        "Your advice",
        hint="The author reads it. It is no check, and you may still check the assessment later.",
        noun="Your advice",
        required="Enter your advice",
        rows=5,
        max_length=4000,
    )
    advice = HiddenToken()
