"""The forms of a mitigating action: what is promised, and what its owner says of it."""

from __future__ import annotations

from datetime import date

from flask_wtf import FlaskForm

from ehiia.domain.mitigating import ActionKind, Funding, OverdueAge
from ehiia.domain.questions import Option
from ehiia.domain.vocabulary import Claim, InPlace, Verdict
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import CheckboxesField, ChoiceField, RadiosField, options
from ehiia.forms.fields import DateField, HiddenToken, LineField, TextField
from ehiia.forms.partners import ADDRESS_HINT

NOT_AUDITED = "none"


class MitigationForm(EhiiaForm):
    """A mitigating action as it is promised. Only what will be done is needed to save it."""

    what = TextField(
        "What will be done?",
        hint="Something that somebody could see being done.",
        noun="What will be done",
        required="Enter what will be done",
        rows=4,
        max_length=4000,
    )
    answers = CheckboxesField(
        "Which impacts does it answer?",
        hint="Only impacts that leave somebody worse off are listed.",
        noun="the impacts it answers",
    )
    owner_id = ChoiceField(
        "Who owns it?",
        hint="The person who sees to it that it is done. They are told, and can see this assessment.",
        noun="the owner",
        nothing="Nobody yet, or somebody outside",
    )
    outside_owner = LineField(
        "If it is somebody outside: name and organisation",
        hint="For example, “Jo Bell, Suffolk Deaf Association”.",
        noun="The owner outside",
        max_length=300,
    )
    outside_email = LineField(
        "Their e-mail address",
        hint=f"{ADDRESS_HINT} Nothing is sent before you send them a link.",
        input_type="email",
        noun="The e-mail address",
        max_length=254,
    )
    due_on = DateField(
        "When is it due?",
        hint="For example, 1 4 2027.",
        noun="The day it is due",
        not_before=date(2000, 1, 1),
    )
    in_place = RadiosField("When must it be in place?", choices=options(InPlace), noun="when it is in place")
    measure = TextField(
        "How will we know that it works?",
        hint="A figure or a finding that would look different if it did not work.",
        noun="How we will know",
        rows=3,
        max_length=2000,
    )
    expected_likelihood = ChoiceField("How likely is the harm when it is done?", noun="the likelihood")
    expected_severity = ChoiceField("How bad would it still be?", noun="the severity")
    kind = RadiosField(
        "What does it do about the harm?", choices=options(ActionKind), noun="what it does about the harm"
    )
    starts_on = DateField(
        "When does it start?",
        hint="For example, 1 2 2027.",
        noun="The day it starts",
        not_before=date(2000, 1, 1),
    )
    baseline = LineField(
        "How is it now?",
        hint="For example, “62% of deaf patients can book without help, May 2026”.",
        noun="How it is now",
        max_length=300,
    )
    target = LineField(
        "What should it become?",
        hint="For example, “95% by October 2027”.",
        noun="What it should become",
        max_length=300,
    )
    data_source = LineField(
        "Where does the figure come from?",
        hint="For example, “Booking system, reported each quarter”.",
        noun="Where the figure comes from",
        max_length=300,
    )
    resources = TextField(
        "What does it take?",
        hint="People, time and money, and whose.",
        noun="What it takes",
        rows=2,
        max_length=2000,
    )
    funding = RadiosField(
        "Is there money for it?", choices=options(Funding), noun="whether there is money for it"
    )
    clause = LineField(
        "Is it in a contract? Which clause?",
        hint="For example, “Service specification 4.2”. Leave it empty where no contract asks for it.",
        noun="The clause",
        max_length=300,
    )
    revision = HiddenToken()


class ClaimForm(EhiiaForm):
    """What the owner says of an action."""

    claim = RadiosField(
        "How is it going?", choices=options(Claim), required="Choose how it is going", noun="how it is going"
    )
    note = TextField(
        "What was done, or why?",
        hint="Needed when it is done, at risk, replaced or cancelled. An auditor will look at it.",
        noun="What was done",
        rows=4,
        max_length=4000,
    )


class MitigationFilterForm(EhiiaForm):
    """What the register of mitigating actions shows; sent with the address, so without a token."""

    class Meta(FlaskForm.Meta):
        """Changes nothing, so it needs no token."""

        csrf = False

    whose = ChoiceField(
        "Whose", choices=(Option("mine", "Mine"), Option("shared", "Shared by others")), nothing="Everybody’s"
    )
    claim = ChoiceField("What the owner says", choices=options(Claim), nothing="Anything")
    verdict = ChoiceField(
        "What an auditor found",
        choices=(Option(NOT_AUDITED, "Not audited yet"), *options(Verdict)),
        nothing="Anything",
    )
    due = ChoiceField(
        "Due",
        choices=(
            Option("overdue", "Overdue"),
            *(Option(age.value, f"Overdue by {age.label.lower()}") for age in OverdueAge),
        ),
        nothing="Any time",
    )
    taken = ChoiceField(
        "Taken on", choices=(Option("unaccepted", "Not accepted by the owner"),), nothing="Anything"
    )
    kind = ChoiceField("What it does", choices=options(ActionKind), nothing="Anything")
    director = ChoiceField("Accountable director", noun="the director", nothing="Any")
    body = ChoiceField("Decided by", noun="the body", nothing="Any")
