"""Forms on which an error of a record is corrected: of a decision made alone, and of a meeting's."""

from __future__ import annotations

from ehiia.forms.decision import MeetingForm
from ehiia.forms.fields import EhiiaForm, SecretField, TextField


class CorrectForm(EhiiaForm):
    """The wording of a decision as it should stand, why it is corrected, and signing in again."""

    reasons = TextField(
        "Reasons for the decision", noun="The reasons", required="Enter the reasons for the decision", rows=6
    )
    conditions = TextField(
        "Anything else about the conditions", noun="What is said of the conditions", rows=3
    )
    why = TextField(
        "Why is it corrected?",
        hint="It stands in the new record. Such as: the minute was numbered anew.",
        noun="The reason",
        required="Enter why the record is corrected",
        rows=3,
        max_length=1000,
    )
    password = SecretField(
        "Your password",
        hint="Signing in again is part of correcting. The new record says how and when you did.",
        required="Enter your password to make the corrected record",
    )


class CorrectMeetingForm(CorrectForm, MeetingForm):
    """The same with the facts of the meeting."""
