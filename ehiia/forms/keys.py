"""The forms with which an administrator replaces a key, and looks at what was made with one that leaked."""

from __future__ import annotations

from ehiia.domain.questions import Option
from ehiia.forms.fields import DateField, EhiiaForm, RadiosField, TextField


class ReplaceForm(EhiiaForm):
    """Why another key takes the place of one, and since when it is not safe, if it is not."""

    why = RadiosField(
        "Why is it replaced?",
        choices=(
            Option("planned", "It is time for a new one", "What it sealed stays good, whenever that was."),
            Option(
                "leaked",
                "Somebody else may have it",
                "What was sealed with it since is not to be relied upon.",
            ),
        ),
        required="Choose why it is replaced",
    )
    since = DateField(
        "If somebody else may have it: since which day?",
        hint="For example, 3 11 2026. If you do not know, the last day on which it was surely safe.",
        noun="The day",
    )
    reason = TextField(
        "Reason",
        hint="It is kept with the key and in the history.",
        noun="The reason",
        required="Enter the reason; it is kept with the key",
        rows=3,
        max_length=1000,
    )


class LookForm(EhiiaForm):
    """What was found when looking at something that was made with a key after it had leaked."""

    found = TextField(
        "What you compared it with, and what you found",
        hint="For example, the minute of the meeting and what the decision-maker says.",
        noun="What you found",
        required="Enter what you compared it with and what you found; it is kept with the key",
        rows=4,
        max_length=1000,
    )
