"""Forms for moving a review and for carrying it out."""

from __future__ import annotations

from ehiia.domain.questions import Option
from ehiia.domain.vocabulary import ReviewOutcome
from ehiia.forms.fields import DateField, EhiiaForm, HiddenToken, RadiosField, TextField


class MoveForm(EhiiaForm):
    """Another date for a review, with the reason."""

    act = HiddenToken(default="move")
    revision = HiddenToken()
    to_on = DateField("New date", noun="New date", required="Enter the new date")
    reason = TextField(
        "Why is it moved?",
        hint="Kept in the history and shown beside the date.",
        noun="The reason",
        max_length=1000,
        required="Enter why the review is moved; it is kept in the history",
        rows=3,
    )


class CarryOutForm(EhiiaForm):
    """What really happened, and how it goes on."""

    act = HiddenToken(default="carry_out")
    revision = HiddenToken()
    happened = TextField(
        "What really happened?",
        hint="To the people who were expected to be worse or better off. Say how you know.",
        noun="What really happened",
        required="Say what really happened to the people concerned, and how you know",
        rows=8,
    )
    outcome = RadiosField(
        "How does it go on?",
        choices=(
            Option(ReviewOutcome.KEEP, "Keep it as it is", "The next review is planned from today."),
            Option(
                ReviewOutcome.UPDATE, "Update the assessment", "A new version is begun and decided again."
            ),
            Option(ReviewOutcome.CLOSE, "Close it", "Nothing more is to be done; the record is kept."),
        ),
        required="Choose how it goes on",
    )
