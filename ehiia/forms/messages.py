"""The form with which a person chooses how they are told."""

from __future__ import annotations

from ehiia.domain.questions import Option
from ehiia.domain.telling import Telling
from ehiia.forms.fields import EhiiaForm, HiddenToken, RadiosField


class TellingForm(EhiiaForm):
    """How one is told."""

    choice = RadiosField(
        "How do you want to be told?",
        noun="how you want to be told",
        required="Choose how you want to be told",
        choices=[Option(one.value, one.label, one.meaning) for one in Telling],
    )
    revision = HiddenToken()
