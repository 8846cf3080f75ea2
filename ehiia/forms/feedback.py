"""The forms around feedback of the public: giving it, saying what became of it, asking for a review."""

from __future__ import annotations

from ehiia.domain.feedback import LONGEST
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import RadiosField, TickField
from ehiia.forms.fields import HiddenToken, LineField, OnceField, TextField


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


class SettleForm(EhiiaForm):
    """What became of feedback."""

    state = RadiosField(
        "What becomes of it?",
        noun="what becomes of it",
        required="Choose what becomes of it",
    )
    reply = TextField(
        "What was answered, or why is nothing done?",
        hint="Kept here. If they left an address, you are shown next what would be mailed to them.",
        noun="The answer",
        rows=5,
        max_length=LONGEST,
    )
    revision = HiddenToken()


class MailForm(EhiiaForm):
    """Sends the answer that was shown."""

    revision = HiddenToken()


class ForReviewForm(EhiiaForm):
    """Why feedback is a reason to review early."""

    trigger = RadiosField("What has happened?", noun="what has happened", required="Choose what has happened")
    reason = TextField(
        "What was said, and why should the review not wait?",
        noun="The reason",
        required="Enter what was said, and why the review should not wait",
        rows=6,
        max_length=2000,
    )
