"""Forms of a further signatory, and of whoever ends the wait for one."""

from __future__ import annotations

from ehiia.forms.fields import EhiiaForm, HiddenToken, SecretField, TextField, TickField


class SignForm(EhiiaForm):
    """Signing a record after its decision-maker; ``sha256`` is that of the record on the page."""

    sha256 = HiddenToken()
    read = TickField(
        "I have read this record", required="Tick the box once you have read this record, or leave it"
    )
    password = SecretField(
        "Your password",
        hint="Signing in again is part of signing. The record’s history says how and when you did.",
        required="Enter your password to sign the record",
    )


class ReleaseForm(EhiiaForm):
    """A signature is not awaited any more."""

    reason = TextField(
        "Why is this signature not awaited any more?",
        hint="It is kept with the record. Such as: they left before they could sign.",
        noun="The reason",
        required="Enter why this signature is not awaited any more",
        rows=4,
        max_length=1000,
    )
