"""The form in which a finding of the self-check is explained."""

from __future__ import annotations

from ehiia.forms.fields import EhiiaForm, HiddenToken, TextField


class ExplainForm(EhiiaForm):
    """Why a finding stands and is right."""

    finding = HiddenToken()
    revision = HiddenToken(default="0")
    text = TextField(
        "Why is it right as it stands?",
        hint="We looked at this: what you looked at, and why you leave it so. The equality lead reads it.",
        noun="The explanation",
        required="Say why it is right as it stands",
        rows=4,
    )
