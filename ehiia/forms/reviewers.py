"""The forms around public reviewers: the summary, inviting, answering; and commenting by a link."""

from __future__ import annotations

from ehiia.domain.questions import Option
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import RadiosField
from ehiia.forms.fields import HiddenToken, LineField, TextField


class SummaryForm(EhiiaForm):
    """The plain summary for people outside."""

    proposal = TextField(
        "What is proposed?",
        hint="For somebody who has never heard of it. What would be different, where and from when?",
        noun="What is proposed",
        rows=6,
        max_length=4000,
    )
    affected = TextField(
        "Who may be affected, and how?",
        hint="The impact matrix is shown beneath in words. Say here what matters most.",
        noun="Who may be affected",
        rows=5,
        max_length=4000,
    )
    asked = TextField(
        "What would you like to know?",
        hint="Two or three questions that people can answer from their lives. Say what can still change.",
        noun="What you would like to know",
        rows=4,
        max_length=4000,
    )
    revision = HiddenToken()


class ReviewerForm(EhiiaForm):
    """Somebody outside is asked to read and comment."""

    name = LineField(
        "Whom do you invite?",
        hint="For example, “Healthwatch Suffolk” or “Harbour patient participation group”.",
        noun="Whom you invite",
        required="Enter whom you invite",
        max_length=300,
    )
    email = LineField(
        "E-mail address",
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


class AnswerReviewerForm(EhiiaForm):
    """The author's recorded answer to a comment."""

    answer = TextField(
        "What changed because of it, or why did nothing change?",
        hint="The reviewer reads this, and it stands in the paper and in the record.",
        noun="The answer",
        required="Enter what changed because of it, or why nothing did",
        rows=5,
        max_length=4000,
    )
    revision = HiddenToken()


class PublicCommentForm(EhiiaForm):
    """What somebody outside wants to say."""

    text = TextField(
        "What do you want to say?",
        hint="Please do not write anything that shows who somebody else is.",
        noun="Your comment",
        required="Enter what you want to say",
        rows=8,
        max_length=4000,
    )
    said_by = LineField(
        "Your name or organisation",
        hint="Only if you want to give it. Others can read it.",
        noun="Your name",
        max_length=300,
    )
