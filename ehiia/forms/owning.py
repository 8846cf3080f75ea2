"""The forms by which a mitigating action gets an owner, and by which its date moves."""

from __future__ import annotations

from ehiia.domain.questions import Option
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import ChoiceField, RadiosField
from ehiia.forms.fields import DateField, HiddenToken, LineField, TextField

YES, NO = "yes", "no"


class AcceptForm(EhiiaForm):
    """A button; the revision says what its owner has read."""

    revision = HiddenToken()


class DeclineForm(EhiiaForm):
    """Why an action is not the owner's to do."""

    reason = TextField(
        "Why is it not yours to do?",
        hint="The author and the accountable director are told. If somebody else should do it, say who.",
        noun="The reason",
        required="Say why it is not yours to do; the author is told",
        rows=4,
        max_length=2000,
    )
    revision = HiddenToken()


class OwnerForm(EhiiaForm):
    """Another owner."""

    owner_id = ChoiceField(
        "Who owns it now?",
        hint="They are told, can see this assessment, and are asked to accept.",
        noun="the owner",
        nothing="Somebody outside",
    )
    outside_owner = LineField(
        "If it is somebody outside: name and organisation",
        hint="For example, “Jo Bell, Suffolk Deaf Association”.",
        noun="The owner outside",
        max_length=300,
    )
    revision = HiddenToken()


class NewDateForm(EhiiaForm):
    """Another date for an action, with the reason."""

    to_on = DateField(
        "When will it be done?",
        hint="For example, 1 4 2027.",
        noun="The new date",
        required="Enter the new date",
    )
    reason = TextField(
        "Why does it take another date?",
        hint="Kept in the history and shown beside the date.",
        noun="The reason",
        required="Enter why it takes another date; it is kept in the history",
        rows=4,
        max_length=2000,
    )
    revision = HiddenToken()


class AnswerForm(EhiiaForm):
    """Whether another date is agreed."""

    agreed = RadiosField(
        "Do you agree to the new date?",
        choices=(
            Option(YES, "Yes", "The date moves at once."),
            Option(NO, "No", "The date stays as it is, and overdue keeps counting from it."),
        ),
        required="Choose whether you agree to the new date",
        noun="whether you agree",
    )
    reason = TextField(
        "Why?",
        hint="Needed where you do not agree. Whoever asked is told.",
        noun="The reason",
        rows=3,
        max_length=2000,
    )
