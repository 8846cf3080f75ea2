"""Forms for the check by an equality lead, and for comments with their answers."""

from __future__ import annotations

from ehiia.domain.questions import Option
from ehiia.forms.fields import ChoiceField, EhiiaForm, HiddenToken, RadiosField, TextField


class FindingForm(EhiiaForm):
    """What the equality lead found of one page."""

    satisfied = RadiosField(
        "Does this section satisfy?",
        choices=(Option("yes", "Yes"), Option("no", "No, the author should change something")),
        required="Choose whether this section satisfies",
    )
    note = TextField(
        "Comment",
        hint="If it does not satisfy: what should change? Otherwise it is up to you.",
        noun="The comment",
        rows=4,
    )


class SendBackForm(EhiiaForm):
    """A word to the author when it is sent back."""

    message = TextField(
        "A word to the author",
        hint="Your comments on the sections are sent with it.",
        noun="Your word to the author",
        rows=5,
    )


class PassForm(EhiiaForm):
    """Reservations with which it passes."""

    reservations = TextField(
        "Reservations, if any",
        hint="Those who decide read this in the paper, and it stands in the record for ever.",
        noun="Reservations",
        rows=5,
    )


class CommentForm(EhiiaForm):
    """A comment on a page of an assessment. The pages are set by the view."""

    act = HiddenToken(default="say")
    question = HiddenToken()
    """Id of the question it is about, or "" for the whole page."""
    section = ChoiceField("Which section is it about?", required="Choose the section it is about")
    text = TextField("Your comment", noun="Your comment", required="Enter your comment", rows=4)

    def offer(self, pages: list[tuple[str, str]]) -> None:
        """Offer these pages: keys and titles."""
        self.section.options = tuple(Option(key, title) for key, title in pages)
        self.section.choices = [(key, title) for key, title in pages]


class AnswerForm(EhiiaForm):
    """The author's answer to a comment: what was changed, or why not."""

    act = HiddenToken(default="answer")
    comment = HiddenToken()
    answer = TextField(
        "Your answer",
        hint="What you changed, or why you did not.",
        noun="Your answer",
        required="Say what you changed, or why you did not",
        rows=3,
    )


class ReplyForm(EhiiaForm):
    """Something more in the thread of a comment."""

    act = HiddenToken(default="reply")
    comment = HiddenToken()
    reply = TextField(
        "What do you want to say?",
        noun="Your reply",
        required="Enter what you want to say",
        rows=3,
    )
